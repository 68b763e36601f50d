/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/account-batch.h"

#include "base/error.h"
#include "store/keyring-memory.h"
#include "tests/support/await.h"

#include <string.h>

#define KEY "GEZDGNBVGY3TQOJQ"

static SallyAccount *
make_account (const char *id, const char *label)
{
  g_autofree char *address = g_strdup_printf ("otpauth://totp/%s?secret=" KEY, label);
  g_autoptr (SallySecret) text = sally_secret_new (address, -1);
  g_autoptr (SallyOtpUri) uri = sally_otp_uri_parse (text, NULL);

  return sally_account_new (id, uri);
}

static SallyAccountBatch *
save (SallyAccountStore *store, GPtrArray *accounts, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_account_batch_save_async (store, accounts, cancellable, await_ready, &result);
  return sally_account_batch_save_finish (store, await_result (&result), error);
}

static gboolean
undo (SallyAccountStore *store, SallyAccountBatch *batch, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_account_batch_undo_async (store, batch, NULL, await_ready, &result);
  return sally_account_batch_undo_finish (store, await_result (&result), error);
}

/* The labels in the keyring, as another program would find them. */
static void
assert_kept (SallyKeyring *keyring, const char *expected)
{
  g_autoptr (SallyAccountStore) other = sally_account_store_new (keyring);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GString) labels = g_string_new (NULL);

  sally_account_store_load_async (other, NULL, await_ready, &result);
  g_assert_true (sally_account_store_load_finish (other, await_result (&result), NULL));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (other)); i++)
    {
      g_autoptr (SallyAccount) account = g_list_model_get_item (G_LIST_MODEL (other), i);

      g_string_append_printf (labels, "%s%s", i > 0 ? " " : "", sally_account_get_label (account));
    }
  g_assert_cmpstr (labels->str, ==, expected);
}

typedef struct
{
  SallyKeyring *keyring;
  SallyAccountStore *store;
  GPtrArray *accounts; /* two new ones and another value for the one that is there */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) first = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (SallyAccountBatch) batch = NULL;

  fixture->keyring = sally_keyring_memory_new ();
  fixture->store = sally_account_store_new (fixture->keyring);
  g_ptr_array_add (first, make_account ("there", "before"));
  batch = save (fixture->store, first, NULL, NULL);
  g_assert_nonnull (batch);
  fixture->accounts = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (fixture->accounts, make_account (NULL, "one"));
  g_ptr_array_add (fixture->accounts, make_account ("there", "after"));
  g_ptr_array_add (fixture->accounts, make_account (NULL, "two"));
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_ptr_array_unref (fixture->accounts);
  g_object_unref (fixture->store);
  g_object_unref (fixture->keyring);
}

static void
test_saves_and_takes_back (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyAccountBatch) batch = save (fixture->store, fixture->accounts, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sally_account_batch_get_n_accounts (batch), ==, 3);
  assert_kept (fixture->keyring, "after one two");
  g_assert_true (undo (fixture->store, batch, &error));
  assert_kept (fixture->keyring, "before");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->store)), ==, 1);
}

static void
test_saves_all_or_none (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *long_label = g_strnfill (SALLY_OTP_URI_MAX_BYTES, 'x');
  g_autoptr (SallyOtpUri) uri = sally_account_to_uri (fixture->accounts->pdata[0]);
  g_autoptr (GError) error = NULL;

  /* The last one cannot be saved, for its name is too long. */
  g_set_str (&uri->label, long_label);
  g_ptr_array_add (fixture->accounts, sally_account_new (NULL, uri));
  g_assert_null (save (fixture->store, fixture->accounts, NULL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  assert_kept (fixture->keyring, "before");
}

static void
break_keyring (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  sally_keyring_memory_set_failure (user_data, SALLY_ERROR_KEYRING_LOCKED);
}

static void
test_says_what_could_not_be_taken_back (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_signal_connect (fixture->store, "items-changed", G_CALLBACK (break_keyring), fixture->keyring);
  g_assert_null (save (fixture->store, fixture->accounts, NULL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED);
  g_assert_nonnull (strstr (error->message, "could not be taken back"));
  sally_keyring_memory_set_failure (SALLY_KEYRING_MEMORY (fixture->keyring), 0);
  assert_kept (fixture->keyring, "before one");
}

static void
cancel (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
test_cancelled_leaves_nothing (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_signal_connect (fixture->store, "items-changed", G_CALLBACK (cancel), cancellable);
  g_assert_null (save (fixture->store, fixture->accounts, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_kept (fixture->keyring, "before");
}

static void
test_nothing_is_no_error (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (SallyAccountBatch) batch = save (fixture->store, none, NULL, NULL);

  g_assert_cmpuint (sally_account_batch_get_n_accounts (batch), ==, 0);
  g_assert_true (undo (fixture->store, batch, NULL));
  assert_kept (fixture->keyring, "before");
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/account-batch/saves-and-takes-back", test_saves_and_takes_back);
  ADD ("/account-batch/saves-all-or-none", test_saves_all_or_none);
  ADD ("/account-batch/says-what-could-not-be-taken-back", test_says_what_could_not_be_taken_back);
  ADD ("/account-batch/cancelled-leaves-nothing", test_cancelled_leaves_nothing);
  ADD ("/account-batch/nothing-is-no-error", test_nothing_is_no_error);
  return g_test_run ();
}
