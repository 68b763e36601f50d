/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/sync-digests.h"

#include "base/error.h"
#include "model/remote-path.h"
#include "remote/digest.h"
#include "remote/local-file.h"
#include "remote/remote-digest.h"

#include <glib/gstdio.h>
#include <string.h>

/* Files that are compared at once: small ones wait for the line, large ones fill it. */
#define MAX_PAIRS 16

typedef struct
{
  SallyConnection *connection;
  char *local_folder;
  char *remote_folder;
  GPtrArray *pairs; /* of local and remote entry in turn, borrowed */
  SallySyncProgressFunc progress_func;
  gpointer progress_data;
  guint next; /* pair */
  guint n_working;
  guint n_done;
  GError *error;
} Digests;

/* One pair: its local file is read first, for a server's may have to come over the line. */
typedef struct
{
  GTask *task;
  SallyCensusEntry *local;
  SallyCensusEntry *remote;
} Pair;

static void work_on (GTask *task);

static void
digests_free (Digests *self)
{
  g_object_unref (self->connection);
  g_free (self->local_folder);
  g_free (self->remote_folder);
  g_ptr_array_unref (self->pairs);
  g_clear_error (&self->error);
  g_free (self);
}

static void
pair_done (Pair *pair)
{
  GTask *task = pair->task;
  Digests *self = g_task_get_task_data (task);

  g_free (pair);
  self->n_working--;
  self->n_done++;
  self->progress_func (self->n_done, self->pairs->len / 2, self->progress_data);
  work_on (task);
}

static void
remote_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pair *pair = user_data;
  Digests *self = g_task_get_task_data (pair->task);
  g_autoptr (GError) error = NULL;

  pair->remote->sha256 = sally_remote_digest_finish (result, NULL, &error);
  if (self->error == NULL && (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST) ||
                              g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    self->error = g_steal_pointer (&error);
  pair_done (pair);
}

static void
read_local_thread (GTask *thread, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Pair *pair = task_data;
  Digests *self = g_task_get_task_data (pair->task);
  g_autofree char *path = g_build_filename (self->local_folder, pair->local->path, NULL);
  SallyLocalSource file;
  char *sha256 = NULL;

  if (sally_local_source_open (path, &file, NULL))
    {
      g_autoptr (SallyDigest) digest = sally_digest_new (file.descriptor);

      sha256 = sally_digest_finish (digest, file.size, NULL);
      g_close (file.descriptor, NULL);
    }
  g_task_return_pointer (thread, sha256, g_free);
}

static void
local_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pair *pair = user_data;
  Digests *self = g_task_get_task_data (pair->task);
  g_autofree char *path = sally_remote_path_join (self->remote_folder, pair->remote->path);

  pair->local->sha256 = g_task_propagate_pointer (G_TASK (result), NULL);
  if (pair->local->sha256 == NULL || self->error != NULL)
    pair_done (pair);
  else
    sally_remote_digest_async (self->connection, path, pair->remote->size,
                               g_task_get_cancellable (pair->task), remote_read, pair);
}

static void
begin_pair (GTask *task, SallyCensusEntry *local, SallyCensusEntry *remote)
{
  Pair *pair = g_new (Pair, 1);
  g_autoptr (GTask) thread = NULL;

  *pair = (Pair) { task, local, remote };
  thread = g_task_new (NULL, NULL, local_read, pair);
  g_task_set_static_name (thread, "read a file to compare it");
  g_task_set_task_data (thread, pair, NULL);
  g_task_run_in_thread (thread, read_local_thread);
}

static void
work_on (GTask *task)
{
  Digests *self = g_task_get_task_data (task);

  if (self->error == NULL)
    g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &self->error);
  while (self->error == NULL && self->next < self->pairs->len && self->n_working < MAX_PAIRS)
    {
      self->n_working++;
      self->next += 2;
      begin_pair (task, self->pairs->pdata[self->next - 2], self->pairs->pdata[self->next - 1]);
    }
  if (self->n_working > 0)
    return;
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static GPtrArray *
find_pairs (GPtrArray *local, GPtrArray *remote)
{
  GPtrArray *pairs = g_ptr_array_new ();
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GChecksum) nothing = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < remote->len; i++)
    g_hash_table_insert (index, ((SallyCensusEntry *) remote->pdata[i])->path, remote->pdata[i]);
  for (guint i = 0; i < local->len; i++)
    {
      SallyCensusEntry *one = local->pdata[i];
      SallyCensusEntry *other = g_hash_table_lookup (index, one->path);

      if (other == NULL || one->kind != SALLY_CENSUS_FILE || other->kind != SALLY_CENSUS_FILE ||
          one->size != other->size)
        continue;
      if (one->size == 0)
        {
          one->sha256 = g_strdup (g_checksum_get_string (nothing));
          other->sha256 = g_strdup (one->sha256);
          continue;
        }
      g_ptr_array_add (pairs, one);
      g_ptr_array_add (pairs, other);
    }
  return pairs;
}

void
sally_sync_digests_async (SallyConnection *connection,
                          const char *local_folder,
                          GPtrArray *local,
                          const char *remote_folder,
                          GPtrArray *remote,
                          SallySyncProgressFunc progress_func,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  Digests *self;
  GTask *task;

  g_return_if_fail (SALLY_IS_CONNECTION (connection));
  g_return_if_fail (progress_func != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_sync_digests_async);
  self = g_new0 (Digests, 1);
  self->connection = g_object_ref (connection);
  self->local_folder = g_strdup (local_folder);
  self->remote_folder = g_strdup (remote_folder);
  self->pairs = find_pairs (local, remote);
  self->progress_func = progress_func;
  self->progress_data = progress_data;
  g_task_set_task_data (task, self, (GDestroyNotify) digests_free);
  work_on (task);
}

gboolean
sally_sync_digests_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
