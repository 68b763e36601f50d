/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/account-store.h"

#include "base/error.h"
#include "store/keyring-memory.h"
#include "tests/support/await.h"

#include <string.h>

#define KEY "GEZDGNBVGY3TQOJQ"

static SallyAccount *
make_account (const char *id, const char *uri_text)
{
  g_autoptr (SallySecret) text = sally_secret_new (uri_text, -1);
  g_autoptr (SallyOtpUri) uri = sally_otp_uri_parse (text, NULL);

  return sally_account_new (id, uri);
}

static gboolean
load (SallyAccountStore *store, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_account_store_load_async (store, NULL, await_ready, &result);
  return sally_account_store_load_finish (store, await_result (&result), error);
}

static gboolean
save (SallyAccountStore *store, SallyAccount *account, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_account_store_save_async (store, account, NULL, await_ready, &result);
  return sally_account_store_save_finish (store, await_result (&result), error);
}

static gboolean
remove_account (SallyAccountStore *store, SallyAccount *account, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_account_store_remove_async (store, account, NULL, await_ready, &result);
  return sally_account_store_remove_finish (store, await_result (&result), error);
}

static void
put_raw (SallyKeyring *keyring, const char *id, const char *text)
{
  g_autoptr (SallySecret) secret = sally_secret_new (text, -1);
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_store_async (keyring, SALLY_KEYRING_ACCOUNT, id, secret, NULL, await_ready,
                             &result);
  g_assert_true (sally_keyring_store_finish (keyring, await_result (&result), NULL));
}

static void
assert_names (SallyAccountStore *store, const char *expected)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (SallyAccount) account = g_list_model_get_item (G_LIST_MODEL (store), i);

      g_string_append_printf (names, "%s%s", i > 0 ? " " : "", sally_account_get_name (account));
    }
  g_assert_cmpstr (names->str, ==, expected);
}

static void
test_saves_sorted_and_loads_again (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (SallyAccountStore) store = sally_account_store_new (keyring);
  g_autoptr (SallyAccountStore) second = sally_account_store_new (keyring);
  g_autoptr (SallyAccount) b = make_account (NULL, "otpauth://totp/b?secret=" KEY);
  g_autoptr (SallyAccount) a = make_account (NULL, "otpauth://totp/A?secret=" KEY);
  g_autoptr (SallyAccount) c = make_account (NULL, "otpauth://totp/c?secret=" KEY);
  g_autoptr (GError) error = NULL;

  g_assert_true (save (store, b, &error));
  g_assert_true (save (store, a, &error));
  g_assert_true (save (store, c, &error));
  g_assert_no_error (error);
  assert_names (store, "A b c");
  g_assert_true (sally_account_store_get_by_id (store, sally_account_get_id (b)) == b);

  g_assert_false (sally_account_store_get_is_loaded (second));
  g_assert_true (load (second, &error));
  g_assert_true (sally_account_store_get_is_loaded (second));
  assert_names (second, "A b c");

  g_assert_true (remove_account (second, a, &error));
  assert_names (second, "b c");
  g_assert_true (load (store, &error));
  assert_names (store, "b c");
  g_assert_true (sally_account_store_get_by_id (store, sally_account_get_id (b)) == b);
}

static void
test_edit_keeps_the_object (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (SallyAccountStore) store = sally_account_store_new (keyring);
  g_autoptr (SallyAccount) a = make_account (NULL, "otpauth://totp/a?secret=" KEY);
  g_autoptr (SallyAccount) b = make_account (NULL, "otpauth://totp/b?secret=" KEY);
  g_autoptr (SallyAccount) edited =
      make_account (sally_account_get_id (a), "otpauth://totp/z?secret=" KEY);

  g_assert_true (save (store, a, NULL));
  g_assert_true (save (store, b, NULL));
  g_assert_true (save (store, edited, NULL));
  assert_names (store, "b z");
  g_assert_true (sally_account_store_get_by_id (store, sally_account_get_id (a)) == a);
  g_assert_cmpstr (sally_account_get_label (a), ==, "z");
}

static void
test_advances_a_counter (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (SallyAccountStore) store = sally_account_store_new (keyring);
  g_autoptr (SallyAccountStore) second = sally_account_store_new (keyring);
  g_autoptr (SallyAccount) account = make_account (NULL, "otpauth://hotp/a?secret=" KEY);

  g_assert_true (save (store, account, NULL));
  sally_account_set_counter (account, 8);
  g_assert_true (save (store, account, NULL));
  g_assert_true (load (second, NULL));
  g_assert_cmpuint (sally_account_get_counter (
                        sally_account_store_get_by_id (second, sally_account_get_id (account))),
                    ==, 8);
}

static void
test_failure_is_no_empty_list (void)
{
  static const int codes[] = { SALLY_ERROR_KEYRING_ABSENT, SALLY_ERROR_KEYRING_LOCKED,
                               SALLY_ERROR_KEYRING_DISMISSED, SALLY_ERROR_KEYRING_FAILED };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
      g_autoptr (SallyAccountStore) store = sally_account_store_new (keyring);
      g_autoptr (SallyAccountStore) fresh = sally_account_store_new (keyring);
      g_autoptr (SallyAccount) a = make_account (NULL, "otpauth://totp/a?secret=" KEY);
      g_autoptr (SallyAccount) b = make_account (NULL, "otpauth://totp/b?secret=" KEY);
      g_autoptr (GError) error = NULL;

      g_assert_true (save (store, a, NULL));
      sally_keyring_memory_set_failure (SALLY_KEYRING_MEMORY (keyring), codes[i]);
      g_assert_false (load (store, &error));
      g_assert_error (error, SALLY_ERROR, codes[i]);
      g_assert_error (sally_account_store_get_error (store), SALLY_ERROR, codes[i]);
      assert_names (store, "a");
      g_assert_false (load (fresh, NULL));
      g_assert_false (sally_account_store_get_is_loaded (fresh));
      g_assert_false (save (store, b, NULL));
      g_assert_false (remove_account (store, a, NULL));
      assert_names (store, "a");

      sally_keyring_memory_set_failure (SALLY_KEYRING_MEMORY (keyring), 0);
      g_assert_true (load (fresh, NULL));
      g_assert_no_error (sally_account_store_get_error (fresh));
      assert_names (fresh, "a");
    }
}

static void
test_broken_entry_blocks_nobody (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (SallyAccountStore) store = sally_account_store_new (keyring);
  g_autoptr (SallySecret) kept = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  SallyAccount *broken;

  put_raw (keyring, "broken-id", "otpauth://totp/x?secret=0000");
  put_raw (keyring, "good-id", "otpauth://totp/zebra?secret=" KEY);
  g_assert_true (load (store, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, 2);
  broken = sally_account_store_get_by_id (store, "broken-id");
  g_assert_true (sally_account_is_broken (broken));
  g_assert_false (sally_account_is_broken (sally_account_store_get_by_id (store, "good-id")));

  g_assert_true (save (store, broken, NULL));
  sally_keyring_lookup_async (keyring, SALLY_KEYRING_ACCOUNT, "broken-id", NULL, await_ready,
                              &result);
  kept = sally_keyring_lookup_finish (keyring, await_result (&result), NULL);
  g_assert_cmpstr (sally_secret_peek (kept, NULL), ==, "otpauth://totp/x?secret=0000");
}

static void
test_find (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (SallyAccountStore) store = sally_account_store_new (keyring);
  g_autoptr (GError) error = NULL;

  put_raw (keyring, "id-1", "otpauth://totp/ACME:alice?secret=" KEY);
  put_raw (keyring, "id-2", "otpauth://totp/ACME:bob?secret=" KEY);
  put_raw (keyring, "id-3", "otpauth://totp/Twin:x?secret=" KEY);
  put_raw (keyring, "id-4", "otpauth://totp/Twin:x?secret=" KEY);
  g_assert_true (load (store, NULL));
  g_assert_cmpstr (sally_account_get_id (sally_account_store_find (store, "BOB", NULL)), ==,
                   "id-2");
  g_assert_cmpstr (sally_account_get_id (sally_account_store_find (store, "acme:alice", NULL)), ==,
                   "id-1");
  g_assert_cmpstr (sally_account_get_id (sally_account_store_find (store, "id-4", NULL)), ==,
                   "id-4");

  g_assert_null (sally_account_store_find (store, "acme", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_AMBIGUOUS);
  g_assert_nonnull (strstr (error->message, "ACME:alice, ACME:bob"));
  g_clear_error (&error);
  g_assert_null (sally_account_store_find (store, "twin:x", &error));
  g_assert_nonnull (strstr (error->message, "id-4"));
  g_clear_error (&error);
  g_assert_null (sally_account_store_find (store, "carol", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND);
}

static void
test_load_does_not_undo_a_save (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (SallyAccountStore) store = sally_account_store_new (keyring);
  g_autoptr (SallyAccount) a = make_account (NULL, "otpauth://totp/a?secret=" KEY);
  g_autoptr (GAsyncResult) loading = NULL;
  g_autoptr (GAsyncResult) saving = NULL;

  /* The listing is made before the save, and answered after it has begun. */
  sally_account_store_load_async (store, NULL, await_ready, &loading);
  sally_account_store_save_async (store, a, NULL, await_ready, &saving);
  g_assert_true (sally_account_store_save_finish (store, await_result (&saving), NULL));
  g_assert_true (sally_account_store_load_finish (store, await_result (&loading), NULL));
  assert_names (store, "a");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account-store/saves-sorted-and-loads-again",
                   test_saves_sorted_and_loads_again);
  g_test_add_func ("/account-store/edit-keeps-the-object", test_edit_keeps_the_object);
  g_test_add_func ("/account-store/advances-a-counter", test_advances_a_counter);
  g_test_add_func ("/account-store/failure-is-no-empty-list", test_failure_is_no_empty_list);
  g_test_add_func ("/account-store/broken-entry-blocks-nobody", test_broken_entry_blocks_nobody);
  g_test_add_func ("/account-store/find", test_find);
  g_test_add_func ("/account-store/load-does-not-undo-a-save", test_load_does_not_undo_a_save);
  return g_test_run ();
}
