/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/bulk-private.h"

#include "base/error.h"
#include "engine/rate.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Files on their way at once. A small file takes three or four round trips one after the other, so
 * that a thousand of them in one second at 50 ms want two hundred together. */
#define MAX_RUNNING          256
/* Bytes asked for or sent without an answer, all jobs together: what a fast line and the server
 * hold in one round trip, and a little. More would wait in socket buffers, and be slower. */
#define BASE_BYTES_IN_FLIGHT (8 * 1024 * 1024)
#define WANTED_BYTES_PER_US  600
#define MAX_BYTES_IN_FLIGHT  (32 * 1024 * 1024)
/* The server's clock is read again after so long: ours may drift, or be set. */
#define CLOCK_VALID_US       G_TIME_SPAN_HOUR
/* A server whose files show no clock is not asked for ever. */
#define MAX_CLOCK_QUESTIONS  3

struct _SallyBulk
{
  SallyMux *mux;
  const SallyDialect *dialect;
  SallyBulkFinishedFunc finished_func;
  gpointer user_data;
  GQueue waiting;      /* of SallyBulkJob */
  GPtrArray *running;  /* of SallyBulkJob */
  GPtrArray *finished; /* of SallyBulkJob: freed when no call-back of theirs is on the stack */
  SallyDiskWriter *disk_writer;
  SallyRate download_rate;
  SallyRate upload_rate;
  SallyBulkClockFunc clock_func;
  gpointer clock_data;
  gint64 clock_read_us; /* monotonic; 0: not yet */
  guint n_clock_questions;
  gboolean is_asking_clock;
  gboolean is_closing;
};

/* Between these (real time) the file was made. */
typedef struct
{
  SallyBulk *bulk;
  gint64 sent_us;
  gint64 received_us;
} ClockQuestion;

static void
job_free (SallyBulkJob *job)
{
  g_clear_fd (&job->descriptor, NULL);
  g_clear_pointer (&job->handle, g_bytes_unref);
  for (guint i = 0; i < job->n_ways; i++)
    g_clear_pointer (&job->ways[i].handle, g_bytes_unref);
  g_clear_error (&job->error);
  g_free (job->path);
  job->class->free (job);
}

static guint
max_running (SallyBulk *self)
{
  guint64 handles = sally_mux_get_features (self->mux)->max_handles;

  /* Listings and the person need some as well. */
  if (handles > 16 && handles - 8 < MAX_RUNNING)
    return (guint) handles - 8;
  return MAX_RUNNING;
}

/* TRUE if any was started, which queues its first request. */
static gboolean
start_waiting (SallyBulk *self)
{
  SallyBulkJob *job;
  gboolean started = FALSE;

  while (!self->is_closing && self->running->len < max_running (self) &&
         (job = g_queue_pop_head (&self->waiting)) != NULL)
    {
      g_ptr_array_add (self->running, job);
      job->lane = sally_mux_get_bulk_lane (self->mux);
      job->class->start (job);
      started = TRUE;
    }
  return started;
}

static gboolean
refill (gpointer user_data)
{
  SallyBulk *self = user_data;
  gboolean queued;

  g_ptr_array_set_size (self->finished, 0);
  queued = start_waiting (self);
  for (guint i = 0; i < self->running->len; i++)
    {
      SallyBulkJob *job = g_ptr_array_index (self->running, i);

      if (job->error == NULL)
        queued |= job->class->pump (job);
    }
  return queued;
}

SallyBulk *
sally_bulk_new (SallyMux *mux,
                const SallyDialect *dialect,
                SallyBulkFinishedFunc finished_func,
                gpointer user_data)
{
  SallyBulk *self = g_new0 (SallyBulk, 1);

  self->mux = mux;
  self->dialect = dialect;
  self->finished_func = finished_func;
  self->user_data = user_data;
  self->disk_writer = sally_disk_writer_new ();
  g_queue_init (&self->waiting);
  self->running = g_ptr_array_new ();
  self->finished = g_ptr_array_new_with_free_func ((GDestroyNotify) job_free);
  sally_mux_set_refill_func (mux, refill, self);
  return self;
}

void
sally_bulk_free (SallyBulk *self)
{
  SallyBulkJob *job;

  if (self == NULL)
    return;

  self->is_closing = TRUE;
  sally_mux_set_refill_func (self->mux, NULL, NULL);
  while ((job = g_queue_pop_head (&self->waiting)) != NULL)
    {
      sally_bulk_job_fail (job, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                                                     "The connection is closed"));
      sally_bulk_job_finish (job);
    }
  /* What the server gave is written yet; after that nothing runs any more. */
  sally_disk_writer_free (self->disk_writer);
  g_assert (self->running->len == 0);
  g_ptr_array_unref (self->running);
  g_ptr_array_unref (self->finished);
  g_free (self);
}

static void
add_job (SallyBulk *self, SallyBulkJob *job, const SallyBulkRequest *request)
{
  job->bulk = self;
  job->mux = self->mux;
  job->owner = request->owner;
  job->id = request->id;
  job->descriptor = request->descriptor;
  job->path = g_strdup (request->path);
  g_queue_init (&job->pieces);
  g_queue_push_tail (&self->waiting, job);
  sally_mux_wake (self->mux);
}

void
sally_bulk_download (SallyBulk *self, const SallyBulkRequest *request)
{
  add_job (self, sally_download_new (request), request);
}

void
sally_bulk_upload (SallyBulk *self, const SallyBulkRequest *request)
{
  add_job (self, sally_upload_new (request, self->dialect), request);
}

static gboolean
is_meant (SallyBulkJob *job, gpointer owner, const guint64 *id)
{
  return job->owner == owner && (id == NULL || job->id == *id);
}

static void
fail_as_cancelled (SallyBulkJob *job, gboolean keep)
{
  job->may_keep = keep;
  sally_bulk_job_fail (job, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
}

static void
cancel_matching (SallyBulk *self, gpointer owner, const guint64 *id, gboolean keep)
{
  /* Backwards: a job that has nothing under way leaves the array at once. */
  for (guint i = self->running->len; i > 0; i--)
    {
      SallyBulkJob *job = g_ptr_array_index (self->running, i - 1);

      if (!is_meant (job, owner, id))
        continue;
      fail_as_cancelled (job, keep);
      sally_bulk_job_settle (job);
    }
  for (GList *l = self->waiting.head, *next; l != NULL; l = next)
    {
      SallyBulkJob *job = l->data;

      next = l->next;
      if (!is_meant (job, owner, id))
        continue;
      g_queue_delete_link (&self->waiting, l);
      fail_as_cancelled (job, keep);
      sally_bulk_job_finish (job);
    }
  sally_mux_wake (self->mux);
}

void
sally_bulk_cancel (SallyBulk *self, gpointer owner, guint64 id, gboolean keep)
{
  cancel_matching (self, owner, &id, keep);
}

void
sally_bulk_cancel_owner (SallyBulk *self, gpointer owner)
{
  cancel_matching (self, owner, NULL, TRUE);
}

guint
sally_bulk_get_n_jobs (SallyBulk *self)
{
  return self->running->len + g_queue_get_length (&self->waiting);
}

static SallyBulkProgress
get_progress (SallyBulkJob *job)
{
  return (SallyBulkProgress) { job->id, job->bytes, job->class->get_prefix (job) };
}

void
sally_bulk_report_progress (SallyBulk *self,
                            gpointer owner,
                            SallyBulkProgressFunc func,
                            gpointer user_data)
{
  for (guint i = 0; i < self->running->len; i++)
    {
      SallyBulkJob *job = g_ptr_array_index (self->running, i);

      SallyBulkProgress progress;

      if (job->owner != owner || job->bytes == job->reported_bytes)
        continue;
      job->reported_bytes = job->bytes;
      progress = get_progress (job);
      func (&progress, user_data);
    }
}

SallyDiskWriter *
sally_bulk_get_disk_writer (SallyBulk *self)
{
  return self->disk_writer;
}

gsize
sally_bulk_get_share (SallyBulk *self)
{
  guint64 line = (guint64) sally_mux_get_round_trip_us (self->mux) * WANTED_BYTES_PER_US;

  return MIN (BASE_BYTES_IN_FLIGHT + line, MAX_BYTES_IN_FLIGHT) / MAX (self->running->len, 1);
}

void
sally_bulk_set_clock_func (SallyBulk *self, SallyBulkClockFunc func, gpointer user_data)
{
  self->clock_func = func;
  self->clock_data = user_data;
}

static void
clock_replied (const SallySftpReply *reply, gpointer user_data)
{
  g_autofree ClockQuestion *question = user_data;
  SallyBulk *self = question->bulk;
  SallySftpAttributes attributes = { 0 };
  SallySftpReader reader;
  SallyClockReading reading;

  self->is_asking_clock = FALSE;
  if (reply == NULL || reply->type != SALLY_SFTP_ATTRS)
    return;
  sally_sftp_reader_init (&reader, reply->body, reply->length);
  sally_sftp_reader_attributes (&reader, &attributes);
  if (reader.failed || !(attributes.flags & SALLY_SFTP_ATTR_ACMODTIME) ||
      !sally_clock_read (question->sent_us, question->received_us, attributes.mtime, &reading))
    return;
  self->clock_read_us = g_get_monotonic_time ();
  self->n_clock_questions = 0;
  if (self->clock_func != NULL)
    self->clock_func (&reading, self->clock_data);
}

/* An object store, which takes no attributes, has no file either before its upload ends. */
static gboolean
wants_clock (SallyBulk *self)
{
  return self->dialect->sets_attributes && !self->is_asking_clock &&
         self->n_clock_questions < MAX_CLOCK_QUESTIONS &&
         (self->clock_read_us == 0 ||
          g_get_monotonic_time () - self->clock_read_us > CLOCK_VALID_US);
}

void
sally_bulk_job_read_clock (SallyBulkJob *job, gint64 sent_us)
{
  SallyBulk *self = job->bulk;
  ClockQuestion *question;

  if (!wants_clock (self))
    return;
  question = g_new (ClockQuestion, 1);
  *question = (ClockQuestion) { self, sent_us, g_get_real_time () };
  self->is_asking_clock = TRUE;
  self->n_clock_questions++;
  sally_bulk_job_begin (job, SALLY_SFTP_FSTAT);
  sally_lane_send (job->lane, clock_replied, question);
}

static SallyRate *
get_rate (SallyBulk *self, gboolean is_upload)
{
  return is_upload ? &self->upload_rate : &self->download_rate;
}

gboolean
sally_bulk_may_move (SallyBulk *self, gboolean is_upload)
{
  SallyRate *rate = get_rate (self, is_upload);

  if (sally_rate_may_go (rate, g_get_monotonic_time ()))
    return TRUE;
  sally_mux_wake_at (self->mux, sally_rate_get_next_us (rate));
  return FALSE;
}

void
sally_bulk_note_moved (SallyBulk *self, gboolean is_upload, guint32 bytes)
{
  sally_rate_take (get_rate (self, is_upload), bytes);
}

void
sally_bulk_set_limits (SallyBulk *self, guint64 download, guint64 upload)
{
  gint64 now_us = g_get_monotonic_time ();

  sally_rate_set (&self->download_rate, download, now_us);
  sally_rate_set (&self->upload_rate, upload, now_us);
  sally_mux_wake (self->mux);
}

void
sally_bulk_job_finish (SallyBulkJob *job)
{
  SallyBulk *self = job->bulk;
  SallyBulkProgress progress = get_progress (job);

  g_assert (!job->is_finished);
  job->is_finished = TRUE;
  g_ptr_array_remove (self->running, job);
  g_ptr_array_add (self->finished, job);
  self->finished_func (job->owner, &progress, &job->attributes, job->error, self->user_data);
  sally_mux_wake (self->mux);
}
