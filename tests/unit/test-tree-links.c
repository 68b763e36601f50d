/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which links may be made, and which may be followed. */
#include "config.h"

#include "base/error.h"
#include "remote/tree-links.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <unistd.h>

static void
test_stay_inside (void)
{
  const struct
  {
    const char *target;
    guint depth;
    gboolean expected;
  } table[] = {
    { "file", 0, TRUE },
    { ".", 0, TRUE },
    { "./a/b", 0, TRUE },
    { "a//b", 0, TRUE },
    { "..", 0, FALSE },
    { "..", 1, TRUE },
    { "../a", 1, TRUE },
    { "../../a", 1, FALSE },
    { "../../a", 2, TRUE },
    { "./../a", 0, FALSE },
    { "...", 0, TRUE },
    { "..a", 0, TRUE },
    { "/etc", 3, FALSE },
    { "/", 3, FALSE },
    { "", 3, FALSE },
    /* "a" may be a link to anywhere. */
    { "a/..", 3, FALSE },
    { "a/../b", 3, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_test_message ("“%s” at depth %u", table[i].target, table[i].depth);
      g_assert_cmpint (sally_links_stay_inside (table[i].target, table[i].depth), ==,
                       table[i].expected);
    }
}

static void
test_is_inside (void)
{
  g_assert_true (sally_links_is_inside ("/a/b", "/a"));
  g_assert_true (sally_links_is_inside ("/a", "/a"));
  g_assert_true (sally_links_is_inside ("/a", "/"));
  g_assert_true (sally_links_is_inside ("/", "/"));
  g_assert_false (sally_links_is_inside ("/ab", "/a"));
  g_assert_false (sally_links_is_inside ("/a", "/a/b"));
  g_assert_false (sally_links_is_inside ("/", "/a"));
}

static void
test_words (void)
{
  SallyLinks links = SALLY_LINKS_SAFE;

  g_assert_true (sally_links_from_word ("recreate", &links));
  g_assert_cmpint (links, ==, SALLY_LINKS_RECREATE);
  g_assert_false (sally_links_from_word ("copy", &links));
  g_assert_false (sally_links_from_word ("", &links));
}

static void
test_make_local (void)
{
  char *folder = await_make_directory ();
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  g_autofree char *says = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sally_links_make_local (link, "one", SALLY_CONFLICT_FAIL, &error));
  /* The same again is no conflict. */
  g_assert_true (sally_links_make_local (link, "one", SALLY_CONFLICT_FAIL, &error));
  g_assert_no_error (error);
  g_assert_false (sally_links_make_local (link, "two", SALLY_CONFLICT_FAIL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS);
  g_clear_error (&error);
  g_assert_true (sally_links_make_local (link, "two", SALLY_CONFLICT_SKIP, &error));
  says = g_file_read_link (link, NULL);
  g_assert_cmpstr (says, ==, "one");
  g_assert_true (sally_links_make_local (link, "two", SALLY_CONFLICT_REPLACE, &error));
  g_free (says);
  says = g_file_read_link (link, NULL);
  g_assert_cmpstr (says, ==, "two");

  /* A file is never given up for a link. */
  g_assert_true (g_file_set_contents (file, "kept", -1, NULL));
  g_assert_false (sally_links_make_local (file, "two", SALLY_CONFLICT_REPLACE, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS);
  g_assert_true (g_file_test (file, G_FILE_TEST_IS_REGULAR));
  await_remove_directory (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tree-links/stay-inside", test_stay_inside);
  g_test_add_func ("/tree-links/is-inside", test_is_inside);
  g_test_add_func ("/tree-links/words", test_words);
  g_test_add_func ("/tree-links/make-local", test_make_local);
  return g_test_run ();
}
