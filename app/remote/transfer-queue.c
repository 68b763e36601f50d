/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/transfer-queue.h"

#include "base/error.h"
#include "model/remote-path.h"
#include "remote/connection-private.h"
#include "remote/free-name.h"
#include "remote/local-file.h"
#include "remote/transfer-private.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Transfers handed to engines at the same time, each with an open descriptor here and there. */
#define MAX_STARTED 200

struct _SallyTransferQueue
{
  GObject parent_instance;

  GListStore *list;    /* of SallyTransfer, newest first */
  GQueue waiting;      /* of Job */
  GHashTable *started; /* transfer id -> Job */
  guint64 ended_bytes; /* of what has ended since nothing was active */
  double fraction;
  guint64 speed;
  gint64 seconds_left;
};

enum
{
  PROP_0,
  PROP_N_ACTIVE,
  PROP_FRACTION,
  PROP_SPEED,
  PROP_SECONDS_LEFT,
  N_PROPS,
};

enum
{
  SIGNAL_FINISHED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void sally_transfer_queue_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyTransferQueue,
                               sally_transfer_queue,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      sally_transfer_queue_list_model_init))

/* One transfer from waiting to its end. Freed by job_end, which every way leads to. */
typedef struct
{
  SallyTransferQueue *queue;
  SallyTransfer *transfer;
  SallyLocalTarget *target; /* download */
  SallyLocalSource source;  /* upload */
  gboolean is_with_engine;
  guint64 bytes;
  SallyRemoteAttributes attributes;
} Job;

static void start_waiting (SallyTransferQueue *self);

static GType
get_item_type (GListModel *model)
{
  return SALLY_TYPE_TRANSFER;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (SALLY_TRANSFER_QUEUE (model)->list));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (SALLY_TRANSFER_QUEUE (model)->list), position);
}

static void
sally_transfer_queue_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
job_free (Job *job)
{
  g_clear_pointer (&job->target, sally_local_target_free);
  g_clear_fd (&job->source.descriptor, NULL);
  g_object_unref (job->transfer);
  g_object_unref (job->queue);
  g_free (job);
}

static guint
count_active (SallyTransferQueue *self)
{
  return g_hash_table_size (self->started) + g_queue_get_length (&self->waiting);
}

static void
sally_transfer_queue_finalize (GObject *object)
{
  SallyTransferQueue *self = SALLY_TRANSFER_QUEUE (object);

  /* A job holds the queue: none is left. */
  g_assert (count_active (self) == 0);
  g_hash_table_unref (self->started);
  g_object_unref (self->list);
  G_OBJECT_CLASS (sally_transfer_queue_parent_class)->finalize (object);
}

static void
sally_transfer_queue_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallyTransferQueue *self = SALLY_TRANSFER_QUEUE (object);

  switch (id)
    {
    case PROP_N_ACTIVE:
      g_value_set_uint (value, count_active (self));
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_SPEED:
      g_value_set_uint64 (value, self->speed);
      break;
    case PROP_SECONDS_LEFT:
      g_value_set_int64 (value, self->seconds_left);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_transfer_queue_class_init (SallyTransferQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = sally_transfer_queue_finalize;
  object_class->get_property = sally_transfer_queue_get_property;

  properties[PROP_N_ACTIVE] = g_param_spec_uint ("n-active", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0.0, 1.0, 0.0, flags);
  properties[PROP_SPEED] = g_param_spec_uint64 ("speed", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_SECONDS_LEFT] =
      g_param_spec_int64 ("seconds-left", NULL, NULL, -1, G_MAXINT64, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_FINISHED] =
      g_signal_new ("finished", SALLY_TYPE_TRANSFER_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, SALLY_TYPE_TRANSFER);
}

static void
sally_transfer_queue_init (SallyTransferQueue *self)
{
  self->list = g_list_store_new (SALLY_TYPE_TRANSFER);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (g_list_model_items_changed),
                           self, G_CONNECT_SWAPPED);
  g_queue_init (&self->waiting);
  self->started = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->seconds_left = -1;
}

SallyTransferQueue *
sally_transfer_queue_new (void)
{
  return g_object_new (SALLY_TYPE_TRANSFER_QUEUE, NULL);
}

static void
add_up (Job *job, guint64 *size, guint64 *done, guint64 *speed)
{
  *size += MAX (sally_transfer_get_size (job->transfer), sally_transfer_get_done (job->transfer));
  *done += sally_transfer_get_done (job->transfer);
  *speed += sally_transfer_get_speed (job->transfer);
}

/* One composite figure for all that is active, as people expect of several files. */
static void
update_totals (SallyTransferQueue *self)
{
  guint64 size = self->ended_bytes, done = self->ended_bytes, speed = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->started);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    add_up (value, &size, &done, &speed);
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    add_up (l->data, &size, &done, &speed);

  self->fraction = size > 0 ? (double) done / (double) size : 0.0;
  self->speed = speed;
  self->seconds_left = speed > 0 ? (gint64) ((size - done + speed - 1) / speed) : -1;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPEED]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SECONDS_LEFT]);
}

/* Takes the job and the error (nullable), which says already what it is about. */
static void
job_end_named (Job *job, GError *error)
{
  g_autoptr (SallyTransferQueue) self = g_object_ref (job->queue);
  g_autoptr (SallyTransfer) transfer = g_object_ref (job->transfer);
  guint64 id = sally_transfer_get_id (transfer);

  g_hash_table_remove (self->started, &id);
  g_queue_remove (&self->waiting, job);
  job_free (job);
  self->ended_bytes =
      count_active (self) > 0 ? self->ended_bytes + sally_transfer_get_done (transfer) : 0;

  sally_transfer_end (transfer, error);
  update_totals (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ACTIVE]);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0, transfer);
  start_waiting (self);
}

static void
job_end (Job *job, GError *error)
{
  if (error != NULL && error->domain == SALLY_ERROR && error->code != SALLY_ERROR_CONNECTION_LOST)
    g_prefix_error (&error, "“%s”: ", sally_transfer_get_name (job->transfer));
  job_end_named (job, error);
}

static gboolean
end_if_cancelled (Job *job)
{
  GError *error = NULL;

  if (!g_cancellable_set_error_if_cancelled (sally_transfer_get_cancellable (job->transfer),
                                             &error))
    return FALSE;
  job_end (job, error);
  return TRUE;
}

static void
commit_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  char *path = NULL;

  if (sally_local_target_commit (job->target, job->bytes, &job->attributes, &path, &error))
    g_task_return_pointer (task, path, g_free);
  else
    g_task_return_error (task, error);
}

static void
committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  GError *error = NULL;
  g_autofree char *path = g_task_propagate_pointer (G_TASK (result), &error);

  if (path != NULL)
    sally_transfer_set_local_path (job->transfer, path);
  job_end (job, error);
}

static void
transfer_finished (SallyWireEngine1 *engine,
                   guint64 id,
                   guint64 bytes,
                   GVariant *attributes,
                   const char *error_name,
                   const char *message,
                   SallyTransferQueue *self)
{
  Job *job = g_hash_table_lookup (self->started, &id);
  g_autoptr (GTask) task = NULL;

  if (job == NULL || !job->is_with_engine)
    return;
  job->is_with_engine = FALSE;
  if (*error_name != '\0')
    {
      job_end (job, sally_connection_clean_error (
                        g_dbus_error_new_for_dbus_error (error_name, message)));
      return;
    }

  job->bytes = bytes;
  sally_transfer_set_size (job->transfer, bytes);
  sally_transfer_set_done (job->transfer, bytes, g_get_monotonic_time ());
  if (job->target == NULL)
    {
      job_end (job, NULL);
      return;
    }
  sally_remote_attributes_from_variant (attributes, &job->attributes);
  task = g_task_new (NULL, NULL, committed, job);
  g_task_set_static_name (task, "finish a download");
  g_task_set_task_data (task, job, NULL);
  g_task_run_in_thread (task, commit_thread);
}

static void
transfer_progress (SallyWireEngine1 *engine, GVariant *moved, SallyTransferQueue *self)
{
  GVariantIter iter;
  guint64 id, bytes, prefix;

  g_variant_iter_init (&iter, moved);
  while (g_variant_iter_next (&iter, "(ttt)", &id, &bytes, &prefix))
    {
      Job *job = g_hash_table_lookup (self->started, &id);

      if (job != NULL && job->is_with_engine)
        sally_transfer_set_done (job->transfer, bytes, g_get_monotonic_time ());
    }
  update_totals (self);
}

/* What was with that engine gets no more news from it. */
static void
readiness_changed (SallyConnection *connection, GParamSpec *pspec, SallyTransferQueue *self)
{
  g_autoptr (GList) jobs = NULL;

  if (sally_connection_get_engine (connection) != NULL)
    return;
  jobs = g_hash_table_get_values (self->started);
  for (GList *l = jobs; l != NULL; l = l->next)
    {
      Job *job = l->data;

      if (sally_transfer_get_connection (job->transfer) == connection && job->is_with_engine)
        job_end (job, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                                           _ ("The connection was lost")));
    }
}

static void
watch (SallyTransferQueue *self, SallyConnection *connection, SallyWireEngine1 *engine)
{
  const GSignalMatchType match = G_SIGNAL_MATCH_FUNC | G_SIGNAL_MATCH_DATA;

  if (g_signal_handler_find (connection, match, 0, 0, NULL, readiness_changed, self) == 0)
    g_signal_connect_object (connection, "notify::is-ready", G_CALLBACK (readiness_changed), self,
                             G_CONNECT_DEFAULT);
  if (g_signal_handler_find (engine, match, 0, 0, NULL, transfer_finished, self) == 0)
    {
      g_signal_connect_object (engine, "transfer-finished", G_CALLBACK (transfer_finished), self,
                               G_CONNECT_DEFAULT);
      g_signal_connect_object (engine, "transfer-progress", G_CALLBACK (transfer_progress), self,
                               G_CONNECT_DEFAULT);
    }
}

/* What handed_over needs: job and queue may be gone when it comes. */
typedef struct
{
  GWeakRef queue;
  guint64 id;
} HandOver;

/* The engine took the transfer, or did not. If it took it, the signal ends the job. */
static void
handed_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree HandOver *call = user_data;
  g_autoptr (SallyTransferQueue) self = g_weak_ref_get (&call->queue);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) nothing =
      g_dbus_proxy_call_with_unix_fd_list_finish (G_DBUS_PROXY (source), NULL, result, &error);
  Job *job = self != NULL ? g_hash_table_lookup (self->started, &call->id) : NULL;

  if (nothing == NULL && job != NULL && job->is_with_engine)
    job_end (job, sally_connection_clean_error (g_steal_pointer (&error)));
  g_weak_ref_clear (&call->queue);
}

static void
hand_over (Job *job)
{
  SallyTransferQueue *self = job->queue;
  SallyTransfer *transfer = job->transfer;
  SallyWireEngine1 *engine = sally_connection_get_engine (sally_transfer_get_connection (transfer));
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  const char *path = sally_transfer_get_remote_path (transfer);
  gboolean is_upload = sally_transfer_get_is_upload (transfer);
  GVariantBuilder files;
  HandOver *call;
  GError *error = NULL;

  if (end_if_cancelled (job))
    return;
  if (engine == NULL)
    {
      job_end (job, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                                         _ ("The connection is not open")));
      return;
    }
  if (g_unix_fd_list_append (descriptors,
                             is_upload ? job->source.descriptor
                                       : sally_local_target_get_descriptor (job->target),
                             &error) < 0)
    {
      job_end (job, error);
      return;
    }

  watch (self, sally_transfer_get_connection (transfer), engine);
  job->is_with_engine = TRUE;
  sally_transfer_set_running (transfer);
  call = g_new0 (HandOver, 1);
  g_weak_ref_init (&call->queue, self);
  call->id = sally_transfer_get_id (transfer);
  g_variant_builder_init (&files, G_VARIANT_TYPE_ARRAY);
  if (is_upload)
    {
      g_variant_builder_add (&files, "(th^aytuubst)", sally_transfer_get_id (transfer), 0, path,
                             job->source.size, job->source.mode, job->source.mtime,
                             sally_transfer_get_conflict (transfer) == SALLY_CONFLICT_REPLACE, "",
                             (guint64) 0);
      sally_wire_engine1_call_upload (engine, g_variant_builder_end (&files), descriptors, NULL,
                                      handed_over, call);
    }
  else
    {
      g_variant_builder_add (&files, "(th^ayttt)", sally_transfer_get_id (transfer), 0, path,
                             (guint64) 0, (guint64) 0, (guint64) 0);
      sally_wire_engine1_call_download (engine, g_variant_builder_end (&files), descriptors, NULL,
                                        handed_over, call);
    }
}

static void
prepare_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  SallyTransfer *transfer = job->transfer;
  const char *path = sally_transfer_get_local_path (transfer);
  GError *error = NULL;

  if (sally_transfer_get_is_upload (transfer))
    sally_local_source_open (path, &job->source, &error);
  else
    {
      g_autofree char *directory = g_path_get_dirname (path);
      g_autofree char *name = g_path_get_basename (path);

      job->target =
          sally_local_target_new (directory, name, sally_transfer_get_conflict (transfer), &error);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
free_name_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  GError *error = NULL;
  g_autofree char *path = sally_free_name_find_finish (result, &error);

  if (path == NULL)
    {
      job_end_named (job, error);
      return;
    }
  sally_transfer_set_remote_path (job->transfer, path);
  hand_over (job);
}

static void
prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      job_end (job, error);
      return;
    }
  if (sally_transfer_get_is_upload (job->transfer))
    sally_transfer_set_size (job->transfer, job->source.size);
  if (sally_transfer_get_is_upload (job->transfer) &&
      sally_transfer_get_conflict (job->transfer) == SALLY_CONFLICT_KEEP_BOTH)
    sally_free_name_find_async (sally_transfer_get_connection (job->transfer),
                                sally_transfer_get_remote_path (job->transfer),
                                sally_transfer_get_cancellable (job->transfer), free_name_found,
                                job);
  else
    hand_over (job);
}

static void
prepare (Job *job)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, prepared, job);

  g_task_set_static_name (task, "open the local file");
  g_task_set_task_data (task, job, NULL);
  g_task_run_in_thread (task, prepare_thread);
}

/* The size is wanted for the progress; a server that does not tell it is no obstacle. */
static void
size_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  SallyRemoteAttributes attributes;
  g_autoptr (GError) error = NULL;

  if (!sally_connection_stat_finish (SALLY_CONNECTION (source), result, &attributes, &error))
    {
      job_end_named (job, g_steal_pointer (&error));
      return;
    }
  if (attributes.flags & SALLY_ATTRIBUTE_PERMISSIONS && (attributes.permissions & S_IFMT) != 0 &&
      !S_ISREG (attributes.permissions))
    {
      job_end (job, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED,
                                         S_ISDIR (attributes.permissions)
                                             ? _ ("it is a folder, not a file")
                                             : _ ("it is not a regular file")));
      return;
    }
  if (attributes.flags & SALLY_ATTRIBUTE_SIZE)
    sally_transfer_set_size (job->transfer, attributes.size);
  prepare (job);
}

static void
start_job (Job *job)
{
  SallyTransfer *transfer = job->transfer;

  if (end_if_cancelled (job))
    return;
  if (sally_transfer_get_is_upload (transfer))
    prepare (job);
  else
    sally_connection_stat_async (sally_transfer_get_connection (transfer),
                                 sally_transfer_get_remote_path (transfer), TRUE,
                                 sally_transfer_get_cancellable (transfer), size_known, job);
}

static void
start_waiting (SallyTransferQueue *self)
{
  Job *job;

  while (g_hash_table_size (self->started) < MAX_STARTED &&
         (job = g_queue_pop_head (&self->waiting)) != NULL)
    {
      guint64 *id = g_new (guint64, 1);

      *id = sally_transfer_get_id (job->transfer);
      g_object_set_data_full (G_OBJECT (job->transfer), "id", id, g_free);
      g_hash_table_insert (self->started, id, job);
      start_job (job);
    }
}

static gboolean
start_waiting_cb (gpointer user_data)
{
  start_waiting (SALLY_TRANSFER_QUEUE (user_data));
  return G_SOURCE_REMOVE;
}

/* Starts in the next turn of the main loop, so that the caller can connect to the transfer first.
 */
static SallyTransfer *
add (SallyTransferQueue *self, SallyTransfer *transfer)
{
  Job *job = g_new0 (Job, 1);

  job->queue = g_object_ref (self);
  job->transfer = g_object_ref (transfer);
  job->source.descriptor = -1;
  g_queue_push_tail (&self->waiting, job);
  g_list_store_insert (self->list, 0, transfer);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ACTIVE]);
  g_idle_add_full (G_PRIORITY_DEFAULT, start_waiting_cb, g_object_ref (self), g_object_unref);
  return transfer;
}

SallyTransfer *
sally_transfer_queue_download (SallyTransferQueue *self,
                               SallyConnection *connection,
                               const char *remote_path,
                               const char *local_directory,
                               const char *local_name,
                               SallyConflict conflict)
{
  g_autoptr (SallyTransfer) transfer = NULL;
  g_autofree char *local_path = NULL;

  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (self), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (sally_remote_name_is_safe (local_name, strlen (local_name)), NULL);

  local_path = g_build_filename (local_directory, local_name, NULL);
  transfer = sally_transfer_new (connection, FALSE, local_path, remote_path, conflict);
  return add (self, transfer);
}

SallyTransfer *
sally_transfer_queue_upload (SallyTransferQueue *self,
                             SallyConnection *connection,
                             const char *local_path,
                             const char *remote_path,
                             SallyConflict conflict)
{
  g_autoptr (SallyTransfer) transfer = NULL;

  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (self), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);

  transfer = sally_transfer_new (connection, TRUE, local_path, remote_path, conflict);
  return add (self, transfer);
}

static void
check_ended (SallyTransfer *transfer, GParamSpec *pspec, GTask *task)
{
  const GError *error = sally_transfer_get_error (transfer);

  if (sally_transfer_is_active (transfer))
    return;
  g_signal_handlers_disconnect_by_data (transfer, task);
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
sally_transfer_queue_wait_async (SallyTransferQueue *self,
                                 SallyTransfer *transfer,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));
  g_return_if_fail (SALLY_IS_TRANSFER (transfer));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_transfer_queue_wait_async);
  g_signal_connect (transfer, "notify::state", G_CALLBACK (check_ended), task);
  check_ended (transfer, NULL, task);
}

gboolean
sally_transfer_queue_wait_finish (SallyTransferQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static Job *
find_waiting (SallyTransferQueue *self, SallyTransfer *transfer)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    if (((Job *) l->data)->transfer == transfer)
      return l->data;
  return NULL;
}

void
sally_transfer_queue_cancel (SallyTransferQueue *self, SallyTransfer *transfer)
{
  guint64 id;
  Job *job;
  SallyWireEngine1 *engine;

  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));
  g_return_if_fail (SALLY_IS_TRANSFER (transfer));

  g_cancellable_cancel (sally_transfer_get_cancellable (transfer));
  job = find_waiting (self, transfer);
  if (job != NULL)
    {
      end_if_cancelled (job);
      return;
    }
  id = sally_transfer_get_id (transfer);
  job = g_hash_table_lookup (self->started, &id);
  engine = sally_connection_get_engine (sally_transfer_get_connection (transfer));
  if (job != NULL && job->is_with_engine && engine != NULL)
    sally_wire_engine1_call_cancel_transfer (engine, id, FALSE, NULL, NULL, NULL);
}

void
sally_transfer_queue_cancel_all (SallyTransferQueue *self)
{
  g_autoptr (GPtrArray) active = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    g_ptr_array_add (active, g_object_ref (((Job *) l->data)->transfer));
  g_hash_table_iter_init (&iter, self->started);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (active, g_object_ref (((Job *) value)->transfer));
  for (guint i = 0; i < active->len; i++)
    sally_transfer_queue_cancel (self, g_ptr_array_index (active, i));
}

SallyTransfer *
sally_transfer_queue_retry (SallyTransferQueue *self, SallyTransfer *transfer)
{
  g_autoptr (SallyTransfer) again = NULL;
  guint position;

  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (self), NULL);
  g_return_val_if_fail (SALLY_IS_TRANSFER (transfer), NULL);

  again = sally_transfer_new (sally_transfer_get_connection (transfer),
                              sally_transfer_get_is_upload (transfer),
                              sally_transfer_get_local_path (transfer),
                              sally_transfer_get_remote_path (transfer),
                              sally_transfer_get_conflict (transfer));
  if (g_list_store_find (self->list, transfer, &position))
    g_list_store_remove (self->list, position);
  return add (self, again);
}

void
sally_transfer_queue_clear_ended (SallyTransferQueue *self)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->list)); i > 0; i--)
    {
      g_autoptr (SallyTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->list), i - 1);

      if (!sally_transfer_is_active (transfer))
        g_list_store_remove (self->list, i - 1);
    }
}
