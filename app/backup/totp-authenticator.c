/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"
#include "backup/formats.h"
#include "backup/wiped.h"
#include "base/error.h"

#include <glib/gi18n.h>

/* Where the app keeps its accounts on the phone. */
#define PREFERENCE       "STATIC_TOTP_CODES_LIST"
/* With which it encrypts if a person sets none. */
#define DEFAULT_PASSWORD "TotpAuthenticator"
#define BLOCK_BYTES      16

/* Nothing but base64, of whole cipher blocks. */
gboolean
sally_totp_authenticator_sniff (SallyBackupInput *input)
{
  g_autoptr (GBytes) bytes = NULL;

  if (input->preferences != NULL)
    return g_hash_table_contains (input->preferences, PREFERENCE);
  if (!input->is_text || input->length < 4 * BLOCK_BYTES / 3)
    return FALSE;
  bytes = sally_wiped_from_base64 (input->data, (gssize) input->length);
  return bytes != NULL && g_bytes_get_size (bytes) >= 2 * BLOCK_BYTES &&
         g_bytes_get_size (bytes) % BLOCK_BYTES == 0;
}

static SallySecret *
decode_key (const char *text, gint64 base)
{
  g_autoptr (GBytes) bytes = NULL;

  if (text == NULL)
    return NULL;
  bytes = base == 16 ? sally_wiped_from_hex (text) : sally_wiped_from_base64 (text, -1);
  return bytes != NULL ? sally_wiped_to_secret (bytes) : NULL;
}

static gboolean
read_items (const char *text, SallyBackup *backup, GError **error)
{
  g_autoptr (SallyJson) json = sally_json_parse (text, -1, NULL);
  JsonArray *items = sally_json_get_array (json);

  if (items == NULL)
    return sally_backup_set_damaged (error);
  for (guint i = 0; i < json_array_get_length (items) && !backup->is_too_large; i++)
    {
      JsonObject *item = sally_json_peek_element (items, i);
      gint64 base = sally_json_peek_number (item, "base");
      const char *key_text = sally_json_peek_string (item, "key");
      SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;
      g_autoptr (SallySecret) key = NULL;

      draft.issuer = sally_json_peek_string (item, "issuer");
      draft.label = sally_json_peek_string (item, "name");
      draft.digits = sally_json_peek_number (item, "digits");
      draft.period = sally_json_peek_number (item, "period");
      if (base == 16 || base == 64)
        draft.key = key = decode_key (key_text, base);
      else
        draft.secret = key_text;
      if ((base == 16 || base == 64) && key == NULL)
        sally_backup_add_unreadable (backup, &draft, _ ("The key of the entry is damaged"));
      else
        sally_backup_add (backup, &draft);
    }
  return TRUE;
}

/* A JSON object whose first name is JSON again: the list. NULL if the password is another. */
static SallyJson *
decrypt (GBytes *sealed, SallySecret *password)
{
  g_autoptr (SallySecret) key = sally_cipher_sha256 (password);
  g_autoptr (GBytes) plain = sally_cipher_open_cbc (key, NULL, sealed, NULL);
  g_autoptr (SallyJson) json = NULL;

  if (plain == NULL)
    return NULL;
  json = sally_json_parse (g_bytes_get_data (plain, NULL), (gssize) g_bytes_get_size (plain), NULL);
  return sally_json_get_object (json) != NULL ? g_steal_pointer (&json) : NULL;
}

gboolean
sally_totp_authenticator_read (SallyBackupInput *input,
                               SallySecret *password,
                               SallyBackup *backup,
                               GError **error)
{
  g_autoptr (SallySecret) standard = sally_secret_new (DEFAULT_PASSWORD, -1);
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (SallyJson) json = NULL;
  g_autoptr (GList) names = NULL;

  if (input->preferences != NULL)
    return read_items (g_hash_table_lookup (input->preferences, PREFERENCE), backup, error);
  sealed = sally_wiped_from_base64 (input->data, (gssize) input->length);
  json = decrypt (sealed, standard);
  if (json == NULL && password == NULL)
    return sally_backup_need_password (error);
  if (json == NULL)
    json = decrypt (sealed, password);
  if (json == NULL)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG,
                           _ ("The password does not open this file, or the file is damaged"));
      return FALSE;
    }
  names = json_object_get_members (sally_json_get_object (json));
  if (names == NULL)
    return sally_backup_set_damaged (error);
  return read_items (names->data, backup, error);
}
