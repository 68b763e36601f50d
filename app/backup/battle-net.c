/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/formats.h"
#include "backup/wiped.h"

#define SERIAL "com.blizzard.messenger.AUTHENTICATOR_SERIAL"
#define SECRET "com.blizzard.messenger.AUTHENTICATOR_DEVICE_SECRET"
#define DIGITS 8

/* The app hides both values under the same mask. */
static const guint8 mask[] = {
  0x39, 0x8e, 0x27, 0xfc, 0x50, 0x27, 0x6a, 0x65, 0x60, 0x65, 0xb0, 0xe5, 0x25, 0xf4, 0xc0,
  0x6c, 0x04, 0xc6, 0x10, 0x75, 0x28, 0x6b, 0x8e, 0x7a, 0xed, 0xa5, 0x9d, 0xa9, 0x81, 0x3b,
  0x5d, 0xd6, 0xc8, 0x0d, 0x2f, 0xb3, 0x80, 0x68, 0x77, 0x3f, 0xa5, 0x9b, 0xa4, 0x7c, 0x17,
  0xca, 0x6c, 0x64, 0x79, 0x01, 0x5c, 0x1d, 0x5b, 0x8b, 0x8f, 0x6b, 0x9a,
};

gboolean
sally_battle_net_sniff (SallyBackupInput *input)
{
  return input->preferences != NULL && g_hash_table_contains (input->preferences, SECRET);
}

/* The text under the mask, NUL-terminated; NULL if it is none. */
static GBytes *
unmask (GHashTable *preferences, const char *name)
{
  const char *text = g_hash_table_lookup (preferences, name);
  g_autoptr (GBytes) masked = text != NULL ? sally_wiped_from_hex (text) : NULL;
  g_autoptr (GBytes) plain = NULL;
  gsize length = 0;
  const guint8 *bytes = masked != NULL ? g_bytes_get_data (masked, &length) : NULL;
  guint8 *out;

  if (bytes == NULL || length > sizeof mask)
    return NULL;
  plain = sally_wiped_new (length + 1, &out);
  for (gsize i = 0; i < length; i++)
    out[i] = bytes[i] ^ mask[i];
  return g_steal_pointer (&plain);
}

gboolean
sally_battle_net_read (SallyBackupInput *input,
                       SallySecret *password,
                       SallyBackup *backup,
                       GError **error)
{
  g_autoptr (GBytes) serial = unmask (input->preferences, SERIAL);
  g_autoptr (GBytes) secret = unmask (input->preferences, SECRET);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SallySecret) key = NULL;
  SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

  bytes = secret != NULL ? sally_wiped_from_hex (g_bytes_get_data (secret, NULL)) : NULL;
  key = bytes != NULL ? sally_wiped_to_secret (bytes) : NULL;
  if (key == NULL)
    return sally_backup_set_damaged (error);
  draft.issuer = "Battle.net";
  draft.label = serial != NULL ? g_bytes_get_data (serial, NULL) : NULL;
  draft.key = key;
  draft.digits = DIGITS;
  sally_backup_add (backup, &draft);
  return TRUE;
}
