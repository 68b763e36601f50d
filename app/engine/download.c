/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/bulk-private.h"

#include "base/error.h"

#include <string.h>
#include <unistd.h>

/* How the window grows: by one request with each full reply, so that it doubles each round trip
 * until the line or the share is full (the algorithm of OpenSSH's sftp_download). It begins with
 * what any server takes without blinking, which saves four round trips of a large file far away. */
#define FIRST_WINDOW         16
/* DATA without data is no progress; twice in a row is an attack (CVE-2026-106552). */
#define MAX_EMPTY_REPLIES    1
/* What an earlier attempt left is compared with the server's over so many bytes before we go on. */
#define OVERLAP_BYTES        (256 * 1024)
/* A read's worth from this size on goes to the disk beside the network's loop; less is written
 * sooner than handed over. */
#define WRITTEN_BEHIND_BYTES (64 * 1024)
/* A file from this size on gets its room on the disk at once. */
#define PREALLOCATED_BYTES   (1024 * 1024)

typedef struct
{
  guint64 offset;
  guint32 length;
} Range;

typedef struct
{
  SallyBulkJob job;
  gboolean is_size_known; /* the reply to FSTAT is in, and names a size above 0 */
  gboolean is_stat_done;
  gboolean at_end;       /* the server said EOF, in a file whose size it had not told */
  guint64 resume_offset; /* up to here the local file is compared, not written */
  guint64 expected_size; /* of the source, when it was begun */
  guint64 expected_mtime;
  guint64 limit; /* not a byte beyond it is written */
  guint window;
  guint32 max_request_bytes; /* that the server answers in full */
  guint n_empty;
  GQueue gaps; /* of Range: what short replies left out */
} Download;

static void read_replied (const SallySftpReply *reply, gpointer user_data);

static void
fail (Download *self, SallyError code, const char *message)
{
  sally_bulk_job_fail (&self->job, g_error_new_literal (SALLY_ERROR, code, message));
}

static void
fail_at_limit (Download *self)
{
  fail (self, SALLY_ERROR_REMOTE_CHANGED, "The file is longer than it should be");
}

static void
send_read (Download *self, SallyBulkWay *way, guint64 offset, guint32 length)
{
  SallySftpWriter *writer = sally_bulk_way_begin (way, SALLY_SFTP_READ);

  sally_sftp_writer_u64 (writer, offset);
  sally_sftp_writer_u32 (writer, length);
  sally_bulk_way_send (way, offset, length, read_replied);
  sally_bulk_note_moved (self->job.bulk, FALSE, length);
}

/* Of many files at once each asks for less, or all that they ask for would not fit into our memory.
 */
static guint32
get_request_bytes (Download *self)
{
  gsize share = sally_bulk_get_share (self->job.bulk);

  return MIN (self->max_request_bytes, (guint32) MAX (share, SALLY_SFTP_SAFE_PAYLOAD));
}

/* The length of the next READ at next_offset, 0 for none. While the size is not known one READ at a
 * time goes out, up to the end of the file: a device or a file in /proc says 0 and has more. */
static guint32
get_next_length (Download *self)
{
  guint64 limit = self->job.attributes.size;
  guint64 next = self->job.next_offset;
  guint32 request_bytes = get_request_bytes (self);

  if (!self->is_size_known)
    {
      gboolean may_ask = !self->at_end && self->job.pieces.length == 0 &&
                         g_queue_is_empty (&self->gaps) &&
                         (self->is_stat_done || self->resume_offset == 0);

      return may_ask ? request_bytes : 0;
    }
  /* A piece is either compared or written. */
  if (next < self->resume_offset)
    limit = self->resume_offset;
  return next < limit ? (guint32) MIN (request_bytes, limit - next) : 0;
}

static gboolean
send_next (Download *self)
{
  SallyBulkWay *way = sally_bulk_job_choose_way (&self->job);
  guint32 length;

  if (way == NULL || !sally_bulk_may_move (self->job.bulk, FALSE))
    return FALSE;
  if (!g_queue_is_empty (&self->gaps) && self->is_stat_done)
    {
      g_autofree Range *gap = g_queue_pop_head (&self->gaps);

      send_read (self, way, gap->offset, gap->length);
      return TRUE;
    }
  length = get_next_length (self);
  if (length == 0)
    return FALSE;
  send_read (self, way, self->job.next_offset, length);
  self->job.next_offset += length;
  return TRUE;
}

static gboolean
is_complete (Download *self)
{
  SallyBulkJob *job = &self->job;

  if (!self->is_stat_done || job->in_flight > 0 || !g_queue_is_empty (&self->gaps))
    return FALSE;
  return self->is_size_known ? job->next_offset >= job->attributes.size : self->at_end;
}

static void
ignore_reply (const SallySftpReply *reply, gpointer user_data)
{
}

static void
ignore_counted_reply (const SallySftpReply *reply, gpointer user_data)
{
  SallyBulkJob *job = user_data;

  sally_bulk_job_received (job);
  if (job->in_flight == 0)
    sally_bulk_job_finish (job);
}

/* Whether a handle that was only read from closes well is of no interest, so nobody waits for it.
 */
static void
close_and_finish (SallyBulkJob *job)
{
  if (job->handle != NULL)
    {
      sally_bulk_job_begin (job, SALLY_SFTP_CLOSE);
      sally_lane_send (job->lane, ignore_reply, NULL);
    }
  if (job->n_ways <= 1)
    {
      sally_bulk_job_finish (job);
      return;
    }
  /* On a lane that has ended replies come at once: the job must not be finished under our hands. */
  job->in_flight++;
  sally_bulk_job_close_ways (job, ignore_counted_reply, job);
  ignore_counted_reply (NULL, job);
}

static gboolean
download_pump (SallyBulkJob *job)
{
  Download *self = (Download *) job;
  gsize share = sally_bulk_get_share (job->bulk);
  guint allowed = (guint) MAX (share / get_request_bytes (self), 1);
  gboolean queued = FALSE;

  if (job->handle == NULL || job->is_cleaning)
    return FALSE;
  while (job->pieces.length < MIN (self->window, allowed) && send_next (self))
    queued = TRUE;
  if (is_complete (self))
    {
      /* FSTAT and the first READ go out together: where they contradict each other, nothing is
       * whole. */
      if (self->is_size_known && job->bytes != job->attributes.size)
        {
          fail (self, SALLY_ERROR_REMOTE_CHANGED, "The file changed while it was read");
          sally_bulk_job_settle (job);
        }
      else
        {
          job->is_cleaning = TRUE;
          close_and_finish (job);
        }
    }
  return queued;
}

/* Whether the local file holds the same. */
static gboolean
compare (Download *self, const guint8 *data, gsize length, guint64 offset)
{
  g_autofree guint8 *local = g_malloc (MAX (length, 1));
  ssize_t n = pread (self->job.descriptor, local, length, (off_t) offset);

  if (n == (ssize_t) length && memcmp (local, data, length) == 0)
    return TRUE;
  fail (self, SALLY_ERROR_REMOTE_CHANGED,
        "What was received before is not what the server has: it has to start over");
  return FALSE;
}

/* A part of the file is here: the rest of what was asked for is a gap. */
static void
note_received (Download *self, const SallyBulkPiece *piece, gsize length)
{
  if (piece->offset >= self->resume_offset)
    self->job.bytes += length;
  if (length == piece->length)
    self->window++;
  else if (self->is_stat_done && !self->is_size_known)
    self->job.next_offset = piece->offset + length;
  else
    {
      Range *gap = g_new (Range, 1);

      *gap = (Range) { piece->offset + length, piece->length - (guint32) length };
      g_queue_push_tail (&self->gaps, gap);
    }
}

static void
fail_to_write (Download *self, int error_number)
{
  GError *error = NULL;

  sally_error_set_errno (&error, error_number, "Writing the local file");
  sally_bulk_job_fail (&self->job, error);
}

/* The data of a reply; NULL, with the job failed, if it is not what was asked for. */
static const guint8 *
get_data (Download *self, const SallyBulkPiece *piece, const SallySftpReply *reply, gsize *length)
{
  SallySftpReader reader;
  const guint8 *data;

  sally_sftp_reader_init (&reader, reply->body, reply->length);
  data = sally_sftp_reader_string (&reader, length);
  if (data == NULL || *length > piece->length)
    fail (self, SALLY_ERROR_PROTOCOL, "The server sent more than was asked for");
  else if (*length > 0 && piece->offset + *length > self->limit)
    fail_at_limit (self);
  else if (*length == 0 && ++self->n_empty > MAX_EMPTY_REPLIES)
    fail (self, SALLY_ERROR_PROTOCOL, "The server sends empty data");
  else
    {
      if (*length > 0)
        self->n_empty = 0;
      return data;
    }
  return NULL;
}

typedef struct
{
  SallyBulkPiece *piece; /* counts as under way until it is written */
  gsize length;
} Written;

static void
written (int error_number, gpointer user_data)
{
  g_autofree Written *write = user_data;
  Download *self = (Download *) write->piece->way->job;
  SallyBulkPiece piece;

  sally_bulk_piece_received (write->piece, &piece);
  if (error_number == 0)
    note_received (self, &piece, write->length);
  else
    fail_to_write (self, error_number);
  sally_mux_wake (self->job.mux);
  sally_bulk_job_settle (&self->job);
}

/* TRUE if the piece is not done with yet. */
static gboolean
take_data (Download *self, SallyBulkPiece *piece, const SallySftpReply *reply)
{
  gsize length;
  const guint8 *data = get_data (self, piece, reply, &length);
  int error_number;

  if (data == NULL)
    return FALSE;
  if (piece->offset < self->resume_offset)
    {
      if (compare (self, data, length, piece->offset))
        note_received (self, piece, length);
      return FALSE;
    }
  if (length >= WRITTEN_BEHIND_BYTES)
    {
      Written *write = g_new (Written, 1);

      *write = (Written) { piece, length };
      sally_disk_writer_push (sally_bulk_get_disk_writer (self->job.bulk), self->job.descriptor,
                              data, length, piece->offset, written, write);
      return TRUE;
    }
  error_number = sally_disk_write (self->job.descriptor, data, length, piece->offset);
  if (error_number == 0)
    note_received (self, piece, length);
  else
    fail_to_write (self, error_number);
  return FALSE;
}

/* EOF is an answer only where the size was not told; else the file has become shorter than
 * promised. */
static void
take_end (Download *self, guint64 offset)
{
  if (self->is_size_known && offset < self->job.attributes.size)
    fail (self, SALLY_ERROR_REMOTE_CHANGED, "The file became shorter meanwhile");
  self->at_end = TRUE;
}

static void
read_replied (const SallySftpReply *reply, gpointer user_data)
{
  SallyBulkPiece *piece = user_data;
  Download *self = (Download *) piece->way->job;
  SallyBulkPiece done;

  if (reply != NULL && reply->type == SALLY_SFTP_DATA && take_data (self, piece, reply))
    return;
  if (sally_reply_has_status (reply, SALLY_SFTP_EOF))
    take_end (self, piece->offset);
  else if (reply == NULL || reply->type != SALLY_SFTP_DATA)
    sally_bulk_job_take_failure (&self->job, reply);
  sally_bulk_piece_received (piece, &done);
  sally_bulk_job_settle (&self->job);
}

/* The first READ went out beside FSTAT, before the size was known: what it asked for beyond the end
 * is no gap. */
static void
trim_gaps (Download *self)
{
  guint64 size = self->job.attributes.size;

  for (GList *l = self->gaps.head, *next; l != NULL; l = next)
    {
      Range *gap = l->data;

      next = l->next;
      if (gap->offset + gap->length > size)
        gap->length = gap->offset < size ? (guint32) (size - gap->offset) : 0;
      if (gap->length == 0)
        {
          g_free (gap);
          g_queue_delete_link (&self->gaps, l);
        }
    }
}

/* Goes on only where the source is still the one that was begun. */
static void
check_resumable (Download *self)
{
  const SallySftpAttributes *now = &self->job.attributes;

  if (self->resume_offset == 0)
    return;
  if (!self->is_size_known || now->size != self->expected_size || self->resume_offset > now->size ||
      !(now->flags & SALLY_SFTP_ATTR_ACMODTIME) || now->mtime != self->expected_mtime)
    fail (self, SALLY_ERROR_REMOTE_CHANGED,
          "The file changed since its first part was received: it has to start over");
}

static void
reserved (int error_number, gpointer user_data)
{
  Download *self = user_data;
  GError *error = NULL;

  sally_bulk_job_received (&self->job);
  if (error_number != 0)
    {
      sally_error_set_errno (&error, error_number, "Making room for the local file");
      sally_bulk_job_fail (&self->job, error);
    }
  sally_mux_wake (self->job.mux);
  sally_bulk_job_settle (&self->job);
}

/* A disk without room says so now and not after an hour. */
static void
reserve_room (Download *self)
{
  if (self->job.attributes.size < PREALLOCATED_BYTES)
    return;
  self->job.in_flight++;
  sally_disk_writer_reserve (sally_bulk_get_disk_writer (self->job.bulk), self->job.descriptor,
                             self->job.attributes.size, reserved, self);
}

static void
stat_replied (const SallySftpReply *reply, gpointer user_data)
{
  Download *self = user_data;
  SallySftpReader reader;
  SallySftpAttributes attributes;

  sally_bulk_job_received (&self->job);
  self->is_stat_done = TRUE;
  if (reply != NULL && reply->type == SALLY_SFTP_ATTRS)
    {
      sally_sftp_reader_init (&reader, reply->body, reply->length);
      sally_sftp_reader_attributes (&reader, &attributes);
      if (reader.failed)
        fail (self, SALLY_ERROR_PROTOCOL, "The server sent broken attributes");
      else
        self->job.attributes = attributes;
      self->is_size_known =
          self->job.attributes.flags & SALLY_SFTP_ATTR_SIZE && self->job.attributes.size > 0;
    }
  else if (reply == NULL)
    sally_bulk_job_take_failure (&self->job, reply);
  if (self->job.error == NULL)
    check_resumable (self);
  if (self->job.error == NULL && self->is_size_known && self->job.attributes.size > self->limit)
    fail_at_limit (self);
  if (self->is_size_known && self->job.error == NULL)
    {
      trim_gaps (self);
      reserve_room (self);
    }
  if (self->is_size_known && self->job.error == NULL)
    sally_bulk_job_open_ways (&self->job, self->job.path, SALLY_SFTP_FXF_READ,
                              self->job.attributes.size - self->resume_offset);
  sally_bulk_job_settle (&self->job);
}

static void
opened (const SallySftpReply *reply, gpointer user_data)
{
  Download *self = user_data;

  sally_bulk_job_received (&self->job);
  if (reply == NULL && sally_bulk_job_start_elsewhere (&self->job))
    return;
  if (sally_bulk_job_take_handle (&self->job, reply) && self->job.error == NULL)
    {
      sally_bulk_job_open_ways (&self->job, self->job.path, SALLY_SFTP_FXF_READ, 0);
      sally_bulk_job_begin (&self->job, SALLY_SFTP_FSTAT);
      sally_bulk_job_send (&self->job, stat_replied, self);
    }
  sally_bulk_job_settle (&self->job);
}

static void
download_start (SallyBulkJob *job)
{
  Download *self = (Download *) job;
  SallySftpWriter *writer = sally_lane_begin (job->lane, SALLY_SFTP_OPEN);

  self->max_request_bytes = sally_mux_get_features (job->mux)->max_read;
  sally_sftp_writer_path (writer, job->path);
  sally_sftp_writer_u32 (writer, SALLY_SFTP_FXF_READ);
  sally_sftp_writer_u32 (writer, 0);
  sally_bulk_job_send (job, opened, self);
}

static guint64
download_get_prefix (SallyBulkJob *job)
{
  Download *self = (Download *) job;
  guint64 first = sally_bulk_job_get_first_missing (job);

  for (GList *l = self->gaps.head; l != NULL; l = l->next)
    first = MIN (first, ((Range *) l->data)->offset);
  /* The first READ goes out before the size is known, and may ask for more than there is. */
  if (first > job->bytes && job->pieces.length == 0)
    first = job->bytes;
  /* While the overlap is compared nothing new has come, and nothing old is lost. */
  return MAX (first, self->resume_offset);
}

static void
download_free (SallyBulkJob *job)
{
  Download *self = (Download *) job;

  g_queue_clear_full (&self->gaps, g_free);
  g_free (self);
}

static const SallyBulkJobClass download_class = {
  .start = download_start,
  .pump = download_pump,
  .clean_up = close_and_finish,
  .get_prefix = download_get_prefix,
  .free = download_free,
};

SallyBulkJob *
sally_download_new (const SallyBulkRequest *request)
{
  Download *self = g_new0 (Download, 1);

  self->job.class = &download_class;
  self->resume_offset = request->offset;
  self->expected_size = request->size;
  self->expected_mtime = request->mtime;
  self->limit = request->limit;
  self->job.next_offset = request->offset - MIN (request->offset, OVERLAP_BYTES);
  self->job.bytes = request->offset;
  self->window = FIRST_WINDOW;
  g_queue_init (&self->gaps);
  return &self->job;
}
