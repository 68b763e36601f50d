/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a password of a file would hold: a hint for whoever chooses it, not a rule. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

typedef enum
{
  SALLY_STRENGTH_NONE, /* empty */
  SALLY_STRENGTH_WEAK, /* in reach of somebody who has the file */
  SALLY_STRENGTH_FAIR,
  SALLY_STRENGTH_STRONG,
} SallyStrength;

/* Counts the choices that its characters leave; repeated ones and those in a row count little. It
 * knows no words of any language. Pure. */
SallyStrength sally_strength_judge (SallySecret *password);

/* One line for the person; "" for an empty one. Translated, static. */
const char *sally_strength_describe (SallyStrength strength);

G_END_DECLS
