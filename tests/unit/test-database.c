/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "store/database.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *const first[] = { "CREATE TABLE item (name TEXT UNIQUE)", NULL };
static const char *const second[] = { "CREATE TABLE item (name TEXT UNIQUE)",
                                      "ALTER TABLE item ADD COLUMN size INTEGER DEFAULT 7", NULL };

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = await_make_directory ();
  self->path = g_build_filename (self->folder, "new", "test.sqlite", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  await_remove_directory (self->folder);
  g_free (self->path);
}

static gboolean
insert (SallyTransaction *transaction, gpointer data, GError **error)
{
  SallyStatement *statement =
      sally_transaction_prepare (transaction, "INSERT INTO item (name) VALUES (?)", error);

  if (statement == NULL)
    return FALSE;
  sally_statement_bind_text (statement, 1, data);
  return sally_statement_step (statement, NULL, error);
}

/* Adds an item, and then does not want it. */
static gboolean
insert_and_fail (SallyTransaction *transaction, gpointer data, GError **error)
{
  if (insert (transaction, data, error))
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_FAILED, "not wanted");
  return FALSE;
}

static gboolean
count (SallyTransaction *transaction, gpointer data, GError **error)
{
  SallyStatement *statement =
      sally_transaction_prepare (transaction, "SELECT count(*) FROM item", error);

  if (statement == NULL || !sally_statement_step (statement, NULL, error))
    return FALSE;
  *(gint64 *) data = sally_statement_get_int (statement, 0);
  return TRUE;
}

static gboolean
sum (SallyTransaction *transaction, gpointer data, GError **error)
{
  SallyStatement *statement =
      sally_transaction_prepare (transaction, "SELECT sum(size) FROM item", error);

  if (statement == NULL || !sally_statement_step (statement, NULL, error))
    return FALSE;
  *(gint64 *) data = sally_statement_get_int (statement, 0);
  return TRUE;
}

static GError *
run (SallyDatabase *database, SallyDatabaseFunc func, gpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sally_database_run_async (database, func, data, NULL, await_ready, &result);
  sally_database_run_finish (database, await_result (&result), NULL, &error);
  return error;
}

static void
assert_count (SallyDatabase *database, gint64 expected)
{
  gint64 n = -1;
  g_autoptr (GError) error = run (database, count, &n);

  g_assert_no_error (error);
  g_assert_cmpint (n, ==, expected);
}

static void
test_private_and_lazy (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyDatabase) database = sally_database_new (self->path, first);
  g_autofree char *folder = g_path_get_dirname (self->path);
  struct stat info;

  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  assert_count (database, 0);
  g_assert_cmpint (g_stat (self->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0600);
  g_assert_cmpint (g_stat (folder, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0700);
}

/* The last unref waits for what was posted. */
static void
test_posted_is_written (Fixture *self, gconstpointer data)
{
  SallyDatabase *database = sally_database_new (self->path, first);
  g_autoptr (SallyDatabase) again = NULL;

  for (guint i = 0; i < 1000; i++)
    sally_database_post (database, insert, g_strdup_printf ("%u", i), g_free);
  g_assert_finalize_object (database);
  again = sally_database_new (self->path, first);
  assert_count (again, 1000);
}

/* One that fails takes back what it did, and only that. */
static void
test_failure_stays_alone (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyDatabase) database = sally_database_new (self->path, first);
  g_autoptr (GError) error = NULL;

  sally_database_post (database, insert, g_strdup ("a"), g_free);
  error = run (database, insert_and_fail, (gpointer) "b");
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_FAILED);
  g_clear_error (&error);
  error = run (database, insert, (gpointer) "a");
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
  g_clear_error (&error);
  error = run (database, insert, (gpointer) "b");
  g_assert_no_error (error);
  assert_count (database, 2);
}

static void
test_migrates (Fixture *self, gconstpointer data)
{
  SallyDatabase *old = sally_database_new (self->path, first);
  SallyDatabase *new = NULL;
  g_autoptr (SallyDatabase) old_again = NULL;
  g_autoptr (GError) error = NULL;
  gint64 size = 0;

  sally_database_post (old, insert, g_strdup ("a"), g_free);
  g_assert_finalize_object (old);
  new = sally_database_new (self->path, second);
  error = run (new, sum, &size);
  g_assert_no_error (error);
  g_assert_cmpint (size, ==, 7);
  g_assert_finalize_object (new);
  /* What a newer one wrote is left alone. */
  old_again = sally_database_new (self->path, first);
  error = run (old_again, count, &size);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
}

static void
test_shared (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyDatabase) one = sally_database_new (self->path, first);
  g_autoptr (SallyDatabase) two = sally_database_new (self->path, first);
  gint64 n = 0;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 200; i++)
    {
      sally_database_post (one, insert, g_strdup_printf ("one %u", i), g_free);
      sally_database_post (two, insert, g_strdup_printf ("two %u", i), g_free);
    }
  error = run (one, count, &n);
  g_assert_no_error (error);
  error = run (two, count, &n);
  g_assert_no_error (error);
  assert_count (one, 400);
}

static void
test_unusable (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyDatabase) database = NULL;
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (GError) error = NULL;
  gint64 n = 0;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (
      g_file_set_contents (self->path, "this is a poem, not a database at all", -1, NULL));
  database = sally_database_new (self->path, first);
  error = run (database, count, &n);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
  g_assert_nonnull (strstr (error->message, "test.sqlite"));
  g_clear_error (&error);
  /* It is tried anew each time: the person may have put it right. */
  g_unlink (self->path);
  assert_count (database, 0);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *self, gconstpointer data);
  } table[] = {
    { "/database/private-and-made-at-need", test_private_and_lazy },
    { "/database/posted-is-written-at-the-end", test_posted_is_written },
    { "/database/failure-stays-alone", test_failure_stays_alone },
    { "/database/migrates-up-only", test_migrates },
    { "/database/shared-by-programs", test_shared },
    { "/database/unusable-file", test_unusable },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_test_add (table[i].path, Fixture, NULL, set_up, table[i].func, tear_down);
  return g_test_run ();
}
