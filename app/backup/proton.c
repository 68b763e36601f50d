/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"
#include "backup/formats.h"
#include "backup/wiped.h"

#define PASSES      2
#define MEMORY_KIB  19456
#define LANES       1
#define NONCE_BYTES 12

static const char associated_text[] = "proton.authenticator.export.v1";

gboolean
sally_proton_sniff (SallyBackupInput *input)
{
  JsonArray *entries = sally_json_peek_array (input->object, "entries");

  if (sally_json_peek_string (input->object, "salt") != NULL &&
      sally_json_peek_string (input->object, "content") != NULL)
    return TRUE;
  if (entries == NULL || !sally_backup_input_has (input, "version", NULL))
    return FALSE;
  return json_array_get_length (entries) == 0 ||
         sally_json_peek_object (sally_json_peek_element (entries, 0), "content") != NULL;
}

static SallyJson *
decrypt (JsonObject *export, SallySecret *password, GError **error)
{
  g_autoptr (GBytes) salt = sally_wiped_from_base64 (sally_json_peek_string (export, "salt"), -1);
  g_autoptr (GBytes) content =
      sally_wiped_from_base64 (sally_json_peek_string (export, "content"), -1);
  g_autoptr (GBytes) associated = g_bytes_new_static (associated_text, sizeof associated_text - 1);
  g_autoptr (GBytes) nonce = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SallySecret) key = NULL;

  if (salt == NULL || content == NULL || g_bytes_get_size (content) < NONCE_BYTES)
    return sally_backup_set_damaged (error), NULL;
  if (password == NULL)
    return sally_backup_need_password (error), NULL;
  key = sally_cipher_argon2id (password, salt, PASSES, MEMORY_KIB, LANES, error);
  if (key == NULL)
    return NULL;
  nonce = g_bytes_new_from_bytes (content, 0, NONCE_BYTES);
  sealed = g_bytes_new_from_bytes (content, NONCE_BYTES, g_bytes_get_size (content) - NONCE_BYTES);
  plain = sally_cipher_open_gcm (key, nonce, associated, sealed, error);
  if (plain == NULL)
    return NULL;
  return sally_json_parse (g_bytes_get_data (plain, NULL), (gssize) g_bytes_get_size (plain),
                           error);
}

gboolean
sally_proton_read (SallyBackupInput *input,
                   SallySecret *password,
                   SallyBackup *backup,
                   GError **error)
{
  JsonObject *export = input->object;
  g_autoptr (SallyJson) json = NULL;
  JsonArray *entries;

  if (sally_json_peek_string (export, "content") != NULL)
    {
      json = decrypt (export, password, error);
      if (json == NULL)
        return FALSE;
      export = sally_json_get_object (json);
    }
  entries = sally_json_peek_array (export, "entries");
  if (entries == NULL)
    return sally_backup_set_damaged (error);
  for (guint i = 0; i < json_array_get_length (entries) && !backup->is_too_large; i++)
    {
      JsonObject *entry = sally_json_peek_element (entries, i);
      JsonObject *content = sally_json_peek_object (entry, "content");
      const char *uri = sally_json_peek_string (content, "uri");
      SallyBackupDraft names = SALLY_BACKUP_DRAFT_INIT;

      names.kept_label = sally_json_peek_string (content, "name");
      names.note = sally_json_peek_string (entry, "note");
      sally_backup_add_uri (backup, uri != NULL ? uri : "", -1, &names);
    }
  return TRUE;
}
