/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person or a program wants of the transfer queue. */
#include "config.h"

#include "remote/transfer-queue-private.h"

#include "base/error.h"
#include "model/remote-path.h"
#include "remote/local-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static char *
make_token (void)
{
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  char *token = g_new0 (char, SALLY_TRANSFER_TOKEN_BYTES + 1);

  for (guint i = 0; i < SALLY_TRANSFER_TOKEN_BYTES; i++)
    token[i] = alphabet[g_random_int_range (0, (gint32) strlen (alphabet))];
  return token;
}

/* Later than all before, also than those of other programs. */
static gint64
next_position (SallyTransferQueue *self)
{
  self->last_position = MAX (self->last_position + 1, g_get_real_time ());
  return self->last_position;
}

static SallyTransfer *
add (SallyTransferQueue *self,
     SallyConnection *connection,
     gboolean is_upload,
     const char *local_path,
     const char *remote_path,
     SallyConflict conflict)
{
  g_autoptr (SallyTransfer) transfer = NULL;
  SallyTransferRecord *record = sally_transfer_record_new ();

  record->server_id = g_strdup (sally_server_get_id (sally_connection_get_server (connection)));
  record->is_upload = is_upload;
  record->local_path = g_canonicalize_filename (local_path, NULL);
  record->remote_path = g_strdup (remote_path);
  record->conflict = (int) conflict;
  g_free (record->token);
  record->token = make_token ();
  record->created = g_get_real_time () / G_USEC_PER_SEC;
  record->position = next_position (self);
  transfer = sally_transfer_new (connection, record);
  g_list_store_insert (self->list, 0, transfer);
  sally_queue_add_job (self, transfer);
  return transfer; /* the list holds it */
}

SallyTransfer *
sally_transfer_queue_download (SallyTransferQueue *self,
                               SallyConnection *connection,
                               const char *remote_path,
                               const char *local_directory,
                               const char *local_name,
                               SallyConflict conflict)
{
  g_autofree char *local_path = NULL;

  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (self), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (sally_remote_name_is_safe (local_name, strlen (local_name)), NULL);

  local_path = g_build_filename (local_directory, local_name, NULL);
  return add (self, connection, FALSE, local_path, remote_path, conflict);
}

SallyTransfer *
sally_transfer_queue_upload (SallyTransferQueue *self,
                             SallyConnection *connection,
                             const char *local_path,
                             const char *remote_path,
                             SallyConflict conflict)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (self), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);

  return add (self, connection, TRUE, local_path, remote_path, conflict);
}

static void
check_ended (SallyTransfer *transfer, GParamSpec *pspec, GTask *task)
{
  const GError *error = sally_transfer_get_error (transfer);

  if (!sally_transfer_has_ended (transfer))
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

/* The list as it is now, (element-type SallyTransfer): it may change while it is gone through. */
static GPtrArray *
dup_list (SallyTransferQueue *self)
{
  GPtrArray *transfers = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++)
    g_ptr_array_add (transfers, g_list_model_get_item (G_LIST_MODEL (self->list), i));
  return transfers;
}

static void
for_each (SallyTransferQueue *self, void (*func) (SallyTransferQueue *, SallyTransfer *))
{
  g_autoptr (GPtrArray) transfers = dup_list (self);

  /* The oldest first. */
  for (guint i = transfers->len; i > 0; i--)
    func (self, g_ptr_array_index (transfers, i - 1));
}

static gboolean
find_connection (SallyTransferQueue *self, SallyTransfer *transfer)
{
  g_autoptr (SallyConnection) connection = NULL;

  if (sally_transfer_get_connection (transfer) != NULL)
    return TRUE;
  if (self->connect_func != NULL)
    connection = self->connect_func (sally_transfer_get_server_id (transfer), self->connect_data);
  if (connection != NULL)
    sally_transfer_set_connection (transfer, connection);
  return connection != NULL;
}

/* FALSE with the reason in the transfer if its server is not saved any more. */
static gboolean
ensure_connection (SallyTransferQueue *self, SallyTransfer *transfer)
{
  g_autoptr (GError) error = NULL;

  if (find_connection (self, transfer))
    return TRUE;
  error = g_error_new (SALLY_ERROR, SALLY_ERROR_NOT_FOUND,
                       _ ("The server of “%s” is not saved any more"),
                       sally_transfer_get_name (transfer));
  sally_transfer_set_state (transfer, SALLY_TRANSFER_PAUSED, error);
  return FALSE;
}

void
sally_transfer_queue_cancel (SallyTransferQueue *self, SallyTransfer *transfer)
{
  SallyJob *job;

  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));
  g_return_if_fail (SALLY_IS_TRANSFER (transfer));

  job = sally_transfer_get_job (transfer);
  if (job != NULL)
    sally_job_interrupt (job, FALSE);
  else if (sally_transfer_get_state (transfer) == SALLY_TRANSFER_PAUSED)
    {
      find_connection (self, transfer);
      sally_transfer_discard (self, transfer);
      sally_queue_count_paused (self, -1);
      sally_transfer_end (transfer,
                          g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled")));
      sally_queue_transfer_ended (self, transfer);
    }
}

void
sally_transfer_queue_pause (SallyTransferQueue *self, SallyTransfer *transfer)
{
  SallyJob *job;

  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));
  g_return_if_fail (SALLY_IS_TRANSFER (transfer));

  job = sally_transfer_get_job (transfer);
  if (job != NULL && !g_cancellable_is_cancelled (job->wish))
    sally_job_interrupt (job, TRUE);
}

void
sally_transfer_queue_resume (SallyTransferQueue *self, SallyTransfer *transfer)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));
  g_return_if_fail (SALLY_IS_TRANSFER (transfer));

  if (sally_transfer_get_state (transfer) != SALLY_TRANSFER_PAUSED ||
      !ensure_connection (self, transfer))
    return;
  sally_queue_count_paused (self, -1);
  sally_queue_add_job (self, transfer);
}

SallyTransfer *
sally_transfer_queue_retry (SallyTransferQueue *self, SallyTransfer *transfer)
{
  g_autoptr (SallyTransfer) again = NULL;
  SallyTransferRecord *record;
  guint position;

  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (self), NULL);
  g_return_val_if_fail (SALLY_IS_TRANSFER (transfer), NULL);
  g_return_val_if_fail (sally_transfer_has_ended (transfer), NULL);

  record = sally_transfer_record_copy (sally_transfer_get_record (transfer));
  record->position = next_position (self);
  g_clear_pointer (&record->error, g_free);
  /* What the old token made may just be on its way out. */
  if (record->offset == 0)
    {
      g_free (record->token);
      record->token = make_token ();
    }
  again = sally_transfer_new (sally_transfer_get_connection (transfer), record);
  /* What is left of it belongs to the new one from now on. */
  sally_transfer_get_record (transfer)->id = 0;
  if (g_list_store_find (self->list, transfer, &position))
    g_list_store_remove (self->list, position);
  g_list_store_insert (self->list, 0, again);
  sally_queue_add_job (self, again);
  return again; /* the list holds it */
}

static void
retry_if_failed (SallyTransferQueue *self, SallyTransfer *transfer)
{
  if (sally_transfer_get_state (transfer) == SALLY_TRANSFER_FAILED)
    sally_transfer_queue_retry (self, transfer);
}

static void
discard_if_paused (SallyTransferQueue *self, SallyTransfer *transfer)
{
  if (sally_transfer_get_state (transfer) == SALLY_TRANSFER_PAUSED)
    sally_transfer_queue_cancel (self, transfer);
}

void
sally_transfer_queue_cancel_all (SallyTransferQueue *self)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  for_each (self, sally_transfer_queue_cancel);
}

void
sally_transfer_queue_pause_all (SallyTransferQueue *self)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  for_each (self, sally_transfer_queue_pause);
}

void
sally_transfer_queue_resume_all (SallyTransferQueue *self)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  for_each (self, sally_transfer_queue_resume);
}

void
sally_transfer_queue_retry_failed (SallyTransferQueue *self)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  for_each (self, retry_if_failed);
}

void
sally_transfer_queue_discard_paused (SallyTransferQueue *self)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  for_each (self, discard_if_paused);
}

gboolean
sally_transfer_queue_is_tidying (SallyTransferQueue *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (self), FALSE);

  return self->n_tidying > 0;
}

void
sally_transfer_queue_clear_ended (SallyTransferQueue *self)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->list)); i > 0; i--)
    {
      g_autoptr (SallyTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->list), i - 1);

      if (!sally_transfer_has_ended (transfer))
        continue;
      if (sally_transfer_get_record (transfer)->id != 0)
        sally_transfer_discard (self, transfer);
      g_list_store_remove (self->list, i - 1);
    }
}

void
sally_transfer_queue_set_connect_func (SallyTransferQueue *self,
                                       SallyTransferConnectFunc func,
                                       gpointer user_data)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  self->connect_func = func;
  self->connect_data = user_data;
}

static void
restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyTransferQueue *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) records =
      sally_transfer_store_list_finish (SALLY_TRANSFER_STORE (source), result, &error);

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < records->len; i++)
    {
      SallyTransferRecord *record = g_ptr_array_index (records, i);
      g_autoptr (GError) reason = NULL;
      g_autoptr (SallyTransfer) transfer =
          sally_transfer_new (NULL, sally_transfer_record_copy (record));

      if (record->error != NULL)
        reason = g_error_new_literal (SALLY_ERROR, SALLY_ERROR_FAILED, record->error);
      sally_transfer_set_state (transfer, SALLY_TRANSFER_PAUSED, reason);
      g_list_store_insert (self->list, 0, transfer);
    }
  if (records->len > 0)
    sally_queue_count_paused (self, (int) records->len);
  g_task_return_int (task, (gssize) records->len);
}

void
sally_transfer_queue_restore_async (SallyTransferQueue *self,
                                    GArray *ids,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, sally_transfer_queue_restore_async);
  if (self->store != NULL)
    {
      sally_transfer_store_take_async (self->store, ids, restored, task);
      return;
    }
  g_task_return_int (task, 0);
  g_object_unref (task);
}

gssize
sally_transfer_queue_restore_finish (SallyTransferQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}

void
sally_transfer_queue_set_resumes (SallyTransferQueue *self, gboolean resumes)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  self->resumes = resumes;
}

void
sally_transfer_queue_set_keeps (SallyTransferQueue *self, gboolean permissions, gboolean times)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  self->keeps_permissions = permissions;
  self->keeps_times = times;
}

gboolean
sally_transfer_queue_get_keeps_permissions (SallyTransferQueue *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (self), TRUE);

  return self->keeps_permissions;
}

gboolean
sally_transfer_queue_get_keeps_times (SallyTransferQueue *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (self), TRUE);

  return self->keeps_times;
}

void
sally_transfer_queue_set_verifies (SallyTransferQueue *self, gboolean verifies)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  self->verifies = verifies;
}

gboolean
sally_transfer_queue_get_verifies (SallyTransferQueue *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (self), FALSE);

  return self->verifies;
}

void
sally_transfer_queue_set_links (SallyTransferQueue *self, SallyLinks links)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  self->symlinks = links;
}

SallyLinks
sally_transfer_queue_get_links (SallyTransferQueue *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (self), SALLY_LINKS_SAFE);

  return self->symlinks;
}

void
sally_transfer_queue_set_max_files (SallyTransferQueue *self, guint max_files)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  self->max_files = max_files > 0 ? MIN (max_files, self->max_startable) : self->max_startable;
  sally_queue_start_waiting (self);
}

void
sally_transfer_queue_set_limits (SallyTransferQueue *self, guint64 download, guint64 upload)
{
  GHashTableIter iter;
  gpointer link;

  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  self->uses_limits |= download > 0 || upload > 0;
  self->download_limit = download;
  self->upload_limit = upload;
  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &link))
    sally_link_apply_limits (link);
}

void
sally_transfer_queue_set_max_attempts (SallyTransferQueue *self, guint max_attempts)
{
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));

  self->max_attempts = max_attempts;
}

void
sally_transfer_queue_await_connection_async (SallyTransferQueue *self,
                                             SallyConnection *connection,
                                             const GError *cause,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data)
{
  SallyLink *link;
  GTask *task;

  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));
  g_return_if_fail (SALLY_IS_CONNECTION (connection));
  g_return_if_fail (cause != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_transfer_queue_await_connection_async);
  link = sally_link_get (self, connection);
  sally_link_await (link, task, cause);
  sally_link_unref (link);
}

gboolean
sally_transfer_queue_await_connection_finish (SallyTransferQueue *self,
                                              GAsyncResult *result,
                                              GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
