/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mux.h"

#include "base/error.h"

#include <glib-unix.h>
#include <time.h>

/* What a server may send ahead on a lane. Bulk: 16 MiB fill 320 MB/s at 50 ms; more would let a
 * hostile server fill our memory. */
#define PERSON_WINDOW_BYTES    (2 * 1024 * 1024)
#define BULK_WINDOW_BYTES      (32 * 1024 * 1024)
/* Small files fill four lanes. Large ones gain from more, where what they send waits for a window.
 */
#define LANES_FOR_MANY_FILES   4
#define HELD_UP_BYTES          (512 * 1024)
/* What OpenSSH takes ahead on one channel, and the rate that the lanes together should allow: each
 * carries one such window a round trip. */
#define CHANNEL_WINDOW         (2 * 1024 * 1024)
#define WANTED_BYTES_PER_US    400
/* Rounds over all lanes before D-Bus gets its turn again. */
#define MAX_ROUNDS_A_TURN      4
/* What is taken from the socket before what came is worked on. */
#define RECEIVED_BYTES_A_ROUND (512 * 1024)
/* A question that any server answers, so that a line on which nothing comes back is known to be
 * cut: after three without a sound. TCP's own word (transport.c) may be that of a box in between.
 */
#define KEEPALIVE_S            15
#define MAX_SILENT_KEEPALIVES  3
/* In which any server answers that is still there: the longest round trips, a lost packet or two.
 */
#define SIGN_OF_LIFE_S         8
/* The clock that goes on while the machine sleeps is ahead of the other by so much more than
 * before: it slept long enough for a server or a firewall to forget us. */
#define SLEPT_US               (5 * G_USEC_PER_SEC)

struct _SallyMux
{
  SallyTransport *transport;
  GPtrArray *lanes;      /* of SallyLane; the first is the person's */
  GPtrArray *tunnels;    /* of Tunnel */
  gpointer opener;       /* the lane or tunnel that is being opened, or NULL */
  gboolean bulk_refused; /* the server allows no further channel */
  gboolean is_ready;
  gboolean is_lost;

  GSource *source;
  gpointer descriptor_tag;
  guint keepalive_id;
  guint n_silent;             /* keepalives since anything came */
  guint64 keepalive_bytes;    /* received when the last one went out */
  gboolean answers_keepalive; /* something came while nothing else was asked */
  guint check_id;             /* until the server must have shown a sign of life */
  guint64 check_bytes;        /* received when it was asked for one */
  gint64 sleep_us;            /* that this machine has slept since it was started */

  SallyMuxReadyFunc ready_func;
  SallyMuxLostFunc lost_func;
  gpointer user_data;
  SallyMuxRefillFunc refill_func;
  gpointer refill_data;
};

typedef struct
{
  GSource source;
  SallyMux *mux;
} MuxSource;

typedef struct
{
  SallyTunnel *tunnel;
  gpointer descriptor_tag; /* of its local socket in our source */
} Tunnel;

static void
end (SallyMux *self, const GError *reason)
{
  self->is_lost = TRUE;
  for (guint i = 0; i < self->tunnels->len; i++)
    {
      Tunnel *entry = g_ptr_array_index (self->tunnels, i);

      g_source_remove_unix_fd (self->source, entry->descriptor_tag);
      sally_tunnel_kill (entry->tunnel, reason);
      sally_tunnel_free (entry->tunnel);
      g_free (entry);
    }
  g_ptr_array_set_size (self->tunnels, 0);
  g_source_modify_unix_fd (self->source, self->descriptor_tag, 0);
  g_source_set_ready_time (self->source, -1);
  g_clear_handle_id (&self->keepalive_id, g_source_remove);
  g_clear_handle_id (&self->check_id, g_source_remove);
  for (guint i = 0; i < self->lanes->len; i++)
    sally_lane_kill (g_ptr_array_index (self->lanes, i), reason);
}

static void
lose (SallyMux *self, const GError *error)
{
  g_autoptr (GError) reason = g_error_copy (error);

  if (self->is_lost)
    return;
  end (self, reason);
  if (self->is_ready)
    self->lost_func (reason, self->user_data);
  else
    self->ready_func (reason, self->user_data);
}

static void
notice_first_lane (SallyMux *self)
{
  SallyLane *lane = sally_mux_get_person_lane (self);

  switch (sally_lane_get_state (lane))
    {
    case SALLY_LANE_READY:
      if (!self->is_ready)
        {
          self->is_ready = TRUE;
          self->ready_func (NULL, self->user_data);
        }
      break;
    case SALLY_LANE_DEAD:
      lose (self, sally_lane_get_error (lane));
      break;
    case SALLY_LANE_OPENING:
    default:
      break;
    }
}

/* A bulk lane that was refused is forgotten; the others carry on. Its error said why. */
static void
drop_refused_lanes (SallyMux *self)
{
  for (guint i = self->lanes->len - 1; i > 0; i--)
    {
      SallyLane *lane = g_ptr_array_index (self->lanes, i);

      if (sally_lane_get_state (lane) != SALLY_LANE_DEAD)
        continue;
      self->bulk_refused = TRUE;
      g_ptr_array_remove_index (self->lanes, i);
    }
}

/* Not before the socket has taken what is made; and libssh2 opens one channel at a time, from the
 * first call to the last. */
static gboolean
may_write (SallyMux *self, gpointer channel, gboolean is_opening)
{
  if (sally_transport_has_unsent (self->transport))
    return FALSE;
  if (!is_opening)
    return TRUE;
  if (self->opener == NULL)
    self->opener = channel;
  return self->opener == channel;
}

static void
note_step (SallyMux *self, gpointer channel, gboolean is_opening)
{
  if (self->opener == channel && !is_opening)
    self->opener = NULL;
}

static SallyLaneStep
step_lanes (SallyMux *self)
{
  SallyLaneStep all = 0;

  for (guint i = 0; i < self->lanes->len; i++)
    {
      SallyLane *lane = g_ptr_array_index (self->lanes, i);
      gboolean writes = may_write (self, lane, sally_lane_get_state (lane) == SALLY_LANE_OPENING);
      SallyLaneStep step = sally_lane_step (lane, writes);

      all |= step;
      if (step & SALLY_LANE_LOST)
        {
          lose (self, sally_lane_get_error (lane));
          return all;
        }
      note_step (self, lane, sally_lane_get_state (lane) == SALLY_LANE_OPENING);
    }
  return all;
}

static SallyLaneStep
step_tunnels (SallyMux *self)
{
  SallyLaneStep all = 0;

  for (guint i = 0; i < self->tunnels->len; i++)
    {
      Tunnel *entry = g_ptr_array_index (self->tunnels, i);
      gboolean writes = may_write (self, entry->tunnel, sally_tunnel_is_opening (entry->tunnel));
      SallyLaneStep step = sally_tunnel_step (entry->tunnel, writes);

      all |= step;
      if (step & SALLY_LANE_LOST)
        {
          lose (self, sally_tunnel_get_error (entry->tunnel));
          return all;
        }
      note_step (self, entry->tunnel, sally_tunnel_is_opening (entry->tunnel));
    }
  return all;
}

static SallyLaneStep
step_all (SallyMux *self)
{
  SallyLaneStep step = step_lanes (self);

  return step & SALLY_LANE_LOST ? step : step | step_tunnels (self);
}

/* Drops the tunnels that have ended, and waits on the sockets of the others as they need. */
static void
update_tunnels (SallyMux *self)
{
  for (guint i = self->tunnels->len; i > 0; i--)
    {
      Tunnel *entry = g_ptr_array_index (self->tunnels, i - 1);

      if (!sally_tunnel_is_dead (entry->tunnel))
        {
          g_source_modify_unix_fd (self->source, entry->descriptor_tag,
                                   sally_tunnel_get_condition (entry->tunnel));
          continue;
        }
      g_source_remove_unix_fd (self->source, entry->descriptor_tag);
      sally_tunnel_free (entry->tunnel);
      g_free (entry);
      g_ptr_array_remove_index (self->tunnels, i - 1);
    }
}

static void
take_turn (SallyMux *self)
{
  guint rounds = 0;
  SallyLaneStep step;
  GIOCondition condition = G_IO_IN;
  guint64 received;

  do
    {
      received = sally_transport_get_received_bytes (self->transport);
      sally_transport_set_receive_budget (self->transport, RECEIVED_BYTES_A_ROUND);
      sally_transport_flush (self->transport);
      step = step_all (self);
      if (step & SALLY_LANE_LOST)
        return;
      drop_refused_lanes (self);
      notice_first_lane (self);
      if (self->is_lost)
        return;
      if (self->refill_func != NULL && self->refill_func (self->refill_data))
        step |= SALLY_LANE_MOVED;
      /* What one lane's call took in may be data or window for one that was stepped before it, and
       * the socket will not tell again. */
      if (sally_transport_get_received_bytes (self->transport) != received)
        step |= SALLY_LANE_MOVED;
    }
  while (step & SALLY_LANE_MOVED && ++rounds < MAX_ROUNDS_A_TURN);

  update_tunnels (self);
  if (step & SALLY_LANE_WANTS_OUT || sally_transport_has_unsent (self->transport))
    condition |= G_IO_OUT;
  g_source_modify_unix_fd (self->source, self->descriptor_tag, condition);
  if (step & SALLY_LANE_MOVED)
    g_source_set_ready_time (self->source, 0);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SallyMux *self = ((MuxSource *) source)->mux;

  g_source_set_ready_time (source, -1);
  if (!self->is_lost)
    take_turn (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

static gboolean
is_anything_asked (SallyMux *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    if (sally_lane_get_in_flight (g_ptr_array_index (self->lanes, i)) > 0)
      return TRUE;
  return FALSE;
}

/* TRUE if the line must be taken for dead. A server that never answered a keepalive may be one that
 * ignores them: it is left alone while nothing is asked of it. */
static gboolean
note_silence (SallyMux *self)
{
  guint64 received = sally_transport_get_received_bytes (self->transport);
  gboolean is_asked = is_anything_asked (self);

  if (received != self->keepalive_bytes)
    {
      self->answers_keepalive |= self->keepalive_bytes > 0 && !is_asked;
      self->n_silent = 0;
    }
  else if (is_asked || self->answers_keepalive)
    self->n_silent++;
  self->keepalive_bytes = received;
  return self->n_silent > MAX_SILENT_KEEPALIVES;
}

static gboolean
check_ended (gpointer user_data)
{
  SallyMux *self = user_data;

  self->check_id = 0;
  if (sally_transport_get_received_bytes (self->transport) == self->check_bytes)
    {
      g_autoptr (GError) error =
          g_error_new (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                       "The network has changed, and the server did not answer in %d seconds",
                       SIGN_OF_LIFE_S);

      lose (self, error);
    }
  return G_SOURCE_REMOVE;
}

static void
ignore_reply (const SallySftpReply *reply, gpointer user_data)
{
}

void
sally_mux_check_line (SallyMux *self)
{
  SallyLane *lane = sally_mux_get_person_lane (self);
  SallySftpWriter *writer;

  if (self->is_lost || self->check_id != 0 || sally_lane_get_state (lane) != SALLY_LANE_READY)
    return;
  self->check_bytes = sally_transport_get_received_bytes (self->transport);
  self->check_id = g_timeout_add_seconds (SIGN_OF_LIFE_S, check_ended, self);
  writer = sally_lane_begin (lane, SALLY_SFTP_REALPATH);
  sally_sftp_writer_path (writer, ".");
  sally_lane_send (lane, ignore_reply, NULL);
  sally_mux_wake (self);
}

static gint64
get_sleep_us (void)
{
  struct timespec with_sleep = { 0 };

  clock_gettime (CLOCK_BOOTTIME, &with_sleep);
  return (gint64) with_sleep.tv_sec * G_USEC_PER_SEC + with_sleep.tv_nsec / 1000 -
         g_get_monotonic_time ();
}

static void
notice_sleep (SallyMux *self)
{
  gint64 sleep_us = get_sleep_us ();

  if (sleep_us - self->sleep_us > SLEPT_US)
    sally_mux_check_line (self);
  self->sleep_us = sleep_us;
}

static gboolean
keepalive_cb (gpointer user_data)
{
  SallyMux *self = user_data;
  int seconds_to_next;

  notice_sleep (self);

  if (note_silence (self))
    {
      g_autoptr (GError) error = g_error_new (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                                              "The server has not been heard of for %d seconds",
                                              KEEPALIVE_S * MAX_SILENT_KEEPALIVES);

      self->keepalive_id = 0;
      lose (self, error);
      return G_SOURCE_REMOVE;
    }
  libssh2_keepalive_send (sally_transport_get_session (self->transport), &seconds_to_next);
  sally_mux_wake (self);
  return G_SOURCE_CONTINUE;
}

SallyMux *
sally_mux_new (SallyTransport *transport,
               SallyMuxReadyFunc ready_func,
               SallyMuxLostFunc lost_func,
               gpointer user_data)
{
  SallyMux *self = g_new0 (SallyMux, 1);

  self->transport = transport;
  self->ready_func = ready_func;
  self->lost_func = lost_func;
  self->user_data = user_data;
  self->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_lane_free);
  self->tunnels = g_ptr_array_new ();
  self->sleep_us = get_sleep_us ();
  g_ptr_array_add (self->lanes, sally_lane_new (transport, PERSON_WINDOW_BYTES, TRUE));

  libssh2_keepalive_config (sally_transport_get_session (transport), 1, KEEPALIVE_S - 1);
  self->keepalive_id = g_timeout_add_seconds (KEEPALIVE_S, keepalive_cb, self);

  self->source = g_source_new (&source_funcs, sizeof (MuxSource));
  ((MuxSource *) self->source)->mux = self;
  g_source_set_static_name (self->source, "sallyport: SSH socket");
  self->descriptor_tag =
      g_source_add_unix_fd (self->source, sally_transport_get_socket (transport), G_IO_IN);
  g_source_attach (self->source, NULL);
  sally_mux_wake (self);
  return self;
}

void
sally_mux_close (SallyMux *self)
{
  g_autoptr (GError) reason =
      g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST, "The connection is closed");

  if (!self->is_lost)
    end (self, reason);
}

void
sally_mux_free (SallyMux *self)
{
  if (self == NULL)
    return;

  sally_mux_close (self);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_ptr_array_unref (self->lanes);
  g_ptr_array_unref (self->tunnels);
  sally_transport_free (self->transport);
  g_free (self);
}

void
sally_mux_set_refill_func (SallyMux *self, SallyMuxRefillFunc func, gpointer user_data)
{
  self->refill_func = func;
  self->refill_data = user_data;
}

const SallySftpFeatures *
sally_mux_get_features (SallyMux *self)
{
  return sally_lane_get_features (sally_mux_get_person_lane (self));
}

SallyTransport *
sally_mux_get_transport (SallyMux *self)
{
  return self->transport;
}

SallyLane *
sally_mux_get_person_lane (SallyMux *self)
{
  return g_ptr_array_index (self->lanes, 0);
}

void
sally_mux_wake (SallyMux *self)
{
  if (!self->is_lost)
    g_source_set_ready_time (self->source, 0);
}

void
sally_mux_wake_at (SallyMux *self, gint64 time_us)
{
  gint64 current = g_source_get_ready_time (self->source);

  if (!self->is_lost && (current < 0 || time_us < current))
    g_source_set_ready_time (self->source, time_us);
}

gint64
sally_mux_get_round_trip_us (SallyMux *self)
{
  gint64 shortest = 0;

  for (guint i = 0; i < self->lanes->len; i++)
    {
      gint64 us = sally_lane_get_round_trip_us (g_ptr_array_index (self->lanes, i));

      if (us > 0 && (shortest == 0 || us < shortest))
        shortest = us;
    }
  return shortest;
}

/* NULL if the server allows no further channel. */
static SallyLane *
open_bulk_lane (SallyMux *self)
{
  SallyLane *lane;

  for (guint i = 1; i < self->lanes->len; i++)
    if (sally_lane_get_state (g_ptr_array_index (self->lanes, i)) == SALLY_LANE_DEAD)
      self->bulk_refused = TRUE;
  if (self->bulk_refused || self->is_lost || self->lanes->len > SALLY_MUX_MAX_BULK_LANES)
    return NULL;
  lane = sally_lane_new (self->transport, BULK_WINDOW_BYTES, FALSE);
  g_ptr_array_add (self->lanes, lane);
  sally_mux_wake (self);
  return lane;
}

guint
sally_mux_count_useful_lanes (SallyMux *self)
{
  gint64 wanted = sally_mux_get_round_trip_us (self) * WANTED_BYTES_PER_US;

  return (guint) CLAMP ((wanted + CHANNEL_WINDOW / 2) / CHANNEL_WINDOW, 1,
                        SALLY_MUX_MAX_BULK_LANES);
}

/* How many lanes files are spread over, the least busy of which is `best` (nullable). */
static guint
count_lanes_for_files (SallyMux *self, SallyLane *best)
{
  if (best == NULL || sally_lane_get_queued_bytes (best) < HELD_UP_BYTES)
    return LANES_FOR_MANY_FILES;
  return MAX (LANES_FOR_MANY_FILES, sally_mux_count_useful_lanes (self));
}

SallyLane *
sally_mux_get_bulk_lane (SallyMux *self)
{
  SallyLane *best = NULL;
  SallyLane *another = NULL;

  for (guint i = 1; i < self->lanes->len; i++)
    {
      SallyLane *lane = g_ptr_array_index (self->lanes, i);

      if (sally_lane_get_state (lane) == SALLY_LANE_DEAD)
        continue;
      if (best == NULL || sally_lane_get_in_flight (lane) < sally_lane_get_in_flight (best))
        best = lane;
    }
  if ((best == NULL || sally_lane_get_in_flight (best) > 0) &&
      self->lanes->len <= count_lanes_for_files (self, best))
    another = open_bulk_lane (self);
  if (another != NULL)
    return another;
  return best != NULL ? best : sally_mux_get_person_lane (self);
}

SallyLane *
sally_mux_get_bulk_lane_at (SallyMux *self, guint number)
{
  SallyLane *lane;

  if (number + 1 > self->lanes->len)
    return NULL;
  if (number + 1 == self->lanes->len)
    return open_bulk_lane (self);
  lane = g_ptr_array_index (self->lanes, number + 1);
  return sally_lane_get_state (lane) != SALLY_LANE_DEAD ? lane : NULL;
}

void
sally_mux_open_tunnel (SallyMux *self,
                       int socket,
                       const char *host,
                       guint port,
                       SallyTunnelFunc func,
                       gpointer user_data)
{
  Tunnel *entry = g_new0 (Tunnel, 1);

  entry->tunnel = sally_tunnel_new (self->transport, socket, host, port, func, user_data);
  entry->descriptor_tag = g_source_add_unix_fd (self->source, socket, 0);
  g_ptr_array_add (self->tunnels, entry);
  sally_mux_wake (self);
}

guint
sally_mux_get_n_tunnels (SallyMux *self)
{
  return self->tunnels->len;
}
