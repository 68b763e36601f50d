/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/bitwarden.h"
#include "backup/csv.h"
#include "backup/formats.h"

#include <string.h>

/* Bitwarden Authenticator for Android writes three fields more than its header has columns. */
#define EXTRA_PERIOD 1
#define EXTRA_DIGITS 2

static gboolean
first_line_has (SallyBackupInput *input, const char *word)
{
  const char *end = memchr (input->data, '\n', input->length);
  gsize length = end != NULL ? (gsize) (end - input->data) : input->length;

  return input->is_text && g_strstr_len (input->data, (gssize) length, word) != NULL;
}

gboolean
sally_bitwarden_csv_sniff (SallyBackupInput *input)
{
  return first_line_has (input, "login_totp") && first_line_has (input, ",");
}

gboolean
sally_bitwarden_csv_read (SallyBackupInput *input,
                          SallySecret *password,
                          SallyBackup *backup,
                          GError **error)
{
  g_autoptr (SallyCsv) csv = sally_csv_parse (input->data, input->length);
  int totp;
  int name;
  int username;
  int folder;

  if (csv == NULL)
    return sally_backup_set_damaged (error);
  totp = sally_csv_find_column (csv, "login_totp");
  name = sally_csv_find_column (csv, "name");
  username = sally_csv_find_column (csv, "login_username");
  folder = sally_csv_find_column (csv, "folder");
  if (totp < 0)
    return sally_backup_set_damaged (error);
  for (guint row = 0; row < sally_csv_get_n_rows (csv); row++)
    {
      SallyBackupDraft names = SALLY_BACKUP_DRAFT_INIT;
      g_autoptr (GPtrArray) tags = g_ptr_array_new ();
      const char *tag = sally_csv_peek (csv, row, folder);
      const char *extra = sally_csv_peek (csv, row, totp + 1);

      names.kept_issuer = sally_csv_peek (csv, row, name);
      names.kept_label = sally_csv_peek (csv, row, username);
      /* Behind the last column stand the issuer, the period and the digits. */
      if (username < 0 && extra != NULL)
        {
          if (*extra != '\0')
            names.kept_issuer = extra;
          names.period =
              sally_json_parse_number (sally_csv_peek (csv, row, totp + 1 + EXTRA_PERIOD));
          names.digits =
              sally_json_parse_number (sally_csv_peek (csv, row, totp + 1 + EXTRA_DIGITS));
        }
      if (tag != NULL && *tag != '\0')
        g_ptr_array_add (tags, (gpointer) tag);
      names.tags = tags;
      sally_bitwarden_add (backup, sally_csv_peek (csv, row, totp), &names);
    }
  return TRUE;
}
