/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/formats.h"
#include "backup/freeotp.h"
#include "backup/wiped.h"

#include <string.h>

#define ORDER "tokenOrder"

/* FreeOTP+ exports JSON; both keep the same objects in Android's preferences. */
gboolean
sally_freeotp_sniff (SallyBackupInput *input)
{
  if (input->preferences != NULL)
    return g_hash_table_contains (input->preferences, ORDER);
  return sally_json_peek_array (input->object, "tokens") != NULL &&
         sally_json_peek_array (input->object, ORDER) != NULL;
}

static const char *
first_of (const char *a, const char *b)
{
  return a != NULL && *a != '\0' ? a : b;
}

void
sally_freeotp_read_token (JsonObject *token, SallyBackupDraft *draft)
{
  draft->type = sally_json_peek_string (token, "type");
  /* What a person has renamed stands beside the original. */
  draft->issuer = first_of (sally_json_peek_string (token, "issuerAlt"),
                            sally_json_peek_string (token, "issuerExt"));
  draft->label = first_of (sally_json_peek_string (token, "labelAlt"),
                           sally_json_peek_string (token, "label"));
  draft->algorithm = sally_json_peek_string (token, "algo");
  draft->digits = sally_json_peek_number (token, "digits");
  draft->period = sally_json_peek_number (token, "period");
  draft->counter = sally_json_peek_number (token, "counter");
  if (g_strcmp0 (sally_json_peek_string (token, "issuerExt"), "Steam") == 0)
    draft->type = "steam";
}

/* The counter of FreeOTP 1 and FreeOTP+ is the one whose code the app would show next, although
 * that is one less than the address had said: a token that was used has made up for it. A server
 * looks ahead, so that at most one code is refused. */
static void
read_token (JsonObject *token, SallyBackup *backup)
{
  SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;
  g_autoptr (GBytes) bytes = sally_json_dup_bytes (sally_json_peek_array (token, "secret"));
  g_autoptr (SallySecret) key = bytes != NULL ? sally_wiped_to_secret (bytes) : NULL;

  sally_freeotp_read_token (token, &draft);
  draft.key = key;
  sally_backup_add (backup, &draft);
}

static gboolean
read_preferences (GHashTable *preferences, SallyBackup *backup, GError **error)
{
  GHashTableIter iter;
  gpointer name;
  gpointer text;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  g_hash_table_iter_init (&iter, preferences);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_str_equal (name, ORDER))
      g_ptr_array_add (names, name);
  g_ptr_array_sort_values (names, (GCompareFunc) strcmp);
  for (guint i = 0; i < names->len; i++)
    {
      g_autoptr (SallyJson) json = NULL;

      text = g_hash_table_lookup (preferences, names->pdata[i]);
      json = sally_json_parse (text, -1, NULL);
      /* Other settings of the app are no tokens. */
      if (sally_json_has (sally_json_get_object (json), "secret"))
        read_token (sally_json_get_object (json), backup);
    }
  return TRUE;
}

gboolean
sally_freeotp_read (SallyBackupInput *input,
                    SallySecret *password,
                    SallyBackup *backup,
                    GError **error)
{
  JsonArray *tokens = sally_json_peek_array (input->object, "tokens");

  if (input->preferences != NULL)
    return read_preferences (input->preferences, backup, error);
  for (guint i = 0; i < json_array_get_length (tokens) && !backup->is_too_large; i++)
    read_token (sally_json_peek_element (tokens, i), backup);
  return TRUE;
}
