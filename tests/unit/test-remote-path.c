/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/remote-path.h"

#include <string.h>

static void
test_join (void)
{
  static const struct
  {
    const char *directory;
    const char *name;
    const char *path;
  } table[] = {
    { "/srv", "a", "/srv/a" }, { "/srv/", "a", "/srv/a" },
    { "/", "a", "/a" },        { "", "a", "a" },
    { ".", "a", "a" },         { "..", "a", "../a" },
    { "sub", "a", "sub/a" },   { "/\xFF", "\xE4", "/\xFF/\xE4" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *path = sally_remote_path_join (table[i].directory, table[i].name);

      g_assert_cmpstr (path, ==, table[i].path);
    }
}

static void
test_parent_and_name (void)
{
  static const struct
  {
    const char *path;
    const char *parent;
    const char *name;
  } table[] = {
    { "/", "/", "" },      { "//", "/", "" },        { "/a", "/", "a" },    { "/a/", "/", "a" },
    { "/a/b", "/a", "b" }, { "/a//b//", "/a", "b" }, { "a", ".", "a" },     { "a/", ".", "a" },
    { "a/b", "a", "b" },   { "//a", "/", "a" },      { "../a", "..", "a" }, { "", ".", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *parent = sally_remote_path_dup_parent (table[i].path);
      g_autofree char *name = sally_remote_path_dup_name (table[i].path);

      g_assert_cmpstr (parent, ==, table[i].parent);
      g_assert_cmpstr (name, ==, table[i].name);
    }
}

static void
test_normalize (void)
{
  static const struct
  {
    const char *path;
    const char *normal;
  } table[] = {
    { "", "." },        { ".", "." },           { "./", "." },
    { "/", "/" },       { "//", "/" },          { "/./", "/" },
    { "a//b/", "a/b" }, { "./a/./b/.", "a/b" }, { "/a/../b", "/a/../b" },
    { "//a", "/a" },    { ".a", ".a" },         { "...", "..." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *normal = sally_remote_path_normalize (table[i].path);

      g_assert_cmpstr (normal, ==, table[i].normal);
    }
}

static void
test_safe_names (void)
{
  static const char *const safe[] = { "a", ".hidden", "...", "a b", "\xFF", "-rf", "a\\b", "a\nb" };
  static const char *const unsafe[] = { "", ".", "..", "a/b", "/", "../a" };
  g_autofree char *long_name = g_strnfill (256, 'n');

  for (gsize i = 0; i < G_N_ELEMENTS (safe); i++)
    g_assert_true (sally_remote_name_is_safe (safe[i], strlen (safe[i])));
  for (gsize i = 0; i < G_N_ELEMENTS (unsafe); i++)
    g_assert_false (sally_remote_name_is_safe (unsafe[i], strlen (unsafe[i])));
  g_assert_false (sally_remote_name_is_safe ("a\0b", 3));
  g_assert_true (sally_remote_name_is_safe (long_name, 255));
  g_assert_false (sally_remote_name_is_safe (long_name, 256));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/remote-path/join", test_join);
  g_test_add_func ("/remote-path/parent-and-name", test_parent_and_name);
  g_test_add_func ("/remote-path/normalize", test_normalize);
  g_test_add_func ("/remote-path/safe-names", test_safe_names);
  return g_test_run ();
}
