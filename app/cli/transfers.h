/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several uploads or downloads to their end. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

/* Waits for all transfers of the queue, with a bar on a terminal; Ctrl-C cancels them, and each
 * takes back what it has begun. Says what failed and counts it. */
void sally_transfers_run (SallyCli *cli, SallyTally *tally);

/* FALSE if `name` is in `names` already (two files would become one), else it is added. */
gboolean sally_transfers_take_name (GHashTable *names, const char *name, GError **error);

G_END_DECLS
