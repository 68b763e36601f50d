/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the secrets live: the store that the ladder chooses, watched by a canary; and moves. */
#pragma once

#include "store/keyring-ladder.h"
#include "store/keyring-vault.h"
#include "store/settings.h"

G_BEGIN_DECLS

/* The keyring that everything uses. It stands for the system's keyring or the vault, and changes
 * from one to the other when a person says so. What is stored first puts a canary into the store,
 * an item whose random id is noted outside: a store that does not give it back (a portal with
 * another secret, another login keyring, another vault) is SALLY_ERROR_KEYRING_CHANGED for every
 * call, never an empty list, and nothing is written to it until the person decides.
 *
 * Errors besides those of the store itself: SALLY_ERROR_KEYRING_ABSENT where there is none,
 * SALLY_ERROR_KEYRING_CHANGED, SALLY_ERROR_KEYRING_FAILED.
 *
 * Properties: store (uint, a SallyKeyringStore, as it is known from the last call), can-make-vault
 * (there was no store at all, or a vault is wished for that is not there). Main thread. */
#define SALLY_TYPE_KEYRING_HOME (sally_keyring_home_get_type ())
G_DECLARE_FINAL_TYPE (SallyKeyringHome, sally_keyring_home, SALLY, KEYRING_HOME, GObject)

/* `directory` NULL: the user's. `settings` and `prompter` nullable. SALLY_KEYRING in the
 * environment
 * ("secret-service", "vault", "memory") overrules all; SALLY_ERROR_INVALID for another word. */
SallyKeyring *sally_keyring_home_new (const char *directory,
                                      SallySettings *settings,
                                      SallyVaultPrompter *prompter,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

SallyKeyringStore sally_keyring_home_get_store (SallyKeyringHome *self);
gboolean sally_keyring_home_get_can_make_vault (SallyKeyringHome *self);

typedef struct
{
  SallyKeyringStore store; /* NONE: see `step` */
  SallyKeyringStep step;
  SallyKeyringStore leaving; /* a move has left copies there */
  gboolean has_portal;
  gboolean has_service;
  gboolean has_vault;
} SallyKeyringStatus;

/* What there is, without unlocking anything. */
void sally_keyring_home_examine_async (SallyKeyringHome *self,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean sally_keyring_home_examine_finish (SallyKeyringHome *self,
                                            GAsyncResult *result,
                                            SallyKeyringStatus *status,
                                            GError **error);

/* Copies every secret to `target`, reads all back and compares, goes over to it, and only then
 * removes the old ones. Killed at any point: the secrets are whole in the store that is used
 * afterwards, and doing it again ends it. Where there is no store, it makes the vault. The prompter
 * asks for the vault's passphrase, a new one if there is none yet. SALLY_ERROR_EXISTS if they are
 * there already. */
void sally_keyring_home_move_async (SallyKeyringHome *self,
                                    SallyKeyringStore target,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
sally_keyring_home_move_finish (SallyKeyringHome *self, GAsyncResult *result, GError **error);

/* The person gives up what the store does not give back: the system's keyring is taken as it is, a
 * vault is set aside (`*kept` is its new name, nullable) and a store is chosen as the first time.
 * Nothing is deleted. */
void sally_keyring_home_start_afresh_async (SallyKeyringHome *self,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
gboolean sally_keyring_home_start_afresh_finish (SallyKeyringHome *self,
                                                 GAsyncResult *result,
                                                 char **kept,
                                                 GError **error);

/* Borrowed; to change its passphrase. */
SallyKeyringVault *sally_keyring_home_get_vault (SallyKeyringHome *self);

G_END_DECLS
