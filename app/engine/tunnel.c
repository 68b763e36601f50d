/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel.h"

#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

/* What one libssh2_channel_write takes, and a good read. */
#define BUFFER_BYTES 32700

typedef struct
{
  guint8 data[BUFFER_BYTES];
  gsize used;
  gsize sent;
  gboolean at_end;   /* its source has ended */
  gboolean is_ended; /* and its sink has been told */
} Direction;

typedef enum
{
  STATE_OPENING,
  STATE_OPEN,
  STATE_DEAD,
} State;

struct _SallyTunnel
{
  SallyTransport *transport;
  LIBSSH2_SESSION *session;
  LIBSSH2_CHANNEL *channel;
  State state;
  int socket;
  char *host;
  guint port;
  SallyTunnelFunc func;
  gpointer user_data;
  GError *error;
  Direction out; /* local socket to server */
  Direction in;
};

SallyTunnel *
sally_tunnel_new (SallyTransport *transport,
                  int socket,
                  const char *host,
                  guint port,
                  SallyTunnelFunc func,
                  gpointer user_data)
{
  SallyTunnel *self = g_new0 (SallyTunnel, 1);

  self->transport = transport;
  self->session = sally_transport_get_session (transport);
  self->socket = socket;
  self->host = g_strdup (host);
  self->port = port;
  self->func = func;
  self->user_data = user_data;
  fcntl (socket, F_SETFL, fcntl (socket, F_GETFL) | O_NONBLOCK);
  return self;
}

void
sally_tunnel_free (SallyTunnel *self)
{
  g_autoptr (GError) error =
      g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST, "The connection is closed");

  sally_tunnel_kill (self, error);
  g_clear_error (&self->error);
  g_free (self->host);
  g_free (self);
}

gboolean
sally_tunnel_is_opening (SallyTunnel *self)
{
  return self->state == STATE_OPENING;
}

gboolean
sally_tunnel_is_dead (SallyTunnel *self)
{
  return self->state == STATE_DEAD;
}

const GError *
sally_tunnel_get_error (SallyTunnel *self)
{
  return self->error;
}

int
sally_tunnel_get_socket (SallyTunnel *self)
{
  return self->socket;
}

GIOCondition
sally_tunnel_get_condition (SallyTunnel *self)
{
  GIOCondition condition = 0;

  if (self->state != STATE_OPEN)
    return 0;
  if (self->out.used == 0 && !self->out.at_end)
    condition |= G_IO_IN;
  if (self->in.used > 0)
    condition |= G_IO_OUT;
  return condition;
}

static void
tell (SallyTunnel *self, const GError *error)
{
  SallyTunnelFunc func = g_steal_pointer (&self->func);

  if (func != NULL)
    func (error, self->user_data);
}

void
sally_tunnel_kill (SallyTunnel *self, const GError *error)
{
  if (self->state == STATE_DEAD)
    return;
  self->state = STATE_DEAD;
  if (self->error == NULL)
    self->error = g_error_copy (error);
  g_clear_fd (&self->socket, NULL);
  tell (self, error);
}

static SallyLaneStep
stuck (SallyTunnel *self)
{
  int directions = libssh2_session_block_directions (self->session);

  return directions & LIBSSH2_SESSION_BLOCK_OUTBOUND ? SALLY_LANE_WANTS_OUT : 0;
}

static SallyLaneStep
lose (SallyTunnel *self, int code)
{
  g_autoptr (GError) error = NULL;

  sally_transport_set_error (self->transport, code, "The connection ended", &error);
  sally_tunnel_kill (self, error);
  return SALLY_LANE_LOST;
}

static SallyLaneStep
open_channel (SallyTunnel *self)
{
  g_autoptr (GError) error = NULL;
  char *message = NULL;
  int code;

  /* The originator's address is for the server's log (RFC 4254 section 7.2); ours is nobody's. */
  self->channel =
      libssh2_channel_direct_tcpip_ex (self->session, self->host, (int) self->port, "127.0.0.1", 0);
  if (self->channel != NULL)
    {
      self->state = STATE_OPEN;
      tell (self, NULL);
      return SALLY_LANE_MOVED;
    }
  code = libssh2_session_last_error (self->session, &message, NULL, 0);
  if (code == LIBSSH2_ERROR_EAGAIN)
    return stuck (self);
  if (code != LIBSSH2_ERROR_CHANNEL_FAILURE)
    return lose (self, code);
  error = g_error_new (SALLY_ERROR, SALLY_ERROR_UNREACHABLE,
                       "The jump host does not connect to %s, port %u", self->host, self->port);
  sally_tunnel_kill (self, error);
  return SALLY_LANE_MOVED;
}

static void
fill_from_socket (SallyTunnel *self)
{
  ssize_t n;

  if (self->out.used > 0 || self->out.at_end)
    return;
  n = recv (self->socket, self->out.data, sizeof self->out.data, MSG_DONTWAIT);
  if (n > 0)
    self->out.used = (gsize) n;
  else if (n == 0 || (errno != EAGAIN && errno != EINTR))
    self->out.at_end = TRUE;
}

static SallyLaneStep
step_out (SallyTunnel *self)
{
  SallyLaneStep step = 0;

  fill_from_socket (self);
  while (self->out.used > 0 && !sally_transport_has_unsent (self->transport))
    {
      ssize_t n =
          libssh2_channel_write (self->channel, (const char *) self->out.data + self->out.sent,
                                 self->out.used - self->out.sent);

      if (n == LIBSSH2_ERROR_EAGAIN)
        return step | stuck (self);
      if (n < 0)
        return lose (self, (int) n);
      if (n == 0)
        return step;
      step |= SALLY_LANE_MOVED;
      self->out.sent += (gsize) n;
      if (self->out.sent == self->out.used)
        {
          self->out.used = self->out.sent = 0;
          fill_from_socket (self);
        }
    }
  if (self->out.used == 0 && self->out.at_end && !self->out.is_ended)
    {
      int rc = libssh2_channel_send_eof (self->channel);

      if (rc == LIBSSH2_ERROR_EAGAIN)
        return step | stuck (self);
      self->out.is_ended = TRUE;
      step |= SALLY_LANE_MOVED;
    }
  return step;
}

/* FALSE: the local side takes no more at present. */
static gboolean
drain_to_socket (SallyTunnel *self)
{
  while (self->in.sent < self->in.used)
    {
      ssize_t n = send (self->socket, self->in.data + self->in.sent, self->in.used - self->in.sent,
                        MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN)
        return FALSE;
      if (n < 0)
        {
          /* Nobody reads there any more: what still comes is dropped. */
          self->out.at_end = TRUE;
          break;
        }
      self->in.sent += (gsize) n;
    }
  self->in.used = self->in.sent = 0;
  return TRUE;
}

static SallyLaneStep
step_in (SallyTunnel *self)
{
  SallyLaneStep step = 0;

  while (drain_to_socket (self) && !self->in.at_end)
    {
      ssize_t n =
          libssh2_channel_read (self->channel, (char *) self->in.data, sizeof self->in.data);

      if (n == LIBSSH2_ERROR_EAGAIN)
        return step | stuck (self);
      if (n < 0)
        return lose (self, (int) n);
      if (n == 0)
        {
          self->in.at_end = libssh2_channel_eof (self->channel) != 0;
          break;
        }
      self->in.used = (gsize) n;
      step |= SALLY_LANE_MOVED;
    }
  if (self->in.at_end && self->in.used == 0 && !self->in.is_ended)
    {
      shutdown (self->socket, SHUT_WR);
      self->in.is_ended = TRUE;
      step |= SALLY_LANE_MOVED;
    }
  return step;
}

SallyLaneStep
sally_tunnel_step (SallyTunnel *self, gboolean may_write)
{
  SallyLaneStep step = 0;

  if (self->state == STATE_OPENING)
    return may_write ? open_channel (self) : 0;
  if (self->state == STATE_DEAD)
    return 0;

  if (may_write)
    step = step_out (self);
  if (!(step & SALLY_LANE_LOST))
    step |= step_in (self);
  if (!(step & SALLY_LANE_LOST) && self->in.is_ended && self->out.is_ended)
    {
      int rc = libssh2_channel_free (self->channel);

      if (rc == LIBSSH2_ERROR_EAGAIN)
        return step | stuck (self);
      self->channel = NULL;
      self->state = STATE_DEAD;
      g_clear_fd (&self->socket, NULL);
      step |= SALLY_LANE_MOVED;
    }
  return step;
}
