/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/reconnect.h"

#include "base/error.h"
#include "remote/connection-private.h"
#include "remote/retry.h"

#include <glib/gi18n-lib.h>

struct _SallyReconnect
{
  GObject parent_instance;

  SallyConnection *connection;
  GNetworkMonitor *monitor;
  GCancellable *cancellable; /* of the round under way; NULL while idle */
  gboolean is_opening;
  guint n_attempts; /* that came to nothing */
  guint max_attempts;
  guint n_closings;       /* of the connection when this began */
  guint timer;            /* until the next attempt, or until the end is told */
  GError *reason;         /* why it is given up */
  gulong network_handler; /* waiting for a network */
};

enum
{
  SIGNAL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SallyReconnect, sally_reconnect, G_TYPE_OBJECT)

static void look_at_network (SallyReconnect *self);

static void
sally_reconnect_dispose (GObject *object)
{
  SallyReconnect *self = SALLY_RECONNECT (object);

  sally_reconnect_stop (self);
  g_clear_error (&self->reason);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (sally_reconnect_parent_class)->dispose (object);
}

static void
sally_reconnect_class_init (SallyReconnectClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sally_reconnect_dispose;

  signals[SIGNAL_ENDED] = g_signal_new ("ended", SALLY_TYPE_RECONNECT, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
sally_reconnect_init (SallyReconnect *self)
{
  self->monitor = g_network_monitor_get_default ();
}

SallyReconnect *
sally_reconnect_new (SallyConnection *connection)
{
  SallyReconnect *self;

  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);

  self = g_object_new (SALLY_TYPE_RECONNECT, NULL);
  self->connection = g_object_ref (connection);
  return self;
}

static void
end (SallyReconnect *self, const GError *error)
{
  sally_reconnect_stop (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, error);
}

static gboolean
attempt_due (gpointer user_data)
{
  SallyReconnect *self = user_data;

  self->timer = 0;
  look_at_network (self);
  return G_SOURCE_REMOVE;
}

static gboolean
give_up_cb (gpointer user_data)
{
  g_autoptr (SallyReconnect) self = g_object_ref (user_data);
  g_autoptr (GError) reason = g_steal_pointer (&self->reason);

  self->timer = 0;
  self->n_attempts = 0; /* whoever wants it tried again has a reason */
  end (self, reason);
  return G_SOURCE_REMOVE;
}

/* The one place that decides whether there is a next attempt. What the guard of sign-ins, the
 * ledger or the host-key check say comes here as the error of opening the connection
 * (SALLY_ERROR_SIGN_IN_HELD and its kin), and the policy never goes on after one of those. */
static void
decide (SallyReconnect *self, const GError *error, gboolean has_moved)
{
  gboolean is_unwanted = sally_connection_get_n_closings (self->connection) != self->n_closings;
  SallyRetry retry = sally_retry_decide (error, self->n_attempts, has_moved, self->max_attempts);

  if (has_moved)
    self->n_attempts = 0;
  if (retry.action == SALLY_RETRY_RECONNECT && !is_unwanted)
    {
      self->timer = g_timeout_add (retry.delay_ms, attempt_due, self);
      return;
    }
  g_clear_error (&self->reason);
  self->reason = g_error_copy (error);
  self->timer = g_timeout_add (0, give_up_cb, self);
}

static void
opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyReconnect) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_open = sally_connection_open_finish (SALLY_CONNECTION (source), result, &error);

  self->is_opening = FALSE;
  /* Stopped meanwhile, and perhaps begun again: that round has its own call. */
  if (self->cancellable == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (is_open)
    end (self, NULL);
  else
    decide (self, error, FALSE);
}

static void
attempt (SallyReconnect *self)
{
  self->n_attempts++;
  self->is_opening = TRUE;
  sally_connection_open_async (self->connection, FALSE, self->cancellable, opened,
                               g_object_ref (self));
}

static gboolean
is_this_computer (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_ascii_strcasecmp (host, "localhost") == 0;
}

static void
network_changed (GNetworkMonitor *monitor, gboolean is_available, SallyReconnect *self)
{
  look_at_network (self);
}

static void
reach_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyReconnect) self = user_data;
  gboolean can_reach =
      g_network_monitor_can_reach_finish (G_NETWORK_MONITOR (source), result, NULL);

  if (self->cancellable == NULL || self->timer != 0 || self->is_opening)
    return;
  if (can_reach)
    attempt (self);
  else if (self->network_handler == 0)
    self->network_handler =
        g_signal_connect (self->monitor, "network-changed", G_CALLBACK (network_changed), self);
}

/* A network without a way out may still lead to the server: it is only asked where there is no
 * other. */
static void
look_at_network (SallyReconnect *self)
{
  SallyServer *server = sally_connection_get_server (self->connection);
  const char *host = sally_server_get_host (server);
  g_autoptr (GSocketConnectable) address = NULL;

  /* Somebody has closed the connection on purpose meanwhile, or deleted the server. */
  if (sally_connection_get_n_closings (self->connection) != self->n_closings)
    {
      g_autoptr (GError) error = g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                                                      _ ("The connection was closed"));

      decide (self, error, FALSE);
      return;
    }
  g_clear_signal_handler (&self->network_handler, self->monitor);
  if (g_network_monitor_get_network_available (self->monitor) || is_this_computer (host) ||
      *sally_server_get_jump (server) != '\0')
    {
      attempt (self);
      return;
    }
  address = g_network_address_new (host, (guint16) sally_server_get_port (server));
  g_network_monitor_can_reach_async (self->monitor, address, self->cancellable, reach_known,
                                     g_object_ref (self));
}

void
sally_reconnect_begin (SallyReconnect *self,
                       const GError *cause,
                       gboolean has_moved,
                       guint max_attempts)
{
  g_return_if_fail (SALLY_IS_RECONNECT (self));
  g_return_if_fail (cause != NULL);

  if (self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  self->max_attempts = max_attempts;
  self->n_closings = sally_connection_get_n_closings (self->connection);
  decide (self, cause, has_moved);
}

void
sally_reconnect_stop (SallyReconnect *self)
{
  g_return_if_fail (SALLY_IS_RECONNECT (self));

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_signal_handler (&self->network_handler, self->monitor);
  if (self->cancellable != NULL)
    {
      g_autoptr (GCancellable) cancellable = g_steal_pointer (&self->cancellable);

      g_cancellable_cancel (cancellable);
    }
}

gboolean
sally_reconnect_is_at_work (SallyReconnect *self)
{
  g_return_val_if_fail (SALLY_IS_RECONNECT (self), FALSE);

  return self->cancellable != NULL;
}
