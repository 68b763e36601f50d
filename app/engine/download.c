/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/bulk-private.h"

#include "base/error.h"

#include <errno.h>
#include <unistd.h>

/* How the window grows: by one request with each full reply, so that it doubles each round trip
 * until the line or the share is full (the algorithm of OpenSSH's sftp_download). It begins with
 * what any server takes without blinking, which saves four round trips of a large file far away. */
#define FIRST_WINDOW      16
/* DATA without data is no progress; twice in a row is an attack (CVE-2026-106552). */
#define MAX_EMPTY_REPLIES 1

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
  gboolean at_end; /* the server said EOF, in a file whose size it had not told */
  guint64 next_offset;
  guint reads_in_flight;
  guint window;
  guint32 request_bytes;
  guint n_empty;
  GQueue gaps; /* of Range: what short replies left out */
} Download;

typedef struct
{
  Download *download;
  Range range;
} Read;

static void read_replied (const SallySftpReply *reply, gpointer user_data);

static void
fail (Download *self, SallyError code, const char *message)
{
  sally_bulk_job_fail (&self->job, g_error_new_literal (SALLY_ERROR, code, message));
}

static void
send_read (Download *self, guint64 offset, guint32 length)
{
  Read *read = g_new (Read, 1);
  SallySftpWriter *writer = sally_bulk_job_begin (&self->job, SALLY_SFTP_READ);

  *read = (Read) { self, { offset, length } };
  sally_sftp_writer_u64 (writer, offset);
  sally_sftp_writer_u32 (writer, length);
  self->reads_in_flight++;
  sally_bulk_job_send (&self->job, read_replied, read);
}

/* While the size is not known one READ at a time goes out, up to the end of the file: a device or a
 * file in /proc says 0 and has more. */
static gboolean
send_next (Download *self)
{
  guint32 length = self->request_bytes;

  if (!g_queue_is_empty (&self->gaps) && self->is_stat_done)
    {
      g_autofree Range *gap = g_queue_pop_head (&self->gaps);

      send_read (self, gap->offset, gap->length);
      return TRUE;
    }
  if (self->is_size_known)
    {
      if (self->next_offset >= self->job.attributes.size)
        return FALSE;
      length = (guint32) MIN (length, self->job.attributes.size - self->next_offset);
    }
  else if (self->at_end || self->reads_in_flight > 0 || !g_queue_is_empty (&self->gaps))
    return FALSE;
  send_read (self, self->next_offset, length);
  self->next_offset += length;
  return TRUE;
}

static gboolean
is_complete (Download *self)
{
  if (!self->is_stat_done || self->reads_in_flight > 0 || !g_queue_is_empty (&self->gaps))
    return FALSE;
  return self->is_size_known ? self->next_offset >= self->job.attributes.size : self->at_end;
}

static void
ignore_reply (const SallySftpReply *reply, gpointer user_data)
{
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
  sally_bulk_job_finish (job);
}

static gboolean
download_pump (SallyBulkJob *job)
{
  Download *self = (Download *) job;
  guint allowed = (guint) MAX (sally_bulk_get_share (job->bulk) / self->request_bytes, 1);
  gboolean queued = FALSE;

  if (job->handle == NULL)
    return FALSE;
  while (self->reads_in_flight < MIN (self->window, allowed) && send_next (self))
    queued = TRUE;
  if (is_complete (self) && job->in_flight == 0)
    {
      /* FSTAT and the first READ go out together: where they contradict each other, nothing is
       * whole. */
      if (self->is_size_known && job->bytes != job->attributes.size)
        {
          fail (self, SALLY_ERROR_REMOTE_CHANGED, "The file changed while it was read");
          sally_bulk_job_settle (job);
        }
      else
        close_and_finish (job);
    }
  return queued;
}

static gboolean
write_all (Download *self, const guint8 *data, gsize length, guint64 offset)
{
  GError *error = NULL;

  while (length > 0)
    {
      ssize_t n = pwrite (self->job.descriptor, data, length, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          sally_error_set_errno (&error, n < 0 ? errno : EIO, "Writing the local file");
          sally_bulk_job_fail (&self->job, error);
          return FALSE;
        }
      data += n;
      length -= (gsize) n;
      offset += (guint64) n;
    }
  return TRUE;
}

static void
take_data (Download *self, const Range *range, const SallySftpReply *reply)
{
  SallySftpReader reader;
  const guint8 *data;
  gsize length;

  sally_sftp_reader_init (&reader, reply->body, reply->length);
  data = sally_sftp_reader_string (&reader, &length);
  if (data == NULL || length > range->length)
    {
      fail (self, SALLY_ERROR_PROTOCOL, "The server sent more than was asked for");
      return;
    }
  if (length == 0 && ++self->n_empty > MAX_EMPTY_REPLIES)
    {
      fail (self, SALLY_ERROR_PROTOCOL, "The server sends empty data");
      return;
    }
  if (length > 0)
    self->n_empty = 0;
  if (!write_all (self, data, length, range->offset))
    return;

  self->job.bytes += length;
  if (length == range->length)
    self->window++;
  else if (self->is_stat_done && !self->is_size_known)
    self->next_offset = range->offset + length;
  else
    {
      Range *gap = g_new (Range, 1);

      *gap = (Range) { range->offset + length, range->length - (guint32) length };
      g_queue_push_tail (&self->gaps, gap);
    }
}

/* EOF is an answer only where the size was not told; else the file has become shorter than
 * promised. */
static void
take_end (Download *self, const Range *range)
{
  if (self->is_size_known && range->offset < self->job.attributes.size)
    fail (self, SALLY_ERROR_REMOTE_CHANGED, "The file became shorter meanwhile");
  self->at_end = TRUE;
}

static void
read_replied (const SallySftpReply *reply, gpointer user_data)
{
  g_autofree Read *read = user_data;
  Download *self = read->download;

  sally_bulk_job_received (&self->job);
  self->reads_in_flight--;
  if (reply != NULL && reply->type == SALLY_SFTP_DATA)
    take_data (self, &read->range, reply);
  else if (sally_reply_has_status (reply, SALLY_SFTP_EOF))
    take_end (self, &read->range);
  else
    sally_bulk_job_take_failure (&self->job, reply);
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
  if (self->is_size_known)
    trim_gaps (self);
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

  self->request_bytes = sally_mux_get_features (job->mux)->max_read;
  sally_sftp_writer_path (writer, job->path);
  sally_sftp_writer_u32 (writer, SALLY_SFTP_FXF_READ);
  sally_sftp_writer_u32 (writer, 0);
  sally_bulk_job_send (job, opened, self);
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
  .free = download_free,
};

SallyBulkJob *
sally_download_new (const SallyBulkRequest *request)
{
  Download *self = g_new0 (Download, 1);

  self->job.class = &download_class;
  self->window = FIRST_WINDOW;
  g_queue_init (&self->gaps);
  return &self->job;
}
