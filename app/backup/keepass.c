/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/csv.h"
#include "backup/formats.h"
#include "backup/wiped.h"

#include <glib/gi18n.h>
#include <string.h>

/* Group, entry, string and the like: no real file is nested deeper. */
#define MAX_DEPTH 64

typedef struct
{
  SallyBackup *backup;
  guint depth;
  guint n_history;     /* old versions of an entry stand inside of it */
  GHashTable *strings; /* of the entry that is open, name to text; NULL: none is */
  char *name;
  GString *text;
  gboolean is_name;
  gboolean is_value;
} Reading;

static void
free_wiped (gpointer text)
{
  sally_secret_wipe (text, strlen (text));
  g_free (text);
}

/* "key=value&key=value" of the KeeOtp plug-in. */
static void
add_kee_otp (Reading *reading, const char *query, SallyBackupDraft *draft)
{
  g_autoptr (GHashTable) values =
      g_uri_parse_params (query, -1, "&", G_URI_PARAMS_CASE_INSENSITIVE, NULL);

  if (values == NULL)
    {
      sally_backup_add_unreadable (reading->backup, draft, _ ("The entry is damaged"));
      return;
    }
  draft->type = g_hash_table_lookup (values, "type");
  draft->secret = g_hash_table_lookup (values, "key");
  draft->algorithm = g_hash_table_lookup (values, "otpHashMode");
  draft->digits = sally_json_parse_number (g_hash_table_lookup (values, "size"));
  draft->period = sally_json_parse_number (g_hash_table_lookup (values, "step"));
  draft->counter = sally_json_parse_number (g_hash_table_lookup (values, "counter"));
  sally_backup_add (reading->backup, draft);
}

/* "30;6" or "30;S" (Steam) beside the seed, as KeePassXC once kept it. */
static void
add_seed (Reading *reading, SallyBackupDraft *draft)
{
  const char *settings = g_hash_table_lookup (reading->strings, "TOTP Settings");
  g_auto (GStrv) parts = g_strsplit (settings != NULL ? settings : "", ";", 3);

  draft->secret = g_hash_table_lookup (reading->strings, "TOTP Seed");
  if (parts[0] != NULL)
    draft->period = sally_json_parse_number (parts[0]);
  if (parts[0] != NULL && parts[1] != NULL)
    {
      if (g_str_equal (parts[1], "S"))
        draft->type = "steam";
      else
        draft->digits = sally_json_parse_number (parts[1]);
    }
  sally_backup_add (reading->backup, draft);
}

/* KeePass' own strings: PREFIX-Secret, and the same with the encoding behind it. */
static gboolean
add_native (Reading *reading, const char *prefix, SallyBackupDraft *draft)
{
  static const char *const encodings[] = { "-Secret-Base32", "-Secret-Hex", "-Secret-Base64",
                                           "-Secret" };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SallySecret) key = NULL;
  const char *text = NULL;
  guint encoding;

  for (encoding = 0; encoding < G_N_ELEMENTS (encodings) && text == NULL; encoding++)
    {
      g_autofree char *name = g_strconcat (prefix, encodings[encoding], NULL);

      text = g_hash_table_lookup (reading->strings, name);
    }
  if (text == NULL)
    return FALSE;
  switch (encoding - 1)
    {
    case 0:
      draft->secret = text;
      break;
    case 1:
      bytes = sally_wiped_from_hex (text);
      break;
    case 2:
      bytes = sally_wiped_from_base64 (text, -1);
      break;
    default:
      bytes = g_bytes_new (text, strlen (text));
    }
  draft->key = key = bytes != NULL ? sally_wiped_to_secret (bytes) : NULL;
  draft->algorithm = g_hash_table_lookup (reading->strings, "TimeOtp-Algorithm");
  draft->digits =
      sally_json_parse_number (g_hash_table_lookup (reading->strings, "TimeOtp-Length"));
  draft->period =
      sally_json_parse_number (g_hash_table_lookup (reading->strings, "TimeOtp-Period"));
  if (g_str_equal (prefix, "HmacOtp"))
    {
      draft->type = "hotp";
      draft->algorithm = NULL;
      draft->digits = SALLY_JSON_UNSET;
      draft->counter =
          sally_json_parse_number (g_hash_table_lookup (reading->strings, "HmacOtp-Counter"));
    }
  sally_backup_add (reading->backup, draft);
  return TRUE;
}

static void
end_entry (Reading *reading)
{
  const char *otp = g_hash_table_lookup (reading->strings, "otp");
  SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;
  SallyBackupDraft names = SALLY_BACKUP_DRAFT_INIT;

  draft.issuer = names.kept_issuer = g_hash_table_lookup (reading->strings, "Title");
  draft.label = names.kept_label = g_hash_table_lookup (reading->strings, "UserName");
  if (otp != NULL && strstr (otp, "://") != NULL)
    sally_backup_add_uri (reading->backup, otp, -1, &names);
  else if (otp != NULL && *otp != '\0')
    add_kee_otp (reading, otp, &draft);
  else if (g_hash_table_contains (reading->strings, "TOTP Seed"))
    add_seed (reading, &draft);
  else if (!add_native (reading, "TimeOtp", &draft))
    add_native (reading, "HmacOtp", &draft);
  g_clear_pointer (&reading->strings, g_hash_table_unref);
}

static void
start_element (GMarkupParseContext *context,
               const char *element,
               const char **names,
               const char **values,
               gpointer user_data,
               GError **error)
{
  Reading *reading = user_data;

  if (++reading->depth > MAX_DEPTH)
    {
      g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "too deep");
      return;
    }
  if (g_str_equal (element, "History"))
    reading->n_history++;
  if (reading->n_history > 0)
    return;
  if (g_str_equal (element, "Entry"))
    {
      g_clear_pointer (&reading->strings, g_hash_table_unref);
      reading->strings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_wiped);
    }
  reading->is_name = g_str_equal (element, "Key");
  reading->is_value = g_str_equal (element, "Value");
}

static void
end_element (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  Reading *reading = user_data;
  gboolean is_inside = reading->strings != NULL && reading->n_history == 0;

  reading->depth--;
  if (g_str_equal (element, "History"))
    reading->n_history--;
  else if (is_inside && g_str_equal (element, "Key"))
    g_set_str (&reading->name, reading->text->str);
  else if (is_inside && g_str_equal (element, "Value") && reading->name != NULL)
    g_hash_table_replace (reading->strings, g_steal_pointer (&reading->name),
                          g_strdup (reading->text->str));
  else if (is_inside && g_str_equal (element, "Entry"))
    end_entry (reading);
  reading->is_name = reading->is_value = FALSE;
  sally_secret_wipe (reading->text->str, reading->text->len);
  g_string_truncate (reading->text, 0);
}

static void
add_text (GMarkupParseContext *context,
          const char *text,
          gsize length,
          gpointer user_data,
          GError **error)
{
  Reading *reading = user_data;

  if (reading->strings != NULL && (reading->is_name || reading->is_value))
    g_string_append_len (reading->text, text, (gssize) length);
}

/* The XML export of KeePass and KeePassXC. */
gboolean
sally_keepass_sniff (SallyBackupInput *input)
{
  return input->is_text &&
         g_strstr_len (input->data, (gssize) MIN (input->length, 1024), "<KeePassFile") != NULL;
}

gboolean
sally_keepass_read (SallyBackupInput *input,
                    SallySecret *password,
                    SallyBackup *backup,
                    GError **error)
{
  const GMarkupParser callbacks = { .start_element = start_element,
                                    .end_element = end_element,
                                    .text = add_text };
  g_autoptr (GString) buffer = g_string_new (NULL);
  Reading reading = { .backup = backup, .text = buffer };
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&callbacks, 0, &reading, NULL);
  gboolean ok = g_markup_parse_context_parse (context, input->data, (gssize) input->length, NULL) &&
                g_markup_parse_context_end_parse (context, NULL);

  g_clear_pointer (&reading.strings, g_hash_table_unref);
  g_free (reading.name);
  sally_secret_wipe (buffer->str, buffer->len);
  return ok ? TRUE : sally_backup_set_damaged (error);
}

/* The CSV export of KeePassXC. */
gboolean
sally_keepassxc_csv_sniff (SallyBackupInput *input)
{
  const char *end = memchr (input->data, '\n', input->length);
  gssize length = end != NULL ? end - input->data : (gssize) input->length;

  return input->is_text && g_strstr_len (input->data, length, "\"Title\"") != NULL &&
         g_strstr_len (input->data, length, "\"TOTP\"") != NULL;
}

gboolean
sally_keepassxc_csv_read (SallyBackupInput *input,
                          SallySecret *password,
                          SallyBackup *backup,
                          GError **error)
{
  g_autoptr (SallyCsv) csv = sally_csv_parse (input->data, input->length);
  int totp;
  int title;
  int username;

  if (csv == NULL)
    return sally_backup_set_damaged (error);
  totp = sally_csv_find_column (csv, "TOTP");
  title = sally_csv_find_column (csv, "Title");
  username = sally_csv_find_column (csv, "Username");
  for (guint row = 0; row < sally_csv_get_n_rows (csv); row++)
    {
      const char *text = sally_csv_peek (csv, row, totp);
      SallyBackupDraft names = SALLY_BACKUP_DRAFT_INIT;

      names.kept_issuer = sally_csv_peek (csv, row, title);
      names.kept_label = sally_csv_peek (csv, row, username);
      if (text != NULL && *text != '\0')
        sally_backup_add_uri (backup, text, -1, &names);
    }
  return TRUE;
}
