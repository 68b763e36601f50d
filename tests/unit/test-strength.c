/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/strength.h"

static void
test_judges (void)
{
  static const struct
  {
    const char *password;
    SallyStrength strength;
  } rows[] = {
    { "", SALLY_STRENGTH_NONE },
    { "a", SALLY_STRENGTH_WEAK },
    { "password", SALLY_STRENGTH_WEAK },
    { "aaaaaaaaaaaaaaaaaaaaaaaa", SALLY_STRENGTH_WEAK },
    { "abcdefghijklmnopqrstuvwxyz", SALLY_STRENGTH_WEAK },
    { "1234567890", SALLY_STRENGTH_WEAK },
    { "Hunter2!", SALLY_STRENGTH_WEAK },
    { "only a test", SALLY_STRENGTH_WEAK },
    { "correct horse battery staple", SALLY_STRENGTH_FAIR },
    { "correct horse battery staple meadow", SALLY_STRENGTH_STRONG },
    { "7kX!w9Qz", SALLY_STRENGTH_FAIR },
    { "7kX!w9Qz#2vB", SALLY_STRENGTH_STRONG },
    { "пример лошадь батарея скоба луг", SALLY_STRENGTH_STRONG },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (SallySecret) password = sally_secret_new (rows[i].password, -1);

      g_test_message ("“%s”", rows[i].password);
      g_assert_cmpint (sally_strength_judge (password), ==, rows[i].strength);
    }
}

static void
test_words (void)
{
  g_assert_cmpstr (sally_strength_describe (SALLY_STRENGTH_NONE), ==, "");
  g_assert_true (g_str_has_prefix (sally_strength_describe (SALLY_STRENGTH_WEAK), "Weak"));
  g_assert_cmpstr (sally_strength_describe (SALLY_STRENGTH_STRONG), ==, "Strong");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/strength/judges", test_judges);
  g_test_add_func ("/strength/words", test_words);
  return g_test_run ();
}
