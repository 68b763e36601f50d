/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/formats.h"
#include "backup/wiped.h"

#include <glib/gi18n.h>

/* One file of the mobile app's (maFile), or all of an account manager's. */
gboolean
sally_steam_sniff (SallyBackupInput *input)
{
  JsonObject *accounts = sally_json_peek_object (input->object, "accounts");
  g_autoptr (GList) members = NULL;

  if (sally_backup_input_has (input, "shared_secret", NULL))
    return TRUE;
  members = accounts != NULL ? json_object_get_values (accounts) : NULL;
  for (GList *member = members; member != NULL; member = member->next)
    if (JSON_NODE_HOLDS_OBJECT (member->data) &&
        sally_json_has (json_node_get_object (member->data), "shared_secret"))
      return TRUE;
  return FALSE;
}

static void
read_account (JsonObject *account, SallyBackup *backup)
{
  const char *text = sally_json_peek_string (account, "shared_secret");
  g_autoptr (GBytes) bytes = text != NULL ? sally_wiped_from_base64 (text, -1) : NULL;
  g_autoptr (SallySecret) key = bytes != NULL ? sally_wiped_to_secret (bytes) : NULL;
  SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

  draft.type = "steam";
  draft.issuer = "Steam";
  draft.label = sally_json_peek_string (account, "account_name");
  draft.key = key;
  if (key != NULL)
    sally_backup_add (backup, &draft);
  else
    sally_backup_add_unreadable (backup, &draft, _ ("The entry holds no key"));
}

gboolean
sally_steam_read (SallyBackupInput *input,
                  SallySecret *password,
                  SallyBackup *backup,
                  GError **error)
{
  JsonObject *accounts = sally_json_peek_object (input->object, "accounts");
  g_autoptr (GList) members = NULL;

  if (accounts == NULL)
    {
      read_account (input->object, backup);
      return TRUE;
    }
  members = json_object_get_values (accounts);
  for (GList *member = members; member != NULL; member = member->next)
    read_account (JSON_NODE_HOLDS_OBJECT (member->data) ? json_node_get_object (member->data)
                                                        : NULL,
                  backup);
  return TRUE;
}
