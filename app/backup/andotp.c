/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"
#include "backup/formats.h"
#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

#define SALT_BYTES      12
#define NONCE_BYTES     12
#define ITERATION_BYTES 4
/* andOTP picks 140000 to 160000; less is somebody's own choice, more is another format's bytes. */
#define MIN_ITERATIONS  1000
#define MAX_ITERATIONS  5000000

gboolean
sally_andotp_sniff (SallyBackupInput *input)
{
  return sally_backup_input_first_has (input, "secret", "label", NULL);
}

/* Old versions had no field for the issuer: "Issuer:Name", "Issuer - Name". */
static char *
split_label (const char *label, const char **rest)
{
  const char *dash = strstr (label, " - ");
  const char *colon = strchr (label, ':');
  const char *end = dash != NULL ? dash : colon;
  g_autofree char *issuer = NULL;

  if (end == NULL || end == label)
    return NULL;
  issuer = g_strndup (label, (gsize) (end - label));
  *rest = sally_backup_skip_issuer (end + (dash != NULL ? 3 : 1), issuer);
  return g_steal_pointer (&issuer);
}

static void
read_item (JsonObject *item, SallyBackup *backup)
{
  SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;
  JsonArray *names = sally_json_peek_array (item, "tags");
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  g_autofree char *kept_issuer = NULL;

  draft.type = sally_json_peek_string (item, "type");
  draft.issuer = sally_json_peek_string (item, "issuer");
  draft.label = sally_json_peek_string (item, "label");
  draft.secret = sally_json_peek_string (item, "secret");
  draft.algorithm = sally_json_peek_string (item, "algorithm");
  draft.digits = sally_json_peek_number (item, "digits");
  draft.period = sally_json_peek_number (item, "period");
  draft.counter = sally_json_peek_number (item, "counter");
  if (draft.issuer == NULL && draft.label != NULL)
    draft.kept_issuer = kept_issuer = split_label (draft.label, &draft.kept_label);
  for (guint i = 0; names != NULL && i < json_array_get_length (names); i++)
    {
      JsonNode *node = json_array_get_element (names, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_string (node) != NULL)
        g_ptr_array_add (tags, (gpointer) json_node_get_string (node));
    }
  draft.tags = tags;
  sally_backup_add (backup, &draft);
}

static gboolean
read_items (JsonArray *items, SallyBackup *backup, GError **error)
{
  if (items == NULL)
    return sally_backup_set_damaged (error);
  for (guint i = 0; i < json_array_get_length (items) && !backup->is_too_large; i++)
    read_item (sally_json_peek_element (items, i), backup);
  return TRUE;
}

gboolean
sally_andotp_read (SallyBackupInput *input,
                   SallySecret *password,
                   SallyBackup *backup,
                   GError **error)
{
  return read_items (input->array, backup, error);
}

/* There is no magic. Bytes that are no text and no known file may be it. */
gboolean
sally_andotp_encrypted_sniff (SallyBackupInput *input)
{
  static const char *const others[] = {
    "\x89PNG",          "\xFF\xD8\xFF", "%PDF",   "\x1F\x8B",
    "7z\xBC\xAF",       "PK",           "RIFF",   "\177ELF",
    "\003\331\242\232", "OTPClient",    "Salted", "AUTHENTICATORPRO",
    "AuthenticatorPro", "Sallyport"
  };

  if (input->is_text || input->is_sqlite ||
      input->length < NONCE_BYTES + SALLY_CIPHER_TAG_BYTES + 2)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (sally_backup_input_begins_with (input, others[i], strlen (others[i])))
      return FALSE;
  return !sally_backup_input_begins_with (input, "\xAC\xED\0\5", 4);
}

/* BE32 iterations, salt, nonce, ciphertext, tag. NULL without an error if it is not this form. */
static GBytes *
open_new (SallyBackupInput *input, SallySecret *password)
{
  const gsize head = ITERATION_BYTES + SALT_BYTES + NONCE_BYTES;
  g_autoptr (GBytes) salt = NULL;
  g_autoptr (GBytes) nonce = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (SallySecret) key = NULL;
  guint32 iterations;

  if (input->length < head + SALLY_CIPHER_TAG_BYTES)
    return NULL;
  iterations = sally_backup_input_number (input, 0);
  if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS)
    return NULL;
  salt = sally_backup_input_slice (input, ITERATION_BYTES, SALT_BYTES);
  nonce = sally_backup_input_slice (input, ITERATION_BYTES + SALT_BYTES, NONCE_BYTES);
  sealed = sally_backup_input_slice (input, head, input->length - head);
  key = sally_cipher_pbkdf2 ("SHA1", password, salt, iterations, NULL);
  return key != NULL ? sally_cipher_open_gcm (key, nonce, NULL, sealed, NULL) : NULL;
}

/* Nonce, ciphertext, tag; the key is the password's hash. */
static GBytes *
open_old (SallyBackupInput *input, SallySecret *password, GError **error)
{
  g_autoptr (GBytes) nonce = sally_backup_input_slice (input, 0, NONCE_BYTES);
  g_autoptr (GBytes) sealed =
      sally_backup_input_slice (input, NONCE_BYTES, input->length - NONCE_BYTES);
  g_autoptr (SallySecret) key = sally_cipher_sha256 (password);

  return sally_cipher_open_gcm (key, nonce, NULL, sealed, error);
}

gboolean
sally_andotp_encrypted_read (SallyBackupInput *input,
                             SallySecret *password,
                             SallyBackup *backup,
                             GError **error)
{
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SallyJson) json = NULL;

  if (password == NULL)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_NEEDED,
                           _ ("The file is not an export that is known, unless it is an encrypted "
                              "one of andOTP: then its password is needed"));
      return FALSE;
    }
  plain = open_new (input, password);
  if (plain == NULL)
    plain = open_old (input, password, NULL);
  if (plain == NULL)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG,
                           _ ("The password is wrong, or this is not an encrypted export of "
                              "andOTP: nobody can tell"));
      return FALSE;
    }
  json =
      sally_json_parse (g_bytes_get_data (plain, NULL), (gssize) g_bytes_get_size (plain), error);
  return json != NULL && read_items (sally_json_get_array (json), backup, error);
}
