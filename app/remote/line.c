/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/line.h"

#include "base/error.h"
#include "remote/connection-private.h"
#include "remote/proxy.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/socket.h>

#define CONNECT_TIMEOUT_S 20

typedef struct
{
  SallyServer *server;
  int near_end;  /* of the tunnel, until it is handed out */
  char **ways;   /* proxies, and "direct://" */
  guint next;    /* of `ways` */
  GError *error; /* why the first of them did not lead there */
} Line;

static void
line_free (Line *line)
{
  g_clear_object (&line->server);
  g_clear_fd (&line->near_end, NULL);
  g_strfreev (line->ways);
  g_clear_error (&line->error);
  g_free (line);
}

/* Takes `error`. `way` should have led there. */
static GError *
reach_error (SallyServer *server, const char *way, GError *error)
{
  g_autofree char *address = sally_server_dup_address (server);
  g_autofree char *proxy = NULL;
  SallyError code = SALLY_ERROR_UNREACHABLE;
  GError *mapped;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return error;
  if (!g_str_equal (way, SALLY_PROXY_DIRECT))
    {
      proxy = sally_proxy_dup_shown (way);
      /* Translators: a server's address, a proxy's address, what went wrong. */
      mapped = g_error_new (SALLY_ERROR, code, _ ("%s cannot be reached through the proxy %s: %s"),
                            address, proxy, error->message);
    }
  else
    {
      if (error->domain == G_RESOLVER_ERROR ||
          g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND))
        code = SALLY_ERROR_HOST_NOT_FOUND;
      mapped =
          g_error_new (SALLY_ERROR, code, _ ("%s cannot be reached: %s"), address, error->message);
    }
  g_error_free (error);
  return mapped;
}

static void try_next_way (GTask *task);

/* Takes the task and the error. */
static void
way_failed (GTask *task, GError *error)
{
  Line *line = g_task_get_task_data (task);
  gboolean is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  error = reach_error (line->server, line->ways[line->next - 1], error);
  if (line->error == NULL)
    line->error = g_error_copy (error);
  if (!is_cancelled && line->ways[line->next] != NULL)
    {
      g_error_free (error);
      try_next_way (task);
      return;
    }
  if (!is_cancelled)
    {
      g_error_free (error);
      error = g_steal_pointer (&line->error);
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
reached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);
  int descriptor;

  if (connection == NULL)
    {
      way_failed (task, error);
      return;
    }
  descriptor =
      fcntl (g_socket_get_fd (g_socket_connection_get_socket (connection)), F_DUPFD_CLOEXEC, 3);
  if (descriptor >= 0)
    g_task_return_int (task, descriptor);
  else
    {
      sally_error_set_errno (&error, errno, _ ("Keeping the connection"));
      g_task_return_error (task, error);
    }
  g_object_unref (task);
}

/* One way at a time, so that a failure can name it. Takes the task. */
static void
try_next_way (GTask *task)
{
  Line *line = g_task_get_task_data (task);
  const char *way = line->ways[line->next++];
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_timeout (client, CONNECT_TIMEOUT_S);
  if (g_str_equal (way, SALLY_PROXY_DIRECT))
    g_socket_client_set_enable_proxy (client, FALSE);
  else
    {
      g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (way, NULL);

      g_socket_client_set_proxy_resolver (client, resolver);
    }
  g_socket_client_connect_to_host_async (client, sally_server_get_host (line->server),
                                         (guint16) sally_server_get_port (line->server),
                                         g_task_get_cancellable (task), reached, task);
}

static void
ways_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Line *line = g_task_get_task_data (task);
  GError *error = NULL;

  line->ways = sally_proxy_find_finish (result, &error);
  if (line->ways != NULL)
    {
      try_next_way (task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
tunnel_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Line *line = g_task_get_task_data (task);
  GError *error = NULL;

  if (sally_wire_engine1_call_open_tunnel_finish (SALLY_WIRE_ENGINE1 (source), NULL, result,
                                                  &error))
    g_task_return_int (task, g_steal_fd (&line->near_end));
  else
    g_task_return_error (task, sally_connection_clean_error (error));
}

/* The jump host's engine makes the connection; we keep one end of a pair of sockets. Takes the
 * task. */
static void
open_tunnel (GTask *task, SallyWireEngine1 *engine)
{
  Line *line = g_task_get_task_data (task);
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  g_autofd int far_end = -1;
  int pair[2];
  GError *error = NULL;

  if (engine == NULL)
    g_set_error_literal (&error, SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                         _ ("The connection to the jump host was lost"));
  else if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    sally_error_set_errno (&error, errno, _ ("Opening a tunnel"));
  else
    {
      line->near_end = pair[0];
      far_end = pair[1];
      g_unix_fd_list_append (descriptors, far_end, &error);
    }
  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  sally_wire_engine1_call_open_tunnel (engine, g_variant_new_handle (0),
                                       sally_server_get_host (line->server),
                                       sally_server_get_port (line->server), descriptors,
                                       g_task_get_cancellable (task), tunnel_opened, task);
}

void
sally_line_open_async (SallyServer *server,
                       SallyConnection *jump,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;
  Line *line;

  g_return_if_fail (SALLY_IS_SERVER (server));
  g_return_if_fail (jump == NULL || SALLY_IS_CONNECTION (jump));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_line_open_async);
  /* A descriptor that is there must reach the caller, who closes it. */
  g_task_set_check_cancellable (task, FALSE);
  line = g_new0 (Line, 1);
  line->server = g_object_ref (server);
  line->near_end = -1;
  g_task_set_task_data (task, line, (GDestroyNotify) line_free);
  if (jump != NULL)
    {
      open_tunnel (task, sally_connection_get_engine (jump));
      return;
    }
  sally_proxy_find_async (sally_server_get_host (server), sally_server_get_port (server),
                          cancellable, ways_found, task);
}

int
sally_line_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), -1);

  return (int) g_task_propagate_int (G_TASK (result), error);
}
