/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/database.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* How long another program may hold the file: its transactions take milliseconds. */
#define BUSY_TIMEOUT_MS 10000
/* Pieces of work in one transaction: others get their turn in between. */
#define MAX_GROUP       256
/* What fails for one will fail for thousands: a log is no help then. */
#define MAX_COMPLAINTS  5

/* One piece of work on its way through the thread. */
typedef struct
{
  SallyDatabaseFunc func;
  gpointer data;
  GDestroyNotify destroy;
  GTask *task; /* NULL: nobody waits */
  GError *error;
} Work;

/* The side of the thread, which never sees the object. */
struct _SallyTransaction
{
  char *path;
  const char *const *migrations;
  GAsyncQueue *waiting; /* of Work; the end is a Work without func */
  sqlite3 *handle;
  GHashTable *statements; /* SQL, by address -> sqlite3_stmt */
};

struct _SallyDatabase
{
  GObject parent_instance;

  SallyTransaction *side;
  GThread *thread;
};

G_DEFINE_FINAL_TYPE (SallyDatabase, sally_database, G_TYPE_OBJECT)

static void
work_free (Work *work)
{
  if (work->task == NULL && work->destroy != NULL)
    work->destroy (work->data);
  g_clear_object (&work->task);
  g_clear_error (&work->error);
  g_free (work);
}

static SallyError
error_from_sqlite (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return SALLY_ERROR_LOCAL_NO_SPACE;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return SALLY_ERROR_LOCAL_PERMISSION;
    default:
      return SALLY_ERROR_LOCAL_FAILED;
    }
}

static void
set_error (GError **error, sqlite3 *handle)
{
  const char *path = sqlite3_db_filename (handle, NULL);
  g_autofree char *shown = g_filename_display_name (path != NULL ? path : "");

  g_set_error (error, SALLY_ERROR, error_from_sqlite (sqlite3_errcode (handle)), "%s: %s", shown,
               sqlite3_errmsg (handle));
}

static gboolean
execute (SallyTransaction *self, const char *sql, GError **error)
{
  if (sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_error (error, self->handle);
  return FALSE;
}

static gboolean
read_version (SallyTransaction *self, guint *version, GError **error)
{
  SallyStatement *statement = sally_transaction_prepare (self, "PRAGMA user_version", error);
  gboolean has_row = FALSE;

  if (statement == NULL || !sally_statement_step (statement, &has_row, error))
    return FALSE;
  *version = has_row ? (guint) sally_statement_get_int (statement, 0) : 0;
  sqlite3_reset (statement);
  return TRUE;
}

/* Under the write lock: programs that start at the same moment migrate once. */
static gboolean
migrate (SallyTransaction *self, GError **error)
{
  const guint newest = g_strv_length ((char **) self->migrations);
  g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %u", newest);
  guint version;

  if (!read_version (self, &version, error))
    return FALSE;
  if (version > newest)
    {
      g_autofree char *shown = g_filename_display_name (self->path);

      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED,
                   _ ("%s was written by a newer Sallyport"), shown);
      return FALSE;
    }
  for (guint i = version; i < newest; i++)
    if (!execute (self, self->migrations[i], error))
      return FALSE;
  return version == newest || execute (self, set_version, error);
}

/* SQLite makes its other files with the mode of this one. */
static gboolean
make_file (SallyTransaction *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofd int descriptor = -1;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      sally_error_set_errno (error, errno, folder);
      return FALSE;
    }
  descriptor = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor >= 0)
    return TRUE;
  sally_error_set_errno (error, errno, self->path);
  return FALSE;
}

static void
close_handle (SallyTransaction *self)
{
  g_hash_table_remove_all (self->statements);
  sqlite3_close (self->handle);
  self->handle = NULL;
}

static gboolean
open_handle (SallyTransaction *self, GError **error)
{
  if (self->handle != NULL)
    return TRUE;
  if (!make_file (self, error))
    return FALSE;
  if (sqlite3_open_v2 (self->path, &self->handle,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
                       NULL) == SQLITE_OK &&
      sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS) == SQLITE_OK)
    {
      /* A file system without shared memory keeps the rollback journal, which does as well. */
      if (execute (self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", error) &&
          execute (self, "BEGIN IMMEDIATE", error) && migrate (self, error) &&
          execute (self, "COMMIT", error))
        return TRUE;
    }
  else
    set_error (error, self->handle);
  close_handle (self);
  return FALSE;
}

/* One that stands at a row would hold on to the file as it was. */
static void
reset_statements (SallyTransaction *self)
{
  sqlite3_stmt *statement = NULL;

  while ((statement = sqlite3_next_stmt (self->handle, statement)) != NULL)
    if (sqlite3_stmt_busy (statement))
      sqlite3_reset (statement);
}

static void
do_work (SallyTransaction *self, Work *work)
{
  if (!execute (self, "SAVEPOINT work", &work->error))
    return;
  if (!work->func (self, work->data, &work->error))
    execute (self, "ROLLBACK TO work", NULL);
  reset_statements (self);
  execute (self, "RELEASE work", NULL);
}

static void
do_group (SallyTransaction *self, GPtrArray *group)
{
  g_autoptr (GError) error = NULL;

  if (open_handle (self, &error) && execute (self, "BEGIN IMMEDIATE", &error))
    {
      for (guint i = 0; i < group->len; i++)
        do_work (self, g_ptr_array_index (group, i));
      if (!execute (self, "COMMIT", &error))
        execute (self, "ROLLBACK", NULL);
    }
  for (guint i = 0; i < group->len; i++)
    {
      Work *work = g_ptr_array_index (group, i);

      if (error != NULL && work->error == NULL)
        work->error = g_error_copy (error);
    }
}

/* On the main thread: tasks, and what they hold, end where they began. */
static gboolean
deliver (gpointer user_data)
{
  static guint n_complaints = 0;
  GPtrArray *group = user_data;

  for (guint i = 0; i < group->len; i++)
    {
      Work *work = g_ptr_array_index (group, i);

      if (work->task == NULL)
        {
          if (work->error != NULL && n_complaints++ < MAX_COMPLAINTS)
            g_message ("%s", work->error->message);
        }
      else if (work->error != NULL)
        g_task_return_error (work->task, g_steal_pointer (&work->error));
      else
        g_task_return_boolean (work->task, TRUE);
    }
  return G_SOURCE_REMOVE;
}

static gpointer
run_thread (gpointer user_data)
{
  SallyTransaction *self = user_data;
  gboolean is_ending = FALSE;

  while (!is_ending)
    {
      GPtrArray *group = g_ptr_array_new_with_free_func ((GDestroyNotify) work_free);
      Work *work = g_async_queue_pop (self->waiting);

      for (; work != NULL; work = g_async_queue_try_pop (self->waiting))
        {
          is_ending = work->func == NULL;
          if (is_ending)
            g_free (work);
          else
            g_ptr_array_add (group, work);
          if (is_ending || group->len >= MAX_GROUP)
            break;
        }
      if (group->len > 0)
        do_group (self, group);
      g_idle_add_full (G_PRIORITY_DEFAULT, deliver, group, (GDestroyNotify) g_ptr_array_unref);
    }
  close_handle (self);
  return NULL;
}

static void
sally_database_finalize (GObject *object)
{
  SallyDatabase *self = SALLY_DATABASE (object);

  if (self->thread != NULL)
    {
      g_async_queue_push (self->side->waiting, g_new0 (Work, 1));
      g_thread_join (self->thread);
    }
  g_async_queue_unref (self->side->waiting);
  g_hash_table_unref (self->side->statements);
  g_free (self->side->path);
  g_free (self->side);
  G_OBJECT_CLASS (sally_database_parent_class)->finalize (object);
}

static void
sally_database_class_init (SallyDatabaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_database_finalize;
}

static void
sally_database_init (SallyDatabase *self)
{
  self->side = g_new0 (SallyTransaction, 1);
  self->side->waiting = g_async_queue_new ();
  self->side->statements =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) sqlite3_finalize);
}

SallyDatabase *
sally_database_new (const char *path, const char *const *migrations)
{
  SallyDatabase *self;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (migrations != NULL, NULL);

  self = g_object_new (SALLY_TYPE_DATABASE, NULL);
  self->side->path = g_strdup (path);
  self->side->migrations = migrations;
  return self;
}

static void
push (
    SallyDatabase *self, SallyDatabaseFunc func, gpointer data, GDestroyNotify destroy, GTask *task)
{
  Work *work = g_new0 (Work, 1);

  *work = (Work) { .func = func, .data = data, .destroy = destroy, .task = task };
  if (self->thread == NULL)
    self->thread = g_thread_new ("database", run_thread, self->side);
  g_async_queue_push (self->side->waiting, work);
}

void
sally_database_run_async (SallyDatabase *self,
                          SallyDatabaseFunc func,
                          gpointer data,
                          GDestroyNotify destroy,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_DATABASE (self));
  g_return_if_fail (func != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, sally_database_run_async);
  g_task_set_task_data (task, data, destroy);
  push (self, func, data, destroy, task);
}

gboolean
sally_database_run_finish (SallyDatabase *self,
                           GAsyncResult *result,
                           gpointer *data,
                           GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (data != NULL)
    *data = g_task_get_task_data (G_TASK (result));
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sally_database_post (SallyDatabase *self,
                     SallyDatabaseFunc func,
                     gpointer data,
                     GDestroyNotify destroy)
{
  g_return_if_fail (SALLY_IS_DATABASE (self));
  g_return_if_fail (func != NULL);

  push (self, func, data, destroy, NULL);
}

SallyStatement *
sally_transaction_prepare (SallyTransaction *self, const char *sql, GError **error)
{
  SallyStatement *statement;

  g_return_val_if_fail (self != NULL, NULL);

  statement = g_hash_table_lookup (self->statements, sql);
  if (statement == NULL)
    {
      if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
          SQLITE_OK)
        {
          set_error (error, self->handle);
          return NULL;
        }
      g_hash_table_insert (self->statements, (gpointer) sql, statement);
    }
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return statement;
}

gint64
sally_transaction_get_last_id (SallyTransaction *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return sqlite3_last_insert_rowid (self->handle);
}

void
sally_statement_bind_int (SallyStatement *self, int parameter, gint64 value)
{
  sqlite3_bind_int64 (self, parameter, value);
}

void
sally_statement_bind_text (SallyStatement *self, int parameter, const char *text)
{
  sqlite3_bind_text (self, parameter, text, -1, SQLITE_TRANSIENT);
}

void
sally_statement_bind_bytes (SallyStatement *self, int parameter, const char *bytes)
{
  if (bytes == NULL)
    sqlite3_bind_null (self, parameter);
  else
    sqlite3_bind_blob64 (self, parameter, bytes, strlen (bytes), SQLITE_TRANSIENT);
}

gboolean
sally_statement_step (SallyStatement *self, gboolean *has_row, GError **error)
{
  int code = sqlite3_step (self);

  if (has_row != NULL)
    *has_row = code == SQLITE_ROW;
  if (code == SQLITE_ROW || code == SQLITE_DONE)
    return TRUE;
  set_error (error, sqlite3_db_handle (self));
  return FALSE;
}

gint64
sally_statement_get_int (SallyStatement *self, int column)
{
  return sqlite3_column_int64 (self, column);
}

char *
sally_statement_dup_text (SallyStatement *self, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (self, column));
}

char *
sally_statement_dup_bytes (SallyStatement *self, int column)
{
  const char *bytes = sqlite3_column_blob (self, column);

  if (sqlite3_column_type (self, column) == SQLITE_NULL)
    return NULL;
  /* An empty one has no address. */
  return g_strndup (bytes != NULL ? bytes : "", (gsize) sqlite3_column_bytes (self, column));
}
