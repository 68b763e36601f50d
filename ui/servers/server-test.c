/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/server-test.h"

#include "base/error.h"
#include "remote/attempt.h"

#define PROGRESS_INTERVAL_S 1

typedef struct
{
  SallyServer *server;
  SallyKeyring *keyring;
  SallyConnection *connection;
  SallyServerTestFunc progress;
  gpointer progress_data;
  guint timer;
  GError *error; /* how the sign-in went */
} Test;

static void
test_free (Test *test)
{
  g_clear_object (&test->server);
  g_clear_object (&test->keyring);
  g_clear_handle_id (&test->timer, g_source_remove);
  g_signal_handlers_disconnect_by_data (test->connection, test);
  g_clear_object (&test->connection);
  g_clear_error (&test->error);
  g_free (test);
}

static void
on_password_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Test *test = g_task_get_task_data (task);

  sally_keyring_remove_finish (SALLY_KEYRING (source), result, NULL);
  if (test->error != NULL)
    g_task_return_error (task, g_steal_pointer (&test->error));
  else
    g_task_return_boolean (task, TRUE);
}

/* The keyring holds the password under the test's own id for as long as the test takes. */
static void
clean_up (GTask *task)
{
  Test *test = g_task_get_task_data (task);

  sally_keyring_remove_async (test->keyring, SALLY_KEYRING_PASSWORD,
                              sally_server_get_id (test->server), NULL, on_password_removed, task);
}

static void
on_disconnected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  sally_connection_disconnect_finish (SALLY_CONNECTION (source), result, NULL);
  clean_up (user_data);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Test *test = g_task_get_task_data (task);

  if (sally_connection_open_finish (test->connection, result, &test->error))
    {
      sally_connection_disconnect_async (test->connection, NULL, on_disconnected, task);
      return;
    }
  test->error = sally_connection_explain (test->connection, test->error);
  clean_up (task);
}

static void
open_connection (GTask *task)
{
  Test *test = g_task_get_task_data (task);

  sally_connection_open_async (test->connection, FALSE, g_task_get_cancellable (task), on_opened,
                               task);
}

static void
on_password_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Test *test = g_task_get_task_data (task);

  if (sally_keyring_store_finish (SALLY_KEYRING (source), result, &test->error))
    open_connection (task);
  else
    clean_up (task);
}

static void
store_password (GTask *task, SallySecret *password)
{
  Test *test = g_task_get_task_data (task);

  sally_keyring_store_async (test->keyring, SALLY_KEYRING_PASSWORD,
                             sally_server_get_id (test->server), password,
                             g_task_get_cancellable (task), on_password_stored, task);
}

static void
on_password_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Test *test = g_task_get_task_data (task);
  g_autoptr (SallySecret) password =
      sally_keyring_lookup_finish (SALLY_KEYRING (source), result, &test->error);

  if (password != NULL)
    {
      store_password (task, password);
      return;
    }
  if (!g_error_matches (test->error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING))
    {
      clean_up (task);
      return;
    }
  /* None is saved: the sign-in asks for it. */
  g_clear_error (&test->error);
  open_connection (task);
}

static void
report (Test *test)
{
  test->progress (test->connection, test->progress_data);
}

static gboolean
on_timer (gpointer user_data)
{
  report (user_data);
  return G_SOURCE_CONTINUE;
}

void
sally_server_test_async (SallyServer *server,
                         SallyConnectionServices *services,
                         SallyKeyring *keyring,
                         SallySecret *password,
                         const char *password_id,
                         GCancellable *cancellable,
                         SallyServerTestFunc progress,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;
  Test *test;

  g_return_if_fail (SALLY_IS_SERVER (server));
  g_return_if_fail (SALLY_IS_KEYRING (keyring));
  g_return_if_fail (progress != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_server_test_async);
  test = g_new0 (Test, 1);
  test->server = sally_server_new (NULL);
  sally_server_set_from (test->server, server);
  test->keyring = g_object_ref (keyring);
  test->connection = sally_connection_new (test->server, services);
  test->progress = progress;
  test->progress_data = user_data;
  g_signal_connect_swapped (test->connection, "notify::state", G_CALLBACK (report), test);
  test->timer = g_timeout_add_seconds (PROGRESS_INTERVAL_S, on_timer, test);
  g_task_set_task_data (task, test, (GDestroyNotify) test_free);

  /* A person asked for this attempt, and looks on. */
  if (!sally_attempt_allow (test->server, services, &test->error))
    clean_up (task);
  else if (password != NULL)
    store_password (task, password);
  else if (password_id != NULL)
    sally_keyring_lookup_async (keyring, SALLY_KEYRING_PASSWORD, password_id, cancellable,
                                on_password_found, task);
  else
    open_connection (task);
}

gboolean
sally_server_test_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
