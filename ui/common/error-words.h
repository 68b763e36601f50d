/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an error means to a person: a heading, what to do about it, and which button does that. */
#pragma once

#include "base/error.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_NEXT_STEP_RETRY,
  SALLY_NEXT_STEP_EDIT_SERVER,
  SALLY_NEXT_STEP_UNLOCK,
} SallyNextStep;

typedef struct
{
  const char *title;  /* translated */
  const char *advice; /* translated, may be "" */
  const char *icon_name;
  SallyNextStep next_step;
} SallyErrorWords;

/* For any error, of whichever domain. The strings are static. */
SallyErrorWords sally_error_words (const GError *error);

/* The error's own message as a sentence, then the advice. */
char *sally_error_words_dup_description (const GError *error);

/* Shows the error on a status page: heading, icon, description, and the caption of `button`. */
void sally_error_words_show (const GError *error, AdwStatusPage *page, GtkButton *button);

/* The caption of the button for a next step; translated, static, with a mnemonic. */
const char *sally_next_step_get_caption (SallyNextStep step);

G_END_DECLS
