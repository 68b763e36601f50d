/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/partial-name.h"

#include <string.h>

static void
test_tokens (void)
{
  static const struct
  {
    const char *token;
    gboolean is_token;
  } table[] = {
    { "", TRUE },
    { "aZ09", TRUE },
    { "a/b", FALSE },
    { "..", FALSE },
    { "a b", FALSE },
    { "ä", FALSE },
    { "12345678901234567890123456789012", TRUE },
    { "123456789012345678901234567890123", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpint (sally_partial_name_is_token (table[i].token), ==, table[i].is_token);
}

static void
test_names (void)
{
  g_autofree char *long_name = g_strnfill (250, 'n');
  g_autofree char *long_path = g_strconcat ("/in/", long_name, NULL);
  const struct
  {
    const char *path;
    const char *name;
  } table[] = {
    { "/in/a.txt", "/in/.a.txt.t0.part" },
    { "a.txt", ".a.txt.t0.part" },
    { "/a", "/.a.t0.part" },
    { long_path, "/in/.sallyport.t0.part" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *name = sally_partial_name_make (table[i].path, "t0");

      g_assert_cmpstr (name, ==, table[i].name);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/partial-name/tokens", test_tokens);
  g_test_add_func ("/partial-name/names", test_names);
  return g_test_run ();
}
