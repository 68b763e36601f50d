/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "remote/retry.h"

#include <gio/gio.h>

static SallyRetry
decide (SallyError code, guint attempt, gboolean has_moved)
{
  g_autoptr (GError) error = g_error_new_literal (SALLY_ERROR, code, "words");

  return sally_retry_decide (error, attempt, has_moved, 5);
}

static void
test_table (void)
{
  static const struct
  {
    SallyError code;
    guint attempt;
    gboolean has_moved;
    SallyRetryAction action;
    guint delay_ms;
  } table[] = {
    { SALLY_ERROR_CONNECTION_LOST, 0, FALSE, SALLY_RETRY_RECONNECT, 500 },
    { SALLY_ERROR_CONNECTION_LOST, 1, FALSE, SALLY_RETRY_RECONNECT, 1000 },
    { SALLY_ERROR_CONNECTION_LOST, 4, FALSE, SALLY_RETRY_RECONNECT, 8000 },
    { SALLY_ERROR_CONNECTION_LOST, 5, FALSE, SALLY_RETRY_GIVE_UP, 0 },
    { SALLY_ERROR_CONNECTION_LOST, 5, TRUE, SALLY_RETRY_RECONNECT, 500 },
    { SALLY_ERROR_ENGINE, 0, FALSE, SALLY_RETRY_RECONNECT, 500 },
    { SALLY_ERROR_UNREACHABLE, 2, FALSE, SALLY_RETRY_RECONNECT, 2000 },
    { SALLY_ERROR_HOST_NOT_FOUND, 3, FALSE, SALLY_RETRY_RECONNECT, 4000 },
    { SALLY_ERROR_PROTOCOL, 0, TRUE, SALLY_RETRY_RECONNECT, 500 },
    { SALLY_ERROR_REMOTE_FAILED, 0, TRUE, SALLY_RETRY_AGAIN, 2000 },
    { SALLY_ERROR_REMOTE_FAILED, 1, TRUE, SALLY_RETRY_AGAIN, 2000 },
    { SALLY_ERROR_REMOTE_FAILED, 2, TRUE, SALLY_RETRY_GIVE_UP, 0 },
    { SALLY_ERROR_REMOTE_FAILED, 0, FALSE, SALLY_RETRY_GIVE_UP, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      SallyRetry retry = decide (table[i].code, table[i].attempt, table[i].has_moved);

      g_assert_cmpint (retry.action, ==, table[i].action);
      g_assert_cmpuint (retry.delay_ms, ==, table[i].delay_ms);
    }
}

/* Another attempt would cost a code, an account, or time. */
static void
test_never_again (void)
{
  static const SallyError codes[] = {
    SALLY_ERROR_SIGN_IN_REFUSED,     SALLY_ERROR_SIGN_IN_NEEDS_PERSON, SALLY_ERROR_SIGN_IN_HELD,
    SALLY_ERROR_KEY_UNAVAILABLE,     SALLY_ERROR_HOST_KEY_UNKNOWN,     SALLY_ERROR_HOST_KEY_CHANGED,
    SALLY_ERROR_KEYRING_LOCKED,      SALLY_ERROR_KEYRING_DISMISSED,    SALLY_ERROR_REMOTE_NOT_FOUND,
    SALLY_ERROR_REMOTE_CHANGED,      SALLY_ERROR_LOCAL_NO_SPACE,       SALLY_ERROR_NO_SFTP,
    SALLY_ERROR_NO_COMMON_ALGORITHM,
  };
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "words");

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_assert_cmpint (decide (codes[i], 0, FALSE).action, ==, SALLY_RETRY_GIVE_UP);
      g_assert_cmpint (decide (codes[i], 0, TRUE).action, ==, SALLY_RETRY_GIVE_UP);
    }
  g_assert_cmpint (sally_retry_decide (cancelled, 0, TRUE, 5).action, ==, SALLY_RETRY_GIVE_UP);
}

static void
test_delays_end (void)
{
  g_autoptr (GError) error = g_error_new_literal (SALLY_ERROR, SALLY_ERROR_UNREACHABLE, "words");
  guint before = 0;

  for (guint attempt = 0; attempt < 100; attempt++)
    {
      guint delay_ms = sally_retry_decide (error, attempt, FALSE, 1000).delay_ms;

      g_assert_cmpuint (delay_ms, >=, before);
      g_assert_cmpuint (delay_ms, <=, SALLY_RETRY_MAX_DELAY_MS);
      before = delay_ms;
    }
  g_assert_cmpuint (before, ==, SALLY_RETRY_MAX_DELAY_MS);
}

static void
test_keeps_partial (void)
{
  static const struct
  {
    SallyError code;
    gboolean keeps;
  } table[] = {
    { SALLY_ERROR_CONNECTION_LOST, TRUE }, { SALLY_ERROR_SIGN_IN_REFUSED, TRUE },
    { SALLY_ERROR_KEYRING_LOCKED, TRUE },  { SALLY_ERROR_HOST_KEY_CHANGED, TRUE },
    { SALLY_ERROR_REMOTE_CHANGED, FALSE }, { SALLY_ERROR_REMOTE_NOT_FOUND, FALSE },
    { SALLY_ERROR_LOCAL_NO_SPACE, FALSE }, { SALLY_ERROR_LOCAL_CHANGED, FALSE },
    { SALLY_ERROR_REMOTE_EXISTS, FALSE },
  };
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "words");

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (SALLY_ERROR, table[i].code, "words");

      g_assert_cmpint (sally_retry_keeps_partial (error), ==, table[i].keeps);
    }
  g_assert_false (sally_retry_keeps_partial (cancelled));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/retry/table", test_table);
  g_test_add_func ("/retry/never-after-sign-in-or-host-key", test_never_again);
  g_test_add_func ("/retry/delays-grow-to-an-end", test_delays_end);
  g_test_add_func ("/retry/what-is-worth-keeping", test_keeps_partial);
  return g_test_run ();
}
