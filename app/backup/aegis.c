/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/aegis.h"

#include "backup/cipher.h"
#include "backup/formats.h"
#include "backup/wiped.h"
#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

/* A vault has a slot for each way to open it; a hostile one would have us derive keys for hours. */
#define MAX_PASSWORD_SLOTS 8

gboolean
sally_aegis_sniff (SallyBackupInput *input)
{
  return sally_backup_input_has (input, "header", "db", NULL) &&
         sally_json_peek_object (input->object, "header") != NULL;
}

gboolean
sally_aegis_encrypted_sniff (SallyBackupInput *input)
{
  return sally_aegis_sniff (input) && sally_json_peek_string (input->object, "db") != NULL;
}

/* The two hexadecimal members of {nonce, tag}; the tag goes behind the ciphertext. */
static gboolean
read_parameters (JsonObject *parameters, GBytes *ciphertext, GBytes **nonce, GBytes **sealed)
{
  const char *nonce_text = sally_json_peek_string (parameters, "nonce");
  const char *tag_text = sally_json_peek_string (parameters, "tag");
  g_autoptr (GBytes) tag = tag_text != NULL ? sally_wiped_from_hex (tag_text) : NULL;
  gsize length;
  gconstpointer data;
  guint8 *out;

  if (nonce_text == NULL || tag == NULL || ciphertext == NULL)
    return FALSE;
  *nonce = sally_wiped_from_hex (nonce_text);
  if (*nonce == NULL)
    return FALSE;
  data = g_bytes_get_data (ciphertext, &length);
  *sealed = sally_wiped_new (length + g_bytes_get_size (tag), &out);
  if (length > 0)
    memcpy (out, data, length);
  memcpy (out + length, g_bytes_get_data (tag, NULL), g_bytes_get_size (tag));
  return TRUE;
}

static SallySecret *
open_slot (JsonObject *slot, SallySecret *password, GError **error)
{
  const char *key_text = sally_json_peek_string (slot, "key");
  const char *salt_text = sally_json_peek_string (slot, "salt");
  g_autoptr (GBytes) wrapped = key_text != NULL ? sally_wiped_from_hex (key_text) : NULL;
  g_autoptr (GBytes) salt = salt_text != NULL ? sally_wiped_from_hex (salt_text) : NULL;
  g_autoptr (GBytes) nonce = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) master = NULL;
  g_autoptr (SallySecret) key = NULL;
  gint64 n = sally_json_peek_number (slot, "n");
  gint64 r = sally_json_peek_number (slot, "r");
  gint64 p = sally_json_peek_number (slot, "p");

  if (salt == NULL || n < 1 || r < 1 || p < 1 ||
      !read_parameters (sally_json_peek_object (slot, "key_params"), wrapped, &nonce, &sealed))
    return sally_backup_set_damaged (error), NULL;
  key = sally_cipher_scrypt (password, salt, (guint64) n, (guint64) r, (guint64) p, error);
  if (key == NULL)
    return NULL;
  master = sally_cipher_open_gcm (key, nonce, NULL, sealed, error);
  if (master == NULL)
    return NULL;
  if (g_bytes_get_size (master) != SALLY_CIPHER_KEY_BYTES)
    return sally_backup_set_damaged (error), NULL;
  return sally_wiped_to_secret (master);
}

/* Each slot that opens by password; the one it fits is known by success. */
static SallySecret *
open_slots (JsonArray *slots, SallySecret *password, GError **error)
{
  g_autoptr (GError) last = NULL;
  guint n_tried = 0;

  for (guint i = 0; i < json_array_get_length (slots) && n_tried < MAX_PASSWORD_SLOTS; i++)
    {
      JsonObject *slot = sally_json_peek_element (slots, i);
      SallySecret *master;

      if (sally_json_peek_number (slot, "type") != SALLY_AEGIS_PASSWORD_SLOT)
        continue;
      n_tried++;
      g_clear_error (&last);
      master = open_slot (slot, password, &last);
      if (master != NULL)
        return master;
    }
  if (last != NULL)
    g_propagate_error (error, g_steal_pointer (&last));
  else
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         _ ("This vault cannot be opened with a password: export it from Aegis "
                            "with one"));
  return NULL;
}

static SallyJson *
decrypt (SallyBackupInput *input, SallySecret *password, GError **error)
{
  JsonObject *header = sally_json_peek_object (input->object, "header");
  JsonArray *slots = sally_json_peek_array (header, "slots");
  const char *text = sally_json_peek_string (input->object, "db");
  g_autoptr (GBytes) ciphertext = sally_wiped_from_base64 (text, -1);
  g_autoptr (GBytes) nonce = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SallySecret) master = NULL;

  if (slots == NULL ||
      !read_parameters (sally_json_peek_object (header, "params"), ciphertext, &nonce, &sealed))
    return sally_backup_set_damaged (error), NULL;
  if (password == NULL)
    return sally_backup_need_password (error), NULL;
  master = open_slots (slots, password, error);
  if (master == NULL)
    return NULL;
  plain = sally_cipher_open_gcm (master, nonce, NULL, sealed, error);
  if (plain == NULL)
    return NULL;
  return sally_json_parse (g_bytes_get_data (plain, NULL), (gssize) g_bytes_get_size (plain),
                           error);
}

/* Version 3 of the database lists groups with their names; up to 2 an entry names its one group. */
static GHashTable *
read_groups (JsonObject *database)
{
  GHashTable *names = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *groups = sally_json_peek_array (database, "groups");

  for (guint i = 0; groups != NULL && i < json_array_get_length (groups); i++)
    {
      JsonObject *group = sally_json_peek_element (groups, i);
      const char *uuid = sally_json_peek_string (group, "uuid");
      const char *name = sally_json_peek_string (group, "name");

      if (uuid != NULL && name != NULL)
        g_hash_table_insert (names, (gpointer) uuid, (gpointer) name);
    }
  return names;
}

static GPtrArray *
dup_tags (JsonObject *entry, GHashTable *group_names)
{
  GPtrArray *tags = g_ptr_array_new_with_free_func (g_free);
  const char *group = sally_json_peek_string (entry, "group");
  JsonArray *groups = sally_json_peek_array (entry, "groups");

  if (group != NULL && *group != '\0')
    g_ptr_array_add (tags, g_strdup (group));
  for (guint i = 0; groups != NULL && i < json_array_get_length (groups); i++)
    {
      JsonNode *node = json_array_get_element (groups, i);
      const char *uuid = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
      const char *name = uuid != NULL ? g_hash_table_lookup (group_names, uuid) : NULL;

      if (name != NULL)
        g_ptr_array_add (tags, g_strdup (name));
    }
  return tags;
}

static void
read_entry (JsonObject *entry, GHashTable *group_names, SallyBackup *backup)
{
  JsonObject *info = sally_json_peek_object (entry, "info");
  SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;
  g_autoptr (GPtrArray) tags = dup_tags (entry, group_names);

  draft.type = sally_json_peek_string (entry, "type");
  draft.issuer = sally_json_peek_string (entry, "issuer");
  draft.label = sally_json_peek_string (entry, "name");
  draft.note = sally_json_peek_string (entry, "note");
  draft.tags = tags;
  draft.secret = sally_json_peek_string (info, "secret");
  draft.algorithm = sally_json_peek_string (info, "algo");
  draft.digits = sally_json_peek_number (info, "digits");
  draft.period = sally_json_peek_number (info, "period");
  draft.counter = sally_json_peek_number (info, "counter");
  /* Old versions wrote MD5 for what they computed with SHA-1. */
  if (draft.algorithm != NULL && g_ascii_strcasecmp (draft.algorithm, "MD5") == 0)
    draft.algorithm = NULL;
  if (sally_json_has (entry, "icon"))
    sally_backup_notice (backup, _ ("The pictures of the entries are not imported"));
  sally_backup_add (backup, &draft);
}

gboolean
sally_aegis_read (SallyBackupInput *input,
                  SallySecret *password,
                  SallyBackup *backup,
                  GError **error)
{
  JsonObject *database = sally_json_peek_object (input->object, "db");
  g_autoptr (SallyJson) json = NULL;
  g_autoptr (GHashTable) group_names = NULL;
  JsonArray *entries;

  if (database == NULL)
    {
      if (!sally_aegis_encrypted_sniff (input))
        return sally_backup_set_damaged (error);
      json = decrypt (input, password, error);
      if (json == NULL)
        return FALSE;
      database = sally_json_get_object (json);
    }
  entries = sally_json_peek_array (database, "entries");
  if (entries == NULL)
    return sally_backup_set_damaged (error);
  group_names = read_groups (database);
  for (guint i = 0; i < json_array_get_length (entries) && !backup->is_too_large; i++)
    read_entry (sally_json_peek_element (entries, i), group_names, backup);
  return TRUE;
}

gboolean
sally_aegis_encrypted_read (SallyBackupInput *input,
                            SallySecret *password,
                            SallyBackup *backup,
                            GError **error)
{
  return sally_aegis_read (input, password, backup, error);
}
