/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/bitwarden.h"

#include "backup/cipher.h"
#include "backup/formats.h"
#include "backup/wiped.h"
#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

/* A kind of item that is a login (Bitwarden's CipherType). */
#define LOGIN_ITEM    1
#define KDF_PBKDF2    0
#define KDF_ARGON2ID  1
#define KIB_PER_MIB   1024
/* The only way in which exports encrypt strings: AES-256-CBC with HMAC-SHA-256. */
#define STRING_PREFIX "2."

gboolean
sally_bitwarden_sniff (SallyBackupInput *input)
{
  return sally_backup_input_has (input, "encrypted", NULL) &&
         (sally_json_peek_array (input->object, "items") != NULL ||
          sally_json_peek_string (input->object, "data") != NULL);
}

void
sally_bitwarden_add (SallyBackup *backup, const char *totp, const SallyBackupDraft *names)
{
  SallyBackupDraft draft = *names;

  if (totp == NULL || *totp == '\0')
    return;
  if (strstr (totp, "://") != NULL)
    {
      sally_backup_add_uri (backup, totp, -1, names);
      return;
    }
  /* A bare key has no names; it is kept under those of its item. */
  draft.secret = totp;
  draft.issuer = draft.label = "";
  sally_backup_add (backup, &draft);
}

static const char *
find_folder (JsonArray *folders, const char *id)
{
  for (guint i = 0; folders != NULL && id != NULL &&
                    i < MIN (json_array_get_length (folders), SALLY_BACKUP_MAX_GROUPS);
       i++)
    {
      JsonObject *folder = sally_json_peek_element (folders, i);

      if (g_strcmp0 (sally_json_peek_string (folder, "id"), id) == 0)
        return sally_json_peek_string (folder, "name");
    }
  return NULL;
}

static gboolean
read_items (JsonObject *export, SallyBackup *backup, GError **error)
{
  JsonArray *items = sally_json_peek_array (export, "items");
  JsonArray *folders = sally_json_peek_array (export, "folders");

  if (items == NULL)
    return sally_backup_set_damaged (error);
  for (guint i = 0; i < json_array_get_length (items) && !backup->is_too_large; i++)
    {
      JsonObject *item = sally_json_peek_element (items, i);
      JsonObject *login = sally_json_peek_object (item, "login");
      const char *folder = find_folder (folders, sally_json_peek_string (item, "folderId"));
      g_autoptr (GPtrArray) tags = g_ptr_array_new ();
      SallyBackupDraft names = SALLY_BACKUP_DRAFT_INIT;

      if (sally_json_peek_number (item, "type") != LOGIN_ITEM)
        continue;
      names.kept_issuer = sally_json_peek_string (item, "name");
      names.kept_label = sally_json_peek_string (login, "username");
      if (folder != NULL)
        g_ptr_array_add (tags, (gpointer) folder);
      names.tags = tags;
      sally_bitwarden_add (backup, sally_json_peek_string (login, "totp"), &names);
    }
  return TRUE;
}

static SallySecret *
derive_key (JsonObject *export, SallySecret *password, GError **error)
{
  const char *salt_text = sally_json_peek_string (export, "salt");
  gint64 kind = sally_json_peek_number (export, "kdfType");
  gint64 iterations = sally_json_peek_number (export, "kdfIterations");
  gint64 memory_mib = sally_json_peek_number (export, "kdfMemory");
  gint64 lanes = sally_json_peek_number (export, "kdfParallelism");
  g_autoptr (GBytes) salt = NULL;
  g_autoptr (GBytes) salt_hash = NULL;

  if (salt_text == NULL || iterations < 1)
    return sally_backup_set_damaged (error), NULL;
  /* The text is the salt, although it looks like base64. */
  salt = g_bytes_new (salt_text, strlen (salt_text));
  if (kind == KDF_PBKDF2)
    return sally_cipher_pbkdf2 ("SHA256", password, salt, (guint64) iterations, error);
  if (kind != KDF_ARGON2ID || memory_mib < 1 || memory_mib > G_MAXINT32 || lanes < 1)
    return sally_backup_set_damaged (error), NULL;
  salt_hash = sally_cipher_sha256_bytes (salt);
  return sally_cipher_argon2id (password, salt_hash, (guint64) iterations,
                                (guint64) memory_mib * KIB_PER_MIB, (guint64) lanes, error);
}

/* "2." base64 (iv) "|" base64 (ciphertext) "|" base64 (mac), encrypt-then-MAC. */
static GBytes *
open_string (const char *text, SallySecret *cipher_key, SallySecret *mac_key, GError **error)
{
  g_auto (GStrv) parts = NULL;
  g_autoptr (GBytes) iv = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) mac = NULL;

  if (text == NULL || !g_str_has_prefix (text, STRING_PREFIX))
    return sally_backup_set_damaged (error), NULL;
  parts = g_strsplit (text + strlen (STRING_PREFIX), "|", 4);
  if (g_strv_length (parts) == 3)
    {
      iv = sally_wiped_from_base64 (parts[0], -1);
      sealed = sally_wiped_from_base64 (parts[1], -1);
      mac = sally_wiped_from_base64 (parts[2], -1);
    }
  if (iv == NULL || sealed == NULL || mac == NULL)
    return sally_backup_set_damaged (error), NULL;
  if (!sally_cipher_check_hmac (mac_key, iv, sealed, mac))
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG,
                           _ ("The password does not open this file, or the file is damaged"));
      return NULL;
    }
  return sally_cipher_open_cbc (cipher_key, iv, sealed, error);
}

static SallyJson *
decrypt (JsonObject *export, SallySecret *password, GError **error)
{
  const char *validation = sally_json_peek_string (export, "encKeyValidation_DO_NOT_EDIT");
  g_autoptr (SallySecret) key = NULL;
  g_autoptr (SallySecret) cipher_key = NULL;
  g_autoptr (SallySecret) mac_key = NULL;
  g_autoptr (GBytes) check = NULL;
  g_autoptr (GBytes) plain = NULL;

  if (!sally_json_peek_boolean (export, "passwordProtected"))
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("This export is bound to the Bitwarden account it came from and "
                              "cannot be opened by anything else: export it anew, as JSON and "
                              "“password protected”"));
      return NULL;
    }
  if (password == NULL)
    return sally_backup_need_password (error), NULL;
  key = derive_key (export, password, error);
  if (key == NULL)
    return NULL;
  cipher_key = sally_cipher_hkdf_expand (key, "enc");
  mac_key = sally_cipher_hkdf_expand (key, "mac");
  if (validation != NULL)
    {
      check = open_string (validation, cipher_key, mac_key, error);
      if (check == NULL)
        return NULL;
    }
  plain = open_string (sally_json_peek_string (export, "data"), cipher_key, mac_key, error);
  if (plain == NULL)
    return NULL;
  return sally_json_parse (g_bytes_get_data (plain, NULL), (gssize) g_bytes_get_size (plain),
                           error);
}

gboolean
sally_bitwarden_read (SallyBackupInput *input,
                      SallySecret *password,
                      SallyBackup *backup,
                      GError **error)
{
  g_autoptr (SallyJson) json = NULL;

  if (!sally_json_peek_boolean (input->object, "encrypted"))
    return read_items (input->object, backup, error);
  json = decrypt (input->object, password, error);
  return json != NULL && read_items (sally_json_get_object (json), backup, error);
}
