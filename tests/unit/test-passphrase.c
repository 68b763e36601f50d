/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/passphrase.h"

#include "base/error.h"

#include <string.h>

static void
test_tells_it_from_others (void)
{
  g_autoptr (SallySecret) right = sally_secret_new ("only a test", -1);
  g_autoptr (SallySecret) wrong = sally_secret_new ("only a tesT", -1);
  g_autoptr (SallySecret) nothing = sally_secret_new ("", 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (SallySecret) verifier = sally_passphrase_make (right, &error);

  g_assert_no_error (error);
  g_assert_null (strstr (sally_secret_peek (verifier, NULL), "only"));
  g_assert_true (sally_passphrase_check (verifier, right, &error));
  g_assert_no_error (error);
  g_assert_false (sally_passphrase_check (verifier, wrong, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG);
  g_clear_error (&error);
  g_assert_false (sally_passphrase_check (verifier, nothing, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG);
}

static void
test_salted (void)
{
  g_autoptr (SallySecret) passphrase = sally_secret_new ("only a test", -1);
  g_autoptr (SallySecret) one = sally_passphrase_make (passphrase, NULL);
  g_autoptr (SallySecret) other = sally_passphrase_make (passphrase, NULL);

  g_assert_false (sally_secret_equal (one, other));
}

static void
test_damaged (void)
{
  static const char *const verifiers[] = { "", "sallyport-passphrase 1 ",
                                           "sallyport-passphrase 1 AAAA BBBB",
                                           "sallyport-passphrase 9 AAAAAAAAAAAAAAAAAAAAAA== AAAA" };
  g_autoptr (SallySecret) passphrase = sally_secret_new ("only a test", -1);

  for (gsize i = 0; i < G_N_ELEMENTS (verifiers); i++)
    {
      g_autoptr (SallySecret) verifier = sally_secret_new (verifiers[i], -1);
      g_autoptr (GError) error = NULL;

      g_assert_false (sally_passphrase_check (verifier, passphrase, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/passphrase/tells-it-from-others", test_tells_it_from_others);
  g_test_add_func ("/passphrase/is-salted", test_salted);
  g_test_add_func ("/passphrase/damaged-opens-nothing", test_damaged);
  return g_test_run ();
}
