/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/line.h"

#include "base/error.h"
#include "remote/connection-private.h"

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
  int near_end; /* of the tunnel, until it is handed out */
} Line;

static void
line_free (Line *line)
{
  g_clear_object (&line->server);
  g_clear_fd (&line->near_end, NULL);
  g_free (line);
}

static GError *
reach_error (SallyServer *server, GError *error)
{
  g_autofree char *address = sally_server_dup_address (server);
  SallyError code = SALLY_ERROR_UNREACHABLE;
  GError *mapped;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return error;
  if (error->domain == G_RESOLVER_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND))
    code = SALLY_ERROR_HOST_NOT_FOUND;
  mapped = g_error_new (SALLY_ERROR, code, _ ("%s cannot be reached: %s"), address, error->message);
  g_error_free (error);
  return mapped;
}

static void
reached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Line *line = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);
  int descriptor;

  if (connection == NULL)
    {
      g_task_return_error (task, reach_error (line->server, error));
      return;
    }
  descriptor =
      fcntl (g_socket_get_fd (g_socket_connection_get_socket (connection)), F_DUPFD_CLOEXEC, 3);
  if (descriptor < 0)
    {
      sally_error_set_errno (&error, errno, _ ("Keeping the connection"));
      g_task_return_error (task, error);
      return;
    }
  g_task_return_int (task, descriptor);
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
  g_autoptr (GSocketClient) client = NULL;
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
  client = g_socket_client_new ();
  g_socket_client_set_timeout (client, CONNECT_TIMEOUT_S);
  g_socket_client_connect_to_host_async (client, sally_server_get_host (server),
                                         (guint16) sally_server_get_port (server), cancellable,
                                         reached, task);
}

int
sally_line_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), -1);

  return (int) g_task_propagate_int (G_TASK (result), error);
}
