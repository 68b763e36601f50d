/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks what to do when a file is there already. */
#pragma once

#include "lock/lock.h"
#include "remote/transfer-queue.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* `is_remote`: the file that is there is on the server. `offer_all`: more files follow, to which
 * the answer may apply too. The answer is SALLY_CONFLICT_ASK where the person cancels. */
void sally_conflict_dialog_choose_async (GtkWidget *parent,
                                         const char *name,
                                         gboolean is_remote,
                                         gboolean offer_all,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
SallyConflict sally_conflict_dialog_choose_finish (GAsyncResult *result, gboolean *for_all);

/* Answers the queue's "conflict" from now on, one question at a time, over `parent`; those that
 * come while it is locked wait. */
void sally_conflict_dialog_watch (GtkWidget *parent, SallyTransferQueue *queue, SallyLock *lock);

G_END_DECLS
