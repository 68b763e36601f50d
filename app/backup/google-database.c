/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/formats.h"
#include "backup/sqlite-rows.h"

#include <glib/gi18n.h>

#define TYPE_TOTP 0
#define TYPE_HOTP 1

static const char *const columns[] = { "email",  "secret",      "counter", "type",
                                       "issuer", "isencrypted", NULL };

gboolean
sally_google_database_sniff (SallyBackupInput *input)
{
  return input->is_sqlite && sally_sqlite_has_column (input->bytes, "accounts", "email") &&
         sally_sqlite_has_column (input->bytes, "accounts", "secret");
}

gboolean
sally_google_database_read (SallyBackupInput *input,
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

      draft.type = type == TYPE_HOTP ? "hotp" : type == TYPE_TOTP ? "totp" : "unknown";
      draft.issuer = row[4];
      draft.label = sally_backup_skip_issuer (row[0], row[4]);
      draft.secret = row[1];
      draft.counter = sally_json_parse_number (row[2]);
      if (sally_json_parse_number (row[5]) > 0)
        sally_backup_add_unreadable (
            backup, &draft, _ ("The key of the entry is encrypted with one of that phone"));
      else
        sally_backup_add (backup, &draft);
    }
  return TRUE;
}
