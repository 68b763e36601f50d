/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding a command in the table, and what `sally help` says. Pure but for standard output. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

/* The row whose one or two words begin `words`; `*n_words` is how many. NULL if there is none. The
 * table ends with a row without a name. */
const SallyCommand *sally_help_find (const SallyCommand *commands, char **words, guint *n_words);

/* One line a command whose first word is `group` (NULL: all). */
void sally_help_print (const SallyCommand *commands, const char *group);

/* Whether any command begins with that word. */
gboolean sally_help_is_group (const SallyCommand *commands, const char *word);

G_END_DECLS
