/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the transfer queue makes and moves a transfer. */
#pragma once

#include "remote/transfer-queue.h"

G_BEGIN_DECLS

SallyTransfer *sally_transfer_new (SallyConnection *connection,
                                   gboolean is_upload,
                                   const char *local_path,
                                   const char *remote_path,
                                   SallyConflict conflict) G_GNUC_WARN_UNUSED_RESULT;

/* Unique in this process: the engine tells transfers of one client by it. */
guint64 sally_transfer_get_id (SallyTransfer *self);
SallyConflict sally_transfer_get_conflict (SallyTransfer *self);
GCancellable *sally_transfer_get_cancellable (SallyTransfer *self);

void sally_transfer_set_size (SallyTransfer *self, guint64 size);
/* Counts `done` bytes at `now_us` (monotonic) and works out the speed. */
void sally_transfer_set_done (SallyTransfer *self, guint64 done, gint64 now_us);
void sally_transfer_set_running (SallyTransfer *self);
/* The name that was free, where both are kept. */
void sally_transfer_set_local_path (SallyTransfer *self, const char *path);
void sally_transfer_set_remote_path (SallyTransfer *self, const char *path);
/* `error` (nullable, taken): NULL finished, G_IO_ERROR_CANCELLED cancelled, else failed. */
void sally_transfer_end (SallyTransfer *self, GError *error);

G_END_DECLS
