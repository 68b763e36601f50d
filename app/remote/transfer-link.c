/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the transfers of one connection share: batches to its engine, news from it, its loss. */
#include "config.h"

#include "remote/transfer-queue-private.h"

#include "base/error.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>

/* SCM_RIGHTS takes 253 descriptors a message. */
#define MAX_BATCH 250

/* For the news that an engine has gone. */
#define NEWS_MS 200
/* As engine.xml has it: the server's own. */
#define NO_MODE 0xffffffffu

struct _SallyLink
{
  gatomicrefcount references;
  SallyTransferQueue *queue; /* NULL once it is gone */
  SallyConnection *connection;
  SallyWireEngine1 *engine; /* the one whose signals we get */
  SallyReconnect *reconnect;
  GPtrArray *ready[2];     /* of SallyJob: downloads, uploads */
  GHashTable *with_engine; /* id -> SallyJob */
  GHashTable *held;        /* set of SallyJob */
  GPtrArray *awaiting;     /* of GTask, which want the connection back */
  guint flush_source;
  gboolean has_moved; /* anything, since the connection was made last */
  GError *given_up;   /* why; NULL once there is a new reason to try */
};

SallyLink *
sally_link_ref (SallyLink *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
unwatch_engine (SallyLink *self)
{
  if (self->engine != NULL)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  g_clear_object (&self->engine);
}

/* Hears nothing any more. */
static void
stop_listening (SallyLink *self)
{
  unwatch_engine (self);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_signal_handlers_disconnect_by_data (self->reconnect, self);
  sally_reconnect_stop (self->reconnect);
  g_clear_handle_id (&self->flush_source, g_source_remove);
}

void
sally_link_unref (SallyLink *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  stop_listening (self);
  if (self->queue != NULL)
    g_hash_table_remove (self->queue->links, self->connection);
  g_ptr_array_unref (self->ready[0]);
  g_ptr_array_unref (self->ready[1]);
  g_hash_table_unref (self->with_engine);
  g_hash_table_unref (self->held);
  g_ptr_array_unref (self->awaiting);
  g_clear_error (&self->given_up);
  g_object_unref (self->reconnect);
  g_object_unref (self->connection);
  g_free (self);
}

void
sally_link_outlive_queue (SallyLink *self)
{
  stop_listening (self);
  self->queue = NULL;
}

static void
transfer_progress (SallyWireEngine1 *engine, GVariant *moved, SallyLink *self)
{
  GVariantIter iter;
  guint64 id, bytes, safe;

  g_variant_iter_init (&iter, moved);
  while (g_variant_iter_next (&iter, "(ttt)", &id, &bytes, &safe))
    {
      SallyJob *job = g_hash_table_lookup (self->with_engine, &id);

      if (job != NULL)
        self->has_moved |= sally_job_progressed (job, bytes, safe);
    }
  sally_queue_update_totals (self->queue);
}

static void
transfer_finished (SallyWireEngine1 *engine,
                   guint64 id,
                   guint64 bytes,
                   GVariant *attributes,
                   const char *error_name,
                   const char *message,
                   SallyLink *self)
{
  SallyJob *job = g_hash_table_lookup (self->with_engine, &id);

  if (job == NULL)
    return;
  g_hash_table_remove (self->with_engine, &id);
  if (*error_name != '\0')
    {
      sally_job_stumble (job, sally_connection_clean_error (
                                  g_dbus_error_new_for_dbus_error (error_name, message)));
      return;
    }
  self->has_moved = TRUE;
  sally_job_delivered (job, bytes, attributes);
}

/* The jobs as they are now: each may leave, and bring others along, while they are gone through. */
static GPtrArray *
dup_jobs (SallyLink *self, gboolean are_waiting, gboolean are_started)
{
  GPtrArray *jobs = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer job;

  for (GList *l = self->queue->waiting.head; are_waiting && l != NULL; l = l->next)
    if (((SallyJob *) l->data)->link == self)
      g_ptr_array_add (jobs, l->data);
  g_hash_table_iter_init (&iter, self->queue->started);
  while (are_started && g_hash_table_iter_next (&iter, &job, NULL))
    if (((SallyJob *) job)->link == self)
      g_ptr_array_add (jobs, job);
  return jobs;
}

/* Answers all who await the connection; `error` NULL: it is there. */
static void
answer_awaiting (SallyLink *self, const GError *error)
{
  g_autoptr (GPtrArray) awaiting = g_steal_pointer (&self->awaiting);

  self->awaiting = g_ptr_array_new ();
  for (guint i = 0; i < awaiting->len; i++)
    {
      g_autoptr (GTask) task = g_ptr_array_index (awaiting, i);
      GSource *source = g_object_get_data (G_OBJECT (task), "cancelled");

      if (source != NULL)
        g_source_destroy (source);
      if (error == NULL)
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, g_error_copy (error));
    }
}

static void
fail_all (SallyLink *self, const GError *error)
{
  g_autoptr (GPtrArray) waiting = dup_jobs (self, TRUE, FALSE);
  g_autoptr (GPtrArray) held = g_hash_table_get_keys_as_ptr_array (self->held);

  for (guint i = 0; i < held->len; i++)
    sally_job_end (g_ptr_array_index (held, i), g_error_copy (error));
  for (guint i = 0; i < waiting->len; i++)
    sally_job_end (g_ptr_array_index (waiting, i), g_error_copy (error));
}

static void
release_held (SallyLink *self)
{
  g_autoptr (GPtrArray) held = g_hash_table_get_keys_as_ptr_array (self->held);

  g_hash_table_remove_all (self->held);
  for (guint i = 0; i < held->len; i++)
    sally_job_start (g_ptr_array_index (held, i));
}

static void
reconnect_ended (SallyReconnect *reconnect, const GError *error, SallyLink *self)
{
  sally_link_ref (self);
  if (error == NULL)
    release_held (self);
  else
    {
      g_clear_error (&self->given_up);
      self->given_up = g_error_copy (error);
      fail_all (self, error);
    }
  answer_awaiting (self, error);
  sally_link_unref (self);
}

static GError *
new_closed_error (void)
{
  return g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                              _ ("The connection was closed"));
}

/* What was with that engine gets no more news from it. Whoever closed the connection on purpose
 * does not want it back at once. */
static void
engine_gone (SallyLink *self)
{
  g_autoptr (GPtrArray) started = dup_jobs (self, FALSE, TRUE);
  g_autoptr (GPtrArray) waiting = dup_jobs (self, TRUE, FALSE);
  gboolean was_closed = sally_connection_was_closed (self->connection);

  unwatch_engine (self);
  g_clear_handle_id (&self->flush_source, g_source_remove);
  g_ptr_array_set_size (self->ready[0], 0);
  g_ptr_array_set_size (self->ready[1], 0);
  g_hash_table_remove_all (self->with_engine);
  for (guint i = 0; i < started->len; i++)
    {
      SallyJob *job = g_ptr_array_index (started, i);
      gboolean was_here = job->stage == SALLY_JOB_READY || job->stage == SALLY_JOB_WITH_ENGINE;

      if (was_closed)
        {
          if (was_here)
            job->stage = SALLY_JOB_HELD;
          sally_job_interrupt (job, TRUE);
        }
      else if (was_here)
        sally_job_stumble (job, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                                                     _ ("The connection was lost")));
    }
  for (guint i = 0; was_closed && i < waiting->len; i++)
    sally_job_interrupt (g_ptr_array_index (waiting, i), TRUE);
  if (was_closed)
    {
      g_autoptr (GError) closed = new_closed_error ();

      answer_awaiting (self, closed);
    }
}

static void
readiness_changed (SallyConnection *connection, GParamSpec *pspec, SallyLink *self)
{
  sally_link_ref (self);
  if (sally_connection_get_engine (connection) == NULL)
    engine_gone (self);
  else
    {
      g_clear_error (&self->given_up);
      self->has_moved = FALSE;
    }
  sally_link_unref (self);
}

SallyLink *
sally_link_get (SallyTransferQueue *queue, SallyConnection *connection)
{
  SallyLink *self = g_hash_table_lookup (queue->links, connection);

  if (self != NULL)
    return sally_link_ref (self);
  self = g_new0 (SallyLink, 1);
  g_atomic_ref_count_init (&self->references);
  self->queue = queue;
  self->connection = g_object_ref (connection);
  self->reconnect = sally_reconnect_new (connection);
  self->ready[0] = g_ptr_array_new ();
  self->ready[1] = g_ptr_array_new ();
  self->with_engine = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->held = g_hash_table_new (NULL, NULL);
  self->awaiting = g_ptr_array_new ();
  g_signal_connect (connection, "notify::is-ready", G_CALLBACK (readiness_changed), self);
  g_signal_connect (self->reconnect, "ended", G_CALLBACK (reconnect_ended), self);
  g_hash_table_insert (queue->links, connection, self);
  return self;
}

void
sally_link_apply_limits (SallyLink *self)
{
  SallyTransferQueue *queue = self->queue;

  if (queue->uses_limits && self->engine != NULL)
    sally_wire_engine1_call_set_limits (self->engine, queue->download_limit, queue->upload_limit,
                                        NULL, NULL, NULL);
}

static void
watch_engine (SallyLink *self, SallyWireEngine1 *engine)
{
  if (self->engine == engine)
    return;
  unwatch_engine (self);
  self->engine = g_object_ref (engine);
  g_signal_connect (engine, "transfer-finished", G_CALLBACK (transfer_finished), self);
  g_signal_connect (engine, "transfer-progress", G_CALLBACK (transfer_progress), self);
  sally_link_apply_limits (self);
}

/* One call of many files: its answer finds those that are still the engine's by their ids. */
typedef struct
{
  SallyLink *link;
  GArray *ids; /* of guint64 */
} Batch;

static void
handed_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Batch *batch = user_data;
  g_autoptr (GArray) ids = batch->ids;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) nothing =
      g_dbus_proxy_call_with_unix_fd_list_finish (G_DBUS_PROXY (source), NULL, result, &error);

  if (nothing == NULL)
    error = sally_connection_clean_error (g_steal_pointer (&error));
  for (guint i = 0; nothing == NULL && i < ids->len; i++)
    {
      guint64 id = g_array_index (ids, guint64, i);
      SallyJob *job = g_hash_table_lookup (batch->link->with_engine, &id);

      if (job == NULL)
        continue;
      g_hash_table_remove (batch->link->with_engine, &id);
      sally_job_stumble (job, g_error_copy (error));
    }
  sally_link_unref (batch->link);
}

static void
add_file (GVariantBuilder *files, SallyJob *job, int handle)
{
  const SallyTransferRecord *record = sally_transfer_get_record (job->transfer);

  if (record->is_upload)
    g_variant_builder_add (files, "(th^aytuubst)", job->id, handle, record->remote_path,
                           job->source.size,
                           job->queue->keeps_permissions ? job->source.mode : NO_MODE,
                           job->queue->keeps_times ? job->source.mtime : 0,
                           job->decision == SALLY_CONFLICT_DO_REPLACE, record->token, job->offset);
  else
    g_variant_builder_add (files, "(th^aytttt)", job->id, handle, record->remote_path, job->offset,
                           job->remote.size, (guint64) job->remote.mtime, G_MAXUINT64);
}

static void
send_batch (SallyLink *self, SallyWireEngine1 *engine, gboolean is_upload, GPtrArray *jobs)
{
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  GVariantBuilder files;
  Batch *batch = g_new (Batch, 1);

  *batch = (Batch) { sally_link_ref (self), g_array_new (FALSE, FALSE, sizeof (guint64)) };
  g_variant_builder_init (&files, is_upload ? G_VARIANT_TYPE ("a(thaytuubst)")
                                            : G_VARIANT_TYPE ("a(thaytttt)"));
  for (guint i = 0; i < jobs->len; i++)
    {
      SallyJob *job = g_ptr_array_index (jobs, i);
      int descriptor =
          is_upload ? job->source.descriptor : sally_local_target_get_descriptor (job->target);
      GError *error = NULL;
      int handle = g_unix_fd_list_append (descriptors, descriptor, &error);

      if (handle < 0)
        {
          sally_job_stumble (job, error);
          continue;
        }
      job->stage = SALLY_JOB_WITH_ENGINE;
      g_hash_table_insert (self->with_engine, &job->id, job);
      g_array_append_val (batch->ids, job->id);
      sally_transfer_set_state (job->transfer, SALLY_TRANSFER_RUNNING, NULL);
      add_file (&files, job, handle);
    }
  if (is_upload)
    sally_wire_engine1_call_upload (engine, g_variant_builder_end (&files), descriptors, NULL,
                                    handed_over, batch);
  else
    sally_wire_engine1_call_download (engine, g_variant_builder_end (&files), descriptors, NULL,
                                      handed_over, batch);
}

static void
flush (SallyLink *self, gboolean is_upload)
{
  SallyWireEngine1 *engine = sally_connection_get_engine (self->connection);
  g_autoptr (GPtrArray) jobs = self->ready[is_upload];

  self->ready[is_upload] = g_ptr_array_new ();
  if (jobs->len == 0)
    return;
  watch_engine (self, engine);
  send_batch (self, engine, is_upload, jobs);
}

static gboolean
flush_cb (gpointer user_data)
{
  SallyLink *self = sally_link_ref (user_data);

  self->flush_source = 0;
  flush (self, FALSE);
  flush (self, TRUE);
  sally_link_unref (self);
  return G_SOURCE_REMOVE;
}

void
sally_link_hand_over (SallyLink *self, SallyJob *job)
{
  static guint64 last_id = 0;
  gboolean is_upload = sally_transfer_get_is_upload (job->transfer);

  if (sally_connection_get_engine (self->connection) == NULL)
    {
      sally_job_stumble (job, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                                                   _ ("The connection is not open")));
      return;
    }
  job->id = ++last_id;
  job->stage = SALLY_JOB_READY;
  g_ptr_array_add (self->ready[is_upload], job);
  if (self->ready[is_upload]->len >= MAX_BATCH)
    flush (self, is_upload);
  else if (self->flush_source == 0)
    self->flush_source = g_timeout_add (0, flush_cb, self);
}

void
sally_link_cancel (SallyLink *self, SallyJob *job, gboolean keep)
{
  if (self->engine != NULL)
    sally_wire_engine1_call_cancel_transfer (self->engine, job->id, keep, NULL, NULL, NULL);
}

void
sally_link_hold (SallyLink *self, SallyJob *job, const GError *cause)
{
  if (self->given_up != NULL)
    {
      sally_job_end (job, g_error_copy (self->given_up));
      return;
    }
  job->stage = SALLY_JOB_HELD;
  g_hash_table_add (self->held, job);
  sally_transfer_set_state (job->transfer, SALLY_TRANSFER_WAITING, cause);
  sally_reconnect_begin (self->reconnect, cause, self->has_moved, self->queue->max_attempts);
  self->has_moved = FALSE;
}

/* Whoever was the last to wait takes the attempts along. */
static void
stop_if_unwanted (SallyLink *self)
{
  if (g_hash_table_size (self->held) == 0 && self->awaiting->len == 0)
    sally_reconnect_stop (self->reconnect);
}

static gboolean
awaiting_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyLink *self = g_task_get_task_data (task);

  g_ptr_array_remove (self->awaiting, task);
  stop_if_unwanted (self);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* Whoever asks again at once may be quicker than the news of the loss. */
static gboolean
still_there (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

void
sally_link_await (SallyLink *self, GTask *task, const GError *cause)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_task_set_task_data (task, sally_link_ref (self), (GDestroyNotify) sally_link_unref);
  if (sally_connection_get_engine (self->connection) != NULL)
    {
      g_timeout_add (NEWS_MS, still_there, task);
      return;
    }
  if (self->given_up != NULL || sally_connection_was_closed (self->connection))
    {
      g_task_return_error (task, self->given_up != NULL ? g_error_copy (self->given_up)
                                                        : new_closed_error ());
      g_object_unref (task);
      return;
    }
  if (cancellable != NULL)
    {
      g_autoptr (GSource) source = g_cancellable_source_new (cancellable);

      g_task_attach_source (task, source, G_SOURCE_FUNC (awaiting_cancelled));
      g_object_set_data_full (G_OBJECT (task), "cancelled", g_steal_pointer (&source),
                              (GDestroyNotify) g_source_unref);
    }
  g_ptr_array_add (self->awaiting, task);
  sally_reconnect_begin (self->reconnect, cause, self->has_moved, self->queue->max_attempts);
  self->has_moved = FALSE;
}

void
sally_link_forget_failure (SallyLink *self)
{
  g_clear_error (&self->given_up);
}

void
sally_link_drop (SallyLink *self, SallyJob *job)
{
  g_ptr_array_remove (self->ready[0], job);
  g_ptr_array_remove (self->ready[1], job);
  g_hash_table_remove (self->with_engine, &job->id);
  g_hash_table_remove (self->held, job);
  stop_if_unwanted (self);
}
