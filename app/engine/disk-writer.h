/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes to local files beside the network's loop, in the order they came. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Main thread only; its own thread starts with the first write. */
typedef struct _SallyDiskWriter SallyDiskWriter;

/* Once for every write, on the main thread: 0, or the errno of what went wrong. */
typedef void (*SallyDiskWriterFunc) (int error_number, gpointer user_data);

SallyDiskWriter *sally_disk_writer_new (void);

/* Waits for the disk until all is written, and tells of all. */
void sally_disk_writer_free (SallyDiskWriter *self);

/* The data is copied; the descriptor must stay open until `func` is called. How much waits is the
 * caller's to bound. */
void sally_disk_writer_push (SallyDiskWriter *self,
                             int descriptor,
                             const guint8 *data,
                             gsize length,
                             guint64 offset,
                             SallyDiskWriterFunc func,
                             gpointer user_data);

/* Makes room for so many bytes, in its turn: `func` is told 0 also where the file system cannot say
 * whether there is any. */
void sally_disk_writer_reserve (SallyDiskWriter *self,
                                int descriptor,
                                guint64 length,
                                SallyDiskWriterFunc func,
                                gpointer user_data);

/* The write itself, wherever one is: all of it, whatever the system takes at once. 0 or errno. */
int sally_disk_write (int descriptor, const guint8 *data, gsize length, guint64 offset);

G_END_DECLS
