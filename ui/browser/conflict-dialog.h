/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks what to do when a file is there already. */
#pragma once

#include "remote/transfer-queue.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_CONFLICT_CHOICE_CANCEL, /* this file and all that follow */
  SALLY_CONFLICT_CHOICE_SKIP,
  SALLY_CONFLICT_CHOICE_REPLACE,
  SALLY_CONFLICT_CHOICE_KEEP_BOTH,
} SallyConflictChoice;

/* `is_remote`: the file that is there is on the server. `offer_all`: more files follow, to which
 * the answer may apply too. */
void sally_conflict_dialog_choose_async (GtkWidget *parent,
                                         const char *name,
                                         gboolean is_remote,
                                         gboolean offer_all,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
SallyConflictChoice sally_conflict_dialog_choose_finish (GAsyncResult *result, gboolean *for_all);

G_END_DECLS
