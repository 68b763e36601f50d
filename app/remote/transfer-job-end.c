/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What remains of a transfer: nothing, or what a later attempt goes on with. */
#include "config.h"

#include "remote/transfer-queue-private.h"

#include "base/error.h"
#include "remote/retry.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* How much may have to be sent again after a power cut: what comes first. */
#define CHECK_POINT_BYTES      (64 * 1024 * 1024)
#define CHECK_POINT_US         (5 * G_USEC_PER_SEC)
/* Even on the fastest line: writing to the disk takes from the transfer. */
#define MIN_CHECK_POINT_GAP_US (1 * G_USEC_PER_SEC)

/* An offset that counts once the bytes before it are on the disk. */
typedef struct
{
  int descriptor;
  guint64 offset;
  SallyTransferQueue *queue;
  SallyTransfer *transfer;
} CheckPoint;

/* On whichever thread is the last with the task: the objects are gone by then. */
static void
check_point_free (CheckPoint *point)
{
  g_clear_fd (&point->descriptor, NULL);
  g_free (point);
}

static void
write_record (SallyTransferQueue *queue, SallyTransfer *transfer)
{
  if (queue->store != NULL)
    sally_transfer_store_update (queue->store, sally_transfer_get_record (transfer));
}

static void
sync_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  CheckPoint *point = task_data;

  g_task_return_boolean (task, fdatasync (point->descriptor) == 0);
}

static void
synced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CheckPoint *point = g_task_get_task_data (G_TASK (result));
  g_autoptr (SallyTransferQueue) queue = g_steal_pointer (&point->queue);
  g_autoptr (SallyTransfer) transfer = g_steal_pointer (&point->transfer);
  SallyTransferRecord *record = sally_transfer_get_record (transfer);
  SallyJob *job = sally_transfer_get_job (transfer);

  queue->n_tidying--;
  if (job != NULL)
    job->is_checking = FALSE;
  /* It may have begun anew meanwhile, or have ended for good. */
  if (!g_task_propagate_boolean (G_TASK (result), NULL) || record->id == 0 ||
      (job != NULL && job->offset < point->offset))
    return;
  record->offset = MAX (record->offset, point->offset);
  write_record (queue, transfer);
}

static void
sync_descriptor (SallyJob *job)
{
  CheckPoint *point = g_new0 (CheckPoint, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, synced, NULL);

  point->descriptor = fcntl (sally_local_target_get_descriptor (job->target), F_DUPFD_CLOEXEC, 3);
  point->offset = job->offset;
  job->queue->n_tidying++;
  point->queue = g_object_ref (job->queue);
  point->transfer = g_object_ref (job->transfer);
  g_task_set_static_name (task, "sync a download");
  g_task_set_task_data (task, point, (GDestroyNotify) check_point_free);
  g_task_run_in_thread (task, sync_thread);
}

void
sally_job_check_point (SallyJob *job)
{
  SallyTransferRecord *record = sally_transfer_get_record (job->transfer);
  gint64 now_us = g_get_monotonic_time ();
  gint64 gap_us = now_us - job->checked_us;

  if (job->is_checking || job->offset <= record->offset || gap_us < MIN_CHECK_POINT_GAP_US ||
      (job->offset - record->offset < CHECK_POINT_BYTES && gap_us < CHECK_POINT_US))
    return;
  job->checked_us = now_us;
  if (job->target != NULL)
    {
      job->is_checking = TRUE;
      sync_descriptor (job);
      return;
    }
  record->offset = job->offset;
  write_record (job->queue, job->transfer);
}

static void
job_free (SallyJob *job)
{
  sally_transfer_set_job (job->transfer, NULL);
  sally_queue_forget_job (job->queue, job);
  sally_link_drop (job->link, job);
  sally_link_unref (job->link);
  g_clear_handle_id (&job->again_source, g_source_remove);
  g_clear_pointer (&job->digest, sally_digest_free);
  g_clear_pointer (&job->target, sally_local_target_free);
  g_clear_fd (&job->source.descriptor, NULL);
  g_object_unref (job->wish);
  g_object_unref (job->transfer);
  g_object_unref (job->queue);
  g_free (job);
}

static void
remove_record (SallyTransferQueue *queue, SallyTransfer *transfer)
{
  SallyTransferRecord *record = sally_transfer_get_record (transfer);

  if (queue->store != NULL)
    sally_transfer_store_remove (queue->store, record->id);
  record->id = 0;
  record->offset = 0;
}

/* The transfer has held its queue meanwhile. */
static void
discarded (SallyTransfer *transfer)
{
  g_autoptr (SallyTransferQueue) queue = g_object_steal_data (G_OBJECT (transfer), "queue");

  queue->n_tidying--;
  remove_record (queue, transfer);
  g_object_unref (transfer);
}

static void
local_discarded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  discarded (user_data);
}

/* A server that cannot be asked keeps what it has. */
static void
remote_discarded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  sally_wire_engine1_call_discard_partial_finish (SALLY_WIRE_ENGINE1 (source), result, NULL);
  discarded (user_data);
}

static void
discard_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const SallyTransferRecord *record = task_data;

  sally_local_target_discard (record->local_path, record->token);
  g_task_return_boolean (task, TRUE);
}

void
sally_transfer_discard (SallyTransferQueue *queue, SallyTransfer *transfer)
{
  const SallyTransferRecord *record = sally_transfer_get_record (transfer);
  SallyConnection *connection = sally_transfer_get_connection (transfer);
  SallyWireEngine1 *engine = connection != NULL ? sally_connection_get_engine (connection) : NULL;

  if (record->is_upload && engine == NULL)
    {
      remove_record (queue, transfer);
      return;
    }
  queue->n_tidying++;
  g_object_set_data (G_OBJECT (transfer), "queue", g_object_ref (queue));
  g_object_ref (transfer);
  if (record->is_upload)
    sally_wire_engine1_call_discard_partial (engine, record->remote_path, record->token, NULL,
                                             remote_discarded, transfer);
  else
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, local_discarded, transfer);

      g_task_set_static_name (task, "remove what was received");
      g_task_set_task_data (task, sally_transfer_record_copy (record),
                            (GDestroyNotify) sally_transfer_record_free);
      g_task_run_in_thread (task, discard_thread);
    }
}

/* The beginning that is there stays, and the record says how long it is. */
static void
keep (SallyJob *job, SallyTransferRecordState state, const GError *reason)
{
  SallyTransferRecord *record = sally_transfer_get_record (job->transfer);

  record->state = state;
  g_set_str (&record->error, reason != NULL ? reason->message : NULL);
  if (job->target != NULL && job->offset > 0)
    {
      sally_local_target_keep (job->target);
      if (job->offset > record->offset)
        sync_descriptor (job);
    }
  else
    record->offset = job->offset;
  write_record (job->queue, job->transfer);
}

static void
leave (SallyJob *job)
{
  SallyTransferQueue *queue = g_object_ref (job->queue);

  job_free (job);
  sally_queue_update_totals (queue);
  sally_queue_start_waiting (queue);
  g_object_unref (queue);
}

/* What earlier attempts have left goes too, if this one did not use it up. */
static void
forget (SallyJob *job, gboolean is_used)
{
  if (!is_used && (job->is_restored || sally_transfer_get_record (job->transfer)->offset > 0))
    sally_transfer_discard (job->queue, job->transfer);
  else
    remove_record (job->queue, job->transfer);
}

void
sally_job_end (SallyJob *job, GError *error)
{
  g_autoptr (SallyTransferQueue) queue = g_object_ref (job->queue);
  g_autoptr (SallyTransfer) transfer = g_object_ref (job->transfer);

  if (error != NULL && sally_retry_keeps_partial (error))
    keep (job, SALLY_TRANSFER_RECORD_FAILED, error);
  else
    forget (job, error == NULL);
  leave (job);
  sally_transfer_end (transfer, error);
  sally_queue_transfer_ended (queue, transfer);
}

void
sally_job_skip (SallyJob *job)
{
  g_autoptr (SallyTransferQueue) queue = g_object_ref (job->queue);
  g_autoptr (SallyTransfer) transfer = g_object_ref (job->transfer);

  forget (job, FALSE);
  leave (job);
  sally_transfer_set_state (transfer, SALLY_TRANSFER_SKIPPED, NULL);
  sally_queue_transfer_ended (queue, transfer);
}

void
sally_job_put_away (SallyJob *job, const GError *reason)
{
  g_autoptr (SallyTransferQueue) queue = g_object_ref (job->queue);
  g_autoptr (SallyTransfer) transfer = g_object_ref (job->transfer);

  keep (job, SALLY_TRANSFER_RECORD_PAUSED, reason);
  leave (job);
  sally_transfer_set_state (transfer, SALLY_TRANSFER_PAUSED, reason);
  sally_queue_transfer_paused (queue);
}
