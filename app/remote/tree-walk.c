/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done with one folder or one link of a tree. */
#include "config.h"

#include "remote/tree-private.h"

#include "base/error.h"
#include "base/text.h"
#include "model/remote-path.h"
#include "remote/local-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

static char *
source_path (SallyTree *self, SallyTreeFolder *folder, const char *name)
{
  return self->is_upload ? g_build_filename (folder->source, name, NULL)
                         : sally_remote_path_join (folder->source, name);
}

static char *
target_path (SallyTree *self, SallyTreeFolder *folder, const char *name)
{
  return self->is_upload ? sally_remote_path_join (folder->target, name)
                         : g_build_filename (folder->target, name, NULL);
}

/* `real`: where our link leads, NULL if it is none. */
static void
add_file (SallyTree *self, SallyTreeFolder *folder, const char *name, const char *real)
{
  g_autofree char *source = source_path (self, folder, name);
  SallyTransfer *transfer;

  if (self->is_upload)
    {
      g_autofree char *target = target_path (self, folder, name);

      transfer = sally_transfer_queue_upload (self->queue, self->connection,
                                              real != NULL ? real : source, target, self->conflict);
    }
  else
    transfer = sally_transfer_queue_download (self->queue, self->connection, source, folder->target,
                                              name, self->conflict);
  self->counts.n_files++;
  g_hash_table_add (self->transfers, g_object_ref (transfer));
}

static SallyTreeFolder *
add_folder (GTask *task, SallyTreeFolder *parent, const char *name, const char *real)
{
  SallyTree *self = g_task_get_source_object (task);
  g_autofree char *source = source_path (self, parent, name);
  g_autofree char *target = target_path (self, parent, name);
  g_autoptr (SallyTreeFolder) folder = sally_tree_folder_new (parent, source, target);

  folder->real = g_strdup (real);
  sally_tree_add_work (task, SALLY_TREE_WALK, folder, NULL);
  return folder; /* its work holds it */
}

static void
add_remote_link (SallyTreeWork *work, SallyRemoteFile *file)
{
  SallyTree *self = g_task_get_source_object (work->task);
  const char *name = sally_remote_file_get_raw_name (file);

  if (self->links == SALLY_LINKS_SKIP)
    self->counts.n_left_out++;
  else if (self->links == SALLY_LINKS_RECREATE)
    sally_tree_add_work (work->task, SALLY_TREE_LINK, work->folder, name);
  else if (sally_remote_file_is_enterable (file))
    sally_tree_add_work (work->task, SALLY_TREE_RESOLVE, work->folder, name);
  else
    add_file (self, work->folder, name, NULL);
}

static void
page_listed (GPtrArray *files, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyTree *self = g_task_get_source_object (work->task);

  for (guint i = 0; i < files->len && !self->is_stopped; i++)
    {
      SallyRemoteFile *file = g_ptr_array_index (files, i);
      const char *name = sally_remote_file_get_raw_name (file);
      SallyTreeFolder *folder;

      /* The line was lost while it was listed, or the server says it twice. */
      if (!g_hash_table_add (work->names, g_strdup (name)) || sally_local_file_is_partial (name))
        continue;
      switch (sally_remote_file_get_kind (file))
        {
        case SALLY_REMOTE_FILE_REGULAR:
          add_file (self, work->folder, name, NULL);
          break;
        case SALLY_REMOTE_FILE_DIRECTORY:
          folder = add_folder (work->task, work->folder, name, NULL);
          folder->has_mode = sally_remote_file_get_permissions (file) != 0;
          folder->mode = sally_remote_file_get_permissions (file);
          folder->mtime = sally_remote_file_get_modified (file);
          break;
        case SALLY_REMOTE_FILE_SYMLINK:
          add_remote_link (work, file);
          break;
        case SALLY_REMOTE_FILE_OTHER:
        default:
          self->counts.n_left_out++;
          break;
        }
    }
}

/* Those of the others came with their parent's listing. */
static void
root_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyRemoteAttributes attributes = { 0 };

  if (sally_connection_stat_finish (SALLY_CONNECTION (source), result, &attributes, NULL))
    {
      work->folder->has_mode = (attributes.flags & SALLY_ATTRIBUTE_PERMISSIONS) != 0;
      work->folder->mode = attributes.permissions;
      work->folder->mtime = attributes.flags & SALLY_ATTRIBUTE_TIMES ? attributes.mtime : 0;
    }
  sally_tree_end_work (work, NULL);
}

static void
folder_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyTree *self = g_task_get_source_object (work->task);
  GError *error = NULL;
  guint n_unsafe = 0;

  sally_connection_list_finish (SALLY_CONNECTION (source), result, &n_unsafe, &error);
  self->counts.n_left_out += n_unsafe;
  if (error == NULL && work->folder->parent == NULL && work->folder->is_ours)
    sally_connection_stat_async (self->connection, work->folder->source, TRUE,
                                 g_task_get_cancellable (work->task), root_known, work);
  else
    sally_tree_end_work (work, error);
}

static void
run_in_thread (SallyTreeWork *work, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, work);

  g_task_set_static_name (task, "walk a folder");
  g_task_set_task_data (task, work, NULL);
  g_task_run_in_thread (task, func);
}

static void
make_local_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SallyTreeWork *work = task_data;
  SallyTree *self = g_task_get_source_object (work->task);
  GError *error = NULL;

  if (sally_tree_folder_make (work->folder,
                              sally_transfer_queue_get_keeps_permissions (self->queue), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
local_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyTree *self = g_task_get_source_object (work->task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      sally_tree_end_work (work, error);
      return;
    }
  if (work->folder->is_ours)
    g_ptr_array_add (self->made, sally_tree_folder_ref (work->folder));
  sally_connection_list_async (self->connection, work->folder->source, page_listed, work,
                               g_task_get_cancellable (work->task), folder_listed, work);
}

static void
read_local_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SallyTreeWork *work = task_data;
  SallyTree *self = g_task_get_source_object (work->task);
  GError *error = NULL;

  work->entries = sally_tree_folder_read (work->folder, self->source, self->links, &error);
  if (work->entries != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
local_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyTree *self = g_task_get_source_object (work->task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      sally_tree_end_work (work, error);
      return;
    }
  for (guint i = 0; i < work->entries->len && !self->is_stopped; i++)
    {
      const SallyTreeEntry *entry = g_ptr_array_index (work->entries, i);

      if (entry->kind == SALLY_REMOTE_FILE_REGULAR)
        add_file (self, work->folder, entry->name, entry->real);
      else if (entry->kind == SALLY_REMOTE_FILE_DIRECTORY)
        add_folder (work->task, work->folder, entry->name, entry->real);
      else if (entry->kind == SALLY_REMOTE_FILE_SYMLINK)
        sally_tree_add_work (work->task, SALLY_TREE_LINK, work->folder, entry->name)->link =
            g_strdup (entry->link);
      else
        self->counts.n_left_out++;
    }
  sally_tree_end_work (work, NULL);
}

/* Servers say "failure" for what is there already: only a look tells a folder from a refusal. */
static void
remote_looked_at (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyRemoteAttributes attributes;

  if (sally_connection_stat_finish (SALLY_CONNECTION (source), result, &attributes, NULL) &&
      S_ISDIR (attributes.permissions))
    {
      g_clear_error (&work->refusal);
      run_in_thread (work, read_local_thread, local_read);
    }
  else
    sally_tree_end_work (work, g_steal_pointer (&work->refusal));
}

static void
remote_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyTree *self = g_task_get_source_object (work->task);

  g_clear_error (&work->refusal);
  if (sally_connection_change_finish (SALLY_CONNECTION (source), result, &work->refusal))
    {
      work->folder->is_ours = TRUE;
      g_ptr_array_add (self->made, sally_tree_folder_ref (work->folder));
      run_in_thread (work, read_local_thread, local_read);
    }
  else
    sally_connection_stat_async (SALLY_CONNECTION (source), work->folder->target, TRUE,
                                 g_task_get_cancellable (work->task), remote_looked_at, work);
}

static void
begin_walk (SallyTreeWork *work)
{
  SallyTree *self = g_task_get_source_object (work->task);

  /* A lost line may have brought it back. */
  if (work->n_attempts == 0)
    self->counts.n_folders++;
  if (work->names == NULL)
    work->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (self->is_upload)
    sally_connection_make_directory_async (self->connection, work->folder->target,
                                           g_task_get_cancellable (work->task), remote_made, work);
  else
    run_in_thread (work, make_local_thread, local_made);
}

static void
link_done (SallyTreeWork *work, GError *error)
{
  SallyTree *self = g_task_get_source_object (work->task);

  if (error == NULL)
    self->counts.n_links++;
  sally_tree_end_work (work, error);
}

static void
make_link_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SallyTreeWork *work = task_data;
  SallyTree *self = g_task_get_source_object (work->task);
  g_autofree char *path = target_path (self, work->folder, work->name);
  GError *error = NULL;

  if (sally_links_make_local (path, work->link, self->conflict, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
local_link_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  link_done (user_data, error);
}

/* What a server's link says: one that leaves the folder could make us write elsewhere one day. */
static void
remote_link_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyTree *self = g_task_get_source_object (work->task);
  GError *error = NULL;

  work->link = sally_connection_read_link_finish (SALLY_CONNECTION (source), result, &error);
  if (work->link == NULL)
    sally_tree_end_work (work, error);
  else if (sally_links_stay_inside (work->link, work->folder->depth))
    run_in_thread (work, make_link_thread, local_link_made);
  else
    {
      self->counts.n_left_out++;
      sally_tree_end_work (work, NULL);
    }
}

static void make_remote_link (SallyTreeWork *work);

static void
old_link_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  GError *error = NULL;

  if (sally_connection_change_finish (SALLY_CONNECTION (source), result, &error))
    make_remote_link (work);
  else
    sally_tree_end_work (work, error);
}

/* Was it refused because one is there that says the same, or another that may go? */
static void
old_link_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyTree *self = g_task_get_source_object (work->task);
  g_autofree char *present =
      sally_connection_read_link_finish (SALLY_CONNECTION (source), result, NULL);
  g_autofree char *path = target_path (self, work->folder, work->name);

  if (present != NULL &&
      (g_str_equal (present, work->link) || self->conflict == SALLY_CONFLICT_SKIP))
    link_done (work, NULL);
  else if (present != NULL && !work->has_cleared &&
           (self->conflict == SALLY_CONFLICT_REPLACE || self->conflict == SALLY_CONFLICT_NEWER))
    {
      work->has_cleared = TRUE;
      sally_connection_remove_async (self->connection, path, FALSE,
                                     g_task_get_cancellable (work->task), old_link_removed, work);
    }
  else
    sally_tree_end_work (work, g_steal_pointer (&work->refusal));
}

static void
remote_link_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyTree *self = g_task_get_source_object (work->task);
  g_autofree char *path = target_path (self, work->folder, work->name);

  g_clear_error (&work->refusal);
  if (sally_connection_change_finish (SALLY_CONNECTION (source), result, &work->refusal))
    link_done (work, NULL);
  else
    sally_connection_read_link_async (self->connection, path, g_task_get_cancellable (work->task),
                                      old_link_read, work);
}

static void
make_remote_link (SallyTreeWork *work)
{
  SallyTree *self = g_task_get_source_object (work->task);
  g_autofree char *path = target_path (self, work->folder, work->name);

  sally_connection_make_link_async (self->connection, path, work->link,
                                    g_task_get_cancellable (work->task), remote_link_made, work);
}

static void
begin_link (SallyTreeWork *work)
{
  SallyTree *self = g_task_get_source_object (work->task);
  g_autofree char *path = source_path (self, work->folder, work->name);

  if (self->is_upload)
    make_remote_link (work);
  else
    {
      g_clear_pointer (&work->link, g_free);
      sally_connection_read_link_async (self->connection, path, g_task_get_cancellable (work->task),
                                        remote_link_read, work);
    }
}

static void
link_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyTree *self = g_task_get_source_object (work->task);
  GError *error = NULL;
  g_autofree char *real =
      sally_connection_real_path_finish (SALLY_CONNECTION (source), result, &error);

  if (real == NULL)
    {
      sally_tree_end_work (work, error);
      return;
    }
  if (sally_tree_folder_is_circle (work->folder, work->real, real))
    self->counts.n_left_out++;
  else
    add_folder (work->task, work->folder, work->name, real);
  sally_tree_end_work (work, NULL);
}

static void
folder_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTreeWork *work = user_data;
  SallyTree *self = g_task_get_source_object (work->task);
  g_autofree char *path = source_path (self, work->folder, work->name);
  GError *error = NULL;

  g_free (work->real);
  work->real = sally_connection_real_path_finish (SALLY_CONNECTION (source), result, &error);
  if (work->real != NULL)
    sally_connection_real_path_async (self->connection, path, g_task_get_cancellable (work->task),
                                      link_resolved, work);
  else
    sally_tree_end_work (work, error);
}

void
sally_tree_begin_work (SallyTreeWork *work)
{
  SallyTree *self = g_task_get_source_object (work->task);

  switch (work->kind)
    {
    case SALLY_TREE_WALK:
      begin_walk (work);
      break;
    case SALLY_TREE_LINK:
      begin_link (work);
      break;
    case SALLY_TREE_RESOLVE:
    default:
      sally_connection_real_path_async (self->connection, work->folder->source,
                                        g_task_get_cancellable (work->task), folder_resolved, work);
      break;
    }
}
