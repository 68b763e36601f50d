/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "base/secret.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
test_copies (void)
{
  char original[] = "test-secret";
  g_autoptr (SallySecret) secret = sally_secret_new (original, -1);
  gsize length;

  memset (original, 'x', sizeof original);
  g_assert_cmpstr (sally_secret_peek (secret, &length), ==, "test-secret");
  g_assert_cmpuint (length, ==, strlen ("test-secret"));
}

static void
test_holds_nul_bytes (void)
{
  g_autoptr (SallySecret) secret = sally_secret_new ("a\0b", 3);
  g_autoptr (SallySecret) shorter = sally_secret_new ("a", 1);

  g_assert_cmpuint (sally_secret_get_length (secret), ==, 3);
  g_assert_false (sally_secret_equal (secret, shorter));
}

static void
test_joined (void)
{
  g_autoptr (SallySecret) password = sally_secret_new ("word", -1);
  g_autoptr (SallySecret) code = sally_secret_new ("123456", -1);
  g_autoptr (SallySecret) joined = sally_secret_new_joined (password, code, NULL);

  g_assert_cmpstr (sally_secret_peek (joined, NULL), ==, "word123456");
}

static void
test_equal (void)
{
  g_autoptr (SallySecret) a = sally_secret_new ("same", -1);
  g_autoptr (SallySecret) b = sally_secret_new ("same", -1);
  g_autoptr (SallySecret) c = sally_secret_new ("sane", -1);

  g_assert_true (sally_secret_equal (a, b));
  g_assert_false (sally_secret_equal (a, c));
  g_assert_false (sally_secret_equal (a, NULL));
  g_assert_true (sally_secret_equal (NULL, NULL));
}

static void
test_outlives_first_owner (void)
{
  SallySecret *first = sally_secret_new ("kept", -1);
  g_autoptr (SallySecret) second = sally_secret_ref (first);

  sally_secret_unref (first);
  g_assert_cmpstr (sally_secret_peek (second, NULL), ==, "kept");
}

static void
test_through_pipe (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SallySecret) sent = sally_secret_new ("through the wall\0!", 18);
  g_autoptr (SallySecret) received = NULL;
  g_autofd int fd = sally_secret_to_pipe (sent, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, !=, 0);
  received = sally_secret_read_fd (fd, &error);
  g_assert_no_error (error);
  g_assert_true (sally_secret_equal (sent, received));
}

static void
test_refuses_what_is_too_long (void)
{
  g_autoptr (GError) error = NULL;
  g_autofd int fd = open ("/dev/zero", O_RDONLY | O_CLOEXEC);

  g_assert_null (sally_secret_read_fd (fd, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
}

static void
test_wipes (void)
{
  char memory[] = "test-secret";

  sally_secret_wipe (memory, sizeof memory);
  for (gsize i = 0; i < sizeof memory; i++)
    g_assert_cmpint (memory[i], ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secret/copies", test_copies);
  g_test_add_func ("/secret/holds-nul-bytes", test_holds_nul_bytes);
  g_test_add_func ("/secret/joined", test_joined);
  g_test_add_func ("/secret/equal", test_equal);
  g_test_add_func ("/secret/outlives-first-owner", test_outlives_first_owner);
  g_test_add_func ("/secret/through-pipe", test_through_pipe);
  g_test_add_func ("/secret/refuses-what-is-too-long", test_refuses_what_is_too_long);
  g_test_add_func ("/secret/wipes", test_wipes);
  return g_test_run ();
}
