/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several accounts saved as one: all or none, and what takes them back. */
#pragma once

#include "store/account-store.h"

G_BEGIN_DECLS

/* What one call has changed: the accounts that were added, and those that were replaced as they
 * were before. */
typedef struct _SallyAccountBatch SallyAccountBatch;

void sally_account_batch_free (SallyAccountBatch *self);

/* Saves `accounts` (element-type SallyAccount) into the loaded `store`. If one cannot be saved, or
 * the call is cancelled, those before it are taken back and the error is that one's; a keyring that
 * fails for these too keeps them, and the message says so. A process that is killed in between
 * leaves whole accounts, and doing it again adds the others. Main thread. */
void sally_account_batch_save_async (SallyAccountStore *store,
                                     GPtrArray *accounts,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
SallyAccountBatch *sally_account_batch_save_finish (SallyAccountStore *store,
                                                    GAsyncResult *result,
                                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes what was added and puts back what was replaced. All that can be taken back is; the first
 * error is returned. */
void sally_account_batch_undo_async (SallyAccountStore *store,
                                     SallyAccountBatch *batch,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
sally_account_batch_undo_finish (SallyAccountStore *store, GAsyncResult *result, GError **error);

guint sally_account_batch_get_n_accounts (SallyAccountBatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyAccountBatch, sally_account_batch_free)

G_END_DECLS
