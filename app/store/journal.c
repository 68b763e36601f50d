/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/journal.h"

#include "store/database.h"

/* What the first record follows. */
#define NO_HASH "0000000000000000000000000000000000000000000000000000000000000000"
#define COLUMNS                                                                                    \
  "id, begun, ended, kind, outcome, server_id, server, address, user, host_key, methods, local, "  \
  "remote, bytes, sha256, error, previous, hash"

/* Nothing here changes or removes a record, and the triggers see to it that no mistake of ours ever
 * does. */
static const char *const migrations[] = {
  "CREATE TABLE record ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  begun INTEGER NOT NULL,"
  "  ended INTEGER NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  outcome INTEGER NOT NULL,"
  "  server_id TEXT NOT NULL,"
  "  server TEXT NOT NULL,"
  "  address TEXT NOT NULL,"
  "  user TEXT NOT NULL,"
  "  host_key TEXT NOT NULL,"
  "  methods TEXT NOT NULL,"
  "  local BLOB NOT NULL,"
  "  remote BLOB NOT NULL,"
  "  bytes INTEGER NOT NULL,"
  "  sha256 TEXT NOT NULL,"
  "  error TEXT NOT NULL,"
  "  previous TEXT NOT NULL,"
  "  hash TEXT NOT NULL);"
  "CREATE INDEX record_time ON record (ended);"
  "CREATE TRIGGER record_stays BEFORE DELETE ON record"
  "  BEGIN SELECT RAISE (ABORT, 'the journal is only added to'); END;"
  "CREATE TRIGGER record_is_as_it_was BEFORE UPDATE ON record"
  "  BEGIN SELECT RAISE (ABORT, 'the journal is only added to'); END",
  NULL,
};

struct _SallyJournal
{
  GObject parent_instance;

  SallyDatabase *database;
};

G_DEFINE_FINAL_TYPE (SallyJournal, sally_journal, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What a list is asked for, and what came. */
typedef struct
{
  char *server_id;
  SallyJournalFilter filter;
  GPtrArray *records;
} Listing;

typedef struct
{
  guint64 n_records;
  gint64 first_broken;
} Verification;

static void
listing_free (Listing *listing)
{
  g_free (listing->server_id);
  g_clear_pointer (&listing->records, g_ptr_array_unref);
  g_free (listing);
}

static void
sally_journal_finalize (GObject *object)
{
  g_object_unref (SALLY_JOURNAL (object)->database);
  G_OBJECT_CLASS (sally_journal_parent_class)->finalize (object);
}

static void
sally_journal_class_init (SallyJournalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_journal_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SALLY_TYPE_JOURNAL, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
sally_journal_init (SallyJournal *self)
{
}

SallyJournal *
sally_journal_new (const char *path)
{
  SallyJournal *self = g_object_new (SALLY_TYPE_JOURNAL, NULL);
  g_autofree char *usual =
      g_build_filename (g_get_user_data_dir (), "sallyport", "journal.sqlite", NULL);

  self->database = sally_database_new (path != NULL ? path : usual, migrations);
  return self;
}

/* NULL with `error`. */
static char *
dup_last_hash (SallyTransaction *transaction, GError **error)
{
  SallyStatement *last =
      sally_transaction_prepare (transaction, "SELECT hash FROM record ORDER BY id DESC LIMIT 1",
                                 error);
  gboolean has_row;

  if (last == NULL || !sally_statement_step (last, &has_row, error))
    return NULL;
  return has_row ? sally_statement_dup_text (last, 0) : g_strdup (NO_HASH);
}

static gboolean
add (SallyTransaction *transaction, gpointer data, GError **error)
{
  SallyJournalRecord *record = data;
  SallyStatement *insert;

  g_free (record->previous);
  record->previous = dup_last_hash (transaction, error);
  if (record->previous == NULL)
    return FALSE;
  g_free (record->hash);
  record->hash = sally_journal_record_compute_hash (record);

  insert = sally_transaction_prepare (
      transaction,
      "INSERT INTO record (begun, ended, kind, outcome, server_id, server, address, user, "
      "host_key, methods, local, remote, bytes, sha256, error, previous, hash) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      error);
  if (insert == NULL)
    return FALSE;
  sally_statement_bind_int (insert, 1, record->begun_us);
  sally_statement_bind_int (insert, 2, record->ended_us);
  sally_statement_bind_int (insert, 3, record->kind);
  sally_statement_bind_int (insert, 4, record->outcome);
  sally_statement_bind_text (insert, 5, record->server_id);
  sally_statement_bind_text (insert, 6, record->server);
  sally_statement_bind_text (insert, 7, record->address);
  sally_statement_bind_text (insert, 8, record->user);
  sally_statement_bind_text (insert, 9, record->host_key);
  sally_statement_bind_text (insert, 10, record->methods);
  sally_statement_bind_bytes (insert, 11, record->local_path);
  sally_statement_bind_bytes (insert, 12, record->remote_path);
  sally_statement_bind_int (insert, 13, (gint64) record->bytes);
  sally_statement_bind_text (insert, 14, record->sha256);
  sally_statement_bind_text (insert, 15, record->error);
  sally_statement_bind_text (insert, 16, record->previous);
  sally_statement_bind_text (insert, 17, record->hash);
  return sally_statement_step (insert, NULL, error);
}

void
sally_journal_add (SallyJournal *self, const SallyJournalRecord *record)
{
  g_return_if_fail (SALLY_IS_JOURNAL (self));
  g_return_if_fail (record != NULL);

  sally_database_post (self->database, add, sally_journal_record_copy (record),
                       (GDestroyNotify) sally_journal_record_free);
  /* Who lists now comes after it: the database works in order. */
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static SallyJournalRecord *
read_record (SallyStatement *row)
{
  SallyJournalRecord *record = sally_journal_record_new ();

  record->id = sally_statement_get_int (row, 0);
  record->begun_us = sally_statement_get_int (row, 1);
  record->ended_us = sally_statement_get_int (row, 2);
  record->kind = (SallyJournalKind) CLAMP (sally_statement_get_int (row, 3), SALLY_JOURNAL_SIGN_IN,
                                           SALLY_JOURNAL_DOWNLOAD);
  record->outcome = (SallyJournalOutcome) CLAMP (sally_statement_get_int (row, 4),
                                                 SALLY_JOURNAL_DONE, SALLY_JOURNAL_CANCELLED);
  record->server_id = sally_statement_dup_text (row, 5);
  record->server = sally_statement_dup_text (row, 6);
  record->address = sally_statement_dup_text (row, 7);
  record->user = sally_statement_dup_text (row, 8);
  record->host_key = sally_statement_dup_text (row, 9);
  record->methods = sally_statement_dup_text (row, 10);
  record->local_path = sally_statement_dup_bytes (row, 11);
  record->remote_path = sally_statement_dup_bytes (row, 12);
  record->bytes = (guint64) sally_statement_get_int (row, 13);
  record->sha256 = sally_statement_dup_text (row, 14);
  record->error = sally_statement_dup_text (row, 15);
  record->previous = sally_statement_dup_text (row, 16);
  record->hash = sally_statement_dup_text (row, 17);
  return record;
}

static gboolean
list (SallyTransaction *transaction, gpointer data, GError **error)
{
  Listing *listing = data;
  const SallyJournalFilter *filter = &listing->filter;
  SallyStatement *select = sally_transaction_prepare (
      transaction,
      "SELECT " COLUMNS " FROM record WHERE (?1 IS NULL OR server_id = ?1) AND ended >= ?2 "
      "AND ended < ?3 ORDER BY id DESC LIMIT ?4",
      error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  sally_statement_bind_text (select, 1, listing->server_id);
  sally_statement_bind_int (select, 2, filter->since_us);
  sally_statement_bind_int (select, 3, filter->until_us > 0 ? filter->until_us : G_MAXINT64);
  sally_statement_bind_int (select, 4, filter->limit > 0 ? (gint64) filter->limit : -1);
  while (sally_statement_step (select, &has_row, error))
    {
      if (!has_row)
        return TRUE;
      g_ptr_array_add (listing->records, read_record (select));
    }
  return FALSE;
}

static void
listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gpointer data;

  if (sally_database_run_finish (SALLY_DATABASE (source), result, &data, &error))
    g_task_return_pointer (task, g_steal_pointer (&((Listing *) data)->records),
                           (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
sally_journal_list_async (SallyJournal *self,
                          const SallyJournalFilter *filter,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task;
  Listing *listing;

  g_return_if_fail (SALLY_IS_JOURNAL (self));
  g_return_if_fail (filter != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, sally_journal_list_async);
  listing = g_new0 (Listing, 1);
  listing->filter = *filter;
  listing->server_id = g_strdup (filter->server_id);
  listing->records = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_journal_record_free);
  sally_database_run_async (self->database, list, listing, (GDestroyNotify) listing_free, listed,
                            task);
}

GPtrArray *
sally_journal_list_finish (SallyJournal *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
verify (SallyTransaction *transaction, gpointer data, GError **error)
{
  Verification *verification = data;
  SallyStatement *select =
      sally_transaction_prepare (transaction, "SELECT " COLUMNS " FROM record ORDER BY id", error);
  g_autofree char *previous = g_strdup (NO_HASH);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  while (sally_statement_step (select, &has_row, error))
    {
      g_autoptr (SallyJournalRecord) record = NULL;
      g_autofree char *hash = NULL;

      if (!has_row)
        return TRUE;
      record = read_record (select);
      hash = sally_journal_record_compute_hash (record);
      verification->n_records++;
      if (verification->first_broken == 0 &&
          (g_strcmp0 (record->previous, previous) != 0 || g_strcmp0 (record->hash, hash) != 0))
        verification->first_broken = record->id;
      g_set_str (&previous, record->hash);
    }
  return FALSE;
}

static void
verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gpointer data;

  if (sally_database_run_finish (SALLY_DATABASE (source), result, &data, &error))
    g_task_return_pointer (task, g_memdup2 (data, sizeof (Verification)), g_free);
  else
    g_task_return_error (task, error);
}

void
sally_journal_verify_async (SallyJournal *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_JOURNAL (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, sally_journal_verify_async);
  sally_database_run_async (self->database, verify, g_new0 (Verification, 1), g_free, verified,
                            task);
}

gboolean
sally_journal_verify_finish (SallyJournal *self,
                             GAsyncResult *result,
                             guint64 *n_records,
                             gint64 *first_broken,
                             GError **error)
{
  g_autofree Verification *verification = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  verification = g_task_propagate_pointer (G_TASK (result), error);
  if (verification == NULL)
    return FALSE;
  *n_records = verification->n_records;
  *first_broken = verification->first_broken;
  return TRUE;
}
