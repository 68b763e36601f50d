/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/fingerprint.h"

#define ONE "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"

static void
test_canonical (void)
{
  static const struct
  {
    const char *text;
    const char *canonical;
  } table[] = {
    { ONE, ONE },
    { "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE", ONE },
    { "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=", ONE },
    { " SHA256: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE \n", ONE },
    { "", NULL },
    { "SHA256:", NULL },
    { "SHA1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE", NULL },
    { "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEA", NULL },
    { "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-E", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *canonical = sally_fingerprint_canonical (table[i].text);

      g_assert_cmpstr (canonical, ==, table[i].canonical);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fingerprint/canonical", test_canonical);
  return g_test_run ();
}
