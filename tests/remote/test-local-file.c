/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "remote/local-file.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const SallyRemoteAttributes plain = { .flags = SALLY_ATTRIBUTE_PERMISSIONS,
                                             .permissions = 0100666 };

typedef struct
{
  char *folder;
  char *outside; /* a file that must never change */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = await_make_directory ();
  self->outside = g_strconcat (self->folder, "-outside", NULL);
  g_assert_true (g_file_set_contents (self->outside, "untouched", -1, NULL));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *bytes = NULL;

  g_assert_true (g_file_get_contents (self->outside, &bytes, NULL, NULL));
  g_assert_cmpstr (bytes, ==, "untouched");
  g_unlink (self->outside);
  g_free (self->outside);
  await_remove_directory (self->folder);
}

static SallyLocalTarget *
open_target (Fixture *self, const char *name, SallyConflict conflict, GError **error)
{
  const SallyLocalWish wish = {
    .directory = self->folder,
    .name = name,
    .token = conflict == SALLY_CONFLICT_KEEP_BOTH ? "second" : "first",
    .conflict = conflict,
  };
  SallyConflictDecision decision;

  return sally_local_target_new (&wish, &decision, error);
}

static gboolean
commit (SallyLocalTarget *target, guint64 bytes, char **path, GError **error)
{
  return sally_local_target_seal (target, bytes, &plain, error) &&
         sally_local_target_publish (target, path, error);
}

static char *
receive (Fixture *self, const char *name, SallyConflict conflict, GError **error)
{
  g_autoptr (SallyLocalTarget) target = open_target (self, name, conflict, error);
  char *path = NULL;

  if (target == NULL)
    return NULL;
  g_assert_cmpint (write (sally_local_target_get_descriptor (target), "new", 3), ==, 3);
  commit (target, 3, &path, error);
  return path;
}

static void
test_numbered_names (void)
{
  static const struct
  {
    const char *name;
    guint n;
    const char *expected;
  } table[] = {
    { "a.txt", 2, "a (2).txt" },
    { "a", 3, "a (3)" },
    { ".hidden", 2, ".hidden (2)" },
    { "a.b.c", 10, "a.b (10).c" },
    { "bad\xff.txt", 2, "bad\xff (2).txt" },
  };
  g_autofree char *long_name = g_strconcat ("ü", NULL);
  g_autofree char *numbered = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *name = sally_local_file_numbered_name (table[i].name, table[i].n);

      g_assert_cmpstr (name, ==, table[i].expected);
    }

  /* 254 bytes of two-byte characters: shorter by whole ones, and no longer than a name may be. */
  while (strlen (long_name) < 254)
    {
      g_autofree char *shorter = g_steal_pointer (&long_name);

      long_name = g_strconcat (shorter, "ü", NULL);
    }
  numbered = sally_local_file_numbered_name (long_name, 2);
  g_assert_cmpuint (strlen (numbered), <=, 255);
  g_assert_true (g_str_has_suffix (numbered, " (2)"));
  g_assert_true (g_utf8_validate (numbered, -1, NULL));
}

/* A link under the target's name is replaced or counts as there; what it leads to stays. */
static void
test_planted_link (Fixture *self, gconstpointer data)
{
  g_autofree char *link = g_build_filename (self->folder, "file", NULL);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink (self->outside, link), ==, 0);
  g_assert_null (receive (self, "file", SALLY_CONFLICT_FAIL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS);
  g_clear_error (&error);

  path = receive (self, "file", SALLY_CONFLICT_REPLACE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (path, ==, link);
  g_assert_false (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
}

/* What appears between the begin and the end is not replaced. */
static void
test_target_appears (Fixture *self, gconstpointer data)
{
  g_autofree char *rival = g_build_filename (self->folder, "file.txt", NULL);
  g_autoptr (SallyLocalTarget) fails = NULL;
  g_autoptr (SallyLocalTarget) keeps = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  fails = open_target (self, "file.txt", SALLY_CONFLICT_FAIL, &error);
  g_assert_no_error (error);
  keeps = open_target (self, "file.txt", SALLY_CONFLICT_KEEP_BOTH, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (rival, "rival", -1, NULL));

  g_assert_false (commit (fails, 0, &path, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS);
  g_clear_error (&error);
  g_assert_true (commit (keeps, 0, &path, &error));
  g_assert_true (g_str_has_suffix (path, "/file (2).txt"));
  g_assert_true (g_file_get_contents (rival, &bytes, NULL, NULL));
  g_assert_cmpstr (bytes, ==, "rival");
}

static void
test_temporary_is_private (Fixture *self, gconstpointer data)
{
  SallyLocalTarget *target;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) directory = NULL;
  struct stat info;

  target = open_target (self, "file", SALLY_CONFLICT_FAIL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fstat (sally_local_target_get_descriptor (target), &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0600);
  sally_local_target_free (target);
  directory = g_dir_open (self->folder, 0, NULL);
  g_assert_null (g_dir_read_name (directory));
}

static void
test_umask (Fixture *self, gconstpointer data)
{
  const mode_t before = umask (027);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  struct stat info;

  path = receive (self, "file", SALLY_CONFLICT_FAIL, &error);
  umask (before);
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0640);
}

static void
test_wrong_size (Fixture *self, gconstpointer data)
{
  SallyLocalTarget *target;
  char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) directory = NULL;

  target = open_target (self, "file", SALLY_CONFLICT_FAIL, &error);
  g_assert_no_error (error);
  g_assert_false (commit (target, 1, &path, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_CHANGED);
  sally_local_target_free (target);
  directory = g_dir_open (self->folder, 0, NULL);
  g_assert_null (g_dir_read_name (directory));
}

static void
test_sources (Fixture *self, gconstpointer data)
{
  g_autofree char *pipe_path = g_build_filename (self->folder, "pipe", NULL);
  g_autofree char *missing = g_build_filename (self->folder, "missing", NULL);
  SallyLocalSource source = { .descriptor = -1 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  g_assert_false (sally_local_source_open (pipe_path, &source, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
  g_clear_error (&error);
  g_assert_false (sally_local_source_open (self->folder, &source, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
  g_clear_error (&error);
  g_assert_false (sally_local_source_open (missing, &source, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sally_local_source_open (self->outside, &source, &error));
  g_assert_cmpuint (source.size, ==, strlen ("untouched"));
  g_clear_fd (&source.descriptor, NULL);
}

static void
test_partial_names (void)
{
  g_assert_true (sally_local_file_is_partial (".report.pdf.0123456789ab.part"));
  g_assert_true (sally_local_file_is_partial ("..hidden.0123456789ab.part"));
  g_assert_false (sally_local_file_is_partial ("report.pdf.0123456789ab.part"));
  g_assert_false (sally_local_file_is_partial (".report.pdf.part"));
  g_assert_false (sally_local_file_is_partial (".report.pdf.0123456789AB.part"));
  g_assert_false (sally_local_file_is_partial ("..0123456789ab.part"));
  g_assert_false (sally_local_file_is_partial (".part"));
  g_assert_false (sally_local_file_is_partial (""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/local-file/numbered-names", test_numbered_names);
  g_test_add ("/local-file/planted-link-is-not-followed", Fixture, NULL, set_up, test_planted_link,
              tear_down);
  g_test_add ("/local-file/target-appears-meanwhile", Fixture, NULL, set_up, test_target_appears,
              tear_down);
  g_test_add ("/local-file/temporary-is-private", Fixture, NULL, set_up, test_temporary_is_private,
              tear_down);
  g_test_add ("/local-file/umask-holds", Fixture, NULL, set_up, test_umask, tear_down);
  g_test_add ("/local-file/wrong-size", Fixture, NULL, set_up, test_wrong_size, tear_down);
  g_test_add ("/local-file/sources", Fixture, NULL, set_up, test_sources, tear_down);
  g_test_add_func ("/local-file/partial-names", test_partial_names);
  return g_test_run ();
}
