/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vault's file: secrets under a passphrase, as bytes (HACKING.md, "The vault"). */
#pragma once

#include "store/keyring.h"

G_BEGIN_DECLS

/* A file chooses what opening it costs, and where it lies others may have written to it. Above what
 * we ever write, and an end to a hostile one after some seconds: */
#define SALLY_VAULT_MAX_PASSES     16
#define SALLY_VAULT_MAX_MEMORY_KIB (1024 * 1024)
#define SALLY_VAULT_MAX_LANES      16
/* Less than we ever wrote, and no honest file has it: what is cheap to open is cheap to guess. */
#define SALLY_VAULT_MIN_MEMORY_KIB (16 * 1024)
/* Thousands of accounts with long notes. */
#define SALLY_VAULT_MAX_FILE_BYTES (16 * 1024 * 1024)
#define SALLY_VAULT_MAX_ITEMS      10000

typedef struct
{
  SallyKeyringKind kind;
  char *id;
  SallySecret *secret;
} SallyVaultItem;

SallyVaultItem *sally_vault_item_new (SallyKeyringKind kind,
                                      const char *id,
                                      SallySecret *secret) G_GNUC_WARN_UNUSED_RESULT;
void sally_vault_item_free (SallyVaultItem *self);

/* What opens and seals one vault until its passphrase is changed. Immutable; any thread. */
typedef struct _SallyVaultKey SallyVaultKey;

SallyVaultKey *sally_vault_key_ref (SallyVaultKey *self);
void sally_vault_key_unref (SallyVaultKey *self);

/* Of a new vault. Blocks for a good part of a second. */
SallyVaultKey *
sally_vault_key_new (SallySecret *passphrase, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of the vault `file`. SALLY_ERROR_KEYRING_PASSPHRASE, or SALLY_ERROR_KEYRING_DAMAGED if the file
 * is not what was written, which is told without a passphrase. Blocks likewise. */
SallyVaultKey *sally_vault_key_open (GBytes *file,
                                     SallySecret *passphrase,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the vault `file` was sealed with this key; SALLY_ERROR_KEYRING_DAMAGED if it is no vault
 * at all. */
gboolean sally_vault_key_fits (SallyVaultKey *self, GBytes *file, gboolean *fits, GError **error);

/* (element-type SallyVaultItem), with a free function. All of them or SALLY_ERROR_KEYRING_DAMAGED.
 */
GPtrArray *
sally_vault_file_open (GBytes *file, SallyVaultKey *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The whole file, with a fresh nonce. SALLY_ERROR_KEYRING_FAILED if that is too much for one. */
GBytes *sally_vault_file_seal (SallyVaultKey *key,
                               GPtrArray *items,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyVaultItem, sally_vault_item_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyVaultKey, sally_vault_key_unref)

G_END_DECLS
