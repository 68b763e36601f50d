/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/lane.h"

#include "base/error.h"

#include <string.h>

/* libssh2 refuses larger ones with LIBSSH2_ERROR_OUT_OF_BOUNDARY when they come. */
#define CHANNEL_PACKET_BYTES 32768
/* What one libssh2_channel_write takes; more would only be cut. */
#define WRITE_BYTES          32700
/* Small requests are gathered into chunks of this size, so that they share SSH packets. */
#define CHUNK_BYTES          (64 * 1024)
/* Holds the largest packet and a good read beyond. */
#define INPUT_BYTES          (2 * SALLY_SFTP_MAX_PACKET)
#define SFTP_VERSION         3

/* Bytes on their way out. A chunk never moves: after EAGAIN libssh2 must be given the same pointer
 * and length again. */
typedef struct
{
  gsize capacity;
  gsize used;
  gsize sent;
  guint8 data[];
} Chunk;

typedef struct
{
  SallyReplyFunc func;
  gpointer user_data;
  gint64 sent_us;
} Pending;

/* Steps of opening, in order. */
typedef enum
{
  PHASE_CHANNEL,
  PHASE_SUBSYSTEM,
  PHASE_VERSION,
  PHASE_LIMITS,
  PHASE_READY,
  PHASE_DEAD,
} Phase;

struct _SallyLane
{
  SallyTransport *transport;
  LIBSSH2_SESSION *session;
  LIBSSH2_CHANNEL *channel;
  Phase phase;
  guint32 window_bytes;
  gboolean asks_limits;
  SallySftpFeatures features;
  GError *error;

  GQueue output; /* of Chunk */
  gsize queued_bytes;
  gsize retry_length; /* of the write that said EAGAIN, 0 if none did */
  GQueue held;        /* of Chunk: requests made before the lane was ready */

  guint8 *input;
  gsize input_used;

  GHashTable *pending; /* id -> Pending */
  guint32 next_id;
  gint64 round_trip_us; /* the shortest, 0 if none yet */
  GByteArray *scratch;
  SallySftpWriter writer;
};

SallyLane *
sally_lane_new (SallyTransport *transport, guint32 window_bytes, gboolean asks_limits)
{
  SallyLane *self = g_new0 (SallyLane, 1);

  self->transport = transport;
  self->session = sally_transport_get_session (transport);
  self->window_bytes = window_bytes;
  self->asks_limits = asks_limits;
  sally_sftp_features_init (&self->features);
  g_queue_init (&self->output);
  g_queue_init (&self->held);
  self->input = g_malloc (INPUT_BYTES);
  self->pending = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->scratch = g_byte_array_new ();
  return self;
}

void
sally_lane_free (SallyLane *self)
{
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;

  g_set_error_literal (&error, SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                       "The connection is closed");
  sally_lane_kill (self, error);
  sally_sftp_features_clear (&self->features);
  g_queue_clear_full (&self->output, g_free);
  g_queue_clear_full (&self->held, g_free);
  g_hash_table_unref (self->pending);
  g_byte_array_unref (self->scratch);
  g_free (self->input);
  g_clear_error (&self->error);
  g_free (self);
}

SallyLaneState
sally_lane_get_state (SallyLane *self)
{
  if (self->phase == PHASE_READY)
    return SALLY_LANE_READY;
  return self->phase == PHASE_DEAD ? SALLY_LANE_DEAD : SALLY_LANE_OPENING;
}

const GError *
sally_lane_get_error (SallyLane *self)
{
  return self->error;
}

const SallySftpFeatures *
sally_lane_get_features (SallyLane *self)
{
  return &self->features;
}

guint
sally_lane_get_in_flight (SallyLane *self)
{
  return g_hash_table_size (self->pending);
}

gsize
sally_lane_get_queued_bytes (SallyLane *self)
{
  return self->queued_bytes;
}

gint64
sally_lane_get_round_trip_us (SallyLane *self)
{
  return self->round_trip_us;
}

static void
append (GQueue *queue, const guint8 *bytes, gsize length)
{
  Chunk *chunk = g_queue_peek_tail (queue);

  if (chunk == NULL || chunk->capacity - chunk->used < length)
    {
      gsize capacity = MAX (CHUNK_BYTES, length);

      chunk = g_malloc (sizeof *chunk + capacity);
      chunk->capacity = capacity;
      chunk->used = chunk->sent = 0;
      g_queue_push_tail (queue, chunk);
    }
  memcpy (chunk->data + chunk->used, bytes, length);
  chunk->used += length;
}

SallySftpWriter *
sally_lane_begin (SallyLane *self, SallySftpType type)
{
  sally_sftp_writer_begin (&self->writer, self->scratch, type);
  return &self->writer;
}

/* Requests made while the lane opens are held back: the handshake's own go first. */
static void
send_request (SallyLane *self, SallyReplyFunc func, gpointer user_data, gboolean is_handshake)
{
  Pending *pending;
  guint32 id;

  if (self->phase == PHASE_DEAD)
    {
      func (NULL, user_data);
      return;
    }

  do
    id = self->next_id++;
  while (g_hash_table_contains (self->pending, GUINT_TO_POINTER (id)));
  pending = g_new (Pending, 1);
  *pending = (Pending) { func, user_data, g_get_monotonic_time () };
  g_hash_table_insert (self->pending, GUINT_TO_POINTER (id), pending);

  sally_sftp_writer_finish (&self->writer, id);
  append (self->phase == PHASE_READY || is_handshake ? &self->output : &self->held,
          self->scratch->data, self->scratch->len);
  self->queued_bytes += self->scratch->len;
}

void
sally_lane_send (SallyLane *self, SallyReplyFunc func, gpointer user_data)
{
  send_request (self, func, user_data, FALSE);
}

void
sally_lane_kill (SallyLane *self, const GError *error)
{
  g_autoptr (GHashTable) orphans = NULL;
  GHashTableIter iter;
  gpointer value;

  if (self->phase == PHASE_DEAD)
    return;

  self->phase = PHASE_DEAD;
  self->error = g_error_copy (error);
  /* The call-backs may look at the lane: it is dead and empty by then. */
  orphans = g_steal_pointer (&self->pending);
  self->pending = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->queued_bytes = 0;
  g_hash_table_iter_init (&iter, orphans);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Pending *pending = value;

      pending->func (NULL, pending->user_data);
    }
}

static SallyLaneStep
lose (SallyLane *self, SallyError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (SALLY_ERROR, code, message);

  sally_lane_kill (self, error);
  return SALLY_LANE_LOST;
}

static SallyLaneStep
lose_to_libssh2 (SallyLane *self, int code)
{
  g_autoptr (GError) error = NULL;

  sally_transport_set_error (self->transport, code, "The connection ended", &error);
  sally_lane_kill (self, error);
  return SALLY_LANE_LOST;
}

static void
become_ready (SallyLane *self)
{
  gpointer chunk;

  self->phase = PHASE_READY;
  while ((chunk = g_queue_pop_head (&self->held)) != NULL)
    g_queue_push_tail (&self->output, chunk);
}

static void
limits_replied (const SallySftpReply *reply, gpointer user_data)
{
  SallyLane *self = user_data;

  if (reply == NULL)
    return;
  if (reply->type == SALLY_SFTP_EXTENDED_REPLY)
    sally_sftp_features_parse_limits (&self->features, reply->body, reply->length);
  become_ready (self);
}

/* After LIBSSH2_ERROR_EAGAIN: which way it is stuck. */
static SallyLaneStep
stuck (SallyLane *self)
{
  int directions = libssh2_session_block_directions (self->session);

  return directions & LIBSSH2_SESSION_BLOCK_OUTBOUND ? SALLY_LANE_WANTS_OUT : 0;
}

static SallyLaneStep
open_channel (SallyLane *self)
{
  int code;

  self->channel = libssh2_channel_open_ex (self->session, "session", strlen ("session"),
                                           self->window_bytes, CHANNEL_PACKET_BYTES, NULL, 0);
  if (self->channel != NULL)
    {
      libssh2_channel_handle_extended_data2 (self->channel, LIBSSH2_CHANNEL_EXTENDED_DATA_IGNORE);
      self->phase = PHASE_SUBSYSTEM;
      return SALLY_LANE_MOVED;
    }

  code = libssh2_session_last_errno (self->session);
  if (code == LIBSSH2_ERROR_EAGAIN)
    return stuck (self);
  if (code == LIBSSH2_ERROR_CHANNEL_FAILURE)
    {
      lose (self, SALLY_ERROR_NO_SFTP, "The server allows no further channel");
      return SALLY_LANE_MOVED;
    }
  return lose_to_libssh2 (self, code);
}

static SallyLaneStep
start_subsystem (SallyLane *self)
{
  static const guint8 init[] = { 0, 0, 0, 5, SALLY_SFTP_INIT, 0, 0, 0, SFTP_VERSION };
  int rc = libssh2_channel_subsystem (self->channel, "sftp");

  if (rc == LIBSSH2_ERROR_EAGAIN)
    return stuck (self);
  if (rc == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED || rc == LIBSSH2_ERROR_CHANNEL_FAILURE)
    {
      lose (self, SALLY_ERROR_NO_SFTP, "The server lets us in but offers no file transfer (SFTP)");
      return SALLY_LANE_MOVED;
    }
  if (rc != 0)
    return lose_to_libssh2 (self, rc);

  append (&self->output, init, sizeof init);
  self->phase = PHASE_VERSION;
  return SALLY_LANE_MOVED;
}

static SallyLaneStep
write_output (SallyLane *self)
{
  SallyLaneStep step = 0;
  Chunk *chunk;

  while (!sally_transport_has_unsent (self->transport) &&
         (chunk = g_queue_peek_head (&self->output)) != NULL)
    {
      gsize length = self->retry_length;
      ssize_t n;

      if (length == 0)
        length = MIN (chunk->used - chunk->sent, WRITE_BYTES);
      n = libssh2_channel_write (self->channel, (const char *) chunk->data + chunk->sent, length);
      if (n == LIBSSH2_ERROR_EAGAIN)
        {
          self->retry_length = length;
          return step | stuck (self);
        }
      self->retry_length = 0;
      if (n < 0)
        return lose_to_libssh2 (self, (int) n);
      if (n == 0) /* the server's window is used up */
        return step;

      step |= SALLY_LANE_MOVED;
      chunk->sent += (gsize) n;
      self->queued_bytes -= MIN (self->queued_bytes, (gsize) n);
      if (chunk->sent == chunk->used)
        g_free (g_queue_pop_head (&self->output));
    }
  return step;
}

static SallyLaneStep
handle_version (SallyLane *self, const guint8 *packet, gsize length)
{
  SallySftpWriter *writer;

  if (packet[0] != SALLY_SFTP_VERSION ||
      !sally_sftp_features_parse_version (&self->features, packet + 1, length - 1))
    return lose (self, SALLY_ERROR_PROTOCOL, "The server does not speak SFTP");
  if (!self->asks_limits || !self->features.has_limits)
    {
      become_ready (self);
      return SALLY_LANE_MOVED;
    }
  self->phase = PHASE_LIMITS;
  writer = sally_lane_begin (self, SALLY_SFTP_EXTENDED);
  sally_sftp_writer_path (writer, "limits@openssh.com");
  send_request (self, limits_replied, self, TRUE);
  return SALLY_LANE_MOVED;
}

static void
note_round_trip (SallyLane *self, gint64 us)
{
  if (self->round_trip_us == 0 || us < self->round_trip_us)
    self->round_trip_us = MAX (us, 1);
}

static SallyLaneStep
handle_packet (SallyLane *self, const guint8 *packet, gsize length)
{
  SallySftpReader reader;
  SallySftpReply reply;
  gpointer value;
  guint32 id;
  g_autofree Pending *pending = NULL;

  if (self->phase == PHASE_VERSION)
    return handle_version (self, packet, length);

  sally_sftp_reader_init (&reader, packet, length);
  reply.type = sally_sftp_reader_u8 (&reader);
  id = sally_sftp_reader_u32 (&reader);
  if (reader.failed ||
      !g_hash_table_steal_extended (self->pending, GUINT_TO_POINTER (id), NULL, &value))
    return lose (self, SALLY_ERROR_PROTOCOL, "The server answered a question that was not asked");

  pending = value;
  note_round_trip (self, g_get_monotonic_time () - pending->sent_us);
  reply.body = packet + reader.offset;
  reply.length = length - reader.offset;
  pending->func (&reply, pending->user_data);
  return SALLY_LANE_MOVED;
}

/* All complete packets of the input, then the rest is moved to its front. */
static SallyLaneStep
dispatch_input (SallyLane *self)
{
  gsize offset = 0;
  SallyLaneStep step = 0;

  while (self->input_used - offset >= 4 && self->phase != PHASE_DEAD)
    {
      guint32 length;

      memcpy (&length, self->input + offset, sizeof length);
      length = GUINT32_FROM_BE (length);
      if (length == 0 || length > SALLY_SFTP_MAX_PACKET)
        return lose (self, SALLY_ERROR_PROTOCOL,
                     "The server sent a packet of an impossible length");
      if (self->input_used - offset < 4 + (gsize) length)
        break;
      step |= handle_packet (self, self->input + offset + 4, length);
      if (step & SALLY_LANE_LOST)
        return step;
      offset += 4 + (gsize) length;
    }
  self->input_used -= offset;
  memmove (self->input, self->input + offset, self->input_used);
  return step;
}

static SallyLaneStep
read_input (SallyLane *self)
{
  SallyLaneStep step = 0;

  while (self->phase != PHASE_DEAD)
    {
      ssize_t n = libssh2_channel_read (self->channel, (char *) self->input + self->input_used,
                                        INPUT_BYTES - self->input_used);

      if (n == LIBSSH2_ERROR_EAGAIN)
        return step | stuck (self);
      if (n < 0)
        return lose_to_libssh2 (self, (int) n);
      if (n == 0)
        {
          if (libssh2_channel_eof (self->channel))
            return lose (self, SALLY_ERROR_CONNECTION_LOST, "The server closed the file transfer");
          return step;
        }
      self->input_used += (gsize) n;
      step |= SALLY_LANE_MOVED | dispatch_input (self);
      if (step & SALLY_LANE_LOST)
        return step;
    }
  return step;
}

SallyLaneStep
sally_lane_step (SallyLane *self, gboolean may_write)
{
  SallyLaneStep step = 0;

  switch (self->phase)
    {
    case PHASE_CHANNEL:
      return may_write ? open_channel (self) : 0;
    case PHASE_SUBSYSTEM:
      return may_write ? start_subsystem (self) : 0;
    case PHASE_VERSION:
    case PHASE_LIMITS:
    case PHASE_READY:
      if (may_write)
        step = write_output (self);
      if (!(step & SALLY_LANE_LOST))
        step |= read_input (self);
      return step;
    case PHASE_DEAD:
    default:
      return 0;
    }
}
