/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/finisher.h"

/* The disk takes several fsync calls together; more threads would only wait for it. */
#define MAX_THREADS 4
/* Ends one thread takes at once: others get some too, and news comes while it works. */
#define MAX_BATCH   32

static void
seal (SallyFinish *finish)
{
  finish->sha256 = sally_digest_finish (finish->digest, finish->bytes, &finish->error);
  if (finish->sha256 != NULL && finish->target != NULL)
    sally_local_target_seal (finish->target, finish->bytes, &finish->attributes, &finish->error);
}

static void
publish (SallyFinish *finish, GHashTable *directories)
{
  if (finish->error != NULL || finish->target == NULL)
    return;
  if (sally_local_target_publish (finish->target, &finish->path, &finish->error))
    g_hash_table_insert (directories, (gpointer) sally_local_target_get_directory (finish->target),
                         finish->target);
}

/* On the main thread. */
static gboolean
deliver (gpointer user_data)
{
  GPtrArray *batch = user_data;

  for (guint i = 0; i < batch->len; i++)
    {
      SallyFinish *finish = g_ptr_array_index (batch, i);

      finish->func (finish, finish->user_data);
    }
  return G_SOURCE_REMOVE;
}

static void
work (gpointer data, gpointer user_data)
{
  GAsyncQueue *waiting = user_data;
  g_autoptr (GPtrArray) batch = g_ptr_array_new ();
  g_autoptr (GHashTable) directories = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer finish, target;

  while (batch->len < MAX_BATCH && (finish = g_async_queue_try_pop (waiting)) != NULL)
    g_ptr_array_add (batch, finish);
  if (batch->len == 0)
    return; /* another thread was quicker */

  for (guint i = 0; i < batch->len; i++)
    seal (g_ptr_array_index (batch, i));
  for (guint i = 0; i < batch->len; i++)
    publish (g_ptr_array_index (batch, i), directories);
  g_hash_table_iter_init (&iter, directories);
  while (g_hash_table_iter_next (&iter, NULL, &target))
    sally_local_target_sync_directory (target);
  g_idle_add_full (G_PRIORITY_DEFAULT, deliver, g_steal_pointer (&batch),
                   (GDestroyNotify) g_ptr_array_unref);
}

void
sally_finish_push (SallyFinish *finish)
{
  static GAsyncQueue *waiting = NULL;
  static GThreadPool *pool = NULL;

  g_return_if_fail (finish->func != NULL);
  g_return_if_fail (finish->digest != NULL);

  if (pool == NULL)
    {
      waiting = g_async_queue_new ();
      pool = g_thread_pool_new (work, waiting, MAX_THREADS, FALSE, NULL);
    }
  g_async_queue_push (waiting, finish);
  g_thread_pool_push (pool, waiting, NULL);
}
