/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The accounts in the keyring as a GListModel of SallyAccount, sorted by name. */
#pragma once

#include "model/account.h"
#include "store/keyring.h"

G_BEGIN_DECLS

/* Properties: is-loaded, is-loading, error (boxed GError, NULL when the last load worked): an error
 * never looks like an empty list. Once loaded, it loads again when another program of ours has
 * changed an open keyring. Main thread only. */
#define SALLY_TYPE_ACCOUNT_STORE (sally_account_store_get_type ())
G_DECLARE_FINAL_TYPE (SallyAccountStore, sally_account_store, SALLY, ACCOUNT_STORE, GObject)

SallyAccountStore *sally_account_store_new (SallyKeyring *keyring) G_GNUC_WARN_UNUSED_RESULT;
SallyKeyring *sally_account_store_get_keyring (SallyAccountStore *self);

/* Reads the keyring anew; objects whose id stays, stay. */
void sally_account_store_load_async (SallyAccountStore *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
sally_account_store_load_finish (SallyAccountStore *self, GAsyncResult *result, GError **error);

/* Writes `account` to the keyring and, when that has worked, adds it to the list or, if an account
 * of its id is there, changes that one. */
void sally_account_store_save_async (SallyAccountStore *self,
                                     SallyAccount *account,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
sally_account_store_save_finish (SallyAccountStore *self, GAsyncResult *result, GError **error);

void sally_account_store_remove_async (SallyAccountStore *self,
                                       SallyAccount *account,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
sally_account_store_remove_finish (SallyAccountStore *self, GAsyncResult *result, GError **error);

gboolean sally_account_store_get_is_loaded (SallyAccountStore *self);
const GError *sally_account_store_get_error (SallyAccountStore *self);

/* Borrowed; NULL if there is none. */
SallyAccount *sally_account_store_get_by_id (SallyAccountStore *self, const char *id);

/* By what a person calls it (sally_account_matches). SALLY_ERROR_NOT_FOUND, or
 * SALLY_ERROR_AMBIGUOUS with the candidates in the message. Borrowed. */
SallyAccount *sally_account_store_find (SallyAccountStore *self, const char *name, GError **error);

G_END_DECLS
