/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"

#include <errno.h>
#include <gio/gio.h>

static void
test_exit_codes (void)
{
  static const struct
  {
    int code;
    int exit_code;
  } table[] = {
    { SALLY_ERROR_FAILED, 1 },           { SALLY_ERROR_INVALID, 2 },
    { SALLY_ERROR_NOT_FOUND, 2 },        { SALLY_ERROR_AMBIGUOUS, 2 },
    { SALLY_ERROR_SIGN_IN_REFUSED, 3 },  { SALLY_ERROR_SIGN_IN_HELD, 3 },
    { SALLY_ERROR_KEY_UNAVAILABLE, 3 },  { SALLY_ERROR_HOST_KEY_UNKNOWN, 4 },
    { SALLY_ERROR_HOST_KEY_CHANGED, 4 }, { SALLY_ERROR_UNREACHABLE, 5 },
    { SALLY_ERROR_CONNECTION_LOST, 5 },  { SALLY_ERROR_REMOTE_PERMISSION, 6 },
    { SALLY_ERROR_KEYRING_ABSENT, 7 },   { SALLY_ERROR_KEYRING_MISSING, 7 },
    { SALLY_ERROR_LOCAL_NO_SPACE, 1 },   { SALLY_ERROR_ENGINE, 1 },
  };

  g_assert_cmpint (sally_error_exit_code (NULL), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (SALLY_ERROR, table[i].code, "x");

      g_assert_cmpint (sally_error_exit_code (error), ==, table[i].exit_code);
    }
}

static void
test_exit_codes_of_others (void)
{
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
  g_autoptr (GError) usage = g_error_new_literal (G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "x");
  g_autoptr (GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "x");

  g_assert_cmpint (sally_error_exit_code (cancelled), ==, 130);
  g_assert_cmpint (sally_error_exit_code (usage), ==, 2);
  g_assert_cmpint (sally_error_exit_code (other), ==, 1);
}

static void
test_errno (void)
{
  static const struct
  {
    int number;
    int code;
  } table[] = {
    { ENOENT, SALLY_ERROR_LOCAL_NOT_FOUND }, { EACCES, SALLY_ERROR_LOCAL_PERMISSION },
    { ELOOP, SALLY_ERROR_LOCAL_PERMISSION }, { EEXIST, SALLY_ERROR_LOCAL_EXISTS },
    { ENOSPC, SALLY_ERROR_LOCAL_NO_SPACE },  { EDQUOT, SALLY_ERROR_LOCAL_NO_SPACE },
    { EIO, SALLY_ERROR_LOCAL_FAILED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;

      sally_error_set_errno (&error, table[i].number, "report.csv");
      g_assert_error (error, SALLY_ERROR, table[i].code);
      g_assert_true (g_str_has_prefix (error->message, "report.csv: "));
    }
}

/* An error has to cross the wall whole. */
static void
test_crosses_dbus (void)
{
  g_autoptr (GError) sent =
      g_error_new_literal (SALLY_ERROR, SALLY_ERROR_REMOTE_EXISTS, "it is there");
  g_autofree char *name = g_dbus_error_encode_gerror (sent);
  g_autoptr (GError) received = g_dbus_error_new_for_dbus_error (name, sent->message);

  g_assert_cmpstr (name, ==, "io.github.sallyport.Error.RemoteExists");
  g_dbus_error_strip_remote_error (received);
  g_assert_error (received, SALLY_ERROR, SALLY_ERROR_REMOTE_EXISTS);
  g_assert_cmpstr (received->message, ==, "it is there");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/exit-codes", test_exit_codes);
  g_test_add_func ("/error/exit-codes-of-other-domains", test_exit_codes_of_others);
  g_test_add_func ("/error/from-errno", test_errno);
  g_test_add_func ("/error/crosses-dbus", test_crosses_dbus);
  return g_test_run ();
}
