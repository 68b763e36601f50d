/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One SQLite file, used on a thread of its own: the only file of store/ that includes sqlite3.h. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All work runs on the database's one thread, in the order in which it was asked for. What waits
 * there together shares one transaction (BEGIN IMMEDIATE), each piece behind a savepoint of its
 * own: a thousand small changes cost one commit. Several programs may have the file open (WAL, with
 * a time limit for waiting). A commit survives the program at once, a power cut after the next
 * checkpoint (synchronous=NORMAL). Main thread only, but for what takes a SallyTransaction.
 * The last unref waits until all that was posted is written: milliseconds. */
#define SALLY_TYPE_DATABASE (sally_database_get_type ())
G_DECLARE_FINAL_TYPE (SallyDatabase, sally_database, SALLY, DATABASE, GObject)

/* `migrations` is static and ends with NULL: step n leads from user_version n to n + 1. The file
 * (0600) and its folder (0700) are made when the first work comes, so that a program that has none
 * never touches the disk. */
SallyDatabase *
sally_database_new (const char *path, const char *const *migrations) G_GNUC_WARN_UNUSED_RESULT;

/* What a piece of work is done with, on the database's thread. */
typedef struct _SallyTransaction SallyTransaction;

/* FALSE with `error` takes back all that this piece of work has changed. */
typedef gboolean (*SallyDatabaseFunc) (SallyTransaction *transaction,
                                       gpointer data,
                                       GError **error);

/* `data` is the caller's until the end. Errors: what `func` said, or LOCAL_* if the file cannot be
 * used. Work that has begun is not cancelled. */
void sally_database_run_async (SallyDatabase *self,
                               SallyDatabaseFunc func,
                               gpointer data,
                               GDestroyNotify destroy,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* The data is the caller's again, borrowed from the result. */
gboolean sally_database_run_finish (SallyDatabase *self,
                                    GAsyncResult *result,
                                    gpointer *data,
                                    GError **error);

/* The same, of which nobody awaits the end; what fails is logged. */
void sally_database_post (SallyDatabase *self,
                          SallyDatabaseFunc func,
                          gpointer data,
                          GDestroyNotify destroy);

/* A statement, prepared at its first use and kept, without values. `sql` is static: its address is
 * its name. Borrowed, until the next call for the same one. Parameters are counted from 1, columns
 * from 0. */
typedef struct sqlite3_stmt SallyStatement;

SallyStatement *sally_transaction_prepare (SallyTransaction *self, const char *sql, GError **error);
gint64 sally_transaction_get_last_id (SallyTransaction *self);

void sally_statement_bind_int (SallyStatement *self, int parameter, gint64 value);
/* NULL is allowed. `bytes` is NUL-terminated and of any encoding, as paths are. */
void sally_statement_bind_text (SallyStatement *self, int parameter, const char *text);
void sally_statement_bind_bytes (SallyStatement *self, int parameter, const char *bytes);

/* Goes on to the next row: `has_row` (optional) tells whether there is one. FALSE with `error`. */
gboolean sally_statement_step (SallyStatement *self, gboolean *has_row, GError **error);

gint64 sally_statement_get_int (SallyStatement *self, int column);
/* Both copy; NULL for NULL. */
char *sally_statement_dup_text (SallyStatement *self, int column);
char *sally_statement_dup_bytes (SallyStatement *self, int column);

G_END_DECLS
