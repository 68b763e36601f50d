/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/journal-export.h"
#include "tests/support/await.h"

#include <json-glib/json-glib.h>
#include <string.h>

typedef struct
{
  char *folder;
  char *path;
  SallyJournal *journal;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = await_make_directory ();
  self->path = g_build_filename (self->folder, "journal.sqlite", NULL);
  self->journal = sally_journal_new (self->path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->journal);
  await_remove_directory (self->folder);
  g_free (self->path);
}

static SallyJournalRecord *
make_record (SallyJournalKind kind, SallyJournalOutcome outcome, const char *path, gint64 time_us)
{
  SallyJournalRecord *record = sally_journal_record_new ();

  record->begun_us = time_us - 5;
  record->ended_us = time_us;
  record->kind = kind;
  record->outcome = outcome;
  record->server_id = g_strdup ("id-1");
  record->server = g_strdup ("Drop box");
  record->address = g_strdup ("sftp.example.org");
  record->user = g_strdup ("vendor");
  record->host_key = g_strdup ("ssh-ed25519 SHA256:abc");
  record->remote_path = g_strdup (path);
  record->local_path = g_strdup ("/local/file");
  record->bytes = 12;
  record->sha256 = g_strnfill (64, 'a');
  return record;
}

static void
add (Fixture *self, SallyJournalKind kind, const char *path, gint64 time_us)
{
  g_autoptr (SallyJournalRecord) record = make_record (kind, SALLY_JOURNAL_DONE, path, time_us);

  sally_journal_add (self->journal, record);
}

static GPtrArray *
list (Fixture *self, const SallyJournalFilter *filter)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *records;

  sally_journal_list_async (self->journal, filter, await_ready, &result);
  await_result (&result);
  records = sally_journal_list_finish (self->journal, result, &error);
  g_assert_no_error (error);
  return records;
}

/* The id of the first broken record. */
static gint64
verify (Fixture *self, guint64 expected_records)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_records;
  gint64 first_broken;

  sally_journal_verify_async (self->journal, await_ready, &result);
  await_result (&result);
  g_assert_true (
      sally_journal_verify_finish (self->journal, result, &n_records, &first_broken, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_records, ==, expected_records);
  return first_broken;
}

static void
test_keeps (Fixture *self, gconstpointer data)
{
  const SallyJournalFilter all = { 0 };
  g_autoptr (GPtrArray) records = NULL;
  const SallyJournalRecord *newest;

  add (self, SALLY_JOURNAL_SIGN_IN, "", 1000);
  add (self, SALLY_JOURNAL_UPLOAD, "/in/a", 2000);
  /* By another program. */
  g_clear_object (&self->journal);
  self->journal = sally_journal_new (self->path);
  add (self, SALLY_JOURNAL_DOWNLOAD, "/out/b\xff", 3000);

  records = list (self, &all);
  g_assert_cmpuint (records->len, ==, 3);
  newest = records->pdata[0];
  g_assert_cmpint (newest->kind, ==, SALLY_JOURNAL_DOWNLOAD);
  g_assert_cmpstr (newest->remote_path, ==, "/out/b\xff");
  g_assert_cmpstr (newest->previous, ==, ((SallyJournalRecord *) records->pdata[1])->hash);
  g_assert_cmpint (verify (self, 3), ==, 0);
}

static void
test_filters (Fixture *self, gconstpointer data)
{
  const struct
  {
    SallyJournalFilter filter;
    guint n;
  } table[] = {
    { { .since_us = 2000 }, 2 },
    { { .until_us = 2000 }, 1 },
    { { .since_us = 2000, .until_us = 3000 }, 1 },
    { { .limit = 2 }, 2 },
    { { .server_id = "id-1" }, 3 },
    { { .server_id = "another" }, 0 },
  };

  add (self, SALLY_JOURNAL_UPLOAD, "/1", 1000);
  add (self, SALLY_JOURNAL_UPLOAD, "/2", 2000);
  add (self, SALLY_JOURNAL_UPLOAD, "/3", 3000);
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GPtrArray) records = list (self, &table[i].filter);

      g_assert_cmpuint (records->len, ==, table[i].n);
    }
}

static void
spoil (Fixture *self, const char *sql)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  const char *script =
      "import sqlite3, sys\n"
      "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
      "for t in ('record_stays', 'record_is_as_it_was'): c.execute('DROP TRIGGER ' + t)\n"
      "c.execute(sys.argv[2])\n";

  g_clear_object (&self->journal);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "python3", "-c", script, self->path,
                              sql, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
  self->journal = sally_journal_new (self->path);
}

static void
test_notices_changes (Fixture *self, gconstpointer data)
{
  const char *const *how = data;

  for (guint i = 1; i <= 4; i++)
    add (self, SALLY_JOURNAL_UPLOAD, "/in/a", 1000 * i);
  g_assert_cmpint (verify (self, 4), ==, 0);
  spoil (self, how[0]);
  g_assert_cmpint (verify (self, g_ascii_strtoull (how[1], NULL, 10)), ==,
                   g_ascii_strtoll (how[2], NULL, 10));
}

static void
test_exports (void)
{
  g_autoptr (SallyJournalRecord) record =
      make_record (SALLY_JOURNAL_UPLOAD, SALLY_JOURNAL_DONE, "=1+2\"x\"\n\xff", 1700000000000000);
  g_autoptr (SallyJournalRecord) whole = sally_journal_record_copy (record);
  g_autofree char *json = sally_journal_to_json (whole);
  g_autofree char *csv = sally_journal_to_csv (whole);
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  JsonObject *object = json_node_get_object (node);
  g_auto (GStrv) lines = g_strsplit (csv, "\n", -1);

  g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, "upload");
  g_assert_cmpfloat (json_object_get_double_member (object, "ended"), ==, 1700000000.0);
  g_assert_cmpint (json_object_get_int_member (object, "bytes"), ==, 12);
  g_assert_cmpstr (json_object_get_string_member (object, "remote_path"), ==,
                   "=1+2\"x\"\\x0A\\xFF");
  g_assert_true (json_object_has_member (object, "remote_path_bytes"));
  /* One line, no formula, quotes doubled. */
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  g_assert_nonnull (strstr (csv, "\"'=1+2\"\"x\"\"\\x0A\\xFF\""));
  g_assert_nonnull (strstr (csv, "2023-11-14T22:13:20Z"));
}

static void
test_receipt (void)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_journal_record_free);
  g_autoptr (SallyJournalRecord) sign_in =
      make_record (SALLY_JOURNAL_SIGN_IN, SALLY_JOURNAL_DONE, "", 1);
  g_autoptr (SallyJournalRecord) upload =
      make_record (SALLY_JOURNAL_UPLOAD, SALLY_JOURNAL_DONE, "/in/invoice.pdf", 2);
  g_autoptr (SallyJournalRecord) failed =
      make_record (SALLY_JOURNAL_UPLOAD, SALLY_JOURNAL_FAILED, "/in/not-there.pdf", 3);
  g_autofree char *receipt = NULL;

  g_ptr_array_add (records, sally_journal_record_copy (sign_in));
  g_assert_null (sally_journal_make_receipt (records));
  g_ptr_array_add (records, sally_journal_record_copy (upload));
  g_ptr_array_add (records, sally_journal_record_copy (failed));
  receipt = sally_journal_make_receipt (records);
  g_assert_nonnull (strstr (receipt, "/in/invoice.pdf"));
  g_assert_nonnull (strstr (receipt, upload->sha256));
  g_assert_nonnull (strstr (receipt, "SHA256:abc"));
  g_assert_null (strstr (receipt, "not-there"));
}

int
main (int argc, char *argv[])
{
  static const char *const changed[] = { "UPDATE record SET sha256 = 'b' WHERE id = 2", "4", "2" };
  static const char *const removed[] = { "DELETE FROM record WHERE id = 2", "3", "3" };
  static const char *const first[] = { "DELETE FROM record WHERE id = 1", "3", "2" };

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/journal/keeps-across-programs", Fixture, NULL, set_up, test_keeps, tear_down);
  g_test_add ("/journal/filters", Fixture, NULL, set_up, test_filters, tear_down);
  g_test_add ("/journal/notices/change", Fixture, changed, set_up, test_notices_changes, tear_down);
  g_test_add ("/journal/notices/removal", Fixture, removed, set_up, test_notices_changes,
              tear_down);
  g_test_add ("/journal/notices/removed-first", Fixture, first, set_up, test_notices_changes,
              tear_down);
  g_test_add_func ("/journal/exports", test_exports);
  g_test_add_func ("/journal/receipt-lists-what-arrived", test_receipt);
  return g_test_run ();
}
