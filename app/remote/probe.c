/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/probe.h"

#include "base/error.h"
#include "remote/connection-private.h"
#include "remote/engine-process.h"
#include "remote/facts.h"
#include "remote/line.h"

#include <gio/gunixfdlist.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define ENGINE_PATH "/io/github/sallyport/Engine1"
#define AGENT_PATH  "/io/github/sallyport/Agent1"

typedef struct
{
  SallyServer *server;
  SallyConnection *jump; /* nullable */
  SallySignInFacts *facts;
  int line;
  char *socket_path;
  SallyWireEngine1 *engine;
  SallyWireAgent1 *agent; /* hears the reports; it is asked nothing */
} Probe;

static void
probe_free (Probe *probe)
{
  if (probe->agent != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (probe->agent));
  g_clear_object (&probe->agent);
  g_clear_object (&probe->engine);
  g_clear_object (&probe->jump);
  g_clear_fd (&probe->line, NULL);
  if (probe->socket_path != NULL)
    g_unlink (probe->socket_path);
  g_free (probe->socket_path);
  sally_sign_in_facts_unref (probe->facts);
  g_object_unref (probe->server);
  g_free (probe);
}

/* Takes the task and the error. */
static void
fail (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* That nothing was tried is how a look ends. */
static void
looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Probe *probe = g_task_get_task_data (task);
  GError *error = NULL;

  if (sally_wire_engine1_call_connect_finish (SALLY_WIRE_ENGINE1 (source), NULL, result, &error))
    sally_wire_engine1_call_disconnect (probe->engine, NULL, NULL, NULL);
  else
    error = sally_connection_clean_error (error);
  probe->facts->ended_us = g_get_real_time ();
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, error);
      return;
    }
  if (probe->facts->offered_first == NULL)
    probe->facts->error = g_steal_pointer (&error);
  g_clear_error (&error);
  g_task_return_pointer (task, sally_sign_in_facts_ref (probe->facts),
                         (GDestroyNotify) sally_sign_in_facts_unref);
}

static void
look (GTask *task)
{
  static const char *const no_methods[] = { NULL };
  Probe *probe = g_task_get_task_data (task);
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  GVariantDict options;
  GError *error = NULL;

  if (g_unix_fd_list_append (descriptors, probe->line, &error) < 0)
    {
      fail (task, error);
      return;
    }
  g_variant_dict_init (&options, NULL);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (probe->engine), G_MAXINT);
  sally_wire_engine1_call_connect (probe->engine, g_variant_new_handle (0),
                                   sally_server_get_user (probe->server), no_methods,
                                   g_variant_dict_end (&options), descriptors,
                                   g_task_get_cancellable (task), looked, task);
  g_clear_fd (&probe->line, NULL);
}

static gboolean
handle_report (SallyWireAgent1 *skeleton,
               GDBusMethodInvocation *invocation,
               GVariant *report,
               SallySignInFacts *facts)
{
  sally_facts_add_report (facts, report);
  sally_wire_agent1_complete_report (skeleton, invocation);
  return TRUE;
}

static void
engine_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Probe *probe = g_task_get_task_data (task);
  GError *error = NULL;

  probe->engine = sally_wire_engine1_proxy_new_finish (result, &error);
  if (probe->engine == NULL)
    {
      fail (task, error);
      return;
    }
  probe->agent = sally_wire_agent1_skeleton_new ();
  g_signal_connect (probe->agent, "handle-report", G_CALLBACK (handle_report), probe->facts);
  if (g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (probe->agent),
                                        g_dbus_proxy_get_connection (G_DBUS_PROXY (probe->engine)),
                                        AGENT_PATH, &error))
    look (task);
  else
    fail (task, error);
}

static void
bus_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_finish (result, &error);

  if (connection == NULL)
    fail (task, error);
  else
    sally_wire_engine1_proxy_new (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, ENGINE_PATH,
                                  g_task_get_cancellable (task), engine_loaded, task);
}

static void
attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr (GSocketConnection) stream =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (stream == NULL)
    fail (task, error);
  else
    g_dbus_connection_new (G_IO_STREAM (stream), NULL,
                           G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                           g_task_get_cancellable (task), bus_ready, task);
}

/* The engine is ours alone: its socket has a name that nobody else looks for. */
static void
start_engine (GTask *task)
{
  Probe *probe = g_task_get_task_data (task);
  g_autofree char *suffix = g_strdup_printf (".%08x.probe", g_random_int ());
  g_autoptr (GSocketClient) client = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  GError *error = NULL;

  probe->socket_path = sally_engine_process_dup_path (probe->server, suffix, &error);
  if (probe->socket_path == NULL || !sally_engine_process_start (probe->socket_path, &error))
    {
      fail (task, error);
      return;
    }
  client = g_socket_client_new ();
  address = g_unix_socket_address_new (probe->socket_path);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address),
                                 g_task_get_cancellable (task), attached, task);
}

static void
reached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Probe *probe = g_task_get_task_data (task);
  GError *error = NULL;

  probe->line = sally_line_open_finish (result, &error);
  if (probe->line < 0)
    fail (task, error);
  else
    start_engine (task);
}

static void
reach (GTask *task)
{
  Probe *probe = g_task_get_task_data (task);

  sally_line_open_async (probe->server, probe->jump, g_task_get_cancellable (task), reached, task);
}

static void
jump_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Probe *probe = g_task_get_task_data (task);
  GError *error = NULL;

  if (sally_connection_open_finish (SALLY_CONNECTION (source), result, &error))
    {
      reach (task);
      return;
    }
  g_prefix_error (&error, _ ("“%s” is reached through another server: "),
                  sally_server_get_name (probe->server));
  fail (task, error);
}

void
sally_probe_run_async (SallyServer *server,
                       SallyConnectionServices *services,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;
  Probe *probe;
  SallyServer *hop;
  GError *error = NULL;

  g_return_if_fail (SALLY_IS_SERVER (server));
  g_return_if_fail (SALLY_IS_CONNECTION_SERVICES (services));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_probe_run_async);
  probe = g_new0 (Probe, 1);
  probe->server = g_object_ref (server);
  probe->facts = sally_facts_begin (server);
  probe->line = -1;
  g_task_set_task_data (task, probe, (GDestroyNotify) probe_free);

  if (*sally_server_get_jump (server) == '\0')
    {
      reach (task);
      return;
    }
  hop = sally_server_store_find (sally_connection_services_get_servers (services),
                                 sally_server_get_jump (server), &error);
  if (hop == NULL)
    {
      fail (task, error);
      return;
    }
  probe->jump = sally_connection_new (hop, services);
  sally_connection_open_async (probe->jump, TRUE, cancellable, jump_attached, task);
}

SallySignInFacts *
sally_probe_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GPtrArray *
sally_probe_judge (const SallySignInFacts *facts,
                   SallyServer *server,
                   SallyConnectionServices *services)
{
  g_auto (SallyHostFinding) trust = { SALLY_HOST_TRUST_NEW, NULL, FALSE };
  g_auto (GStrv) key = NULL;

  g_return_val_if_fail (facts != NULL, NULL);
  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (services), NULL);

  /* "TYPE SHA256:..." */
  key = g_strsplit (facts->host_key != NULL ? facts->host_key : "", " ", 2);
  if (g_strv_length (key) == 2)
    sally_host_trust_check (sally_connection_services_get_host_trust (services),
                            sally_server_get_host (server), sally_server_get_port (server), key[0],
                            key[1], &trust);
  return sally_preflight_judge (facts, trust.verdict, trust.known);
}
