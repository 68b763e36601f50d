/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several uploads or downloads to their end. */
#pragma once

#include "cli/cli.h"
#include "remote/tree.h"

G_BEGIN_DECLS

/* Starts to walk a folder; sally_transfers_run waits for it, and counts its files one by one.
 * `tally` gets what the walk itself met, and has to live until then. */
void sally_transfers_add_tree (SallyCli *cli, SallyTree *tree, SallyTally *tally);

/* Waits for all transfers of the queue, with a bar on a terminal; Ctrl-C cancels them, and each
 * takes back what it has begun. Says what failed and counts it. */
void sally_transfers_run (SallyCli *cli, SallyTally *tally);

/* FALSE if `name` is in `names` already (two files would become one), else it is added. */
gboolean sally_transfers_take_name (GHashTable *names, const char *name, GError **error);

G_END_DECLS
