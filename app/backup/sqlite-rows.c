/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/sqlite-rows.h"

#include "backup/backup.h"
#include "base/error.h"

#include <glib/gi18n.h>
#include <sqlite3.h>
#include <string.h>

/* A table may be a view that never ends: so many steps of SQLite's machine, some seconds. */
#define STEPS_BETWEEN_LOOKS 100000
#define MAX_LOOKS           500
/* Longer values are pictures. */
#define MAX_VALUE_BYTES     (1024 * 1024)
/* The journal versions of the header (SQLite file format, section 1.3): 2 says WAL. */
#define WRITE_VERSION       18
#define READ_VERSION        19
#define ROLLBACK_JOURNAL    1

typedef sqlite3 Database;
typedef sqlite3_stmt Statement;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Database, sqlite3_close_v2)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Statement, sqlite3_finalize)

static int
look (gpointer user_data)
{
  guint *n_looks = user_data;

  return ++*n_looks > MAX_LOOKS;
}

/* A copy in memory that SQLite owns, cannot write to a disk, and frees without wiping it. Nothing
 * in the schema may call functions with effects. */
static Database *
open_database (GBytes *bytes, guint *n_looks)
{
  g_autoptr (Database) database = NULL;
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);
  guint8 *copy;

  if (length <= READ_VERSION)
    return NULL;
  if (sqlite3_open_v2 (":memory:", &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL) !=
      SQLITE_OK)
    return NULL;
  copy = sqlite3_malloc64 (length);
  if (copy == NULL)
    g_error ("out of memory");
  memcpy (copy, data, length);
  copy[WRITE_VERSION] = copy[READ_VERSION] = ROLLBACK_JOURNAL;
  if (sqlite3_deserialize (database, "main", copy, (sqlite3_int64) length, (sqlite3_int64) length,
                           SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY) !=
      SQLITE_OK)
    return NULL;
  sqlite3_db_config (database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_db_config (database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_limit (database, SQLITE_LIMIT_LENGTH, SALLY_BACKUP_MAX_FILE_BYTES);
  sqlite3_progress_handler (database, STEPS_BETWEEN_LOOKS, look, n_looks);
  return g_steal_pointer (&database);
}

static Statement *
prepare (Database *database, const char *sql)
{
  g_autoptr (Statement) statement = NULL;

  if (sqlite3_prepare_v2 (database, sql, -1, &statement, NULL) != SQLITE_OK)
    return NULL;
  return g_steal_pointer (&statement);
}

/* The names of the table's columns; empty if there is no such table. */
static GHashTable *
list_columns (Database *database, const char *table)
{
  GHashTable *columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (Statement) statement = prepare (database, "SELECT name FROM pragma_table_info (?1)");

  if (statement == NULL)
    return columns;
  sqlite3_bind_text (statement, 1, table, -1, SQLITE_TRANSIENT);
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_hash_table_add (columns, g_strdup ((const char *) sqlite3_column_text (statement, 0)));
  return columns;
}

static void
row_free (gpointer data)
{
  SallySqliteRow *row = data;

  for (guint i = 0; i < row->n_values; i++)
    if (row->values[i] != NULL)
      {
        sally_secret_wipe (row->values[i], strlen (row->values[i]));
        g_free (row->values[i]);
      }
  g_free (row);
}

static char *
dup_value (Statement *statement, int column)
{
  int length;
  gconstpointer blob;

  switch (sqlite3_column_type (statement, column))
    {
    case SQLITE_NULL:
      return NULL;
    case SQLITE_BLOB:
      blob = sqlite3_column_blob (statement, column);
      length = sqlite3_column_bytes (statement, column);
      return blob != NULL && length <= MAX_VALUE_BYTES ? g_base64_encode (blob, (gsize) length)
                                                       : g_strdup ("");
    default:
      if (sqlite3_column_bytes (statement, column) > MAX_VALUE_BYTES)
        return g_strdup ("");
      return g_utf8_make_valid ((const char *) sqlite3_column_text (statement, column), -1);
    }
}

static SallySqliteRow *
read_row (Statement *statement, guint n_columns)
{
  SallySqliteRow *row = g_malloc0 (sizeof *row + n_columns * sizeof row->values[0]);

  row->n_values = n_columns;
  for (guint i = 0; i < n_columns; i++)
    row->values[i] = dup_value (statement, (int) i);
  return row;
}

static char *
make_query (const char *table, const char *const *columns, GHashTable *present)
{
  g_autoptr (GString) sql = g_string_new ("SELECT ");

  for (guint i = 0; columns[i] != NULL; i++)
    {
      g_string_append (sql, i > 0 ? ", " : "");
      if (g_hash_table_contains (present, columns[i]))
        g_string_append_printf (sql, "\"%s\"", columns[i]);
      else
        g_string_append (sql, "NULL");
    }
  g_string_append_printf (sql, " FROM \"%s\" LIMIT %d", table, SALLY_BACKUP_MAX_ENTRIES + 1);
  return g_string_free_and_steal (g_steal_pointer (&sql));
}

GPtrArray *
sally_sqlite_rows (GBytes *bytes, const char *table, const char *const *columns, GError **error)
{
  guint n_looks = 0;
  g_autoptr (Database) database = open_database (bytes, &n_looks);
  g_autoptr (GHashTable) present = NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (Statement) statement = NULL;
  g_autofree char *sql = NULL;
  int result = SQLITE_ERROR;

  present = database != NULL ? list_columns (database, table) : NULL;
  if (present != NULL && g_hash_table_size (present) > 0)
    {
      sql = make_query (table, columns, present);
      statement = prepare (database, sql);
    }
  if (statement != NULL)
    while ((result = sqlite3_step (statement)) == SQLITE_ROW)
      g_ptr_array_add (rows, read_row (statement, g_strv_length ((char **) columns)));
  if (result == SQLITE_DONE)
    return g_steal_pointer (&rows);
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("The database is damaged, cut short, or of a version that is not known"));
  return NULL;
}

gboolean
sally_sqlite_has_column (GBytes *bytes, const char *table, const char *column)
{
  guint n_looks = 0;
  g_autoptr (Database) database = open_database (bytes, &n_looks);
  g_autoptr (GHashTable) present = database != NULL ? list_columns (database, table) : NULL;

  return present != NULL && g_hash_table_contains (present, column);
}
