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
 * takes back what it has begun. Says what failed and counts it; what is paused at the end counts as
 * nothing. With `prints_json`, a line {"path", "bytes", "sha256"} for each file that is done,
 * "path" being where it is now. */
void sally_transfers_run (SallyCli *cli, SallyTally *tally);

/* Cancels what is paused and waits until it is gone, here and on the servers. */
void sally_transfers_discard (SallyCli *cli);

/* FALSE if `name` is in `names` already (two files would become one), else it is added. */
gboolean sally_transfers_take_name (GHashTable *names, const char *name, GError **error);

G_END_DECLS
