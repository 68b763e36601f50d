/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of ours that several programs change: locked, read within a bound, replaced whole. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All of these block: call them on a worker thread. */

/* Holds "`path`.lock", which stays, since what it guards is replaced; waits some seconds. The
 * descriptor, to be closed, or -1: SALLY_ERROR_LOCAL_* , or G_IO_ERROR_CANCELLED. Makes the folder
 * (0700). Locks of one program exclude one another, too. */
int sally_own_file_lock (const char *path,
                         gboolean is_shared,
                         GCancellable *cancellable,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of it; SALLY_ERROR_LOCAL_NOT_FOUND if it is not there, SALLY_ERROR_LOCAL_FAILED if it is
 * longer than `max_bytes` or no regular file. What is read is wiped when it is let go. */
GBytes *
sally_own_file_read (const char *path, gsize max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Puts `bytes` in its place: written beside it (0600), flushed, read back and compared, renamed,
 * the folder flushed. After a kill at any point the old file is there whole, or the new one. Only
 * while its lock is held. */
gboolean sally_own_file_replace (const char *path, GBytes *bytes, GError **error);

G_END_DECLS
