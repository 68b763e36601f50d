/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/own-file.h"

#include "base/error.h"
#include "tests/support/await.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->directory = await_make_directory ();
  fixture->path = g_build_filename (fixture->directory, "file", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_free (fixture->path);
  await_remove_directory (fixture->directory);
}

static void
write_text (Fixture *fixture, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;

  sally_own_file_replace (fixture->path, bytes, &error);
  g_assert_no_error (error);
}

static void
assert_text (Fixture *fixture, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sally_own_file_read (fixture->path, 100, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   strlen (expected));
}

static void
test_replaced_whole (Fixture *fixture, gconstpointer user_data)
{
  g_autofd int old = -1;
  char byte;
  GStatBuf status;

  write_text (fixture, "first");
  old = g_open (fixture->path, O_RDONLY | O_CLOEXEC, 0);
  write_text (fixture, "other");
  assert_text (fixture, "other");
  /* Who has it open reads on in the old one. */
  g_assert_cmpint (read (old, &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, 'f');
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

/* What a killed program has left beside it is in nobody's way. */
static void
test_left_temporary (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *temporary = g_strconcat (fixture->path, ".new", NULL);

  write_text (fixture, "first");
  g_assert_true (g_file_set_contents (temporary, "half of someth", -1, NULL));
  assert_text (fixture, "first");
  write_text (fixture, "second");
  assert_text (fixture, "second");
  g_assert_false (g_file_test (temporary, G_FILE_TEST_EXISTS));
}

static void
test_bounds (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sally_own_file_read (fixture->path, 100, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND);
  g_clear_error (&error);
  write_text (fixture, "12345");
  g_assert_null (sally_own_file_read (fixture->path, 4, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
  g_clear_error (&error);
  g_assert_null (sally_own_file_read (fixture->directory, 1000000, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
  g_clear_error (&error);
  g_assert_null (sally_own_file_read ("/dev/zero", 1000000, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
}

static void
test_what_cannot_be_written (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *temporary = g_strconcat (fixture->path, ".new", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("second", 6);
  g_autoptr (GError) error = NULL;

  write_text (fixture, "first");
  /* A folder in its place cannot be unlinked nor opened. */
  g_assert_cmpint (g_mkdir (temporary, 0700), ==, 0);
  g_assert_false (sally_own_file_replace (fixture->path, bytes, &error));
  g_assert_nonnull (error);
  assert_text (fixture, "first");
}

static void
test_locks (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  int first = sally_own_file_lock (fixture->path, TRUE, NULL, &error);
  int second = sally_own_file_lock (fixture->path, TRUE, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (first, >=, 0);
  g_assert_cmpint (second, >=, 0);
  g_cancellable_cancel (cancelled);
  g_assert_cmpint (sally_own_file_lock (fixture->path, FALSE, cancelled, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  close (first);
  close (second);
  first = sally_own_file_lock (fixture->path, FALSE, cancelled, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sally_own_file_lock (fixture->path, TRUE, cancelled, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  close (first);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/own-file/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("replaced-whole", test_replaced_whole);
  ADD ("left-temporary", test_left_temporary);
  ADD ("bounds", test_bounds);
  ADD ("what-cannot-be-written-keeps-the-old", test_what_cannot_be_written);
  ADD ("locks", test_locks);
#undef ADD
  return g_test_run ();
}
