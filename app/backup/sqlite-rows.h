/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of another program's SQLite database, read from memory. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* One row: a text for each column that was asked for, NULL where the value is NULL or the table has
 * no such column. Blobs come as base64 text. */
typedef struct
{
  guint n_values;
  char *values[];
} SallySqliteRow;

/* The rows of `table`, in their order (element-type SallySqliteRow), wiped when they go. `columns`
 * is NULL-terminated; those that the table lacks are NULL in each row. NULL with
 * SALLY_ERROR_INVALID if this is no database, it is damaged, it lacks the table, or it takes too
 * long. Any thread. */
GPtrArray *sally_sqlite_rows (GBytes *database,
                              const char *table,
                              const char *const *columns,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether there is a table of that name with that column. */
gboolean sally_sqlite_has_column (GBytes *database, const char *table, const char *column);

G_END_DECLS
