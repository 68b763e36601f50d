/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"
#include "backup/formats.h"
#include "backup/wiped.h"

#include <string.h>

#define ITERATIONS 10000

gboolean
sally_two_fas_sniff (SallyBackupInput *input)
{
  return sally_json_peek_array (input->object, "services") != NULL ||
         sally_json_peek_string (input->object, "servicesEncrypted") != NULL;
}

/* base64 (ciphertext and tag) ":" base64 (salt) ":" base64 (nonce) */
static SallyJson *
decrypt (const char *text, SallySecret *password, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 4);
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) salt = NULL;
  g_autoptr (GBytes) nonce = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SallySecret) key = NULL;

  if (g_strv_length (parts) == 3)
    {
      sealed = sally_wiped_from_base64 (parts[0], -1);
      salt = sally_wiped_from_base64 (parts[1], -1);
      nonce = sally_wiped_from_base64 (parts[2], -1);
    }
  if (sealed == NULL || salt == NULL || nonce == NULL)
    return sally_backup_set_damaged (error), NULL;
  if (password == NULL)
    return sally_backup_need_password (error), NULL;
  key = sally_cipher_pbkdf2 ("SHA256", password, salt, ITERATIONS, error);
  if (key == NULL)
    return NULL;
  plain = sally_cipher_open_gcm (key, nonce, NULL, sealed, error);
  if (plain == NULL)
    return NULL;
  return sally_json_parse (g_bytes_get_data (plain, NULL), (gssize) g_bytes_get_size (plain),
                           error);
}

static const char *
find_group (JsonArray *groups, const char *id)
{
  for (guint i = 0; groups != NULL && id != NULL &&
                    i < MIN (json_array_get_length (groups), SALLY_BACKUP_MAX_GROUPS);
       i++)
    {
      JsonObject *group = sally_json_peek_element (groups, i);

      if (g_strcmp0 (sally_json_peek_string (group, "id"), id) == 0)
        return sally_json_peek_string (group, "name");
    }
  return NULL;
}

static const char *
first_of (const char *a, const char *b)
{
  return a != NULL && *a != '\0' ? a : b;
}

static void
read_service (JsonObject *service, JsonArray *groups, SallyBackup *backup)
{
  JsonObject *otp = sally_json_peek_object (service, "otp");
  SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();
  const char *group = find_group (groups, sally_json_peek_string (service, "groupId"));

  draft.type = sally_json_peek_string (otp, "tokenType");
  draft.issuer =
      first_of (sally_json_peek_string (otp, "issuer"), sally_json_peek_string (service, "name"));
  draft.label = sally_json_peek_string (otp, "account");
  if (draft.label == NULL || *draft.label == '\0')
    draft.label = sally_backup_skip_issuer (sally_json_peek_string (otp, "label"), draft.issuer);
  draft.secret = sally_json_peek_string (service, "secret");
  draft.algorithm = sally_json_peek_string (otp, "algorithm");
  draft.digits = sally_json_peek_number (otp, "digits");
  draft.period = sally_json_peek_number (otp, "period");
  draft.counter = sally_json_peek_number (otp, "counter");
  if (group != NULL)
    g_ptr_array_add (tags, (gpointer) group);
  draft.tags = tags;
  sally_backup_add (backup, &draft);
}

gboolean
sally_two_fas_read (SallyBackupInput *input,
                    SallySecret *password,
                    SallyBackup *backup,
                    GError **error)
{
  const char *encrypted = sally_json_peek_string (input->object, "servicesEncrypted");
  JsonArray *services = sally_json_peek_array (input->object, "services");
  JsonArray *groups = sally_json_peek_array (input->object, "groups");
  g_autoptr (SallyJson) json = NULL;

  if (encrypted != NULL && *encrypted != '\0')
    {
      json = decrypt (encrypted, password, error);
      if (json == NULL)
        return FALSE;
      services = sally_json_get_array (json);
    }
  if (services == NULL)
    return sally_backup_set_damaged (error);
  for (guint i = 0; i < json_array_get_length (services) && !backup->is_too_large; i++)
    read_service (sally_json_peek_element (services, i), groups, backup);
  return TRUE;
}
