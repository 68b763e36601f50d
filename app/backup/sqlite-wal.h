/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A SQLite database and the write-ahead log beside it, made one in memory. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean sally_sqlite_is_database (GBytes *bytes);

/* The database as it is after the last transaction that `wal` holds whole (SQLite file format,
 * section 4); `database` itself if there is none, or the log is of another database. Wiped when it
 * goes. */
GBytes *sally_sqlite_apply_wal (GBytes *database, GBytes *wal) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
