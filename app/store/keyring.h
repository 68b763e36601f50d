/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where secrets are kept: an interface, so that every world outside has a fake in the tree. */
#pragma once

#include "base/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What an item is; part of its attributes beside its UUID. Everything else is inside the secret. */
typedef enum
{
  SALLY_KEYRING_ACCOUNT,    /* an otpauth URI */
  SALLY_KEYRING_PASSWORD,   /* a server's password; the id is the server's */
  SALLY_KEYRING_PASSPHRASE, /* a key file's passphrase; the id is the server's */
  SALLY_KEYRING_LOCK,       /* what tells the passphrase of the window's lock */
  SALLY_KEYRING_SSH_KEY,    /* a key pair that we made (model/ssh-key.h) */
  SALLY_KEYRING_BACKUP,     /* the password that scheduled backups are encrypted with */
  SALLY_KEYRING_CANARY,     /* what tells this keyring from another one; see keyring-home.h */
} SallyKeyringKind;

#define SALLY_KEYRING_N_KINDS (SALLY_KEYRING_CANARY + 1)

typedef struct
{
  char *id;
  SallySecret *secret;
} SallyKeyringItem;

void sally_keyring_item_free (SallyKeyringItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyKeyringItem, sally_keyring_item_free)

/* All methods are asynchronous, main thread, answered within SALLY_KEYRING_TIMEOUT_MS unless a
 * person is being asked to unlock. Errors: the SALLY_ERROR_KEYRING_* codes, states with their own
 * words. Signal "changed": another program of ours has stored or removed something; a keyring that
 * hears of nobody never emits it. */
#define SALLY_TYPE_KEYRING (sally_keyring_get_type ())
G_DECLARE_INTERFACE (SallyKeyring, sally_keyring, SALLY, KEYRING, GObject)

#define SALLY_KEYRING_TIMEOUT_MS 25000

/* What can be asked of a keyring. */
typedef enum
{
  SALLY_KEYRING_LIST,
  SALLY_KEYRING_LOOKUP,
  SALLY_KEYRING_IS_OPEN,
  SALLY_KEYRING_STORE,
  SALLY_KEYRING_REMOVE,
} SallyKeyringVerb;

struct _SallyKeyringInterface
{
  GTypeInterface parent;

  /* Any of the calls below: `id` is NULL to list, `secret` not NULL to store, `kind` of no meaning
   * to SALLY_KEYRING_IS_OPEN. Its result is a GTask of `self` that returns a GPtrArray, a
   * SallySecret, or a boolean. */
  void (*call_async) (SallyKeyring *self,
                      SallyKeyringVerb verb,
                      SallyKeyringKind kind,
                      const char *id,
                      SallySecret *secret,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
};

/* For implementations. */
void sally_keyring_emit_changed (SallyKeyring *self);

/* All items of a kind, unlocking if needed: (element-type SallyKeyringItem) (transfer container),
 * with a free function; empty only if there are none. */
void sally_keyring_list_async (SallyKeyring *self,
                               SallyKeyringKind kind,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GPtrArray *sally_keyring_list_finish (SallyKeyring *self,
                                      GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One item; SALLY_ERROR_KEYRING_MISSING if it is not there. */
void sally_keyring_lookup_async (SallyKeyring *self,
                                 SallyKeyringKind kind,
                                 const char *id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
SallySecret *sally_keyring_lookup_finish (SallyKeyring *self,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds or replaces; read back and compared before it counts as stored. */
void sally_keyring_store_async (SallyKeyring *self,
                                SallyKeyringKind kind,
                                const char *id,
                                SallySecret *secret,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean sally_keyring_store_finish (SallyKeyring *self, GAsyncResult *result, GError **error);

/* Removing what is not there succeeds. */
void sally_keyring_remove_async (SallyKeyring *self,
                                 SallyKeyringKind kind,
                                 const char *id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean sally_keyring_remove_finish (SallyKeyring *self, GAsyncResult *result, GError **error);

/* Whether all of the above would do without asking a person for anything, for what no person at
 * this program has asked for. Unlocks nothing and starts no keyring. FALSE without an error: it
 * would not, or that cannot be told, or there is no keyring. */
void sally_keyring_is_open_async (SallyKeyring *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean sally_keyring_is_open_finish (SallyKeyring *self, GAsyncResult *result, GError **error);

G_END_DECLS
