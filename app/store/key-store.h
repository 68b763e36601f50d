/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key pairs that Sallyport made, in the keyring, as a GListModel of SallySshKey sorted by name.
 */
#pragma once

#include "model/ssh-key.h"
#include "store/keyring.h"

G_BEGIN_DECLS

/* Empty until it is loaded. Main thread only. */
#define SALLY_TYPE_KEY_STORE (sally_key_store_get_type ())
G_DECLARE_FINAL_TYPE (SallyKeyStore, sally_key_store, SALLY, KEY_STORE, GObject)

SallyKeyStore *sally_key_store_new (SallyKeyring *keyring) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the keyring anew. SALLY_ERROR_KEYRING_*: the list stays as it was. */
void sally_key_store_load_async (SallyKeyStore *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean sally_key_store_load_finish (SallyKeyStore *self, GAsyncResult *result, GError **error);

/* Makes a pair and keeps it. SALLY_ERROR_INVALID or SALLY_ERROR_EXISTS for its name (the store has
 * to be loaded to know), SALLY_ERROR_KEYRING_*. */
void sally_key_store_make_async (SallyKeyStore *self,
                                 const char *name,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
SallySshKey *sally_key_store_make_finish (SallyKeyStore *self,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For good: there is no other copy. */
void sally_key_store_remove_async (SallyKeyStore *self,
                                   SallySshKey *key,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean sally_key_store_remove_finish (SallyKeyStore *self, GAsyncResult *result, GError **error);

/* Borrowed; NULL if there is none. */
SallySshKey *sally_key_store_get_by_id (SallyKeyStore *self, const char *id);

/* By id or name, ignoring case. SALLY_ERROR_NOT_FOUND names what there is. Borrowed. */
SallySshKey *sally_key_store_find (SallyKeyStore *self, const char *name, GError **error);

G_END_DECLS
