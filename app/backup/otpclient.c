/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"
#include "backup/formats.h"

#include <string.h>

#define MAGIC        "OTPClient"
#define MAGIC_BYTES  9
#define NONCE_BYTES  16
#define SALT_BYTES   32
/* Version 3: magic, version, nonce, salt, three big-endian numbers. */
#define HEAD_3       (MAGIC_BYTES + 4 + NONCE_BYTES + SALT_BYTES + 3 * 4)
/* Version 2 is a C struct as x86 lays it out: three bytes of padding, little-endian numbers. */
#define PADDING_2    3
#define HEAD_2       (HEAD_3 + PADDING_2)
/* Version 1 has no magic and no parameters. */
#define HEAD_1       (NONCE_BYTES + SALT_BYTES)
#define ITERATIONS_1 100000

static guint32
little_endian (SallyBackupInput *input, gsize offset)
{
  return GUINT32_SWAP_LE_BE (sally_backup_input_number (input, offset));
}

static gboolean
is_version_2 (SallyBackupInput *input)
{
  return input->length > HEAD_2 && little_endian (input, MAGIC_BYTES + PADDING_2) == 2;
}

static gboolean
is_version_3 (SallyBackupInput *input)
{
  return input->length > HEAD_3 && sally_backup_input_number (input, MAGIC_BYTES) == 3;
}

gboolean
sally_otpclient_sniff (SallyBackupInput *input)
{
  return sally_backup_input_begins_with (input, MAGIC, MAGIC_BYTES);
}

static gboolean
read_content (GBytes *plain, SallyBackup *backup, GError **error)
{
  g_autoptr (SallyJson) json =
      sally_json_parse (g_bytes_get_data (plain, NULL), (gssize) g_bytes_get_size (plain), error);
  JsonArray *items = sally_json_get_array (json);

  if (json == NULL)
    return FALSE;
  if (items == NULL)
    return sally_backup_set_damaged (error);
  for (guint i = 0; i < json_array_get_length (items) && !backup->is_too_large; i++)
    {
      JsonObject *item = sally_json_peek_element (items, i);
      const char *group = sally_json_peek_string (item, "group");
      SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;
      g_autoptr (GPtrArray) tags = g_ptr_array_new ();

      draft.type = sally_json_peek_string (item, "type");
      draft.issuer = sally_json_peek_string (item, "issuer");
      draft.label = sally_json_peek_string (item, "label");
      draft.secret = sally_json_peek_string (item, "secret");
      draft.algorithm = sally_json_peek_string (item, "algo");
      draft.digits = sally_json_peek_number (item, "digits");
      draft.period = sally_json_peek_number (item, "period");
      draft.counter = sally_json_peek_number (item, "counter");
      /* OTPClient itself knows Steam by this name alone. */
      if (g_strcmp0 (draft.issuer, "Steam") == 0 && g_strcmp0 (draft.type, "TOTP") == 0)
        draft.type = "steam";
      if (group != NULL && *group != '\0')
        g_ptr_array_add (tags, (gpointer) group);
      draft.tags = tags;
      sally_backup_add (backup, &draft);
    }
  return TRUE;
}

/* Version 2 counted characters where bytes were meant: the end of a password that is not ASCII was
 * left out. */
static SallySecret *
shorten (SallySecret *password)
{
  const char *text = sally_secret_peek (password, NULL);

  if (!g_utf8_validate (text, -1, NULL))
    return sally_secret_ref (password);
  return sally_secret_new (text, g_utf8_strlen (text, -1));
}

static GBytes *
open_argon2 (SallyBackupInput *input, SallySecret *password, gboolean old, GError **error)
{
  gsize at = MAGIC_BYTES + 4 + (old ? PADDING_2 : 0);
  gsize head = old ? HEAD_2 : HEAD_3;
  guint32 (*number) (SallyBackupInput *, gsize) = old ? little_endian : sally_backup_input_number;
  g_autoptr (GBytes) nonce = sally_backup_input_slice (input, at, NONCE_BYTES);
  g_autoptr (GBytes) salt = sally_backup_input_slice (input, at + NONCE_BYTES, SALT_BYTES);
  g_autoptr (GBytes) associated = sally_backup_input_slice (input, 0, head);
  g_autoptr (GBytes) sealed = sally_backup_input_slice (input, head, input->length - head);
  g_autoptr (SallySecret) key = NULL;

  at += NONCE_BYTES + SALT_BYTES;
  key = sally_cipher_argon2id (password, salt, number (input, at), number (input, at + 4),
                               number (input, at + 8), error);
  return key != NULL ? sally_cipher_open_gcm (key, nonce, associated, sealed, error) : NULL;
}

gboolean
sally_otpclient_read (SallyBackupInput *input,
                      SallySecret *password,
                      SallyBackup *backup,
                      GError **error)
{
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SallySecret) shortened = NULL;
  gboolean old = !is_version_3 (input);

  if (old && !is_version_2 (input))
    return sally_backup_set_damaged (error);
  if (password == NULL)
    return sally_backup_need_password (error);
  plain = open_argon2 (input, password, old, error);
  if (plain == NULL && old)
    {
      shortened = shorten (password);
      if (!sally_secret_equal (shortened, password))
        {
          plain = open_argon2 (input, shortened, old, NULL);
          if (plain != NULL)
            g_clear_error (error);
        }
    }
  return plain != NULL && read_content (plain, backup, error);
}

/* Nothing tells version 1 from random bytes but that its password opens it. */
gboolean
sally_otpclient_1_sniff (SallyBackupInput *input)
{
  return sally_andotp_encrypted_sniff (input) && input->length > HEAD_1 + SALLY_CIPHER_TAG_BYTES;
}

gboolean
sally_otpclient_1_read (SallyBackupInput *input,
                        SallySecret *password,
                        SallyBackup *backup,
                        GError **error)
{
  g_autoptr (GBytes) nonce = sally_backup_input_slice (input, 0, NONCE_BYTES);
  g_autoptr (GBytes) salt = sally_backup_input_slice (input, NONCE_BYTES, SALT_BYTES);
  g_autoptr (GBytes) associated = sally_backup_input_slice (input, 0, HEAD_1);
  g_autoptr (GBytes) sealed = sally_backup_input_slice (input, HEAD_1, input->length - HEAD_1);
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SallySecret) key = NULL;

  if (password == NULL)
    return sally_backup_need_password (error);
  key = sally_cipher_pbkdf2 ("SHA512", password, salt, ITERATIONS_1, error);
  if (key == NULL)
    return FALSE;
  plain = sally_cipher_open_gcm (key, nonce, associated, sealed, error);
  return plain != NULL && read_content (plain, backup, error);
}
