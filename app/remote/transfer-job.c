/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One transfer from its turn to the engine's last word: look at both ends, decide, hand over. */
#include "config.h"

#include "remote/transfer-queue-private.h"

#include "base/error.h"
#include "remote/free-name.h"
#include "remote/remote-digest.h"
#include "remote/retry.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

static SallyTransferRecord *
get_record (SallyJob *job)
{
  return sally_transfer_get_record (job->transfer);
}

SallyJob *
sally_job_new (SallyTransferQueue *queue, SallyTransfer *transfer)
{
  SallyJob *job = g_new0 (SallyJob, 1);

  job->queue = g_object_ref (queue);
  job->transfer = g_object_ref (transfer);
  job->link = sally_link_get (queue, sally_transfer_get_connection (transfer));
  job->wish = g_cancellable_new ();
  job->source.descriptor = -1;
  job->offset = job->furthest = get_record (job)->offset;
  job->is_restored = get_record (job)->is_found || job->offset > 0;
  sally_transfer_set_job (transfer, job);
  return job;
}

static GError *
name_error (SallyJob *job, GError *error)
{
  if (error->domain == SALLY_ERROR && error->code != SALLY_ERROR_CONNECTION_LOST)
    g_prefix_error (&error, "“%s”: ", sally_transfer_get_name (job->transfer));
  return error;
}

gboolean
sally_job_follow_wish (SallyJob *job)
{
  if (!g_cancellable_is_cancelled (job->wish))
    return FALSE;
  if (job->wants_pause)
    sally_job_put_away (job, NULL);
  else
    sally_job_end (job, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled")));
  return TRUE;
}

/* What has arrived is of no use: another file, or not the same any more. */
static void
start_over (SallyJob *job)
{
  job->offset = 0;
  get_record (job)->offset = 0;
  g_clear_pointer (&job->target, sally_local_target_free);
  g_clear_pointer (&job->digest, sally_digest_free);
}

static gboolean
again_cb (gpointer user_data)
{
  SallyJob *job = user_data;

  job->again_source = 0;
  sally_job_start (job);
  return G_SOURCE_REMOVE;
}

/* Takes the error, which says already what it is about. */
static void
stumble_named (SallyJob *job, GError *error)
{
  g_autoptr (GError) reason = error;
  SallyRetry retry;

  if (sally_job_follow_wish (job))
    return;
  if (g_error_matches (reason, SALLY_ERROR, SALLY_ERROR_REMOTE_CHANGED) && job->begun_at > 0 &&
      !job->has_moved && !job->has_restarted)
    {
      job->has_restarted = TRUE;
      start_over (job);
      sally_job_start (job);
      return;
    }
  retry = sally_retry_decide (reason, job->n_attempts, job->has_moved,
                              MAX (job->queue->max_attempts, 1));
  /* A server that breaks the protocol of one file is there: only the file is lost. */
  if (retry.action == SALLY_RETRY_RECONNECT &&
      !g_error_matches (reason, SALLY_ERROR, SALLY_ERROR_PROTOCOL))
    sally_link_hold (job->link, job, reason);
  else if (retry.action == SALLY_RETRY_AGAIN && job->queue->max_attempts > 0)
    {
      job->n_attempts++;
      job->stage = SALLY_JOB_HELD;
      sally_transfer_set_state (job->transfer, SALLY_TRANSFER_QUEUED, reason);
      job->again_source = g_timeout_add (retry.delay_ms, again_cb, job);
    }
  else
    sally_job_end (job, g_steal_pointer (&reason));
}

void
sally_job_stumble (SallyJob *job, GError *error)
{
  stumble_named (job, name_error (job, error));
}

static void
proved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyJob *job = user_data;
  const char *method = NULL;
  GError *error = NULL;
  g_autofree char *theirs = sally_remote_digest_finish (result, &method, &error);

  /* What was sent is there, whether it was compared or not. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      sally_job_end (job, NULL);
      return;
    }
  if (theirs == NULL)
    {
      stumble_named (job, error);
      return;
    }
  if (!g_str_equal (theirs, sally_transfer_get_sha256 (job->transfer)))
    {
      sally_job_end (job, name_error (job, g_error_new_literal (
                                               SALLY_ERROR, SALLY_ERROR_REMOTE_CHANGED,
                                               _ ("What the server has is not what was sent"))));
      return;
    }
  sally_transfer_set_proof (job->transfer, method);
  sally_job_end (job, NULL);
}

static void
finished (SallyFinish *finish, gpointer user_data)
{
  SallyJob *job = user_data;
  g_autofree char *path = g_steal_pointer (&finish->path);
  g_autofree char *digest = g_steal_pointer (&finish->sha256);
  GError *error = g_steal_pointer (&finish->error);

  if (error != NULL)
    {
      sally_job_end (job, name_error (job, error));
      return;
    }
  if (path != NULL)
    sally_transfer_set_local_path (job->transfer, path);
  sally_transfer_set_sha256 (job->transfer, digest);
  if (job->queue->verifies && sally_transfer_get_is_upload (job->transfer))
    {
      job->stage = SALLY_JOB_PROVING;
      sally_remote_digest_async (sally_transfer_get_connection (job->transfer),
                                 sally_transfer_get_remote_path (job->transfer),
                                 sally_transfer_get_size (job->transfer), job->wish, proved, job);
    }
  else
    sally_job_end (job, NULL);
}

static void
finish (SallyJob *job, guint64 bytes)
{
  job->stage = SALLY_JOB_FINISHING;
  sally_transfer_set_size (job->transfer, bytes);
  sally_transfer_set_done (job->transfer, bytes, g_get_monotonic_time ());
  job->finish.target = job->target;
  job->finish.digest = job->digest;
  job->finish.bytes = bytes;
  job->finish.func = finished;
  job->finish.user_data = job;
  sally_finish_push (&job->finish);
}

void
sally_job_delivered (SallyJob *job, guint64 bytes, GVariant *attributes)
{
  if (job->target != NULL)
    {
      sally_remote_attributes_from_variant (attributes, &job->finish.attributes);
      if (!job->queue->keeps_permissions)
        job->finish.attributes.flags &= ~(guint) SALLY_ATTRIBUTE_PERMISSIONS;
      if (!job->queue->keeps_times)
        job->finish.attributes.flags &= ~(guint) SALLY_ATTRIBUTE_TIMES;
    }
  finish (job, bytes);
}

gboolean
sally_job_progressed (SallyJob *job, guint64 bytes, guint64 safe)
{
  gboolean is_further;

  if (job->stage != SALLY_JOB_WITH_ENGINE)
    return FALSE;
  /* No more is there than was received, whatever was asked for. */
  safe = MIN (safe, bytes);
  is_further = safe > job->furthest;
  job->furthest = MAX (job->furthest, safe);
  job->has_moved |= safe > job->begun_at;
  sally_digest_advance (job->digest, safe);
  /* An engine that had to begin anew has less than it was asked to go on from. */
  job->offset = safe;
  sally_transfer_set_done (job->transfer, bytes, g_get_monotonic_time ());
  sally_job_check_point (job);
  return is_further;
}

static void
hand_over (SallyJob *job)
{
  if (sally_job_follow_wish (job))
    return;
  if (job->digest == NULL)
    job->digest =
        sally_digest_new (job->target != NULL ? sally_local_target_get_descriptor (job->target)
                                              : job->source.descriptor);
  if (job->offset > 0)
    sally_digest_advance (job->digest, job->offset);
  job->begun_at = job->offset;
  job->checked_us = g_get_monotonic_time ();
  sally_transfer_set_done (job->transfer, job->offset, job->checked_us);
  sally_link_hand_over (job->link, job);
}

/* TRUE if the decision ends the attempt here. */
static gboolean
follow_decision (SallyJob *job)
{
  if (job->decision == SALLY_CONFLICT_DO_ASK)
    {
      job->stage = SALLY_JOB_ASKING;
      sally_queue_ask (job->queue, job);
      return TRUE;
    }
  if (job->decision == SALLY_CONFLICT_DO_SKIP)
    {
      sally_job_skip (job);
      return TRUE;
    }
  return FALSE;
}

static void
prepare_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SallyJob *job = task_data;
  const SallyTransferRecord *record = get_record (job);
  GError *error = NULL;

  if (record->is_upload)
    {
      g_clear_fd (&job->source.descriptor, NULL);
      sally_local_source_open (record->local_path, &job->source, &error);
    }
  else if (job->target == NULL)
    {
      g_autofree char *directory = g_path_get_dirname (record->local_path);
      g_autofree char *name = g_path_get_basename (record->local_path);
      SallyLocalWish wish = {
        .directory = directory,
        .name = name,
        .token = record->token,
        .offset = job->offset,
        .was_begun = job->is_restored,
        .conflict = (SallyConflict) record->conflict,
        .source = job->remote,
      };

      job->target = sally_local_target_new (&wish, &job->decision, &error);
      if (job->target != NULL)
        job->offset = sally_local_target_get_offset (job->target);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
target_prepared (SallyJob *job)
{
  if (job->target == NULL)
    {
      follow_decision (job);
      return;
    }
  if (!sally_local_target_is_whole (job->target))
    {
      hand_over (job);
      return;
    }
  job->digest = sally_digest_new (sally_local_target_get_descriptor (job->target));
  finish (job, job->remote.size);
}

static void
free_name_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyJob *job = user_data;
  GError *error = NULL;
  g_autofree char *path = sally_free_name_find_finish (result, &error);

  if (path == NULL)
    {
      stumble_named (job, error);
      return;
    }
  sally_transfer_set_remote_path (job->transfer, path);
  job->is_restored = TRUE; /* the next attempt must not look for another name */
  if (job->queue->store != NULL)
    sally_transfer_store_update (job->queue->store, get_record (job));
  hand_over (job);
}

/* Where it may not be taken into hiding the file is sent whole. */
static void
adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyJob *job = user_data;
  SallyTransferRecord *record = get_record (job);

  if (sally_wire_engine1_call_adopt_partial_finish (SALLY_WIRE_ENGINE1 (source), result, NULL))
    {
      job->is_restored = TRUE;
      if (job->queue->store != NULL)
        sally_transfer_store_update (job->queue->store, record);
    }
  else
    job->offset = record->offset = 0;
  hand_over (job);
}

/* A shorter file under the final name: whole or not there holds for it, too, from now on. */
static void
adopt (SallyJob *job, guint64 bytes)
{
  SallyTransferRecord *record = get_record (job);
  SallyWireEngine1 *engine =
      sally_connection_get_engine (sally_transfer_get_connection (job->transfer));

  job->decision = SALLY_CONFLICT_DO_REPLACE;
  job->offset = record->offset = bytes;
  if (engine != NULL)
    sally_wire_engine1_call_adopt_partial (engine, record->remote_path, record->token, job->wish,
                                           adopted, job);
  else
    hand_over (job);
}

/* An attempt whose last word was lost has left nothing under its temporary name, and a target that
 * is the source. Where the target may be replaced, the engine finds out by itself. */
static gboolean
was_delivered (SallyJob *job, const SallyRemoteAttributes *target)
{
  return job->is_restored && get_record (job)->conflict != SALLY_CONFLICT_REPLACE &&
         job->source.mtime != 0 && (target->flags & SALLY_ATTRIBUTE_SIZE) &&
         (target->flags & SALLY_ATTRIBUTE_TIMES) && target->size == job->source.size &&
         target->mtime == job->source.mtime;
}

static void
remote_target_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyJob *job = user_data;
  SallyRemoteAttributes attributes = { 0 };
  SallyConflictFile ours = { job->source.size, job->source.mtime };
  SallyConflictFile theirs;
  g_autoptr (GError) error = NULL;

  if (!sally_connection_stat_finish (SALLY_CONNECTION (source), result, &attributes, &error))
    {
      if (!g_error_matches (error, SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND))
        {
          stumble_named (job, g_steal_pointer (&error));
          return;
        }
      job->decision = SALLY_CONFLICT_DO_FAIL; /* what appears meanwhile was in no question */
      hand_over (job);
      return;
    }
  if (was_delivered (job, &attributes))
    {
      job->digest = job->digest != NULL ? job->digest : sally_digest_new (job->source.descriptor);
      finish (job, job->source.size);
      return;
    }
  theirs = (SallyConflictFile) { attributes.size,
                                 attributes.flags & SALLY_ATTRIBUTE_TIMES ? attributes.mtime : 0 };
  job->decision =
      sally_conflict_decide ((SallyConflict) get_record (job)->conflict, &ours, &theirs);
  if (job->decision == SALLY_CONFLICT_DO_RESUME)
    adopt (job, theirs.size);
  else if (!follow_decision (job))
    hand_over (job);
}

static void
source_prepared (SallyJob *job)
{
  SallyTransferRecord *record = get_record (job);

  sally_transfer_set_size (job->transfer, job->source.size);
  if (record->size != job->source.size || record->stamp != job->source.stamp)
    start_over (job);
  record->size = job->source.size;
  record->stamp = job->source.stamp;
  job->decision = SALLY_CONFLICT_DO_REPLACE;
  if (record->conflict == SALLY_CONFLICT_REPLACE)
    hand_over (job);
  else if (record->conflict == SALLY_CONFLICT_KEEP_BOTH && !job->is_restored)
    {
      job->decision = SALLY_CONFLICT_DO_KEEP_BOTH;
      sally_free_name_find_async (sally_transfer_get_connection (job->transfer),
                                  record->remote_path, job->wish, free_name_found, job);
    }
  else if (record->conflict == SALLY_CONFLICT_FAIL && !job->is_restored)
    {
      job->decision = SALLY_CONFLICT_DO_FAIL; /* the engine looks */
      hand_over (job);
    }
  else
    sally_connection_stat_async (sally_transfer_get_connection (job->transfer), record->remote_path,
                                 FALSE, job->wish, remote_target_known, job);
}

static void
prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyJob *job = user_data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    sally_job_stumble (job, error);
  else if (sally_job_follow_wish (job))
    return;
  else if (sally_transfer_get_is_upload (job->transfer))
    source_prepared (job);
  else
    target_prepared (job);
}

static void
prepare (SallyJob *job)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, prepared, job);

  g_task_set_static_name (task, "open the local file");
  g_task_set_task_data (task, job, NULL);
  g_task_run_in_thread (task, prepare_thread);
}

/* The size is wanted for the progress; a server that does not tell it is no obstacle. */
static void
source_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyJob *job = user_data;
  SallyTransferRecord *record = get_record (job);
  SallyRemoteAttributes attributes;
  GError *error = NULL;

  if (!sally_connection_stat_finish (SALLY_CONNECTION (source), result, &attributes, &error))
    {
      stumble_named (job, error);
      return;
    }
  if (attributes.flags & SALLY_ATTRIBUTE_PERMISSIONS && (attributes.permissions & S_IFMT) != 0 &&
      !S_ISREG (attributes.permissions))
    {
      sally_job_stumble (job, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED,
                                                   S_ISDIR (attributes.permissions)
                                                       ? _ ("it is a folder, not a file")
                                                       : _ ("it is not a regular file")));
      return;
    }
  job->remote.size = attributes.flags & SALLY_ATTRIBUTE_SIZE ? attributes.size : 0;
  job->remote.mtime = attributes.flags & SALLY_ATTRIBUTE_TIMES ? attributes.mtime : 0;
  if (record->size != job->remote.size || record->stamp != job->remote.mtime)
    start_over (job);
  record->size = job->remote.size;
  record->stamp = job->remote.mtime;
  if (job->remote.size > 0)
    sally_transfer_set_size (job->transfer, job->remote.size);
  prepare (job);
}

void
sally_job_start (SallyJob *job)
{
  SallyConnection *connection = sally_transfer_get_connection (job->transfer);

  if (sally_job_follow_wish (job))
    return;
  if (sally_connection_get_engine (connection) == NULL)
    {
      g_autoptr (GError) error = g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                                                      _ ("The connection is not open"));

      sally_link_hold (job->link, job, error);
      return;
    }
  job->stage = SALLY_JOB_PREPARING;
  job->has_moved = FALSE;
  /* It went on before: another attempt may have come to its end without a last word. */
  if (job->id != 0)
    job->is_restored = TRUE;
  if (sally_transfer_get_is_upload (job->transfer))
    prepare (job);
  else
    sally_connection_stat_async (connection, sally_transfer_get_remote_path (job->transfer), TRUE,
                                 job->wish, source_known, job);
}

void
sally_job_interrupt (SallyJob *job, gboolean pause)
{
  if (job->stage == SALLY_JOB_FINISHING)
    return;
  job->wants_pause = pause;
  g_cancellable_cancel (job->wish);
  switch (job->stage)
    {
    case SALLY_JOB_WITH_ENGINE:
      sally_link_cancel (job->link, job, pause);
      break;
    case SALLY_JOB_WAITING:
    case SALLY_JOB_ASKING:
    case SALLY_JOB_READY:
    case SALLY_JOB_HELD:
      sally_job_follow_wish (job);
      break;
    default:
      /* Whoever works for it notices. */
      break;
    }
}

void
sally_job_answered (SallyJob *job, SallyConflict answer)
{
  get_record (job)->conflict = (int) answer;
  sally_job_start (job);
}
