/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the transfer queue makes and moves a transfer. */
#pragma once

#include "remote/transfer-queue.h"
#include "store/transfer-store.h"

G_BEGIN_DECLS

/* Takes the record, whose paths are the transfer's. `connection` may be NULL. */
SallyTransfer *sally_transfer_new (SallyConnection *connection,
                                   SallyTransferRecord *record) G_GNUC_WARN_UNUSED_RESULT;

/* Borrowed, the queue's to change; the paths only by what follows. */
SallyTransferRecord *sally_transfer_get_record (SallyTransfer *self);

/* The queue's own, while the transfer is active; NULL else. */
gpointer sally_transfer_get_job (SallyTransfer *self);
void sally_transfer_set_job (SallyTransfer *self, gpointer job);

void sally_transfer_set_connection (SallyTransfer *self, SallyConnection *connection);
void sally_transfer_set_size (SallyTransfer *self, guint64 size);
/* Counts `done` bytes at `now_us` (monotonic) and works out the speed. */
void sally_transfer_set_done (SallyTransfer *self, guint64 done, gint64 now_us);
/* Queued, running (from `done` bytes on), waiting or paused; `error` (nullable, copied) says why.
 */
void sally_transfer_set_state (SallyTransfer *self, SallyTransferState state, const GError *error);
/* The name that was free, where both are kept. */
void sally_transfer_set_local_path (SallyTransfer *self, const char *path);
void sally_transfer_set_remote_path (SallyTransfer *self, const char *path);
void sally_transfer_set_sha256 (SallyTransfer *self, const char *digest);
/* `method` is static. */
void sally_transfer_set_proof (SallyTransfer *self, const char *method);
/* `error` (nullable, taken): NULL finished, G_IO_ERROR_CANCELLED cancelled, else failed. */
void sally_transfer_end (SallyTransfer *self, GError *error);

G_END_DECLS
