/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"
#include "backup/formats.h"
#include "backup/freeotp.h"
#include "backup/wiped.h"

#include <glib/gi18n.h>
#include <string.h>

/* A serialised java.util.HashMap of strings (Java Object Serialization Specification, section 6),
 * although the file is called externalBackup.xml. Its head is always the same but for the values of
 * two fields. */
#define STREAM_MAGIC "\xAC\xED\0\5sr\0\21java.util.HashMap"
#define BLOCK_DATA   0x77
#define STRING       0x74
#define BLOCK_BYTES  8
#define MAX_STRINGS  20000
#define MASTER_KEY   "masterKey"
#define TOKEN_SUFFIX "-token"
/* ASN.1 of the cipher's parameters: SEQUENCE { OCTET STRING nonce, INTEGER }, or the string alone.
 */
#define DER_SEQUENCE 0x30
#define DER_OCTETS   0x04

typedef struct
{
  const guint8 *at;
  const guint8 *end;
} Cursor;

gboolean
sally_freeotp_2_sniff (SallyBackupInput *input)
{
  return sally_backup_input_begins_with (input, STREAM_MAGIC, sizeof STREAM_MAGIC - 1);
}

static gboolean
skip (Cursor *cursor, gsize length)
{
  if ((gsize) (cursor->end - cursor->at) < length)
    return FALSE;
  cursor->at += length;
  return TRUE;
}

static gboolean
read_number (Cursor *cursor, gsize length, guint32 *number)
{
  const guint8 *at = cursor->at;

  if (!skip (cursor, length))
    return FALSE;
  *number = 0;
  for (gsize i = 0; i < length; i++)
    *number = *number << 8 | at[i];
  return TRUE;
}

/* Modified UTF-8 differs from UTF-8 for NUL and beyond the basic plane, where it writes surrogates:
 * those names become U+FFFD, keys are ASCII. */
static char *
read_string (Cursor *cursor)
{
  guint32 mark;
  guint32 length;
  const guint8 *at;

  if (!read_number (cursor, 1, &mark) || mark != STRING || !read_number (cursor, 2, &length))
    return NULL;
  at = cursor->at;
  if (!skip (cursor, length))
    return NULL;
  return g_utf8_make_valid ((const char *) at, (gssize) length);
}

static void
free_wiped (gpointer text)
{
  sally_secret_wipe (text, strlen (text));
  g_free (text);
}

/* Up to the block that holds capacity and size: flags, two named fields, their values. */
static gboolean
skip_head (Cursor *cursor)
{
  const guint8 *found = NULL;

  for (const guint8 *at = cursor->at; at + 2 < cursor->end && at - cursor->at < 128; at++)
    if (at[0] == BLOCK_DATA && at[1] == BLOCK_BYTES)
      {
        found = at;
        break;
      }
  if (found == NULL)
    return FALSE;
  cursor->at = found + 2;
  return TRUE;
}

static GHashTable *
read_map (SallyBackupInput *input)
{
  g_autoptr (GHashTable) map = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_wiped);
  Cursor cursor = { (const guint8 *) input->data + sizeof STREAM_MAGIC - 1,
                    (const guint8 *) input->data + input->length };
  guint32 capacity;
  guint32 size;

  if (!skip_head (&cursor) || !read_number (&cursor, 4, &capacity) ||
      !read_number (&cursor, 4, &size) || size > MAX_STRINGS)
    return NULL;
  for (guint32 i = 0; i < size; i++)
    {
      g_autofree char *name = read_string (&cursor);
      char *value = name != NULL ? read_string (&cursor) : NULL;

      if (value == NULL)
        return NULL;
      g_hash_table_replace (map, g_steal_pointer (&name), value);
    }
  return g_steal_pointer (&map);
}

static GBytes *
dup_nonce (JsonObject *sealed)
{
  g_autoptr (GBytes) der = sally_json_dup_bytes (sally_json_peek_array (sealed, "mParameters"));
  gsize length = 0;
  const guint8 *bytes = der != NULL ? g_bytes_get_data (der, &length) : NULL;
  gsize offset = length > 2 && bytes[0] == DER_SEQUENCE ? 2 : 0;

  /* Lengths of one byte only: a nonce is short. */
  if (length < offset + 2 || bytes[offset] != DER_OCTETS || bytes[offset + 1] > length - offset - 2)
    return NULL;
  return g_bytes_new_from_bytes (der, offset + 2, bytes[offset + 1]);
}

/* {mCipher, mCipherText, mParameters, mToken}; what it is for is authenticated too. */
static SallySecret *
open_sealed (JsonObject *sealed, SallySecret *key, GError **error)
{
  const char *token = sally_json_peek_string (sealed, "mToken");
  g_autoptr (GBytes) text = sally_json_dup_bytes (sally_json_peek_array (sealed, "mCipherText"));
  g_autoptr (GBytes) nonce = dup_nonce (sealed);
  g_autoptr (GBytes) associated = NULL;
  g_autoptr (GBytes) plain = NULL;

  if (token == NULL || text == NULL || nonce == NULL)
    return sally_backup_set_damaged (error), NULL;
  associated = g_bytes_new (token, strlen (token));
  plain = sally_cipher_open_gcm (key, nonce, associated, text, error);
  if (plain == NULL)
    return NULL;
  return sally_wiped_to_secret (plain);
}

static SallySecret *
open_master_key (GHashTable *map, SallySecret *password, GError **error)
{
  const char *text = g_hash_table_lookup (map, MASTER_KEY);
  g_autoptr (SallyJson) json = text != NULL ? sally_json_parse (text, -1, NULL) : NULL;
  JsonObject *master = sally_json_get_object (json);
  const char *algorithm = sally_json_peek_string (master, "mAlgorithm");
  gint64 iterations = sally_json_peek_number (master, "mIterations");
  g_autoptr (GBytes) salt = sally_json_dup_bytes (sally_json_peek_array (master, "mSalt"));
  g_autoptr (SallySecret) wrapping = NULL;
  g_autoptr (SallySecret) key = NULL;
  const char *digest = NULL;

  if (algorithm != NULL && g_ascii_strcasecmp (algorithm, "PBKDF2withHmacSHA512") == 0)
    digest = "SHA512";
  else if (algorithm != NULL && g_ascii_strcasecmp (algorithm, "PBKDF2withHmacSHA1") == 0)
    digest = "SHA1";
  if (digest == NULL || salt == NULL || iterations < 1)
    return sally_backup_set_damaged (error), NULL;
  if (password == NULL)
    return sally_backup_need_password (error), NULL;
  wrapping = sally_cipher_pbkdf2 (digest, password, salt, (guint64) iterations, error);
  if (wrapping == NULL)
    return NULL;
  key = open_sealed (sally_json_peek_object (master, "mEncryptedKey"), wrapping, error);
  if (key != NULL && sally_secret_get_length (key) != SALLY_CIPHER_KEY_BYTES)
    return sally_backup_set_damaged (error), NULL;
  return g_steal_pointer (&key);
}

static void
read_token (GHashTable *map, const char *name, SallySecret *master, SallyBackup *backup)
{
  g_autofree char *id = g_strndup (name, strlen (name) - strlen (TOKEN_SUFFIX));
  const char *sealed_text = g_hash_table_lookup (map, id);
  g_autoptr (SallyJson) token = sally_json_parse (g_hash_table_lookup (map, name), -1, NULL);
  g_autoptr (SallyJson) outer =
      sealed_text != NULL ? sally_json_parse (sealed_text, -1, NULL) : NULL;
  const char *inner_text = sally_json_peek_string (sally_json_get_object (outer), "key");
  g_autoptr (SallyJson) inner = inner_text != NULL ? sally_json_parse (inner_text, -1, NULL) : NULL;
  g_autoptr (SallySecret) key = NULL;
  SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

  sally_freeotp_read_token (sally_json_get_object (token), &draft);
  key = open_sealed (sally_json_get_object (inner), master, NULL);
  draft.key = key;
  if (key != NULL)
    sally_backup_add (backup, &draft);
  else
    sally_backup_add_unreadable (backup, &draft, _ ("The key of the entry cannot be decrypted"));
}

gboolean
sally_freeotp_2_read (SallyBackupInput *input,
                      SallySecret *password,
                      SallyBackup *backup,
                      GError **error)
{
  g_autoptr (GHashTable) map = read_map (input);
  g_autoptr (SallySecret) master = NULL;
  g_autoptr (GPtrArray) names = NULL;

  if (map == NULL)
    return sally_backup_set_damaged (error);
  master = open_master_key (map, password, error);
  if (master == NULL)
    return FALSE;
  names = g_hash_table_get_keys_as_ptr_array (map);
  g_ptr_array_sort_values (names, (GCompareFunc) strcmp);
  for (guint i = 0; i < names->len; i++)
    if (g_str_has_suffix (names->pdata[i], TOKEN_SUFFIX))
      read_token (map, names->pdata[i], master, backup);
  return TRUE;
}
