/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tests/support/client.h"

#include "base/error.h"
#include "otp/base32.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <string.h>

struct _TestPerson
{
  GObject parent_instance;

  gboolean accepts;
  gboolean allows;
  gboolean remembers;
  guint n_changes;
  GQueue answers; /* of SallySecret */
  guint n_host_keys;
  guint n_prompts;
  guint n_attempts;
  char *last_text;
};

static void test_person_prompter_init (SallyPrompterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestPerson,
                               test_person,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SALLY_TYPE_PROMPTER,
                                                      test_person_prompter_init))

static char *prepared_folder;

static void
test_person_finalize (GObject *object)
{
  TestPerson *self = TEST_PERSON (object);

  g_queue_clear_full (&self->answers, (GDestroyNotify) sally_secret_unref);
  g_free (self->last_text);
  G_OBJECT_CLASS (test_person_parent_class)->finalize (object);
}

static void
test_person_class_init (TestPersonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_person_finalize;
}

static void
test_person_init (TestPerson *self)
{
  self->accepts = TRUE;
  g_queue_init (&self->answers);
}

static void
confirm_host_key_async (SallyPrompter *prompter,
                        const SallyHostQuestion *question,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  TestPerson *self = TEST_PERSON (prompter);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  self->n_host_keys++;
  g_task_return_boolean (task, TRUE);
}

static gboolean
confirm_host_key_finish (SallyPrompter *prompter,
                         GAsyncResult *result,
                         gboolean *accepted,
                         GError **error)
{
  *accepted = TEST_PERSON (prompter)->accepts;
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
ask_async (SallyPrompter *prompter,
           const SallyPromptQuestion *question,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  TestPerson *self = TEST_PERSON (prompter);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) answers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);

  self->n_prompts++;
  self->n_changes += question->is_changed;
  g_set_str (&self->last_text, question->n_prompts > 0
                                   ? question->prompts[question->n_prompts - 1].text
                                   : question->instruction);
  for (guint i = 0; i < question->n_prompts; i++)
    {
      SallySecret *answer = g_queue_pop_head (&self->answers);

      if (answer == NULL)
        {
          g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON,
                                           "Nobody is there");
          return;
        }
      g_ptr_array_add (answers, answer);
    }
  g_task_return_pointer (task, g_steal_pointer (&answers), (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
ask_finish (SallyPrompter *prompter, GAsyncResult *result, gboolean *remember, GError **error)
{
  *remember = TEST_PERSON (prompter)->remembers;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
is_there (SallyPrompter *prompter)
{
  return TEST_PERSON (prompter)->answers.length > 0;
}

static void
confirm_attempt_async (SallyPrompter *prompter,
                       const SallyAttemptQuestion *question,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  TestPerson *self = TEST_PERSON (prompter);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  self->n_attempts++;
  g_task_return_boolean (task, self->allows);
}

static gboolean
confirm_attempt_finish (SallyPrompter *prompter,
                        GAsyncResult *result,
                        gboolean *allowed,
                        GError **error)
{
  GError *reason = NULL;

  *allowed = g_task_propagate_boolean (G_TASK (result), &reason);
  if (reason == NULL)
    return TRUE;
  g_propagate_error (error, reason);
  return FALSE;
}

static void
test_person_prompter_init (SallyPrompterInterface *iface)
{
  iface->confirm_host_key_async = confirm_host_key_async;
  iface->confirm_host_key_finish = confirm_host_key_finish;
  iface->ask_async = ask_async;
  iface->ask_finish = ask_finish;
  iface->is_there = is_there;
  iface->confirm_attempt_async = confirm_attempt_async;
  iface->confirm_attempt_finish = confirm_attempt_finish;
}

void
test_person_set_accepts_host_keys (TestPerson *self, gboolean accepts)
{
  self->accepts = accepts;
}

void
test_person_set_allows_attempts (TestPerson *self, gboolean allows)
{
  self->allows = allows;
}

guint
test_person_get_n_attempts (TestPerson *self)
{
  return self->n_attempts;
}

void
test_person_set_remembers (TestPerson *self, gboolean remembers)
{
  self->remembers = remembers;
}

guint
test_person_get_n_changes (TestPerson *self)
{
  return self->n_changes;
}

void
test_person_add_answer (TestPerson *self, const char *answer)
{
  g_queue_push_tail (&self->answers, sally_secret_new (answer, -1));
}

guint
test_person_get_n_host_keys (TestPerson *self)
{
  return self->n_host_keys;
}

guint
test_person_get_n_prompts (TestPerson *self)
{
  return self->n_prompts;
}

const char *
test_person_get_last_text (TestPerson *self)
{
  return self->last_text;
}

void
test_client_prepare (void)
{
  const char *const variables[] = { "XDG_CONFIG_HOME", "XDG_DATA_HOME",   "XDG_STATE_HOME",
                                    "XDG_CACHE_HOME",  "XDG_RUNTIME_DIR", "HOME" };

  prepared_folder = await_make_directory ();
  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      g_autofree char *path = g_build_filename (prepared_folder, variables[i], NULL);

      g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
      g_setenv (variables[i], path, TRUE);
    }
  g_unsetenv ("SSH_AUTH_SOCK");
}

void
test_client_prepare_in (const char *folder)
{
  g_set_str (&prepared_folder, folder);
}

TestClient *
test_client_new (void)
{
  TestClient *client = g_new0 (TestClient, 1);
  g_autofree char *known_hosts = NULL;
  g_autofree char *ledger = NULL;
  g_autofree char *guard = NULL;
  g_autofree char *servers = NULL;
  g_autofree char *transfers = NULL;
  g_autofree char *journal = NULL;
  static guint count = 0;

  g_assert_nonnull (prepared_folder);
  client->folder = g_strdup_printf ("%s/client-%u", prepared_folder, ++count);
  g_assert_cmpint (g_mkdir (client->folder, 0700), ==, 0);
  known_hosts = g_build_filename (client->folder, "known_hosts", NULL);
  ledger = g_build_filename (prepared_folder, "ledger", NULL);
  guard = g_build_filename (client->folder, "guard", NULL);

  client->keyring = sally_keyring_memory_new ();
  client->accounts = sally_account_store_new (client->keyring);
  servers = g_build_filename (client->folder, "servers.conf", NULL);
  client->servers = sally_server_store_new (servers);
  client->ledger = sally_ledger_new (ledger);
  client->guard = sally_guard_new (guard);
  client->trust = sally_host_trust_new (known_hosts);
  client->person = g_object_new (TEST_TYPE_PERSON, NULL);
  client->settings = sally_settings_new ();
  journal = g_build_filename (client->folder, "journal.sqlite", NULL);
  client->journal = sally_journal_new (journal);
  client->services =
      sally_connection_services_new (client->accounts, client->servers, client->ledger,
                                     client->guard, client->trust, SALLY_PROMPTER (client->person),
                                     client->settings, client->journal);
  transfers = g_build_filename (client->folder, "transfers.sqlite", NULL);
  client->store = sally_transfer_store_new (transfers);
  client->queue = sally_transfer_queue_new (client->store);
  sally_transfer_queue_set_max_attempts (client->queue, 0);
  return client;
}

static gboolean
is_tidy (gpointer data)
{
  return !sally_transfer_queue_is_tidying (data);
}

void
test_client_free (TestClient *client)
{
  await_condition (is_tidy, client->queue);
  g_assert_finalize_object (client->queue);
  g_assert_finalize_object (client->store);
  g_object_unref (client->services);
  g_object_unref (client->journal);
  g_object_unref (client->settings);
  g_object_unref (client->person);
  g_object_unref (client->trust);
  g_object_unref (client->ledger);
  g_object_unref (client->guard);
  g_object_unref (client->servers);
  g_object_unref (client->accounts);
  g_object_unref (client->keyring);
  await_remove_directory (client->folder);
  g_free (client);
}

static void
store_password (TestClient *client, SallyRig *rig, SallyServer *server)
{
  g_autoptr (SallySecret) password = sally_rig_dup_password (rig);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_keyring_store_async (client->keyring, SALLY_KEYRING_PASSWORD, sally_server_get_id (server),
                             password, NULL, await_ready, &result);
  g_assert_true (sally_keyring_store_finish (client->keyring, await_result (&result), &error));
  g_assert_no_error (error);
}

static void
store_account (TestClient *client, SallyRig *rig, SallyServer *server)
{
  g_autoptr (SallySecret) seed = sally_rig_dup_seed (rig);
  g_autoptr (SallyOtpUri) uri = sally_otp_uri_new ();
  g_autoptr (SallyAccount) account = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_set_str (&uri->issuer, "Test");
  g_set_str (&uri->label, sally_rig_get_user (rig));
  g_clear_pointer (&uri->key, sally_secret_unref);
  uri->key = sally_base32_decode (sally_secret_peek (seed, NULL), -1, &error);
  g_assert_no_error (error);
  account = sally_account_new (NULL, uri);
  sally_account_store_save_async (client->accounts, account, NULL, await_ready, &result);
  g_assert_true (
      sally_account_store_save_finish (client->accounts, await_result (&result), &error));
  g_assert_no_error (error);
  g_object_set (server, "account-id", sally_account_get_id (account), NULL);
}

SallyServer *
test_client_make_server (TestClient *client, SallyRig *rig, const char *recipe)
{
  SallyServer *server = sally_server_new (NULL);
  SallyLoginRecipe parsed;

  g_assert_true (sally_login_recipe_parse (recipe, &parsed, NULL));
  g_object_set (server, "name", "rig", "host", "127.0.0.1", "port",
                (guint) sally_rig_get_port (rig), "user", sally_rig_get_user (rig), "recipe",
                recipe, NULL);
  if (sally_login_recipe_uses (&parsed, SALLY_FACTOR_PASSWORD))
    store_password (client, rig, server);
  if (sally_login_recipe_uses (&parsed, SALLY_FACTOR_CODE))
    store_account (client, rig, server);
  if (sally_login_recipe_uses (&parsed, SALLY_FACTOR_KEY))
    {
      g_autofree char *key = sally_rig_dup_path (rig, "key");

      g_object_set (server, "identity-file", key, NULL);
    }
  return server;
}

GError *
test_client_open (SallyConnection *connection)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sally_connection_open_async (connection, FALSE, NULL, await_ready, &result);
  sally_connection_open_finish (connection, await_result (&result), &error);
  return error;
}

void
test_client_disconnect (SallyConnection *connection)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_connection_disconnect_async (connection, NULL, await_ready, &result);
  sally_connection_disconnect_finish (connection, await_result (&result), &error);
  g_assert_no_error (error);
}
