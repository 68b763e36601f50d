/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/tree-private.h"

#include "base/error.h"
#include "base/text.h"
#include "model/remote-path.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

/* Folders and links that are worked on at once: far from the server each takes several round trips,
 * most of them waiting. */
#define MAX_WORKING  48
/* How often one of them may be hit by a lost line: more often it is what brings the line down. */
#define MAX_ATTEMPTS 10

G_DEFINE_FINAL_TYPE (SallyTree, sally_tree, G_TYPE_OBJECT)

static void work_on (GTask *task);
static void settle (GTask *task);

SallyTreeWork *
sally_tree_add_work (GTask *task, SallyTreeWorkKind kind, SallyTreeFolder *folder, const char *name)
{
  SallyTree *self = g_task_get_source_object (task);
  SallyTreeWork *work = g_new0 (SallyTreeWork, 1);

  work->kind = kind;
  work->task = task;
  work->folder = sally_tree_folder_ref (folder);
  work->name = g_strdup (name);
  g_queue_push_tail (&self->waiting, work);
  return work;
}

static void
work_free (SallyTreeWork *work)
{
  sally_tree_folder_unref (work->folder);
  g_free (work->name);
  g_free (work->link);
  g_free (work->real);
  g_clear_pointer (&work->entries, g_ptr_array_unref);
  g_clear_pointer (&work->names, g_hash_table_unref);
  g_clear_error (&work->refusal);
  g_free (work);
}

static void
sally_tree_finalize (GObject *object)
{
  SallyTree *self = SALLY_TREE (object);

  g_queue_clear_full (&self->waiting, (GDestroyNotify) work_free);
  g_ptr_array_unref (self->made);
  g_hash_table_unref (self->transfers);
  g_clear_error (&self->error);
  g_object_unref (self->queue);
  g_object_unref (self->connection);
  g_free (self->source);
  g_free (self->target);
  G_OBJECT_CLASS (sally_tree_parent_class)->finalize (object);
}

static void
sally_tree_class_init (SallyTreeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_tree_finalize;
}

static void
sally_tree_init (SallyTree *self)
{
  g_queue_init (&self->waiting);
  self->made = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_tree_folder_unref);
  self->transfers = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

static SallyTree *
tree_new (SallyTransferQueue *queue,
          SallyConnection *connection,
          gboolean is_upload,
          const char *source,
          const char *target,
          SallyConflict conflict)
{
  SallyTree *self = g_object_new (SALLY_TYPE_TREE, NULL);

  self->queue = g_object_ref (queue);
  self->connection = g_object_ref (connection);
  self->is_upload = is_upload;
  self->source = g_strdup (source);
  self->target = g_strdup (target);
  self->conflict = conflict;
  self->links = sally_transfer_queue_get_links (queue);
  return self;
}

SallyTree *
sally_tree_new_download (SallyTransferQueue *queue,
                         SallyConnection *connection,
                         const char *remote_path,
                         const char *local_directory,
                         const char *name,
                         SallyConflict conflict)
{
  g_autofree char *target = NULL;

  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (queue), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (sally_remote_name_is_safe (name, strlen (name)), NULL);

  target = g_build_filename (local_directory, name, NULL);
  return tree_new (queue, connection, FALSE, remote_path, target, conflict);
}

SallyTree *
sally_tree_new_upload (SallyTransferQueue *queue,
                       SallyConnection *connection,
                       const char *local_path,
                       const char *remote_path,
                       SallyConflict conflict)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (queue), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);

  return tree_new (queue, connection, TRUE, local_path, remote_path, conflict);
}

/* Takes the error, of which only the first is told. */
static void
note (SallyTree *self, GError *error)
{
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
}

static void
cancel_transfers (SallyTree *self)
{
  g_autoptr (GPtrArray) transfers = g_hash_table_get_keys_as_ptr_array (self->transfers);

  /* One that still waits ends at once, and leaves the table. */
  g_ptr_array_foreach (transfers, (GFunc) g_object_ref, NULL);
  for (guint i = 0; i < transfers->len; i++)
    {
      SallyTransfer *transfer = g_ptr_array_index (transfers, i);

      /* One that is paused outlives its walk: a person may want it later. */
      if (sally_transfer_is_active (transfer))
        sally_transfer_queue_cancel (self->queue, transfer);
      else
        g_hash_table_remove (self->transfers, transfer);
    }
  g_ptr_array_foreach (transfers, (GFunc) g_object_unref, NULL);
}

/* Takes the error. What is under way comes to its end; files go on, unless all is cancelled. */
static void
stop (GTask *task, GError *error)
{
  SallyTree *self = g_task_get_source_object (task);

  note (self, error);
  self->is_stopped = TRUE;
  g_queue_clear_full (&self->waiting, (GDestroyNotify) work_free);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    cancel_transfers (self);
}

static void
connection_came (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyTree *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->is_offline = FALSE;
  if (!sally_transfer_queue_await_connection_finish (SALLY_TRANSFER_QUEUE (source), result, &error))
    stop (task, error);
  work_on (task);
}

void
sally_tree_end_work (SallyTreeWork *work, GError *error)
{
  GTask *task = work->task;
  SallyTree *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->n_working--;
  if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST) && !self->is_stopped &&
      ++work->n_attempts < MAX_ATTEMPTS)
    {
      g_queue_push_head (&self->waiting, g_steal_pointer (&work));
      if (!self->is_offline)
        {
          self->is_offline = TRUE;
          sally_transfer_queue_await_connection_async (self->queue, self->connection, error,
                                                       cancellable, connection_came, task);
        }
      g_clear_error (&error);
    }
  else if (error != NULL)
    {
      self->counts.n_refused++;
      note (self, error);
    }
  g_clear_pointer (&work, work_free);
  work_on (task);
}

static void
transfer_finished (SallyTransferQueue *queue, SallyTransfer *transfer, GTask *task)
{
  SallyTree *self = g_task_get_source_object (task);

  if (!g_hash_table_contains (self->transfers, transfer))
    return;
  if (sally_transfer_get_error (transfer) != NULL)
    self->counts.n_failed++;
  g_hash_table_remove (self->transfers, transfer);
  settle (task);
}

static gboolean
check_limits (SallyTree *self, const SallyTreeFolder *folder, GError **error)
{
  g_autofree char *shown = sally_text_from_name (folder->source, strlen (folder->source));

  if (folder->depth < SALLY_TREE_MAX_DEPTH &&
      self->counts.n_files + self->counts.n_folders <= SALLY_TREE_MAX_ENTRIES)
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED,
               _ ("“%s” lies too deep, or the folder holds too much, to be sent as one"), shown);
  return FALSE;
}

static void
work_on (GTask *task)
{
  SallyTree *self = g_task_get_source_object (task);

  while (!self->is_stopped && !self->is_offline && self->n_working < MAX_WORKING &&
         !g_queue_is_empty (&self->waiting))
    {
      SallyTreeWork *work = g_queue_pop_head (&self->waiting);
      GError *error = NULL;

      self->n_working++;
      if (check_limits (self, work->folder, &error))
        sally_tree_begin_work (work);
      else
        {
          self->n_working--;
          work_free (work);
          stop (task, error);
        }
    }
  settle (task);
}

static void
keep_local_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SallyTree *self = g_task_get_source_object (G_TASK (task_data));

  for (guint i = self->made->len; i > 0; i--)
    sally_tree_folder_keep_attributes (g_ptr_array_index (self->made, i - 1),
                                       sally_transfer_queue_get_keeps_permissions (self->queue),
                                       sally_transfer_queue_get_keeps_times (self->queue));
  g_task_return_boolean (task, TRUE);
}

static void
local_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyTree *self = g_task_get_source_object (task);

  g_ptr_array_set_size (self->made, 0);
  self->n_working--;
  settle (task);
}

static void keep_remote (GTask *task);

/* A server that does not set attributes is no reason to fail, but is not asked again. */
static void
remote_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyTree *self = g_task_get_source_object (task);

  if (!sally_connection_change_finish (SALLY_CONNECTION (source), result, NULL))
    g_ptr_array_set_size (self->made, 0);
  self->n_working--;
  keep_remote (task);
}

static void
keep_remote (GTask *task)
{
  SallyTree *self = g_task_get_source_object (task);
  gboolean keeps_mode = sally_transfer_queue_get_keeps_permissions (self->queue);
  gboolean keeps_time = sally_transfer_queue_get_keeps_times (self->queue);

  while (self->made->len > 0 && self->n_working < MAX_WORKING)
    {
      g_autoptr (SallyTreeFolder) folder =
          g_ptr_array_steal_index (self->made, self->made->len - 1);
      SallyRemoteAttributes attributes = { .permissions = folder->mode,
                                           .atime = (guint32) folder->mtime,
                                           .mtime = (guint32) folder->mtime };

      attributes.flags =
          (keeps_mode && folder->has_mode ? SALLY_ATTRIBUTE_PERMISSIONS : 0) |
          (keeps_time && folder->mtime > 0 && folder->mtime <= G_MAXUINT32 ? SALLY_ATTRIBUTE_TIMES
                                                                           : 0);
      if (attributes.flags == 0)
        continue;
      self->n_working++;
      sally_connection_set_attributes_async (self->connection, folder->target, &attributes,
                                             g_task_get_cancellable (task), remote_kept, task);
    }
  settle (task);
}

/* The walk is over, and every file: now nothing changes the folders' times any more. */
static void
keep_attributes (GTask *task)
{
  SallyTree *self = g_task_get_source_object (task);
  g_autoptr (GTask) work = NULL;

  if (self->is_upload)
    {
      keep_remote (task);
      return;
    }
  self->n_working++;
  /* It owns nothing: its thread may be the last with it, after the program has put all else away.
   */
  work = g_task_new (NULL, NULL, local_kept, task);
  g_task_set_static_name (work, "set folders' attributes");
  g_task_set_task_data (work, task, NULL);
  g_task_run_in_thread (work, keep_local_thread);
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

/* Returns the task once nothing of it is left. */
static void
settle (GTask *task)
{
  SallyTree *self = g_task_get_source_object (task);

  if (self->n_working > 0 || self->is_offline || !g_queue_is_empty (&self->waiting) ||
      g_hash_table_size (self->transfers) > 0 || g_task_get_completed (task))
    return;
  if (self->made->len > 0 && !self->is_stopped)
    {
      keep_attributes (task);
      return;
    }
  g_signal_handlers_disconnect_by_data (self->queue, task);
  stop_watching (task);
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static gboolean
cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;

  stop (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled")));
  settle (task);
  return G_SOURCE_REMOVE;
}

void
sally_tree_run_async (SallyTree *self,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (SallyTreeFolder) root = NULL;
  GTask *task;

  g_return_if_fail (SALLY_IS_TREE (self));
  g_return_if_fail (!self->has_run);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_tree_run_async);
  g_task_set_check_cancellable (task, FALSE);
  if (cancellable != NULL)
    {
      GSource *source = g_cancellable_source_new (cancellable);

      g_object_set_data (G_OBJECT (task), "cancelled", source);
      g_task_attach_source (task, source, G_SOURCE_FUNC (cancelled));
    }
  self->has_run = TRUE;
  g_signal_connect (self->queue, "finished", G_CALLBACK (transfer_finished), task);
  root = sally_tree_folder_new (NULL, self->source, self->target);
  sally_tree_add_work (task, SALLY_TREE_WALK, root, NULL);
  work_on (task);
}

gboolean
sally_tree_run_finish (SallyTree *self,
                       GAsyncResult *result,
                       SallyTreeResult *counts,
                       GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (counts != NULL)
    *counts = self->counts;
  return g_task_propagate_boolean (G_TASK (result), error);
}
