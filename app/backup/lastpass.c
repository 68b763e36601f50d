/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/formats.h"

gboolean
sally_lastpass_sniff (SallyBackupInput *input)
{
  return sally_json_peek_array (input->object, "accounts") != NULL &&
         sally_backup_input_has (input, "version", "folders", NULL);
}

static const char *
find_folder (JsonObject *export, JsonObject *account)
{
  JsonArray *folders = sally_json_peek_array (export, "folders");
  gint64 id = sally_json_peek_number (sally_json_peek_object (account, "folderData"), "folderId");

  /* Folder 0 is none. */
  for (guint i = 0; folders != NULL && id > 0 &&
                    i < MIN (json_array_get_length (folders), SALLY_BACKUP_MAX_GROUPS);
       i++)
    {
      JsonObject *folder = sally_json_peek_element (folders, i);

      if (sally_json_peek_number (folder, "id") == id)
        return sally_json_peek_string (folder, "name");
    }
  return NULL;
}

gboolean
sally_lastpass_read (SallyBackupInput *input,
                     SallySecret *password,
                     SallyBackup *backup,
                     GError **error)
{
  JsonArray *accounts = sally_json_peek_array (input->object, "accounts");

  for (guint i = 0; i < json_array_get_length (accounts) && !backup->is_too_large; i++)
    {
      JsonObject *account = sally_json_peek_element (accounts, i);
      const char *folder = find_folder (input->object, account);
      g_autoptr (GPtrArray) tags = g_ptr_array_new ();
      SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

      draft.issuer = sally_json_peek_string (account, "issuerName");
      draft.label = sally_json_peek_string (account, "userName");
      draft.secret = sally_json_peek_string (account, "secret");
      draft.algorithm = sally_json_peek_string (account, "algorithm");
      draft.digits = sally_json_peek_number (account, "digits");
      draft.period = sally_json_peek_number (account, "timeStep");
      if (folder != NULL)
        g_ptr_array_add (tags, (gpointer) folder);
      draft.tags = tags;
      sally_backup_add (backup, &draft);
    }
  return TRUE;
}
