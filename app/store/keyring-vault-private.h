/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the vault's keyring share. */
#pragma once

#include "store/keyring-vault.h"
#include "store/vault-file.h"

G_BEGIN_DECLS

struct _SallyKeyringVault
{
  GObject parent_instance;

  char *path;
  SallyVaultPrompter *prompter; /* NULL: nobody to ask */
  SallyVaultKey *key;           /* NULL until it was opened */
  GQueue waiting;               /* (element-type GTask) operations, oldest first */
  gboolean is_busy;             /* with operations, or with getting the key for them */
};

/* The file, of a length that can be; SALLY_ERROR_KEYRING_ABSENT if it is not there. Blocks. */
GBytes *sally_keyring_vault_read (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Opens the file: `passphrase` NULL: the prompter asks, again if it is wrong. */
void sally_keyring_vault_unlock_async (SallyKeyringVault *self,
                                       SallySecret *passphrase,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
SallyVaultKey *sally_keyring_vault_unlock_finish (SallyKeyringVault *self,
                                                  GAsyncResult *result,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

void sally_keyring_vault_set_key (SallyKeyringVault *self, SallyVaultKey *key);

G_END_DECLS
