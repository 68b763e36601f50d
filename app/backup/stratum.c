/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"
#include "backup/formats.h"
#include "backup/sqlite-rows.h"

#define MAGIC_BYTES        16
#define STRONG_MAGIC       "AUTHENTICATORPRO"
#define STRONG_SALT_BYTES  16
#define STRONG_NONCE_BYTES 12
#define STRONG_PASSES      3
#define STRONG_MEMORY_KIB  65536
#define STRONG_LANES       4
#define LEGACY_MAGIC       "AuthenticatorPro"
#define LEGACY_SALT_BYTES  20
#define LEGACY_IV_BYTES    16
#define LEGACY_ITERATIONS  64000

static const char *const types[] = { NULL, "hotp", "totp", "motp", "steam", "yandex" };
static const char *const algorithms[] = { "SHA1", "SHA256", "SHA512" };

static gboolean
is_strong (SallyBackupInput *input)
{
  return sally_backup_input_begins_with (input, STRONG_MAGIC, MAGIC_BYTES);
}

static gboolean
is_legacy (SallyBackupInput *input)
{
  return sally_backup_input_begins_with (input, LEGACY_MAGIC, MAGIC_BYTES);
}

gboolean
sally_stratum_sniff (SallyBackupInput *input)
{
  return is_strong (input) || is_legacy (input) ||
         sally_json_peek_array (input->object, "Authenticators") != NULL;
}

/* What stands behind the magic: salt, nonce, and the rest. */
static SallyJson *
decrypt (SallyBackupInput *input, SallySecret *password, GError **error)
{
  gboolean strong = is_strong (input);
  gsize salt_length = strong ? STRONG_SALT_BYTES : LEGACY_SALT_BYTES;
  gsize nonce_length = strong ? STRONG_NONCE_BYTES : LEGACY_IV_BYTES;
  gsize head = MAGIC_BYTES + salt_length + nonce_length;
  g_autoptr (GBytes) salt = sally_backup_input_slice (input, MAGIC_BYTES, salt_length);
  g_autoptr (GBytes) nonce =
      sally_backup_input_slice (input, MAGIC_BYTES + salt_length, nonce_length);
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SallySecret) key = NULL;

  if (salt == NULL || nonce == NULL || input->length <= head)
    return sally_backup_set_damaged (error), NULL;
  if (password == NULL)
    return sally_backup_need_password (error), NULL;
  sealed = sally_backup_input_slice (input, head, input->length - head);
  if (strong)
    key = sally_cipher_argon2id (password, salt, STRONG_PASSES, STRONG_MEMORY_KIB, STRONG_LANES,
                                 error);
  else
    key = sally_cipher_pbkdf2 ("SHA1", password, salt, LEGACY_ITERATIONS, error);
  if (key == NULL)
    return NULL;
  plain = strong ? sally_cipher_open_gcm (key, nonce, NULL, sealed, error)
                 : sally_cipher_open_cbc (key, nonce, sealed, error);
  if (plain == NULL)
    return NULL;
  return sally_json_parse (g_bytes_get_data (plain, NULL), (gssize) g_bytes_get_size (plain),
                           error);
}

static void
set_kinds (SallyBackupDraft *draft, gint64 type, gint64 algorithm)
{
  draft->type = type > 0 && type < (gint64) G_N_ELEMENTS (types) ? types[type] : "unknown";
  if (algorithm == SALLY_JSON_UNSET)
    return;
  draft->algorithm = algorithm >= 0 && algorithm < (gint64) G_N_ELEMENTS (algorithms)
                         ? algorithms[algorithm]
                         : "unknown";
}

/* Categories are bound to entries by the key's text (element-type utf8 GPtrArray). */
static GHashTable *
read_categories (JsonObject *export)
{
  GHashTable *tags_of_key =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *categories = sally_json_peek_array (export, "Categories");
  JsonArray *bindings = sally_json_peek_array (export, "AuthenticatorCategories");

  for (guint i = 0; categories != NULL && i < json_array_get_length (categories); i++)
    {
      JsonObject *category = sally_json_peek_element (categories, i);
      const char *id = sally_json_peek_string (category, "Id");
      const char *name = sally_json_peek_string (category, "Name");

      if (id != NULL && name != NULL)
        g_hash_table_insert (names, (gpointer) id, (gpointer) name);
    }
  for (guint i = 0; bindings != NULL && i < json_array_get_length (bindings); i++)
    {
      JsonObject *binding = sally_json_peek_element (bindings, i);
      const char *id = sally_json_peek_string (binding, "CategoryId");
      const char *key = sally_json_peek_string (binding, "AuthenticatorSecret");
      const char *name = id != NULL ? g_hash_table_lookup (names, id) : NULL;
      GPtrArray *tags;

      if (name == NULL || key == NULL)
        continue;
      tags = g_hash_table_lookup (tags_of_key, key);
      if (tags == NULL)
        {
          tags = g_ptr_array_new ();
          g_hash_table_insert (tags_of_key, (gpointer) key, tags);
        }
      g_ptr_array_add (tags, (gpointer) name);
    }
  return tags_of_key;
}

gboolean
sally_stratum_read (SallyBackupInput *input,
                    SallySecret *password,
                    SallyBackup *backup,
                    GError **error)
{
  JsonObject *export = input->object;
  g_autoptr (SallyJson) json = NULL;
  g_autoptr (GHashTable) categories = NULL;
  JsonArray *items;

  if (export == NULL)
    {
      json = decrypt (input, password, error);
      if (json == NULL)
        return FALSE;
      export = sally_json_get_object (json);
    }
  items = sally_json_peek_array (export, "Authenticators");
  if (items == NULL)
    return sally_backup_set_damaged (error);
  categories = read_categories (export);
  for (guint i = 0; i < json_array_get_length (items) && !backup->is_too_large; i++)
    {
      JsonObject *item = sally_json_peek_element (items, i);
      SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

      set_kinds (&draft, sally_json_peek_number (item, "Type"),
                 sally_json_peek_number (item, "Algorithm"));
      draft.issuer = sally_json_peek_string (item, "Issuer");
      draft.label = sally_json_peek_string (item, "Username");
      draft.secret = sally_json_peek_string (item, "Secret");
      draft.digits = sally_json_peek_number (item, "Digits");
      draft.period = sally_json_peek_number (item, "Period");
      draft.counter = sally_json_peek_number (item, "Counter");
      if (draft.secret != NULL)
        draft.tags = g_hash_table_lookup (categories, draft.secret);
      sally_backup_add (backup, &draft);
    }
  return TRUE;
}

/* The same in the app's own database. */
gboolean
sally_stratum_database_sniff (SallyBackupInput *input)
{
  return input->is_sqlite && sally_sqlite_has_column (input->bytes, "authenticator", "secret");
}

gboolean
sally_stratum_database_read (SallyBackupInput *input,
                             SallySecret *password,
                             SallyBackup *backup,
                             GError **error)
{
  static const char *const columns[] = { "type",   "issuer", "username", "secret", "algorithm",
                                         "digits", "period", "counter",  NULL };
  g_autoptr (GPtrArray) rows = sally_sqlite_rows (input->bytes, "authenticator", columns, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      char **row = ((SallySqliteRow *) rows->pdata[i])->values;
      SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

      set_kinds (&draft, sally_json_parse_number (row[0]), sally_json_parse_number (row[4]));
      draft.issuer = row[1];
      draft.label = row[2];
      draft.secret = row[3];
      draft.digits = sally_json_parse_number (row[5]);
      draft.period = sally_json_parse_number (row[6]);
      draft.counter = sally_json_parse_number (row[7]);
      sally_backup_add (backup, &draft);
    }
  return TRUE;
}
