/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/transfer-store.h"

#include "base/error.h"
#include "store/database.h"
#include "store/owner-lock.h"

#include <string.h>

static const char *const migrations[] = {
  "CREATE TABLE transfer ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  owner TEXT NOT NULL,"
  "  server TEXT NOT NULL,"
  "  upload INTEGER NOT NULL,"
  "  local BLOB NOT NULL,"
  "  remote BLOB NOT NULL,"
  "  conflict INTEGER NOT NULL,"
  "  state INTEGER NOT NULL,"
  "  token TEXT NOT NULL,"
  "  offset INTEGER NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  stamp INTEGER NOT NULL,"
  "  created INTEGER NOT NULL,"
  "  position INTEGER NOT NULL,"
  "  error TEXT);"
  "CREATE INDEX transfer_ends ON transfer (server, upload, local, remote);"
  "CREATE INDEX transfer_owner ON transfer (owner)",
  NULL,
};

#define COLUMNS                                                                                    \
  "id, owner, server, upload, local, remote, conflict, state, token, offset, size, stamp, "        \
  "created, position, error"

struct _SallyTransferStore
{
  GObject parent_instance;

  SallyDatabase *database;
  SallyOwnerLock *lock; /* used on the database's thread only */
};

G_DEFINE_FINAL_TYPE (SallyTransferStore, sally_transfer_store, G_TYPE_OBJECT)

/* What a piece of work gets: the lock lives as long as the database's thread. */
typedef struct
{
  SallyOwnerLock *lock;
  GPtrArray *records;
  GArray *ids;
  gboolean takes;
  SallyTransferRecord *record;
  gint64 id;
} Request;

static void
request_free (Request *request)
{
  g_clear_pointer (&request->records, g_ptr_array_unref);
  g_clear_pointer (&request->ids, g_array_unref);
  g_clear_pointer (&request->record, sally_transfer_record_free);
  g_free (request);
}

SallyTransferRecord *
sally_transfer_record_new (void)
{
  SallyTransferRecord *self = g_new0 (SallyTransferRecord, 1);

  self->token = g_strdup ("");
  return self;
}

SallyTransferRecord *
sally_transfer_record_copy (const SallyTransferRecord *self)
{
  SallyTransferRecord *copy = g_new (SallyTransferRecord, 1);

  *copy = *self;
  copy->server_id = g_strdup (self->server_id);
  copy->local_path = g_strdup (self->local_path);
  copy->remote_path = g_strdup (self->remote_path);
  copy->token = g_strdup (self->token);
  copy->error = g_strdup (self->error);
  return copy;
}

void
sally_transfer_record_free (SallyTransferRecord *self)
{
  if (self == NULL)
    return;
  g_free (self->server_id);
  g_free (self->local_path);
  g_free (self->remote_path);
  g_free (self->token);
  g_free (self->error);
  g_free (self);
}

static void
sally_transfer_store_finalize (GObject *object)
{
  SallyTransferStore *self = SALLY_TRANSFER_STORE (object);

  g_object_unref (self->database);
  sally_owner_lock_free (self->lock);
  G_OBJECT_CLASS (sally_transfer_store_parent_class)->finalize (object);
}

static void
sally_transfer_store_class_init (SallyTransferStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_transfer_store_finalize;
}

static void
sally_transfer_store_init (SallyTransferStore *self)
{
}

SallyTransferStore *
sally_transfer_store_new (const char *path)
{
  SallyTransferStore *self = g_object_new (SALLY_TYPE_TRANSFER_STORE, NULL);
  g_autofree char *usual =
      g_build_filename (g_get_user_data_dir (), "sallyport", "transfers.sqlite", NULL);
  const char *file = path != NULL ? path : usual;
  g_autofree char *locks = g_strconcat (file, "-owners", NULL);

  self->database = sally_database_new (file, migrations);
  self->lock = sally_owner_lock_new (locks);
  return self;
}

static SallyTransferRecord *
read_record (SallyStatement *row, SallyOwnerLock *lock)
{
  SallyTransferRecord *record = g_new0 (SallyTransferRecord, 1);
  g_autofree char *owner = sally_statement_dup_text (row, 1);

  record->id = sally_statement_get_int (row, 0);
  record->owner = sally_owner_lock_is_ours (lock, owner)    ? SALLY_TRANSFER_OWNER_SELF
                  : sally_owner_lock_is_alive (lock, owner) ? SALLY_TRANSFER_OWNER_OTHER
                                                            : SALLY_TRANSFER_OWNER_NOBODY;
  record->server_id = sally_statement_dup_text (row, 2);
  record->is_upload = sally_statement_get_int (row, 3) != 0;
  record->local_path = sally_statement_dup_bytes (row, 4);
  record->remote_path = sally_statement_dup_bytes (row, 5);
  record->conflict = (int) sally_statement_get_int (row, 6);
  record->state = (SallyTransferRecordState) sally_statement_get_int (row, 7);
  record->token = sally_statement_dup_text (row, 8);
  record->offset = (guint64) sally_statement_get_int (row, 9);
  record->size = (guint64) sally_statement_get_int (row, 10);
  record->stamp = sally_statement_get_int (row, 11);
  record->created = sally_statement_get_int (row, 12);
  record->position = sally_statement_get_int (row, 13);
  record->error = sally_statement_dup_text (row, 14);
  return record;
}

static gboolean
update_record (SallyTransaction *transaction, const SallyTransferRecord *record, GError **error)
{
  SallyStatement *update =
      sally_transaction_prepare (transaction,
                                 "UPDATE transfer SET remote = ?, conflict = ?, state = ?, "
                                 "token = ?, offset = ?, size = ?, stamp = ?, position = ?, "
                                 "error = ? WHERE id = ?",
                                 error);

  if (update == NULL)
    return FALSE;
  sally_statement_bind_bytes (update, 1, record->remote_path);
  sally_statement_bind_int (update, 2, record->conflict);
  sally_statement_bind_int (update, 3, record->state);
  sally_statement_bind_text (update, 4, record->token);
  sally_statement_bind_int (update, 5, (gint64) record->offset);
  sally_statement_bind_int (update, 6, (gint64) record->size);
  sally_statement_bind_int (update, 7, record->stamp);
  sally_statement_bind_int (update, 8, record->position);
  sally_statement_bind_text (update, 9, record->error);
  sally_statement_bind_int (update, 10, record->id);
  return sally_statement_step (update, NULL, error);
}

static gboolean
own_record (SallyTransaction *transaction,
            SallyOwnerLock *lock,
            SallyTransferRecord *record,
            GError **error)
{
  SallyStatement *own =
      sally_transaction_prepare (transaction, "UPDATE transfer SET owner = ? WHERE id = ?", error);

  if (own == NULL)
    return FALSE;
  sally_statement_bind_text (own, 1, sally_owner_lock_get_name (lock));
  sally_statement_bind_int (own, 2, record->id);
  record->owner = SALLY_TRANSFER_OWNER_SELF;
  record->is_found = TRUE;
  return sally_statement_step (own, NULL, error);
}

/* NULL without `error` if there is none of the same ends that is nobody's. */
static SallyTransferRecord *
find_left_behind (SallyTransaction *transaction,
                  SallyOwnerLock *lock,
                  const SallyTransferRecord *wanted,
                  GError **error)
{
  SallyStatement *find =
      sally_transaction_prepare (transaction,
                                 "SELECT " COLUMNS " FROM transfer WHERE server = ? AND upload = ? "
                                 "AND local = ? AND remote = ? ORDER BY offset DESC",
                                 error);
  gboolean has_row;

  if (find == NULL)
    return NULL;
  sally_statement_bind_text (find, 1, wanted->server_id);
  sally_statement_bind_int (find, 2, wanted->is_upload);
  sally_statement_bind_bytes (find, 3, wanted->local_path);
  sally_statement_bind_bytes (find, 4, wanted->remote_path);
  while (sally_statement_step (find, &has_row, error) && has_row)
    {
      g_autoptr (SallyTransferRecord) found = read_record (find, lock);

      if (found->owner == SALLY_TRANSFER_OWNER_NOBODY)
        return g_steal_pointer (&found);
    }
  return NULL;
}

static gboolean
insert_record (SallyTransaction *transaction,
               SallyOwnerLock *lock,
               SallyTransferRecord *record,
               GError **error)
{
  SallyStatement *insert =
      sally_transaction_prepare (transaction,
                                 "INSERT INTO transfer (owner, server, upload, local, remote, "
                                 "conflict, state, token, offset, size, stamp, created, position) "
                                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                 error);

  if (insert == NULL)
    return FALSE;
  sally_statement_bind_text (insert, 1, sally_owner_lock_get_name (lock));
  sally_statement_bind_text (insert, 2, record->server_id);
  sally_statement_bind_int (insert, 3, record->is_upload);
  sally_statement_bind_bytes (insert, 4, record->local_path);
  sally_statement_bind_bytes (insert, 5, record->remote_path);
  sally_statement_bind_int (insert, 6, record->conflict);
  sally_statement_bind_int (insert, 7, record->state);
  sally_statement_bind_text (insert, 8, record->token);
  sally_statement_bind_int (insert, 9, (gint64) record->offset);
  sally_statement_bind_int (insert, 10, (gint64) record->size);
  sally_statement_bind_int (insert, 11, record->stamp);
  sally_statement_bind_int (insert, 12, record->created);
  sally_statement_bind_int (insert, 13, record->position);
  if (!sally_statement_step (insert, NULL, error))
    return FALSE;
  record->id = sally_transaction_get_last_id (transaction);
  record->owner = SALLY_TRANSFER_OWNER_SELF;
  return TRUE;
}

static void
adopt (SallyTransferRecord *record, const SallyTransferRecord *found)
{
  record->id = found->id;
  g_set_str (&record->token, found->token);
  g_set_str (&record->error, found->error);
  record->offset = found->offset;
  record->size = found->size;
  record->stamp = found->stamp;
  record->created = found->created;
}

static gboolean
add (SallyTransaction *transaction, gpointer data, GError **error)
{
  Request *request = data;

  if (!sally_owner_lock_ensure (request->lock, error))
    return FALSE;
  for (guint i = 0; i < request->records->len; i++)
    {
      SallyTransferRecord *record = g_ptr_array_index (request->records, i);
      g_autoptr (GError) reason = NULL;
      g_autoptr (SallyTransferRecord) found =
          find_left_behind (transaction, request->lock, record, &reason);
      gboolean is_in;

      if (reason != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return FALSE;
        }
      if (found != NULL)
        adopt (record, found);
      is_in = found != NULL ? own_record (transaction, request->lock, record, error) &&
                                  update_record (transaction, record, error)
                            : insert_record (transaction, request->lock, record, error);
      if (!is_in)
        return FALSE;
    }
  return TRUE;
}

static Request *
request_new (SallyTransferStore *self)
{
  Request *request = g_new0 (Request, 1);

  request->lock = self->lock;
  return request;
}

static void
done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gpointer data;
  Request *request;

  if (!sally_database_run_finish (SALLY_DATABASE (source), result, &data, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  request = data;
  g_task_return_pointer (task, g_ptr_array_ref (request->records),
                         (GDestroyNotify) g_ptr_array_unref);
}

static void
run (SallyTransferStore *self,
     SallyDatabaseFunc func,
     Request *request,
     gpointer tag,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tag);
  sally_database_run_async (self->database, func, request, (GDestroyNotify) request_free, done,
                            task);
}

void
sally_transfer_store_add_async (SallyTransferStore *self,
                                GPtrArray *records,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Request *request;

  g_return_if_fail (SALLY_IS_TRANSFER_STORE (self));

  request = request_new (self);
  request->records = g_ptr_array_ref (records);
  run (self, add, request, sally_transfer_store_add_async, callback, user_data);
}

gboolean
sally_transfer_store_add_finish (SallyTransferStore *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GPtrArray) records = sally_transfer_store_list_finish (self, result, error);

  return records != NULL;
}

static gboolean
update (SallyTransaction *transaction, gpointer data, GError **error)
{
  return update_record (transaction, ((Request *) data)->record, error);
}

void
sally_transfer_store_update (SallyTransferStore *self, const SallyTransferRecord *record)
{
  Request *request;

  g_return_if_fail (SALLY_IS_TRANSFER_STORE (self));

  if (record->id == 0)
    return;
  request = request_new (self);
  request->record = sally_transfer_record_copy (record);
  sally_database_post (self->database, update, request, (GDestroyNotify) request_free);
}

static gboolean
remove_record (SallyTransaction *transaction, gpointer data, GError **error)
{
  SallyStatement *statement =
      sally_transaction_prepare (transaction, "DELETE FROM transfer WHERE id = ?", error);

  if (statement == NULL)
    return FALSE;
  sally_statement_bind_int (statement, 1, ((Request *) data)->id);
  return sally_statement_step (statement, NULL, error);
}

void
sally_transfer_store_remove (SallyTransferStore *self, gint64 id)
{
  Request *request;

  g_return_if_fail (SALLY_IS_TRANSFER_STORE (self));

  if (id == 0)
    return;
  request = request_new (self);
  request->id = id;
  sally_database_post (self->database, remove_record, request, (GDestroyNotify) request_free);
}

static gboolean
is_among (GArray *ids, gint64 id)
{
  if (ids == NULL)
    return TRUE;
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;
  return FALSE;
}

static gboolean
list (SallyTransaction *transaction, gpointer data, GError **error)
{
  Request *request = data;
  SallyStatement *all =
      sally_transaction_prepare (transaction,
                                 "SELECT " COLUMNS " FROM transfer ORDER BY position, id", error);
  gboolean has_row;

  if (all == NULL || (request->takes && !sally_owner_lock_ensure (request->lock, error)))
    return FALSE;
  do
    {
      SallyTransferRecord *record;

      if (!sally_statement_step (all, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      record = read_record (all, request->lock);
      if (!request->takes ||
          (record->owner == SALLY_TRANSFER_OWNER_NOBODY && is_among (request->ids, record->id)))
        g_ptr_array_add (request->records, record);
      else
        sally_transfer_record_free (record);
    }
  while (has_row);
  for (guint i = 0; request->takes && i < request->records->len; i++)
    if (!own_record (transaction, request->lock, g_ptr_array_index (request->records, i), error))
      return FALSE;
  return TRUE;
}

void
sally_transfer_store_list_async (SallyTransferStore *self,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Request *request;

  g_return_if_fail (SALLY_IS_TRANSFER_STORE (self));

  request = request_new (self);
  request->records = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_transfer_record_free);
  run (self, list, request, sally_transfer_store_list_async, callback, user_data);
}

void
sally_transfer_store_take_async (SallyTransferStore *self,
                                 GArray *ids,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Request *request;

  g_return_if_fail (SALLY_IS_TRANSFER_STORE (self));

  request = request_new (self);
  request->records = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_transfer_record_free);
  request->ids = ids != NULL ? g_array_ref (ids) : NULL;
  request->takes = TRUE;
  run (self, list, request, sally_transfer_store_take_async, callback, user_data);
}

GPtrArray *
sally_transfer_store_list_finish (SallyTransferStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
