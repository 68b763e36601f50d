/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"
#include "backup/formats.h"
#include "backup/secretstream.h"
#include "backup/wiped.h"

#define BYTES_PER_KIB 1024
/* What libsodium's crypto_pwhash always uses. */
#define LANES         1

/* A plain export is a list of addresses, which uri-list.c reads. */
gboolean
sally_ente_sniff (SallyBackupInput *input)
{
  return sally_backup_input_has (input, "kdfParams", "encryptedData", "encryptionNonce", NULL);
}

static GBytes *
dup_base64 (JsonObject *object, const char *name)
{
  const char *text = sally_json_peek_string (object, name);

  return text != NULL ? sally_wiped_from_base64 (text, -1) : NULL;
}

gboolean
sally_ente_read (SallyBackupInput *input,
                 SallySecret *password,
                 SallyBackup *backup,
                 GError **error)
{
  JsonObject *parameters = sally_json_peek_object (input->object, "kdfParams");
  g_autoptr (GBytes) salt = dup_base64 (parameters, "salt");
  g_autoptr (GBytes) nonce = dup_base64 (input->object, "encryptionNonce");
  g_autoptr (GBytes) sealed = dup_base64 (input->object, "encryptedData");
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SallySecret) key = NULL;
  gint64 memory = sally_json_peek_number (parameters, "memLimit");
  gint64 passes = sally_json_peek_number (parameters, "opsLimit");

  if (salt == NULL || nonce == NULL || sealed == NULL || memory < BYTES_PER_KIB || passes < 1)
    return sally_backup_set_damaged (error);
  if (password == NULL)
    return sally_backup_need_password (error);
  key = sally_cipher_argon2id (password, salt, (guint64) passes, (guint64) memory / BYTES_PER_KIB,
                               LANES, error);
  if (key == NULL)
    return FALSE;
  plain = sally_secretstream_open (key, nonce, sealed, error);
  if (plain == NULL)
    return FALSE;
  return sally_uri_list_read_text (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), FALSE,
                                   backup, error);
}
