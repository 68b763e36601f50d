/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/backups.h"

#include "base/error.h"
#include "store/keyring-memory.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <string.h>

#define URI "otpauth://totp/Firm:anna?secret=GEZDGNBVGY3TQOJQ&issuer=Firm"

typedef struct
{
  SallyKeyring *keyring;
  SallyAccountStore *accounts;
  SallySettings *settings;
  SallyBackups *backups;
  char *folder;
  guint n_changed;
} Fixture;

static void
count (Fixture *fixture)
{
  fixture->n_changed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->keyring = sally_keyring_memory_new ();
  fixture->accounts = sally_account_store_new (fixture->keyring);
  fixture->settings = sally_settings_new ();
  fixture->backups = sally_backups_new (fixture->accounts, fixture->settings);
  fixture->folder = await_make_directory ();
  sally_backups_set_folder (fixture->backups, fixture->folder);
  g_signal_connect_swapped (fixture->backups, "changed", G_CALLBACK (count), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  GSettings *gsettings = sally_settings_get_gsettings (fixture->settings);
  g_auto (GStrv) keys = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;

  g_object_get (gsettings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    g_settings_reset (gsettings, keys[i]);
  g_object_unref (fixture->backups);
  g_object_unref (fixture->settings);
  g_object_unref (fixture->accounts);
  g_object_unref (fixture->keyring);
  await_remove_directory (fixture->folder);
}

static void
load (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_account_store_load_async (fixture->accounts, NULL, await_ready, &result);
  g_assert_true (sally_account_store_load_finish (fixture->accounts, await_result (&result), NULL));
}

static void
add_account (Fixture *fixture)
{
  g_autoptr (SallySecret) text = sally_secret_new (URI, -1);
  g_autoptr (SallyOtpUri) uri = sally_otp_uri_parse (text, NULL);
  g_autoptr (SallyAccount) account = sally_account_new (NULL, uri);
  g_autoptr (GAsyncResult) result = NULL;

  sally_account_store_save_async (fixture->accounts, account, NULL, await_ready, &result);
  g_assert_true (sally_account_store_save_finish (fixture->accounts, await_result (&result), NULL));
}

static void
set_password (Fixture *fixture, const char *text)
{
  g_autoptr (SallySecret) password = text != NULL ? sally_secret_new (text, -1) : NULL;
  g_autoptr (GAsyncResult) result = NULL;

  sally_backups_set_password_async (fixture->backups, password, NULL, await_ready, &result);
  g_assert_true (
      sally_backups_set_password_finish (fixture->backups, await_result (&result), NULL));
}

static SallyBackupRun *
run (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  SallyBackupRun *finished;

  sally_backups_run_async (fixture->backups, FALSE, NULL, await_ready, &result);
  finished = sally_backups_run_finish (fixture->backups, await_result (&result), error);
  g_assert_false (sally_backups_get_is_busy (fixture->backups));
  return finished;
}

static void
test_recorded (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyBackupRun) finished = NULL;
  g_autofree char *file = NULL;
  SallyScheduleFacts facts;
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;

  load (fixture);
  add_account (fixture);
  set_password (fixture, "only a test");
  finished = run (fixture, NULL);
  g_assert_nonnull (finished);
  g_assert_null (finished->password);
  sally_backups_get_facts (fixture->backups, &facts);
  g_assert_cmpint (facts.done_s, >=, now_s);
  g_assert_cmpint (facts.failed_s, ==, 0);
  g_assert_cmpuint (sally_backups_get_n_accounts (fixture->backups), ==, 1);
  file = sally_backups_dup_file (fixture->backups);
  g_assert_cmpstr (file, ==, finished->path);
  g_assert_cmpuint (fixture->n_changed, >, 0);
}

/* A list that could not be read is no list of nothing. */
static void
test_unread_accounts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  set_password (fixture, "only a test");
  g_assert_null (run (fixture, &error));
  g_assert_nonnull (strstr (error->message, "read first"));
  g_clear_error (&error);
  sally_keyring_memory_set_failure (SALLY_KEYRING_MEMORY (fixture->keyring),
                                    SALLY_ERROR_KEYRING_LOCKED);
  sally_account_store_load_async (fixture->accounts, NULL, await_ready, &result);
  g_assert_false (
      sally_account_store_load_finish (fixture->accounts, await_result (&result), NULL));
  g_assert_null (run (fixture, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED);
}

static void
test_failure_is_recorded (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *failure = NULL;
  g_autoptr (SallyBackupRun) finished = NULL;
  SallyScheduleFacts facts;

  load (fixture);
  add_account (fixture);
  sally_backups_set_is_enabled (fixture->backups, TRUE);
  g_assert_null (run (fixture, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING);
  failure = sally_backups_dup_failure (fixture->backups);
  g_assert_cmpstr (failure, ==, error->message);
  sally_backups_get_facts (fixture->backups, &facts);
  g_assert_cmpint (facts.failed_s, >, 0);
  g_assert_cmpint (sally_schedule_get_reminder (&facts, 1, facts.failed_s), ==,
                   SALLY_REMINDER_FAILED);

  set_password (fixture, "only a test");
  finished = run (fixture, NULL);
  g_assert_nonnull (finished);
  sally_backups_get_facts (fixture->backups, &facts);
  g_assert_cmpint (facts.failed_s, ==, 0);
}

static void
test_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SallySecret) password = NULL;
  g_autoptr (GError) error = NULL;

  set_password (fixture, "only a test");
  sally_backups_get_password_async (fixture->backups, NULL, await_ready, &result);
  password = sally_backups_get_password_finish (fixture->backups, await_result (&result), NULL);
  g_assert_cmpstr (sally_secret_peek (password, NULL), ==, "only a test");
  g_clear_object (&result);
  set_password (fixture, NULL);
  sally_backups_get_password_async (fixture->backups, NULL, await_ready, &result);
  g_assert_null (
      sally_backups_get_password_finish (fixture->backups, await_result (&result), &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING);
}

static void
test_another_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyBackupRun) finished = NULL;
  SallyScheduleFacts facts;

  load (fixture);
  add_account (fixture);
  set_password (fixture, "only a test");
  sally_backups_set_is_enabled (fixture->backups, TRUE);
  finished = run (fixture, NULL);
  g_assert_nonnull (finished);
  sally_backups_set_folder (fixture->backups, "/somewhere/else");
  sally_backups_get_facts (fixture->backups, &facts);
  g_assert_true (sally_schedule_is_due (&facts, g_get_real_time () / G_USEC_PER_SEC));
}

static void
test_forgetful_settings (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sally_backups_check_settings (fixture->backups, &error));
  g_assert_nonnull (strstr (error->message, "not kept"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/backups/recorded", test_recorded);
  ADD ("/backups/unread-accounts-are-not-none", test_unread_accounts);
  ADD ("/backups/failure-is-recorded", test_failure_is_recorded);
  ADD ("/backups/password", test_password);
  ADD ("/backups/another-folder-has-none-yet", test_another_folder);
  ADD ("/backups/settings-that-are-forgotten", test_forgetful_settings);
#undef ADD
  return g_test_run ();
}
