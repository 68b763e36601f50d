/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/attempt.h"

#include "base/error.h"
#include "remote/connection-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  SallyServer *server;
  SallyConnectionServices *services;
  SallyGuardTurn *turn;
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_clear_object (&attempt->server);
  g_clear_object (&attempt->services);
  g_clear_object (&attempt->turn);
  g_free (attempt);
}

static void
person_decided (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Attempt *attempt = g_task_get_task_data (task);
  gboolean allowed = FALSE;
  GError *error = NULL;

  if (!sally_prompter_confirm_attempt_finish (SALLY_PROMPTER (source), result, &allowed, &error))
    g_task_return_error (task, error);
  else if (!allowed)
    g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_SIGN_IN_HELD,
                             _ ("“%s” refused the last sign-ins. One more could lock the account, "
                                "so nothing was sent"),
                             sally_server_get_name (attempt->server));
  else
    {
      sally_guard_turn_allow (attempt->turn);
      g_task_return_pointer (task, g_steal_pointer (&attempt->turn), g_object_unref);
    }
}

static void
turn_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Attempt *attempt = g_task_get_task_data (task);
  GError *error = NULL;
  SallyGuardState state;

  attempt->turn = sally_guard_begin_finish (SALLY_GUARD (source), result, &error);
  if (attempt->turn == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  state = sally_guard_turn_get_state (attempt->turn);
  if (sally_guard_decide (&state) == SALLY_GUARD_GO)
    g_task_return_pointer (task, g_steal_pointer (&attempt->turn), g_object_unref);
  else
    {
      const SallyAttemptQuestion question = { .server = attempt->server,
                                              .n_refusals = state.n_refusals,
                                              .last_refusal_us = state.last_refusal_us };

      sally_prompter_confirm_attempt_async (sally_connection_services_get_prompter (
                                                attempt->services),
                                            &question, g_task_get_cancellable (task),
                                            person_decided, g_object_ref (task));
    }
}

void
sally_attempt_begin_async (SallyServer *server,
                           SallyConnectionServices *services,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task;
  Attempt *attempt;

  g_return_if_fail (SALLY_IS_SERVER (server));
  g_return_if_fail (SALLY_IS_CONNECTION_SERVICES (services));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_attempt_begin_async);
  attempt = g_new0 (Attempt, 1);
  attempt->server = g_object_ref (server);
  attempt->services = g_object_ref (services);
  g_task_set_task_data (task, attempt, (GDestroyNotify) attempt_free);
  sally_guard_begin_async (sally_connection_services_get_guard (services), server, cancellable,
                           turn_begun, task);
}

SallyGuardTurn *
sally_attempt_begin_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
sally_attempt_allow (SallyServer *server, SallyConnectionServices *services, GError **error)
{
  SallyGuard *guard;
  SallyServerStore *servers;

  g_return_val_if_fail (SALLY_IS_SERVER (server), FALSE);
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (services), FALSE);

  guard = sally_connection_services_get_guard (services);
  servers = sally_connection_services_get_servers (services);
  for (guint i = 0; server != NULL && i <= SALLY_CONNECTION_MAX_HOPS; i++)
    {
      SallyGuardState state = sally_guard_get_state (guard, server);

      if (sally_guard_decide (&state) == SALLY_GUARD_ONLY_A_PERSON &&
          !sally_guard_allow (guard, server, error))
        return FALSE;
      server = *sally_server_get_jump (server) != '\0'
                   ? sally_server_store_find (servers, sally_server_get_jump (server), NULL)
                   : NULL;
    }
  return TRUE;
}
