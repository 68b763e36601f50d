/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "store/key-store.h"
#include "store/keyring-memory.h"
#include "tests/support/await.h"

static SallySshKey *
make (SallyKeyStore *store, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_key_store_make_async (store, name, NULL, await_ready, &result);
  return sally_key_store_make_finish (store, await_result (&result), error);
}

static gboolean
load (SallyKeyStore *store, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_key_store_load_async (store, NULL, await_ready, &result);
  return sally_key_store_load_finish (store, await_result (&result), error);
}

static void
test_kept (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (SallyKeyStore) store = sally_key_store_new (keyring);
  g_autoptr (SallyKeyStore) other = sally_key_store_new (keyring);
  g_autoptr (SallySshKey) second = make (store, "work", NULL);
  g_autoptr (SallySshKey) first = make (store, "Home", NULL);
  g_autoptr (SallySshKey) taken = NULL;
  g_autoptr (SallySshKey) shown = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  taken = make (store, "WORK", &error);
  g_assert_null (taken);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_EXISTS);
  g_clear_error (&error);
  shown = g_list_model_get_item (G_LIST_MODEL (store), 0);
  g_assert_true (shown == first);

  g_assert_true (load (other, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (other)), ==, 2);
  g_assert_cmpstr (sally_ssh_key_get_public_line (sally_key_store_find (other, "home", &error)), ==,
                   sally_ssh_key_get_public_line (first));
  g_assert_null (sally_key_store_find (other, "moon", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND);
  g_clear_error (&error);

  sally_key_store_remove_async (store, second, NULL, await_ready, &result);
  g_assert_true (sally_key_store_remove_finish (store, await_result (&result), &error));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, 1);
  g_assert_true (load (other, NULL));
  g_assert_null (sally_key_store_get_by_id (other, sally_ssh_key_get_id (second)));
}

static void
test_a_keyring_that_fails (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_memory_new ();
  g_autoptr (SallyKeyStore) store = sally_key_store_new (keyring);
  g_autoptr (SallySshKey) key = make (store, "work", NULL);
  g_autoptr (SallySshKey) lost = NULL;
  g_autoptr (GError) error = NULL;

  sally_keyring_memory_set_failure (SALLY_KEYRING_MEMORY (keyring), SALLY_ERROR_KEYRING_LOCKED);
  g_assert_false (load (store, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  lost = make (store, "other", &error);
  g_assert_null (lost);
  /* What was known is still shown, and nothing else. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/key-store/kept", test_kept);
  g_test_add_func ("/key-store/a-keyring-that-fails", test_a_keyring_that_fails);
  return g_test_run ();
}
