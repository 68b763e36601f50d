/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/formats.h"
#include "backup/zip.h"
#include "base/error.h"

#include <glib/gi18n.h>

/* Programs whose export is a zip file: it is known by what is in it. */
#define RAIVO_MEMBER "raivo-otp-export.json"
#define PLUS_MEMBER  "Accounts.txt"

static const char *
find_member (SallyBackupInput *input, const char *name)
{
  for (guint i = 0; input->members != NULL && i < input->members->len; i++)
    if (g_str_equal (input->members->pdata[i], name))
      return name;
  return NULL;
}

/* An array whose values are all texts, in the zip file or by itself. */
gboolean
sally_raivo_sniff (SallyBackupInput *input)
{
  return find_member (input, RAIVO_MEMBER) != NULL ||
         sally_backup_input_first_has (input, "kind", "timer", "secret", NULL);
}

static gboolean
read_raivo_items (JsonArray *items, SallyBackup *backup, GError **error)
{
  if (items == NULL)
    return sally_backup_set_damaged (error);
  for (guint i = 0; i < json_array_get_length (items) && !backup->is_too_large; i++)
    {
      JsonObject *item = sally_json_peek_element (items, i);
      SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

      draft.type = sally_json_peek_string (item, "kind");
      draft.issuer = sally_json_peek_string (item, "issuer");
      draft.label = sally_json_peek_string (item, "account");
      draft.secret = sally_json_peek_string (item, "secret");
      draft.algorithm = sally_json_peek_string (item, "algorithm");
      draft.digits = sally_json_peek_number (item, "digits");
      draft.period = sally_json_peek_number (item, "timer");
      draft.counter = sally_json_peek_number (item, "counter");
      /* A code that counts has a timer of 0 and the other way round. */
      sally_backup_add (backup, &draft);
    }
  return TRUE;
}

gboolean
sally_raivo_read (SallyBackupInput *input,
                  SallySecret *password,
                  SallyBackup *backup,
                  GError **error)
{
  g_autoptr (GBytes) content = NULL;
  g_autoptr (SallyJson) json = NULL;

  if (input->array != NULL)
    return read_raivo_items (input->array, backup, error);
  content = sally_zip_extract (input->bytes, RAIVO_MEMBER, password, error);
  if (content == NULL)
    return FALSE;
  json = sally_json_parse (g_bytes_get_data (content, NULL), (gssize) g_bytes_get_size (content),
                           error);
  return json != NULL && read_raivo_items (sally_json_get_array (json), backup, error);
}

/* A member that is a list of addresses. */
static gboolean
read_list (SallyBackupInput *input,
           const char *member,
           SallySecret *password,
           SallyBackup *backup,
           GError **error)
{
  g_autoptr (GBytes) content = sally_zip_extract (input->bytes, member, password, error);
  const char *text;
  gsize length;

  if (content == NULL)
    return FALSE;
  text = g_bytes_get_data (content, &length);
  if (!sally_uri_list_read_text (text, length, FALSE, backup, error))
    return FALSE;
  if (backup->entries->len > 0)
    return TRUE;
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("The text in the zip file holds no accounts"));
  return FALSE;
}

gboolean
sally_authenticator_plus_sniff (SallyBackupInput *input)
{
  return find_member (input, PLUS_MEMBER) != NULL;
}

gboolean
sally_authenticator_plus_read (SallyBackupInput *input,
                               SallySecret *password,
                               SallyBackup *backup,
                               GError **error)
{
  return read_list (input, PLUS_MEMBER, password, backup, error);
}

static const char *
find_text (SallyBackupInput *input)
{
  for (guint i = 0; input->members != NULL && i < input->members->len; i++)
    if (g_str_has_suffix (input->members->pdata[i], ".txt"))
      return input->members->pdata[i];
  return NULL;
}

gboolean
sally_winauth_sniff (SallyBackupInput *input)
{
  return find_text (input) != NULL;
}

gboolean
sally_winauth_read (SallyBackupInput *input,
                    SallySecret *password,
                    SallyBackup *backup,
                    GError **error)
{
  return read_list (input, find_text (input), password, backup, error);
}
