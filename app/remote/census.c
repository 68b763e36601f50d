/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/census.h"

#include "base/error.h"
#include "model/remote-path.h"
#include "remote/local-file.h"
#include "remote/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Far from the server each listing takes two or three round trips, most of them waiting. */
#define MAX_LISTINGS 48

typedef struct
{
  char *path; /* below the root, "" for it */
  guint depth;
} Folder;

typedef struct
{
  SallyConnection *connection; /* NULL: local */
  char *root;
  GPtrArray *entries; /* of SallyCensusEntry */
  GQueue folders;     /* of Folder, not begun */
  guint n_listing;
  guint n_unsafe;
  GError *error;
} Census;

/* One listing under way. */
typedef struct
{
  GTask *task;
  Folder *folder;
} Listing;

void
sally_census_entry_free (SallyCensusEntry *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->sha256);
  g_free (self);
}

static Folder *
folder_new (const char *path, guint depth)
{
  Folder *folder = g_new (Folder, 1);

  *folder = (Folder) { g_strdup (path), depth };
  return folder;
}

static void
folder_free (Folder *folder)
{
  g_free (folder->path);
  g_free (folder);
}

static Census *
census_new (SallyConnection *connection, const char *root)
{
  Census *census = g_new0 (Census, 1);

  census->connection = connection != NULL ? g_object_ref (connection) : NULL;
  census->root = g_strdup (root);
  census->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_census_entry_free);
  g_queue_init (&census->folders);
  g_queue_push_tail (&census->folders, folder_new ("", 0));
  return census;
}

static void
census_free (Census *census)
{
  g_clear_object (&census->connection);
  g_free (census->root);
  g_clear_pointer (&census->entries, g_ptr_array_unref);
  g_queue_clear_full (&census->folders, (GDestroyNotify) folder_free);
  g_clear_error (&census->error);
  g_free (census);
}

/* FALSE with the census failed, where an attack or a loop would fill our memory. */
static gboolean
add (Census *census,
     const Folder *folder,
     const char *name,
     SallyCensusKind kind,
     guint64 size,
     gint64 modified)
{
  SallyCensusEntry *entry = g_new (SallyCensusEntry, 1);

  if (kind == SALLY_CENSUS_FILE && sally_local_file_is_partial (name))
    kind = SALLY_CENSUS_OTHER;
  *entry = (SallyCensusEntry) { *folder->path != '\0' ? g_strconcat (folder->path, "/", name, NULL)
                                                      : g_strdup (name),
                                kind, size, modified, NULL };
  g_ptr_array_add (census->entries, entry);
  if (kind == SALLY_CENSUS_FOLDER)
    g_queue_push_tail (&census->folders, folder_new (entry->path, folder->depth + 1));
  if (census->error == NULL &&
      (census->entries->len > SALLY_TREE_MAX_ENTRIES || folder->depth >= SALLY_TREE_MAX_DEPTH))
    g_set_error_literal (&census->error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         _ ("The folder is too large or too deep to be compared"));
  return census->error == NULL;
}

static void list_more (GTask *task);

static void
page_came (GPtrArray *files, gpointer user_data)
{
  Listing *listing = user_data;
  Census *census = g_task_get_task_data (listing->task);

  for (guint i = 0; i < files->len; i++)
    {
      SallyRemoteFile *file = files->pdata[i];
      SallyRemoteFileKind kind = sally_remote_file_get_kind (file);

      if (!add (census, listing->folder, sally_remote_file_get_raw_name (file),
                kind == SALLY_REMOTE_FILE_DIRECTORY ? SALLY_CENSUS_FOLDER
                : kind == SALLY_REMOTE_FILE_REGULAR ? SALLY_CENSUS_FILE
                                                    : SALLY_CENSUS_OTHER,
                sally_remote_file_get_size (file), sally_remote_file_get_modified (file)))
        return;
    }
}

static void
listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Listing *listing = user_data;
  g_autoptr (GTask) task = listing->task;
  Census *census = g_task_get_task_data (task);
  guint n_unsafe = 0;
  GError *error = NULL;

  if (!sally_connection_list_finish (SALLY_CONNECTION (source), result, &n_unsafe, &error))
    {
      if (census->error == NULL)
        census->error = g_steal_pointer (&error);
      g_clear_error (&error);
    }
  census->n_unsafe += n_unsafe;
  census->n_listing--;
  folder_free (listing->folder);
  g_free (listing);
  list_more (task);
}

static void
list_more (GTask *task)
{
  Census *census = g_task_get_task_data (task);

  while (census->error == NULL && census->n_listing < MAX_LISTINGS &&
         !g_queue_is_empty (&census->folders))
    {
      Listing *listing = g_new (Listing, 1);
      g_autofree char *path = NULL;

      *listing = (Listing) { g_object_ref (task), g_queue_pop_head (&census->folders) };
      path = *listing->folder->path != '\0'
                 ? sally_remote_path_join (census->root, listing->folder->path)
                 : g_strdup (census->root);
      census->n_listing++;
      sally_connection_list_async (census->connection, path, page_came, listing,
                                   g_task_get_cancellable (task), listed, listing);
    }
  if (census->n_listing > 0 || g_task_get_completed (task))
    return;
  if (census->error != NULL)
    g_task_return_error (task, g_steal_pointer (&census->error));
  else
    g_task_return_boolean (task, TRUE);
}

void
sally_census_remote_async (SallyConnection *connection,
                           const char *path,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SALLY_IS_CONNECTION (connection));
  g_return_if_fail (path != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_census_remote_async);
  g_task_set_task_data (task, census_new (connection, path), (GDestroyNotify) census_free);
  list_more (task);
}

static SallyCensusKind
kind_of (mode_t mode)
{
  if (S_ISDIR (mode))
    return SALLY_CENSUS_FOLDER;
  return S_ISREG (mode) ? SALLY_CENSUS_FILE : SALLY_CENSUS_OTHER;
}

static gboolean
read_folder (Census *census, const Folder *folder, GError **error)
{
  g_autofree char *path = g_build_filename (census->root, folder->path, NULL);
  GStatBuf status;
  g_autoptr (GDir) directory = NULL;
  const char *name;

  /* A link in its place would lead elsewhere. */
  if (g_lstat (path, &status) != 0 || (*folder->path != '\0' && !S_ISDIR (status.st_mode)))
    {
      sally_error_set_errno (error, errno != 0 ? errno : ENOTDIR, path);
      return FALSE;
    }
  directory = g_dir_open (path, 0, error);
  if (directory == NULL)
    return FALSE;
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      if (g_lstat (file, &status) != 0)
        continue; /* it went meanwhile */
      if (!add (census, folder, name, kind_of (status.st_mode), (guint64) status.st_size,
                status.st_mtime))
        {
          g_propagate_error (error, g_steal_pointer (&census->error));
          return FALSE;
        }
    }
  return TRUE;
}

static void
local_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Census *census = task_data;
  Folder *folder;

  while ((folder = g_queue_pop_head (&census->folders)) != NULL)
    {
      GError *error = NULL;
      gboolean is_read = read_folder (census, folder, &error);

      folder_free (folder);
      if (g_task_return_error_if_cancelled (task))
        {
          g_clear_error (&error);
          return;
        }
      if (!is_read)
        {
          g_task_return_error (task, error);
          return;
        }
    }
  g_task_return_boolean (task, TRUE);
}

void
sally_census_local_async (const char *path,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (path != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_census_local_async);
  g_task_set_task_data (task, census_new (NULL, path), (GDestroyNotify) census_free);
  g_task_run_in_thread (task, local_thread);
}

GPtrArray *
sally_census_finish (GAsyncResult *result, guint *n_unsafe, GError **error)
{
  Census *census;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  census = g_task_get_task_data (G_TASK (result));
  if (n_unsafe != NULL)
    *n_unsafe = census->n_unsafe;
  return g_steal_pointer (&census->entries);
}
