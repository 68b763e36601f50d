/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/formats.h"
#include "backup/sqlite-rows.h"
#include "backup/wiped.h"

#include <glib/gi18n.h>

/* Values of account_type. */
#define TYPE_ORDINARY    0
#define TYPE_MICROSOFT   1
#define MICROSOFT_DIGITS 8

static const char *const columns[] = { "name", "username", "oath_secret_key", "account_type",
                                       NULL };

gboolean
sally_microsoft_sniff (SallyBackupInput *input)
{
  return input->is_sqlite && sally_sqlite_has_column (input->bytes, "accounts", "oath_secret_key");
}

gboolean
sally_microsoft_read (SallyBackupInput *input,
                      SallySecret *password,
                      SallyBackup *backup,
                      GError **error)
{
  g_autoptr (GPtrArray) rows = sally_sqlite_rows (input->bytes, "accounts", columns, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      char **row = ((SallySqliteRow *) rows->pdata[i])->values;
      gint64 type = sally_json_parse_number (row[3]);
      SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (SallySecret) key = NULL;

      draft.issuer = row[0];
      draft.label = row[1];
      draft.secret = row[2];
      if (type == TYPE_MICROSOFT && draft.secret != NULL && *draft.secret != '\0')
        {
          bytes = sally_wiped_from_base64 (draft.secret, -1);
          draft.key = key = bytes != NULL ? sally_wiped_to_secret (bytes) : NULL;
          draft.secret = NULL;
          draft.digits = MICROSOFT_DIGITS;
        }
      if (draft.secret == NULL && draft.key == NULL)
        sally_backup_add_unreadable (backup, &draft,
                                     _ ("The account has no key: it is only approved by a tap"));
      else if (type == TYPE_ORDINARY || type == TYPE_MICROSOFT)
        sally_backup_add (backup, &draft);
      else
        sally_backup_add_unreadable (
            backup, &draft, _ ("Accounts of this kind give their codes to Microsoft’s app only"));
    }
  return TRUE;
}
