/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/sync.h"

#include "base/error.h"
#include "base/text.h"
#include "model/remote-path.h"
#include "remote/sync-digests.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

/* Folders made, or files removed, at once: enough to hide a long line's delay. */
#define MAX_WORKING 48

struct _SallySync
{
  GObject parent_instance;

  SallyTransferQueue *queue;
  SallyConnection *connection;
  gboolean is_upload;
  char *local;
  char *remote;
  SallySyncOptions options;

  GPtrArray *source; /* censuses, into which the steps point */
  GPtrArray *target;
  GPtrArray *steps;
  guint n_unsafe;

  guint next; /* step */
  guint n_working;
  GHashTable *transfers; /* of those that have not ended */
  SallySyncResult counts;
  GError *error; /* the first */
};

G_DEFINE_FINAL_TYPE (SallySync, sally_sync, G_TYPE_OBJECT)

enum
{
  PROGRESS,
  DONE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* One step under way. */
typedef struct
{
  GTask *task;
  const SallySyncStep *step;
} Work;

static void work_on (GTask *task);

static void
sally_sync_finalize (GObject *object)
{
  SallySync *self = SALLY_SYNC (object);

  g_clear_pointer (&self->steps, g_ptr_array_unref);
  g_clear_pointer (&self->source, g_ptr_array_unref);
  g_clear_pointer (&self->target, g_ptr_array_unref);
  g_hash_table_unref (self->transfers);
  g_clear_error (&self->error);
  g_object_unref (self->queue);
  g_object_unref (self->connection);
  g_free (self->local);
  g_free (self->remote);
  G_OBJECT_CLASS (sally_sync_parent_class)->finalize (object);
}

static void
sally_sync_class_init (SallySyncClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_sync_finalize;

  signals[PROGRESS] = g_signal_new ("progress", SALLY_TYPE_SYNC, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[DONE] = g_signal_new ("done", SALLY_TYPE_SYNC, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

static void
sally_sync_init (SallySync *self)
{
  self->transfers = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

SallySync *
sally_sync_new (SallyTransferQueue *queue,
                SallyConnection *connection,
                gboolean is_upload,
                const char *local,
                const char *remote,
                const SallySyncOptions *options)
{
  SallySync *self;

  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (queue), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (options != NULL, NULL);

  self = g_object_new (SALLY_TYPE_SYNC, NULL);
  self->queue = g_object_ref (queue);
  self->connection = g_object_ref (connection);
  self->is_upload = is_upload;
  self->local = g_strdup (local);
  self->remote = g_strdup (remote);
  self->options = *options;
  return self;
}

static char *
dup_local (SallySync *self, const char *path)
{
  return *path != '\0' ? g_build_filename (self->local, path, NULL) : g_strdup (self->local);
}

static char *
dup_remote (SallySync *self, const char *path)
{
  return *path != '\0' ? sally_remote_path_join (self->remote, path) : g_strdup (self->remote);
}

static void
make_plan (GTask *task)
{
  SallySync *self = g_task_get_source_object (task);

  self->steps = sally_sync_plan (self->source, self->target, &self->options);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
digests_progressed (guint n_done, guint n_all, gpointer user_data)
{
  g_signal_emit (g_task_get_source_object (user_data), signals[PROGRESS], 0, n_done, n_all);
}

static void
digests_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;

  if (sally_sync_digests_finish (result, &error))
    make_plan (task);
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

static void
both_known (GTask *task)
{
  SallySync *self = g_task_get_source_object (task);
  GPtrArray *local = self->is_upload ? self->source : self->target;
  GPtrArray *remote = self->is_upload ? self->target : self->source;

  if (self->options.compare == SALLY_SYNC_BY_CONTENTS)
    sally_sync_digests_async (self->connection, self->local, local, self->remote, remote,
                              digests_progressed, task, g_task_get_cancellable (task),
                              digests_known, task);
  else
    make_plan (task);
}

/* What is not there is empty, if it may be made. */
static void
target_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallySync *self = g_task_get_source_object (task);
  GError *error = NULL;
  guint n_unsafe = 0;

  self->target = sally_census_finish (result, &n_unsafe, &error);
  self->n_unsafe += n_unsafe;
  if (self->target == NULL && (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND) ||
                               g_error_matches (error, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND)))
    {
      g_clear_error (&error);
      self->target = g_ptr_array_new ();
    }
  if (self->target != NULL)
    both_known (task);
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

static void
source_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallySync *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  guint n_unsafe = 0;

  self->source = sally_census_finish (result, &n_unsafe, &error);
  self->n_unsafe += n_unsafe;
  if (self->source == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
  else if (self->is_upload)
    sally_census_remote_async (self->connection, self->remote, cancellable, target_counted, task);
  else
    sally_census_local_async (self->local, cancellable, target_counted, task);
}

void
sally_sync_plan_async (SallySync *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_SYNC (self));
  g_return_if_fail (self->source == NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_sync_plan_async);
  if (self->is_upload)
    sally_census_local_async (self->local, cancellable, source_counted, task);
  else
    sally_census_remote_async (self->connection, self->remote, cancellable, source_counted, task);
}

GPtrArray *
sally_sync_plan_finish (SallySync *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_boolean (G_TASK (result), error) ? self->steps : NULL;
}

guint
sally_sync_get_n_unsafe (SallySync *self)
{
  g_return_val_if_fail (SALLY_IS_SYNC (self), 0);

  return self->n_unsafe;
}

/* Takes the error (nullable). */
static void
note (SallySync *self, const SallySyncStep *step, GError *error)
{
  if (error != NULL)
    self->counts.n_failed++;
  else if (step->kind == SALLY_SYNC_MAKE_FOLDER)
    self->counts.n_made++;
  else
    self->counts.n_deleted++;
  g_signal_emit (self, signals[DONE], 0, step, error);
  if (self->error == NULL)
    self->error = error;
  else
    g_clear_error (&error);
}

static void
work_done (Work *work, GError *error)
{
  GTask *task = work->task;
  SallySync *self = g_task_get_source_object (task);

  note (self, work->step, error);
  g_free (work);
  self->n_working--;
  work_on (task);
}

static void
changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  sally_connection_change_finish (SALLY_CONNECTION (source), result, &error);
  work_done (user_data, error);
}

static void
change_locally_thread (GTask *thread,
                       gpointer source,
                       gpointer task_data,
                       GCancellable *cancellable)
{
  Work *work = task_data;
  g_autofree char *path =
      dup_local (g_task_get_source_object (work->task), work->step->entry->path);
  GError *error = NULL;
  int status;

  if (work->step->kind == SALLY_SYNC_MAKE_FOLDER)
    status = g_mkdir (path, 0777);
  else
    status = work->step->kind == SALLY_SYNC_DELETE_FOLDER ? g_rmdir (path) : g_unlink (path);
  if (status == 0)
    g_task_return_boolean (thread, TRUE);
  else
    {
      sally_error_set_errno (&error, errno, path);
      g_task_return_error (thread, error);
    }
}

static void
changed_locally (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  work_done (user_data, error);
}

static void
begin_change (GTask *task, const SallySyncStep *step)
{
  SallySync *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autofree char *remote = dup_remote (self, step->entry->path);
  Work *work = g_new (Work, 1);

  *work = (Work) { task, step };
  self->n_working++;
  if (!self->is_upload)
    {
      g_autoptr (GTask) thread = g_task_new (NULL, NULL, changed_locally, work);

      g_task_set_static_name (thread, "change the local folder");
      g_task_set_task_data (thread, work, NULL);
      g_task_run_in_thread (thread, change_locally_thread);
    }
  else if (step->kind == SALLY_SYNC_MAKE_FOLDER)
    sally_connection_make_directory_async (self->connection, remote, cancellable, changed, work);
  else
    sally_connection_remove_async (self->connection, remote, step->kind == SALLY_SYNC_DELETE_FOLDER,
                                   cancellable, changed, work);
}

static void
begin_copy (SallySync *self, const SallySyncStep *step)
{
  g_autofree char *local = dup_local (self, step->entry->path);
  g_autofree char *remote = dup_remote (self, step->entry->path);
  SallyTransfer *transfer;

  if (self->is_upload)
    transfer = sally_transfer_queue_upload (self->queue, self->connection, local, remote,
                                            SALLY_CONFLICT_REPLACE);
  else
    {
      g_autofree char *directory = g_path_get_dirname (local);
      g_autofree char *name = g_path_get_basename (local);

      transfer = sally_transfer_queue_download (self->queue, self->connection, remote, directory,
                                                name, SALLY_CONFLICT_REPLACE);
    }
  g_hash_table_add (self->transfers, g_object_ref (transfer));
}

static void
block (SallySync *self, const SallySyncStep *step)
{
  g_autofree char *shown = sally_text_from_name (step->entry->path, strlen (step->entry->path));

  note (self, step,
        g_error_new (SALLY_ERROR,
                     self->is_upload ? SALLY_ERROR_REMOTE_EXISTS : SALLY_ERROR_LOCAL_EXISTS,
                     _ ("“%s”: something of another kind is in its place, which is left alone"),
                     shown));
}

/* Whether the next step may begin while those before it are under way: a folder comes after its
 * parent was made, and goes after what is in it. */
static gboolean
must_wait (SallySync *self, const SallySyncStep *step)
{
  const SallySyncStep *before;

  if (self->n_working == 0 && g_hash_table_size (self->transfers) == 0)
    return FALSE;
  before = self->next > 0 ? self->steps->pdata[self->next - 1] : NULL;
  switch (step->kind)
    {
    case SALLY_SYNC_MAKE_FOLDER:
      return self->n_working >= MAX_WORKING ||
             (self->n_working > 0 && before != NULL &&
              sally_sync_step_get_depth (before) != sally_sync_step_get_depth (step));
    case SALLY_SYNC_COPY:
      return self->n_working > 0;
    case SALLY_SYNC_DELETE_FILE:
    case SALLY_SYNC_DELETE_FOLDER:
      return g_hash_table_size (self->transfers) > 0 || self->n_working >= MAX_WORKING ||
             before == NULL || before->kind != step->kind ||
             (step->kind == SALLY_SYNC_DELETE_FOLDER &&
              sally_sync_step_get_depth (before) != sally_sync_step_get_depth (step));
    case SALLY_SYNC_BLOCKED:
    default:
      return FALSE;
    }
}

static gboolean
is_deletion (const SallySyncStep *step)
{
  return step->kind == SALLY_SYNC_DELETE_FILE || step->kind == SALLY_SYNC_DELETE_FOLDER;
}

/* The source of the cancellable holds the task. */
static void
stop_watching (GTask *task)
{
  GSource *source = g_object_steal_data (G_OBJECT (task), "cancelled");

  if (source != NULL)
    {
      g_source_destroy (source);
      g_source_unref (source);
    }
}

static void
end (GTask *task)
{
  SallySync *self = g_task_get_source_object (task);
  GError *error = NULL;

  stop_watching (task);
  g_signal_handlers_disconnect_by_data (self->queue, task);
  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error))
    g_task_return_error (task, error);
  else if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
work_on (GTask *task)
{
  SallySync *self = g_task_get_source_object (task);

  while (self->next < self->steps->len)
    {
      const SallySyncStep *step = self->steps->pdata[self->next];

      if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
        break;
      if (must_wait (self, step))
        return;
      /* Only once everything else has gone well: a sync that stopped half-way has lost nothing. */
      if (is_deletion (step) && self->counts.n_failed > 0 && self->counts.n_deleted == 0)
        {
          self->counts.has_stopped = TRUE;
          break;
        }
      self->next++;
      if (step->kind == SALLY_SYNC_COPY)
        begin_copy (self, step);
      else if (step->kind == SALLY_SYNC_BLOCKED)
        block (self, step);
      else
        begin_change (task, step);
    }
  if (self->n_working == 0 && g_hash_table_size (self->transfers) == 0)
    end (task);
}

static void
transfer_finished (SallyTransferQueue *queue, SallyTransfer *transfer, GTask *task)
{
  SallySync *self = g_task_get_source_object (task);
  const GError *error = sally_transfer_get_error (transfer);

  if (!g_hash_table_contains (self->transfers, transfer))
    return;
  if (error == NULL)
    self->counts.n_copied++;
  else
    {
      self->counts.n_failed++;
      if (self->error == NULL)
        self->error = g_error_copy (error);
    }
  g_hash_table_remove (self->transfers, transfer);
  work_on (task);
}

static gboolean
cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  SallySync *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) transfers = g_hash_table_get_keys_as_ptr_array (self->transfers);

  /* One that still waits ends at once, and leaves the table. */
  g_ptr_array_foreach (transfers, (GFunc) g_object_ref, NULL);
  for (guint i = 0; i < transfers->len; i++)
    sally_transfer_queue_cancel (self->queue, transfers->pdata[i]);
  g_ptr_array_foreach (transfers, (GFunc) g_object_unref, NULL);
  return G_SOURCE_REMOVE;
}

/* The target itself, which may be there. */
static void
root_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  if (SALLY_IS_CONNECTION (source))
    sally_connection_change_finish (SALLY_CONNECTION (source), result, NULL);
  else
    g_task_propagate_boolean (G_TASK (result), NULL);
  work_on (user_data);
}

static void
make_root_thread (GTask *thread, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_boolean (thread, g_mkdir_with_parents (task_data, 0777) == 0);
}

static void
make_root (GTask *task)
{
  SallySync *self = g_task_get_source_object (task);

  if (self->is_upload)
    sally_connection_make_directory_async (self->connection, self->remote,
                                           g_task_get_cancellable (task), root_made, task);
  else
    {
      g_autoptr (GTask) thread = g_task_new (NULL, NULL, root_made, task);

      g_task_set_static_name (thread, "make the local folder");
      g_task_set_task_data (thread, self->local, NULL);
      g_task_run_in_thread (thread, make_root_thread);
    }
}

void
sally_sync_run_async (SallySync *self,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_SYNC (self));
  g_return_if_fail (self->steps != NULL && self->next == 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_sync_run_async);
  g_task_set_check_cancellable (task, FALSE);
  if (cancellable != NULL)
    {
      GSource *source = g_cancellable_source_new (cancellable);

      g_object_set_data (G_OBJECT (task), "cancelled", source);
      g_task_attach_source (task, source, G_SOURCE_FUNC (cancelled));
    }
  g_signal_connect (self->queue, "finished", G_CALLBACK (transfer_finished), task);
  if (self->target->len == 0)
    make_root (task);
  else
    work_on (task);
}

gboolean
sally_sync_run_finish (SallySync *self,
                       GAsyncResult *result,
                       SallySyncResult *counts,
                       GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (counts != NULL)
    *counts = self->counts;
  return g_task_propagate_boolean (G_TASK (result), error);
}
