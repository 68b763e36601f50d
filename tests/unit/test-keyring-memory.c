/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-memory.h"

#include "base/error.h"
#include "tests/support/await.h"

static void
store (SallyKeyring *keyring, SallyKeyringKind kind, const char *id, const char *text)
{
  g_autoptr (SallySecret) secret = sally_secret_new (text, -1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_keyring_store_async (keyring, kind, id, secret, NULL, await_ready, &result);
  g_assert_true (sally_keyring_store_finish (keyring, await_result (&result), &error));
  g_assert_no_error (error);
}

static SallySecret *
lookup (SallyKeyring *keyring, SallyKeyringKind kind, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_lookup_async (keyring, kind, id, NULL, await_ready, &result);
  return sally_keyring_lookup_finish (keyring, await_result (&result), error);
}

static void
test_round_trip (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (SallySecret) first = NULL;
  g_autoptr (SallySecret) other_kind = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) removal = NULL;
  g_autoptr (GError) error = NULL;

  store (keyring, SALLY_KEYRING_ACCOUNT, "b", "old");
  store (keyring, SALLY_KEYRING_ACCOUNT, "b", "account-b");
  store (keyring, SALLY_KEYRING_ACCOUNT, "a", "account-a");
  store (keyring, SALLY_KEYRING_PASSWORD, "a", "password-a");
  first = lookup (keyring, SALLY_KEYRING_ACCOUNT, "b", NULL);
  g_assert_cmpstr (sally_secret_peek (first, NULL), ==, "account-b");
  other_kind = lookup (keyring, SALLY_KEYRING_PASSWORD, "a", NULL);
  g_assert_cmpstr (sally_secret_peek (other_kind, NULL), ==, "password-a");

  sally_keyring_list_async (keyring, SALLY_KEYRING_ACCOUNT, NULL, await_ready, &result);
  items = sally_keyring_list_finish (keyring, await_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, 2);
  g_assert_cmpstr (((SallyKeyringItem *) items->pdata[0])->id, ==, "a");

  sally_keyring_remove_async (keyring, SALLY_KEYRING_ACCOUNT, "a", NULL, await_ready, &removal);
  g_assert_true (sally_keyring_remove_finish (keyring, await_result (&removal), &error));
  g_assert_null (lookup (keyring, SALLY_KEYRING_ACCOUNT, "a", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING);
}

static void
test_removing_nothing_succeeds (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_keyring_remove_async (keyring, SALLY_KEYRING_ACCOUNT, "a", NULL, await_ready, &result);
  g_assert_true (sally_keyring_remove_finish (keyring, await_result (&result), &error));
  g_assert_no_error (error);
}

static void
test_failures_have_own_words (void)
{
  static const int codes[] = { SALLY_ERROR_KEYRING_ABSENT, SALLY_ERROR_KEYRING_LOCKED,
                               SALLY_ERROR_KEYRING_DISMISSED, SALLY_ERROR_KEYRING_FAILED };
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (GHashTable) messages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (SallySecret) secret = NULL;

  store (keyring, SALLY_KEYRING_ACCOUNT, "a", "kept");
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) error = NULL;

      sally_keyring_memory_set_failure (SALLY_KEYRING_MEMORY (keyring), codes[i]);
      g_assert_null (lookup (keyring, SALLY_KEYRING_ACCOUNT, "a", &error));
      g_assert_error (error, SALLY_ERROR, codes[i]);
      g_assert_true (g_hash_table_add (messages, g_strdup (error->message)));
    }
  sally_keyring_memory_set_failure (SALLY_KEYRING_MEMORY (keyring), 0);
  secret = lookup (keyring, SALLY_KEYRING_ACCOUNT, "a", NULL);
  g_assert_cmpstr (sally_secret_peek (secret, NULL), ==, "kept");
}

static void
test_cancelled (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  sally_keyring_list_async (keyring, SALLY_KEYRING_ACCOUNT, cancellable, await_ready, &result);
  g_assert_null (sally_keyring_list_finish (keyring, await_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keyring-memory/round-trip", test_round_trip);
  g_test_add_func ("/keyring-memory/removing-nothing-succeeds", test_removing_nothing_succeeds);
  g_test_add_func ("/keyring-memory/failures-have-own-words", test_failures_have_own_words);
  g_test_add_func ("/keyring-memory/cancelled", test_cancelled);
  return g_test_run ();
}
