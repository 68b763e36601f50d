/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/journal-export.h"

#include "base/text.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

static void
add_string (JsonBuilder *builder, const char *key, const char *value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);
}

static void
add_time (JsonBuilder *builder, const char *key, gint64 time_us)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_double_value (builder, (double) time_us / G_USEC_PER_SEC);
}

static void
add_path (JsonBuilder *builder, const char *key, const char *path)
{
  gsize length = strlen (path);
  g_autofree char *shown = sally_text_from_name (path, length);

  add_string (builder, key, shown);
  if (!sally_text_is_plain (path, length))
    {
      g_autofree char *bytes_key = g_strconcat (key, "_bytes", NULL);
      g_autofree char *base64 = g_base64_encode ((const guchar *) path, length);

      add_string (builder, bytes_key, base64);
    }
}

char *
sally_journal_to_json (const SallyJournalRecord *record)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (record != NULL, NULL);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "id");
  json_builder_add_int_value (builder, record->id);
  add_time (builder, "begun", record->begun_us);
  add_time (builder, "ended", record->ended_us);
  add_string (builder, "kind", sally_journal_kind_to_string (record->kind));
  add_string (builder, "outcome", sally_journal_outcome_to_string (record->outcome));
  add_string (builder, "server", record->server);
  add_string (builder, "address", record->address);
  add_string (builder, "user", record->user);
  add_string (builder, "host_key", record->host_key);
  if (record->kind == SALLY_JOURNAL_SIGN_IN)
    add_string (builder, "methods", record->methods);
  else
    {
      add_path (builder, "local_path", record->local_path);
      add_path (builder, "remote_path", record->remote_path);
      json_builder_set_member_name (builder, "bytes");
      json_builder_add_int_value (builder, (gint64) record->bytes);
      add_string (builder, "sha256", record->sha256);
      add_string (builder, "compared", record->methods);
    }
  add_string (builder, "error", record->error);
  add_string (builder, "previous", record->previous);
  add_string (builder, "hash", record->hash);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static char *
format_time (gint64 time_us, const char *format)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);

  return time != NULL ? g_date_time_format (time, format) : g_strdup ("");
}

const char *
sally_journal_csv_header (void)
{
  return "id,begun,ended,kind,outcome,server,address,user,host_key,methods,local_path,remote_path,"
         "bytes,sha256,error,previous,hash\r\n";
}

/* Names come from servers: "=cmd|..." in a cell would be a formula to a spreadsheet. */
static void
append_cell (GString *line, const char *text)
{
  gboolean is_formula = *text != '\0' && strchr ("=+-@\t\r", *text) != NULL;

  if (line->len > 0)
    g_string_append_c (line, ',');
  g_string_append_c (line, '"');
  if (is_formula)
    g_string_append_c (line, '\'');
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, *c);
    }
  g_string_append_c (line, '"');
}

static void
append_number (GString *line, gint64 number)
{
  g_string_append_printf (line, "%s%" G_GINT64_FORMAT, line->len > 0 ? "," : "", number);
}

static void
append_path (GString *line, const char *path)
{
  g_autofree char *shown = sally_text_from_name (path, strlen (path));

  append_cell (line, shown);
}

char *
sally_journal_to_csv (const SallyJournalRecord *record)
{
  GString *line = g_string_new (NULL);
  g_autofree char *begun = NULL;
  g_autofree char *ended = NULL;

  g_return_val_if_fail (record != NULL, g_string_free_and_steal (line));

  begun = format_time (record->begun_us, "%Y-%m-%dT%H:%M:%SZ");
  ended = format_time (record->ended_us, "%Y-%m-%dT%H:%M:%SZ");
  append_number (line, record->id);
  append_cell (line, begun);
  append_cell (line, ended);
  append_cell (line, sally_journal_kind_to_string (record->kind));
  append_cell (line, sally_journal_outcome_to_string (record->outcome));
  append_cell (line, record->server);
  append_cell (line, record->address);
  append_cell (line, record->user);
  append_cell (line, record->host_key);
  append_cell (line, record->methods);
  append_path (line, record->local_path);
  append_path (line, record->remote_path);
  append_number (line, (gint64) record->bytes);
  append_cell (line, record->sha256);
  append_cell (line, record->error);
  append_cell (line, record->previous);
  append_cell (line, record->hash);
  g_string_append (line, "\r\n");
  return g_string_free_and_steal (line);
}

char *
sally_journal_make_export (GPtrArray *records, gboolean is_csv)
{
  GString *text = g_string_new (is_csv ? sally_journal_csv_header () : NULL);

  g_return_val_if_fail (records != NULL, g_string_free_and_steal (text));

  for (guint i = records->len; i > 0; i--)
    {
      g_autofree char *line = is_csv ? sally_journal_to_csv (records->pdata[i - 1])
                                     : sally_journal_to_json (records->pdata[i - 1]);

      g_string_append (text, line);
      if (!is_csv)
        g_string_append_c (text, '\n');
    }
  return g_string_free_and_steal (text);
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  const SallyJournalRecord *one = *(const SallyJournalRecord *const *) a;
  const SallyJournalRecord *other = *(const SallyJournalRecord *const *) b;

  return (one->id > other->id) - (one->id < other->id);
}

static GPtrArray *
pick_arrived (GPtrArray *records)
{
  GPtrArray *arrived = g_ptr_array_new ();

  for (guint i = 0; i < records->len; i++)
    {
      SallyJournalRecord *record = records->pdata[i];

      if (record->kind != SALLY_JOURNAL_SIGN_IN && record->outcome == SALLY_JOURNAL_DONE)
        g_ptr_array_add (arrived, record);
    }
  g_ptr_array_sort (arrived, compare_ids);
  return arrived;
}

/* How the server's file was compared with ours after it had arrived; the journal's own words. */
static const char *
word_for_comparison (const char *method)
{
  if (g_str_equal (method, "check-file"))
    return _ ("the server gave the same SHA-256 for what it has");
  if (g_str_equal (method, "read-back"))
    return _ ("read back from the server and found the same");
  return NULL;
}

static void
append_file (GString *text, const SallyJournalRecord *record)
{
  g_autofree char *path = sally_text_from_name (record->remote_path, strlen (record->remote_path));
  g_autofree char *time = format_time (record->ended_us, "%Y-%m-%d %H:%M:%S");

  g_string_append_printf (text, "\n%s  %s\n  %s\n  %" G_GUINT64_FORMAT " B, SHA-256 %s\n", time,
                          record->kind == SALLY_JOURNAL_UPLOAD ? _ ("delivered") : _ ("fetched"),
                          path, record->bytes, *record->sha256 != '\0' ? record->sha256 : "—");
  if (word_for_comparison (record->methods) != NULL)
    g_string_append_printf (text, "  %s\n", word_for_comparison (record->methods));
}

char *
sally_journal_make_receipt (GPtrArray *records)
{
  g_autoptr (GPtrArray) arrived = NULL;
  GString *text;
  const SallyJournalRecord *first, *last;
  g_autofree char *begun = NULL;
  g_autofree char *ended = NULL;
  guint64 bytes = 0;

  g_return_val_if_fail (records != NULL, NULL);

  arrived = pick_arrived (records);
  if (arrived->len == 0)
    return NULL;
  first = arrived->pdata[0];
  last = arrived->pdata[arrived->len - 1];
  for (guint i = 0; i < arrived->len; i++)
    bytes += ((SallyJournalRecord *) arrived->pdata[i])->bytes;
  begun = format_time (first->begun_us, "%Y-%m-%d %H:%M:%S");
  ended = format_time (last->ended_us, "%Y-%m-%d %H:%M:%S");

  text = g_string_new (_ ("Delivery receipt"));
  g_string_append (text, "\n\n");
  g_string_append_printf (text, _ ("Server: %s (%s)\n"), last->server, last->address);
  g_string_append_printf (text, _ ("User: %s\n"), last->user);
  g_string_append_printf (text, _ ("Host key: %s\n"), last->host_key);
  g_string_append_printf (text, _ ("From %s to %s (UTC)\n"), begun, ended);
  g_string_append_printf (
      text,
      ngettext ("%u file, %" G_GUINT64_FORMAT " bytes, each whole and checked\n",
                "%u files, %" G_GUINT64_FORMAT " bytes, each whole and checked\n", arrived->len),
      arrived->len, bytes);
  for (guint i = 0; i < arrived->len; i++)
    append_file (text, arrived->pdata[i]);
  g_string_append_printf (text, _ ("\nJournal record %" G_GINT64_FORMAT " with the hash\n%s\n"),
                          last->id, last->hash);
  return g_string_free_and_steal (text);
}
