/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A keyring of our own, for where there is no other: one encrypted file, opened by a passphrase. */
#pragma once

#include "store/keyring.h"
#include "store/vault-prompter.h"

G_BEGIN_DECLS

/* The file is the only copy: every operation reads it, and changes it under a lock, so that any
 * number of programs can share it. What was asked for meanwhile is done in one go. The passphrase
 * is asked for when it is needed, and its key is kept as long as the object is. Errors besides
 * those of every keyring: SALLY_ERROR_KEYRING_ABSENT (no such file), _PASSPHRASE, _DAMAGED. */
#define SALLY_TYPE_KEYRING_VAULT (sally_keyring_vault_get_type ())
G_DECLARE_FINAL_TYPE (SallyKeyringVault, sally_keyring_vault, SALLY, KEYRING_VAULT, GObject)

/* `prompter` nullable: nobody is there to be asked. */
SallyKeyring *
sally_keyring_vault_new (const char *path, SallyVaultPrompter *prompter) G_GNUC_WARN_UNUSED_RESULT;

const char *sally_keyring_vault_get_path (SallyKeyringVault *self);

/* An empty vault, opened. `passphrase` NULL: the prompter asks for it. SALLY_ERROR_EXISTS if there
 * is a file, which is left alone. */
void sally_keyring_vault_create_async (SallyKeyringVault *self,
                                       SallySecret *passphrase,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
sally_keyring_vault_create_finish (SallyKeyringVault *self, GAsyncResult *result, GError **error);

/* Seals the file anew, with a master key of its own too: copies of the old file tell nothing of the
 * new one. Either passphrase NULL: the prompter asks for it. */
void sally_keyring_vault_change_passphrase_async (SallyKeyringVault *self,
                                                  SallySecret *old_passphrase,
                                                  SallySecret *new_passphrase,
                                                  GCancellable *cancellable,
                                                  GAsyncReadyCallback callback,
                                                  gpointer user_data);
gboolean sally_keyring_vault_change_passphrase_finish (SallyKeyringVault *self,
                                                       GAsyncResult *result,
                                                       GError **error);

G_END_DECLS
