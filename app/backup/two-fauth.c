/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/formats.h"

gboolean
sally_two_fauth_sniff (SallyBackupInput *input)
{
  const char *app = sally_json_peek_string (input->object, "app");

  return app != NULL && g_ascii_strncasecmp (app, "2fauth", 6) == 0 &&
         sally_json_peek_array (input->object, "data") != NULL;
}

gboolean
sally_two_fauth_read (SallyBackupInput *input,
                      SallySecret *password,
                      SallyBackup *backup,
                      GError **error)
{
  JsonArray *items = sally_json_peek_array (input->object, "data");

  for (guint i = 0; i < json_array_get_length (items) && !backup->is_too_large; i++)
    {
      JsonObject *item = sally_json_peek_element (items, i);
      const char *uri = sally_json_peek_string (item, "uri");
      SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

      if (uri != NULL)
        {
          sally_backup_add_uri (backup, uri, -1, NULL);
          continue;
        }
      draft.type = sally_json_peek_string (item, "otp_type");
      draft.issuer = sally_json_peek_string (item, "service");
      draft.label = sally_json_peek_string (item, "account");
      draft.secret = sally_json_peek_string (item, "secret");
      draft.algorithm = sally_json_peek_string (item, "algorithm");
      draft.digits = sally_json_peek_number (item, "digits");
      draft.period = sally_json_peek_number (item, "period");
      draft.counter = sally_json_peek_number (item, "counter");
      sally_backup_add (backup, &draft);
    }
  return TRUE;
}
