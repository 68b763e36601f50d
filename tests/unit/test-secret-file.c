/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/secret-file.h"

#include "base/error.h"
#include "tests/support/await.h"

#include <string.h>

/* A header and an empty list of items, under a salt of two bytes. */
static GByteArray *
make_file (guint32 salt_size)
{
  static const guint8 header[] = "GnomeKeyring\n\r\0\n\1\0";
  GVariantBuilder items = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(a{say}ay)"));
  GVariantBuilder salt = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("ay"));
  g_autoptr (GVariant) content = NULL;
  GByteArray *file = g_byte_array_new ();

  g_variant_builder_add (&salt, "y", 1);
  g_variant_builder_add (&salt, "y", 2);
  content = g_variant_ref_sink (g_variant_new ("(uayutua(a{say}ay))", GUINT32_TO_LE (salt_size),
                                               &salt, GUINT32_TO_LE (100000),
                                               G_GUINT64_CONSTANT (0), 0, &items));
  g_byte_array_append (file, header, 18);
  g_byte_array_append (file, g_variant_get_data (content), (guint) g_variant_get_size (content));
  return file;
}

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->directory = await_make_directory ();
  fixture->path = g_build_filename (fixture->directory, "default.keyring", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_free (fixture->path);
  await_remove_directory (fixture->directory);
}

static gboolean
check (Fixture *fixture, GByteArray *file, gsize length)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_assert_true (
      g_file_set_contents (fixture->path, (const char *) file->data, (gssize) length, NULL));
  ok = sally_secret_file_check (fixture->path, &error);
  if (!ok)
    g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DAMAGED);
  return ok;
}

static void
test_whole_or_none (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GByteArray) file = make_file (2);

  g_assert_true (sally_secret_file_check (fixture->path, NULL));
  g_assert_true (check (fixture, file, file->len));
}

static void
test_cut_at_each_byte (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GByteArray) file = make_file (2);

  for (gsize length = 0; length < file->len; length++)
    g_assert_false (check (fixture, file, length));
}

/* What libsecret asserts. */
static void
test_salt_of_another_size (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GByteArray) file = make_file (3);

  g_assert_false (check (fixture, file, file->len));
}

static void
test_path (void)
{
  g_autofree char *usual = NULL;
  g_autofree char *named = NULL;

  g_unsetenv ("SECRET_FILE_TEST_PATH");
  usual = sally_secret_file_dup_path ();
  g_assert_true (g_str_has_suffix (usual, "/keyrings/default.keyring"));
  g_setenv ("SECRET_FILE_TEST_PATH", "elsewhere", TRUE);
  named = sally_secret_file_dup_path ();
  g_assert_cmpstr (named, ==, "elsewhere");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/secret-file/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("whole-or-none", test_whole_or_none);
  ADD ("cut-at-each-byte", test_cut_at_each_byte);
  ADD ("salt-of-another-size", test_salt_of_another_size);
#undef ADD
  g_test_add_func ("/secret-file/path", test_path);
  return g_test_run ();
}
