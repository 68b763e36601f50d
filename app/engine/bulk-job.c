/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/bulk-private.h"

#include "base/error.h"

/* Bytes made ahead of the network on one lane; more would only take memory. */
#define MAX_QUEUED_BYTES (1024 * 1024)
/* A file from this size on goes over several lanes: below, it is gone before they are open. */
#define SPLIT_BYTES      (4 * 1024 * 1024)

void
sally_bulk_job_send (SallyBulkJob *job, SallyReplyFunc func, gpointer user_data)
{
  job->in_flight++;
  sally_lane_send (job->lane, func, user_data);
}

void
sally_bulk_job_received (SallyBulkJob *job)
{
  g_assert (job->in_flight > 0);
  job->in_flight--;
}

gboolean
sally_bulk_job_start_elsewhere (SallyBulkJob *job)
{
  if (job->error != NULL ||
      sally_lane_get_state (sally_mux_get_person_lane (job->mux)) != SALLY_LANE_READY)
    return FALSE;
  job->lane = sally_mux_get_bulk_lane (job->mux);
  job->class->start (job);
  return TRUE;
}

void
sally_bulk_job_fail (SallyBulkJob *job, GError *error)
{
  if (job->error == NULL)
    job->error = error;
  else
    g_error_free (error);
}

void
sally_bulk_job_settle (SallyBulkJob *job)
{
  if (job->is_finished)
    return;
  if (job->error == NULL)
    job->class->pump (job);
  /* Drained: nothing of this job is under way any more. */
  if (job->error != NULL && job->in_flight == 0 && !job->is_cleaning && !job->is_finished)
    {
      job->is_cleaning = TRUE;
      job->class->clean_up (job);
      sally_mux_wake (job->mux);
    }
}

void
sally_bulk_job_take_failure (SallyBulkJob *job, const SallySftpReply *reply)
{
  GError *error = NULL;

  sally_reply_set_error (reply, job->lane, &error);
  sally_bulk_job_fail (job, error);
}

gboolean
sally_bulk_job_check_status (SallyBulkJob *job, const SallySftpReply *reply)
{
  if (sally_reply_has_status (reply, SALLY_SFTP_OK))
    return TRUE;
  sally_bulk_job_take_failure (job, reply);
  return FALSE;
}

gboolean
sally_bulk_job_take_handle (SallyBulkJob *job, const SallySftpReply *reply)
{
  GError *error = NULL;

  job->handle = sally_reply_dup_handle (reply, job->lane, &error);
  if (job->handle == NULL)
    sally_bulk_job_fail (job, error);
  return job->handle != NULL;
}

static SallySftpWriter *
begin_with_handle (SallyLane *lane, GBytes *bytes, SallySftpType type)
{
  gsize length;
  const void *handle = g_bytes_get_data (bytes, &length);
  SallySftpWriter *writer = sally_lane_begin (lane, type);

  sally_sftp_writer_string (writer, handle, length);
  return writer;
}

SallySftpWriter *
sally_bulk_job_begin (SallyBulkJob *job, SallySftpType type)
{
  return begin_with_handle (job->lane, job->handle, type);
}

static void
way_opened (const SallySftpReply *reply, gpointer user_data)
{
  SallyBulkWay *way = user_data;

  sally_bulk_job_received (way->job);
  if (reply != NULL)
    way->handle = sally_reply_dup_handle (reply, way->lane, NULL);
  sally_bulk_job_settle (way->job);
}

/* Near the server one lane brings down all there is, and each more costs the server a process; on
 * the way up a second one is filled while the server empties the first one's window. */
static guint
count_useful_ways (SallyBulkJob *job, guint32 flags, guint64 size)
{
  guint least = flags & SALLY_SFTP_FXF_WRITE ? 2 : 1;

  return size < SPLIT_BYTES ? 1 : MAX (sally_mux_count_useful_lanes (job->mux), least);
}

void
sally_bulk_job_open_ways (SallyBulkJob *job, const char *path, guint32 flags, guint64 size)
{
  guint n_wanted = count_useful_ways (job, flags, size);

  if (job->n_ways == 0)
    job->ways[job->n_ways++] =
        (SallyBulkWay) { .job = job, .lane = job->lane, .handle = g_bytes_ref (job->handle) };
  for (guint i = 0; job->n_ways < n_wanted; i++)
    {
      SallyLane *lane = sally_mux_get_bulk_lane_at (job->mux, i);
      SallyBulkWay *way = &job->ways[job->n_ways];
      SallySftpWriter *writer;

      if (lane == NULL)
        break;
      if (lane == job->lane)
        continue;
      *way = (SallyBulkWay) { .job = job, .lane = lane };
      job->n_ways++;
      writer = sally_lane_begin (lane, SALLY_SFTP_OPEN);
      sally_sftp_writer_path (writer, path);
      sally_sftp_writer_u32 (writer, flags);
      sally_sftp_writer_u32 (writer, 0);
      job->in_flight++;
      sally_lane_send (lane, way_opened, way);
    }
}

SallyBulkWay *
sally_bulk_job_choose_way (SallyBulkJob *job)
{
  SallyBulkWay *best = NULL;

  for (guint i = 0; i < job->n_ways; i++)
    {
      SallyBulkWay *way = &job->ways[i];

      if (way->handle != NULL && sally_lane_get_queued_bytes (way->lane) < MAX_QUEUED_BYTES &&
          (best == NULL || way->bytes_in_flight < best->bytes_in_flight))
        best = way;
    }
  return best;
}

void
sally_bulk_job_close_ways (SallyBulkJob *job, SallyReplyFunc func, gpointer user_data)
{
  for (guint i = 1; i < job->n_ways; i++)
    {
      SallyBulkWay *way = &job->ways[i];

      if (way->handle == NULL)
        continue;
      begin_with_handle (way->lane, way->handle, SALLY_SFTP_CLOSE);
      job->in_flight++;
      sally_lane_send (way->lane, func, user_data);
      g_clear_pointer (&way->handle, g_bytes_unref);
    }
}

SallySftpWriter *
sally_bulk_way_begin (SallyBulkWay *way, SallySftpType type)
{
  return begin_with_handle (way->lane, way->handle, type);
}

void
sally_bulk_way_send (SallyBulkWay *way, guint64 offset, guint32 length, SallyReplyFunc func)
{
  SallyBulkJob *job = way->job;
  SallyBulkPiece *piece = g_new (SallyBulkPiece, 1);

  *piece = (SallyBulkPiece) { way, offset, length, { .data = piece } };
  g_queue_push_tail_link (&job->pieces, &piece->link);
  way->bytes_in_flight += length;
  job->bytes_in_flight += length;
  job->in_flight++;
  sally_lane_send (way->lane, func, piece);
}

void
sally_bulk_piece_received (SallyBulkPiece *piece, SallyBulkPiece *range)
{
  SallyBulkJob *job = piece->way->job;

  *range = *piece;
  g_queue_unlink (&job->pieces, &piece->link);
  piece->way->bytes_in_flight -= piece->length;
  job->bytes_in_flight -= piece->length;
  g_free (piece);
  sally_bulk_job_received (job);
}

guint64
sally_bulk_job_get_first_missing (SallyBulkJob *job)
{
  guint64 first = job->next_offset;

  for (GList *l = job->pieces.head; l != NULL; l = l->next)
    first = MIN (first, ((SallyBulkPiece *) l->data)->offset);
  return first;
}
