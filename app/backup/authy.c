/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"
#include "backup/formats.h"
#include "backup/wiped.h"
#include "base/error.h"
#include "otp/base32.h"

#include <glib/gi18n.h>
#include <string.h>

#define ITERATIONS    1000
/* Codes of Authy's own kind. */
#define NATIVE_DIGITS 7
#define NATIVE_PERIOD 10

static const char *const lists[] = { "com.authy.storage.tokens.authenticator.key",
                                     "com.authy.storage.tokens.authy.key" };

gboolean
sally_authy_sniff (SallyBackupInput *input)
{
  for (gsize i = 0; input->preferences != NULL && i < G_N_ELEMENTS (lists); i++)
    if (g_hash_table_contains (input->preferences, lists[i]))
      return TRUE;
  return FALSE;
}

/* base64 of AES-256-CBC with zeros for its vector; inside is base32 text. */
static SallySecret *
decrypt_key (JsonObject *token, SallySecret *password, GError **error)
{
  const char *salt_text = sally_json_peek_string (token, "salt");
  g_autoptr (GBytes) sealed =
      sally_wiped_from_base64 (sally_json_peek_string (token, "encryptedSecret"), -1);
  g_autoptr (GBytes) salt = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SallySecret) key = NULL;
  SallySecret *decoded;

  if (salt_text == NULL || sealed == NULL)
    return sally_backup_set_damaged (error), NULL;
  salt = g_bytes_new (salt_text, strlen (salt_text));
  key = sally_cipher_pbkdf2 ("SHA1", password, salt, ITERATIONS, error);
  if (key == NULL)
    return NULL;
  plain = sally_cipher_open_cbc (key, NULL, sealed, error);
  if (plain == NULL)
    return NULL;
  decoded =
      sally_base32_decode (g_bytes_get_data (plain, NULL), (gssize) g_bytes_get_size (plain), NULL);
  if (decoded == NULL)
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG,
                         _ ("The password does not open this file, or the file is damaged"));
  return decoded;
}

/* One entry; FALSE if the password is missing or wrong, which then holds for all. */
static gboolean
read_token (JsonObject *token, SallySecret *password, SallyBackup *backup, GError **error)
{
  const char *seed = sally_json_peek_string (token, "secretSeed");
  g_autoptr (GBytes) seed_bytes = seed != NULL ? sally_wiped_from_hex (seed) : NULL;
  g_autoptr (SallySecret) key = NULL;
  g_autoptr (GError) why = NULL;
  SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

  draft.issuer = sally_json_peek_string (token, "originalIssuer");
  draft.label = sally_json_peek_string (token, "originalName");
  if (draft.label == NULL)
    draft.label = sally_json_peek_string (token, "name");
  draft.kept_label = sally_backup_skip_issuer (draft.label, draft.issuer);
  draft.secret = sally_json_peek_string (token, "decryptedSecret");
  draft.digits = sally_json_peek_number (token, "digits");

  if (draft.secret == NULL && seed_bytes != NULL)
    {
      draft.key = key = sally_wiped_to_secret (seed_bytes);
      draft.period = NATIVE_PERIOD;
      if (draft.digits == SALLY_JSON_UNSET)
        draft.digits = NATIVE_DIGITS;
    }
  else if (draft.secret == NULL && sally_json_peek_string (token, "encryptedSecret") != NULL)
    {
      if (password == NULL)
        return sally_backup_need_password (error);
      draft.key = key = decrypt_key (token, password, &why);
      if (g_error_matches (why, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
    }
  if (why != NULL)
    sally_backup_add_unreadable (backup, &draft, why->message);
  else
    sally_backup_add (backup, &draft);
  return TRUE;
}

gboolean
sally_authy_read (SallyBackupInput *input,
                  SallySecret *password,
                  SallyBackup *backup,
                  GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      const char *text = g_hash_table_lookup (input->preferences, lists[i]);
      g_autoptr (SallyJson) json = NULL;
      JsonArray *tokens;

      if (text == NULL)
        continue;
      json = sally_json_parse (text, -1, NULL);
      tokens = sally_json_get_array (json);
      if (tokens == NULL)
        return sally_backup_set_damaged (error);
      for (guint j = 0; j < json_array_get_length (tokens); j++)
        if (!read_token (sally_json_peek_element (tokens, j), password, backup, error))
          return FALSE;
    }
  return TRUE;
}
