/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One-time codes as people read them: "123 456". Pure. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* The code in groups of three or four digits; letters (Steam) are not split. Free with
 * sally_code_text_free, which wipes it. */
char *sally_code_text_group (SallySecret *code) G_GNUC_WARN_UNUSED_RESULT;

/* The digits one by one, "1 2 3 4 5 6", for a screen reader. */
char *sally_code_text_spell (SallySecret *code) G_GNUC_WARN_UNUSED_RESULT;

void sally_code_text_free (char *text);

G_END_DECLS
