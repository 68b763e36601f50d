/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/formats.h"

/* Its own backup is andOTP's form, but for the issuer, which is the first tag. */
static const char *
peek_first_tag (JsonObject *item)
{
  JsonArray *tags = sally_json_peek_array (item, "tags");
  JsonNode *node;

  if (tags == NULL || json_array_get_length (tags) == 0)
    return NULL;
  node = json_array_get_element (tags, 0);
  return JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

gboolean
sally_gnome_authenticator_sniff (SallyBackupInput *input)
{
  if (!sally_backup_input_first_has (input, "secret", "label", "tags", NULL))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (input->array); i++)
    {
      JsonObject *item = sally_json_peek_element (input->array, i);

      if (sally_json_has (item, "issuer") || peek_first_tag (item) == NULL)
        return FALSE;
    }
  return TRUE;
}

gboolean
sally_gnome_authenticator_read (SallyBackupInput *input,
                                SallySecret *password,
                                SallyBackup *backup,
                                GError **error)
{
  for (guint i = 0; i < json_array_get_length (input->array) && !backup->is_too_large; i++)
    {
      JsonObject *item = sally_json_peek_element (input->array, i);
      SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

      draft.type = sally_json_peek_string (item, "type");
      draft.issuer = peek_first_tag (item);
      draft.label = sally_json_peek_string (item, "label");
      draft.secret = sally_json_peek_string (item, "secret");
      draft.algorithm = sally_json_peek_string (item, "algorithm");
      draft.digits = sally_json_peek_number (item, "digits");
      draft.period = sally_json_peek_number (item, "period");
      draft.counter = sally_json_peek_number (item, "counter");
      sally_backup_add (backup, &draft);
    }
  return TRUE;
}
