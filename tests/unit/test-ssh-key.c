/* SPDX-License-Identifier: GPL-3.0-or-later */
/* That OpenSSH takes the keys is shown by test-private-agent.c. */
#include "config.h"

#include "base/error.h"
#include "model/ssh-key.h"

#include <string.h>

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SallySshKey) key = sally_ssh_key_generate ("work", &error);
  g_autoptr (SallySecret) stored = NULL;
  g_autoptr (SallySshKey) again = NULL;
  g_autofree char *fingerprint = NULL;
  g_autofree char *same = NULL;

  g_assert_no_error (error);
  g_assert_true (g_uuid_string_is_valid (sally_ssh_key_get_id (key)));
  stored = sally_ssh_key_to_stored (key);
  again = sally_ssh_key_new_from_stored (sally_ssh_key_get_id (key), stored);
  g_assert_cmpstr (sally_ssh_key_get_name (again), ==, "work");
  g_assert_cmpstr (sally_ssh_key_get_public_line (again), ==, sally_ssh_key_get_public_line (key));
  g_assert_true (
      sally_secret_equal (sally_ssh_key_get_private (again), sally_ssh_key_get_private (key)));
  fingerprint = sally_ssh_key_dup_fingerprint (key);
  same = sally_ssh_key_dup_fingerprint (again);
  g_assert_cmpuint (strlen (fingerprint), ==, strlen ("SHA256:") + 43);
  g_assert_cmpstr (fingerprint, ==, same);
}

static void
test_each_is_another (void)
{
  g_autoptr (SallySshKey) one = sally_ssh_key_generate ("key", NULL);
  g_autoptr (SallySshKey) other = sally_ssh_key_generate ("key", NULL);

  g_assert_cmpstr (sally_ssh_key_get_id (one), !=, sally_ssh_key_get_id (other));
  g_assert_cmpstr (sally_ssh_key_get_public_line (one), !=, sally_ssh_key_get_public_line (other));
  g_assert_false (
      sally_secret_equal (sally_ssh_key_get_private (one), sally_ssh_key_get_private (other)));
}

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (SALLY_SSH_KEY_MAX_NAME, 'x');
  g_autofree char *too_long = g_strnfill (SALLY_SSH_KEY_MAX_NAME + 1, 'x');
  g_autoptr (GString) wide = g_string_new (NULL);
  const char *const good[] = { "a", "Schlüssel für zu Hause", longest };
  const char *const bad[] = { "", " a", "a ", "-a", "a\nb", "a\tb", "\xff", too_long };

  for (guint i = 0; i < SALLY_SSH_KEY_MAX_NAME; i++)
    g_string_append (wide, "𝔸");
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (sally_ssh_key_validate_name (good[i], NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sally_ssh_key_generate (bad[i], &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
    }
  /* The longest there can be in bytes has room too. */
  {
    g_autoptr (SallySshKey) key = sally_ssh_key_generate (wide->str, NULL);

    g_assert_cmpstr (sally_ssh_key_get_name (key), ==, wide->str);
  }
}

static void
test_not_ours (void)
{
  const char *const texts[] = {
    "",
    "name",
    "name\nssh-ed25519 AAAA name\n",
    "name\nssh-rsa AAAA name\n-----BEGIN OPENSSH PRIVATE KEY-----\n",
    "\nssh-ed25519 AAAA name\n-----BEGIN OPENSSH PRIVATE KEY-----\n",
    "name\nssh-ed25519 AAAA name\n-----BEGIN RSA PRIVATE KEY-----\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (SallySecret) stored = sally_secret_new (texts[i], -1);

      g_assert_null (sally_ssh_key_new_from_stored ("id", stored));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh-key/round-trip", test_round_trip);
  g_test_add_func ("/ssh-key/each-is-another", test_each_is_another);
  g_test_add_func ("/ssh-key/names", test_names);
  g_test_add_func ("/ssh-key/not-ours", test_not_ours);
  return g_test_run ();
}
