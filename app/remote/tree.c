/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/tree.h"

#include "base/error.h"
#include "base/text.h"
#include "model/remote-path.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

struct _SallyTree
{
  GObject parent_instance;

  SallyTransferQueue *queue;
  SallyConnection *connection;
  gboolean is_upload;
  char *source;
  char *target;
  SallyConflict conflict;

  GQueue folders;        /* of Folder, still to walk */
  GHashTable *transfers; /* of those of this tree that have not ended */
  gboolean is_walking;
  SallyTreeResult counts;
};

G_DEFINE_FINAL_TYPE (SallyTree, sally_tree, G_TYPE_OBJECT)

/* One folder of the walk: where it is and where it goes. */
typedef struct
{
  char *source;
  char *target;
  guint depth;
  GPtrArray *names; /* upload: what it holds */
  GArray *kinds;    /* upload: of SallyRemoteFileKind, beside the names */
} Folder;

static void walk_next (GTask *task);

static Folder *
folder_new (const char *source, const char *target, guint depth)
{
  Folder *folder = g_new0 (Folder, 1);

  folder->source = g_strdup (source);
  folder->target = g_strdup (target);
  folder->depth = depth;
  return folder;
}

static void
folder_free (Folder *folder)
{
  g_free (folder->source);
  g_free (folder->target);
  g_clear_pointer (&folder->names, g_ptr_array_unref);
  g_clear_pointer (&folder->kinds, g_array_unref);
  g_free (folder);
}

static void
sally_tree_finalize (GObject *object)
{
  SallyTree *self = SALLY_TREE (object);

  g_queue_clear_full (&self->folders, (GDestroyNotify) folder_free);
  g_hash_table_unref (self->transfers);
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
  g_queue_init (&self->folders);
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

/* Takes the error. Files under way go on or are cancelled with the task; they end before it does.
 */
static void
stop_walking (GTask *task, GError *error)
{
  SallyTree *self = g_task_get_source_object (task);

  self->is_walking = FALSE;
  g_queue_clear_full (&self->folders, (GDestroyNotify) folder_free);
  if (error != NULL)
    g_object_set_data_full (G_OBJECT (task), "error", error, (GDestroyNotify) g_error_free);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
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

/* Returns the task once the walk is done and no transfer of it is left. */
static void
settle (GTask *task)
{
  SallyTree *self = g_task_get_source_object (task);
  GError *error = g_object_steal_data (G_OBJECT (task), "error");

  if (self->is_walking || g_hash_table_size (self->transfers) > 0 || g_task_get_completed (task))
    {
      if (error != NULL)
        g_object_set_data_full (G_OBJECT (task), "error", error, (GDestroyNotify) g_error_free);
      return;
    }
  g_signal_handlers_disconnect_by_data (self->queue, task);
  stop_watching (task);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
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

static void
add_file (SallyTree *self, Folder *folder, const char *name)
{
  SallyTransfer *transfer;

  if (self->is_upload)
    {
      g_autofree char *local = g_build_filename (folder->source, name, NULL);
      g_autofree char *remote = sally_remote_path_join (folder->target, name);

      transfer = sally_transfer_queue_upload (self->queue, self->connection, local, remote,
                                              self->conflict);
    }
  else
    {
      g_autofree char *remote = sally_remote_path_join (folder->source, name);

      transfer = sally_transfer_queue_download (self->queue, self->connection, remote,
                                                folder->target, name, self->conflict);
    }
  self->counts.n_files++;
  g_hash_table_add (self->transfers, g_object_ref (transfer));
}

static void
add_folder (SallyTree *self, Folder *folder, const char *name)
{
  g_autofree char *remote = NULL;
  g_autofree char *local = NULL;

  if (self->is_upload)
    {
      local = g_build_filename (folder->source, name, NULL);
      remote = sally_remote_path_join (folder->target, name);
      g_queue_push_tail (&self->folders, folder_new (local, remote, folder->depth + 1));
    }
  else
    {
      remote = sally_remote_path_join (folder->source, name);
      local = g_build_filename (folder->target, name, NULL);
      g_queue_push_tail (&self->folders, folder_new (remote, local, folder->depth + 1));
    }
}

static void
add_entry (SallyTree *self, Folder *folder, const char *name, SallyRemoteFileKind kind)
{
  switch (kind)
    {
    case SALLY_REMOTE_FILE_REGULAR:
      add_file (self, folder, name);
      break;
    case SALLY_REMOTE_FILE_DIRECTORY:
      add_folder (self, folder, name);
      break;
    case SALLY_REMOTE_FILE_SYMLINK:
    case SALLY_REMOTE_FILE_OTHER:
    default:
      self->counts.n_left_out++;
      break;
    }
}

static gboolean
check_limits (SallyTree *self, Folder *folder, GError **error)
{
  g_autofree char *shown = sally_text_from_name (folder->source, strlen (folder->source));

  if (folder->depth <= SALLY_TREE_MAX_DEPTH &&
      self->counts.n_files + self->counts.n_folders <= SALLY_TREE_MAX_ENTRIES)
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED,
               _ ("“%s” lies too deep, or the folder holds too much, to be sent as one"), shown);
  return FALSE;
}

/* The folder in hand is task data while it is walked. */
static Folder *
current_folder (GTask *task)
{
  return g_task_get_task_data (task);
}

/* Takes the error. */
static void
fail (GTask *task, GError *error)
{
  stop_walking (task, error);
  settle (task);
}

static void
page_listed (GPtrArray *files, gpointer user_data)
{
  GTask *task = user_data;
  SallyTree *self = g_task_get_source_object (task);

  for (guint i = 0; i < files->len; i++)
    {
      SallyRemoteFile *file = g_ptr_array_index (files, i);
      SallyRemoteFileKind kind = sally_remote_file_get_kind (file);

      if (kind == SALLY_REMOTE_FILE_SYMLINK && !sally_remote_file_is_enterable (file))
        kind = SALLY_REMOTE_FILE_REGULAR;
      add_entry (self, current_folder (task), sally_remote_file_get_raw_name (file), kind);
    }
}

static void
folder_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyTree *self = g_task_get_source_object (task);
  GError *error = NULL;
  guint n_unsafe = 0;

  if (!sally_connection_list_finish (SALLY_CONNECTION (source), result, &n_unsafe, &error))
    {
      fail (task, error);
      return;
    }
  self->counts.n_left_out += n_unsafe;
  walk_next (task);
}

static void
make_local_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Folder *folder = task_data;
  struct stat info;
  GError *error = NULL;

  /* An existing link of that name would lead the files elsewhere. */
  if (g_mkdir (folder->target, 0777) == 0 ||
      (errno == EEXIST && lstat (folder->target, &info) == 0 && S_ISDIR (info.st_mode)))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  sally_error_set_errno (&error, errno, folder->target);
  g_task_return_error (task, error);
}

static void
local_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyTree *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    sally_connection_list_async (self->connection, current_folder (task)->source, page_listed, task,
                                 g_task_get_cancellable (task), folder_listed, task);
  else
    fail (task, error);
}

static void
read_local_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Folder *folder = task_data;
  g_autoptr (GError) reason = NULL;
  g_autoptr (GDir) directory = g_dir_open (folder->source, 0, &reason);
  const char *name;

  if (directory == NULL)
    {
      g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED, "%s", reason->message);
      return;
    }
  folder->names = g_ptr_array_new_with_free_func (g_free);
  folder->kinds = g_array_new (FALSE, FALSE, sizeof (SallyRemoteFileKind));
  while ((name = g_dir_read_name (directory)) != NULL &&
         folder->names->len < SALLY_TREE_MAX_ENTRIES)
    {
      g_autofree char *path = g_build_filename (folder->source, name, NULL);
      SallyRemoteFileKind kind = SALLY_REMOTE_FILE_OTHER;
      struct stat info;

      if (lstat (path, &info) != 0)
        continue; /* gone meanwhile */
      if (S_ISREG (info.st_mode))
        kind = SALLY_REMOTE_FILE_REGULAR;
      else if (S_ISDIR (info.st_mode))
        kind = SALLY_REMOTE_FILE_DIRECTORY;
      g_ptr_array_add (folder->names, g_strdup (name));
      g_array_append_val (folder->kinds, kind);
    }
  g_task_return_boolean (task, TRUE);
}

static void
local_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyTree *self = g_task_get_source_object (task);
  Folder *folder = current_folder (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      fail (task, error);
      return;
    }
  for (guint i = 0; i < folder->names->len; i++)
    add_entry (self, folder, g_ptr_array_index (folder->names, i),
               g_array_index (folder->kinds, SallyRemoteFileKind, i));
  walk_next (task);
}

static void
run_in_thread (GTask *task, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) work = g_task_new (NULL, NULL, callback, task);

  g_task_set_static_name (work, "walk a folder");
  g_task_set_task_data (work, current_folder (task), NULL);
  g_task_run_in_thread (work, func);
}

/* Servers say "failure" for what is there already: only a look tells a folder from a refusal. */
static void
remote_looked_at (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *refusal = g_object_steal_data (G_OBJECT (task), "refusal");
  SallyRemoteAttributes attributes;

  if (sally_connection_stat_finish (SALLY_CONNECTION (source), result, &attributes, NULL) &&
      S_ISDIR (attributes.permissions))
    {
      g_error_free (refusal);
      run_in_thread (task, read_local_thread, local_read);
    }
  else
    fail (task, refusal);
}

static void
remote_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;

  if (sally_connection_change_finish (SALLY_CONNECTION (source), result, &error))
    {
      run_in_thread (task, read_local_thread, local_read);
      return;
    }
  g_object_set_data_full (G_OBJECT (task), "refusal", error, (GDestroyNotify) g_error_free);
  sally_connection_stat_async (SALLY_CONNECTION (source), current_folder (task)->target, TRUE,
                               g_task_get_cancellable (task), remote_looked_at, task);
}

static void
walk_next (GTask *task)
{
  SallyTree *self = g_task_get_source_object (task);
  Folder *folder = g_queue_pop_head (&self->folders);
  GError *error = NULL;

  g_task_set_task_data (task, folder, folder != NULL ? (GDestroyNotify) folder_free : NULL);
  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error) ||
      (folder != NULL && !check_limits (self, folder, &error)))
    fail (task, error);
  else if (folder == NULL)
    {
      stop_walking (task, NULL);
      settle (task);
    }
  else if (self->is_upload)
    {
      self->counts.n_folders++;
      sally_connection_make_directory_async (self->connection, folder->target,
                                             g_task_get_cancellable (task), remote_made, task);
    }
  else
    {
      self->counts.n_folders++;
      run_in_thread (task, make_local_thread, local_made);
    }
}

static gboolean
cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  SallyTree *self = g_task_get_source_object (task);

  /* While the walk goes on it notices by itself; after it only transfers are left to stop. */
  if (!self->is_walking)
    {
      stop_walking (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled")));
      settle (task);
    }
  return G_SOURCE_REMOVE;
}

void
sally_tree_run_async (SallyTree *self,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_TREE (self));
  g_return_if_fail (!self->is_walking);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_tree_run_async);
  g_task_set_check_cancellable (task, FALSE);
  if (cancellable != NULL)
    {
      GSource *source = g_cancellable_source_new (cancellable);

      g_object_set_data (G_OBJECT (task), "cancelled", source);
      g_task_attach_source (task, source, G_SOURCE_FUNC (cancelled));
    }
  self->is_walking = TRUE;
  g_signal_connect (self->queue, "finished", G_CALLBACK (transfer_finished), task);
  g_queue_push_tail (&self->folders, folder_new (self->source, self->target, 1));
  walk_next (task);
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
