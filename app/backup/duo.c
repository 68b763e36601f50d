/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/formats.h"

gboolean
sally_duo_sniff (SallyBackupInput *input)
{
  return sally_backup_input_first_has (input, "otpGenerator", NULL);
}

gboolean
sally_duo_read (SallyBackupInput *input, SallySecret *password, SallyBackup *backup, GError **error)
{
  for (guint i = 0; i < json_array_get_length (input->array) && !backup->is_too_large; i++)
    {
      JsonObject *account = sally_json_peek_element (input->array, i);
      JsonObject *generator = sally_json_peek_object (account, "otpGenerator");
      SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

      draft.label = sally_json_peek_string (account, "name");
      draft.secret = sally_json_peek_string (generator, "otpSecret");
      draft.counter = sally_json_peek_number (generator, "counter");
      if (draft.counter != SALLY_JSON_UNSET)
        draft.type = "hotp";
      sally_backup_add (backup, &draft);
    }
  return TRUE;
}
