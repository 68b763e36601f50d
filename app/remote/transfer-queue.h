/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Uploads and downloads of all servers as a GListModel of SallyTransfer, newest first. */
#pragma once

#include "remote/transfer.h"

G_BEGIN_DECLS

/* Properties, read-only: n-active, fraction (of all that is active, 0 to 1), speed, seconds-left.
 * Signal "finished" (SallyTransfer) when one ends, however it ends. Main thread only. */
#define SALLY_TYPE_TRANSFER_QUEUE (sally_transfer_queue_get_type ())
G_DECLARE_FINAL_TYPE (SallyTransferQueue, sally_transfer_queue, SALLY, TRANSFER_QUEUE, GObject)

SallyTransferQueue *sally_transfer_queue_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* What to do when the target exists; asking is the caller's job, before. */
typedef enum
{
  SALLY_CONFLICT_FAIL, /* SALLY_ERROR_LOCAL_EXISTS or REMOTE_EXISTS */
  SALLY_CONFLICT_REPLACE,
  SALLY_CONFLICT_KEEP_BOTH, /* "name (2).ext" */
} SallyConflict;

/* A regular file into `local_directory` under `local_name` (display-safe bytes, one component).
 * Goes to a temporary file beside the target (O_NOFOLLOW | O_EXCL), then fsync, then rename: whole
 * or not there. Permissions (masked to 0777 & ~umask) and time of the remote file are kept. Starts
 * by itself. Borrowed result; connect to notify::state or await it. */
SallyTransfer *sally_transfer_queue_download (SallyTransferQueue *self,
                                              SallyConnection *connection,
                                              const char *remote_path,
                                              const char *local_directory,
                                              const char *local_name,
                                              SallyConflict conflict);

/* A local regular file to `remote_path` (the full target path, raw bytes). A change of size or time
 * while it is read is a failure. */
SallyTransfer *sally_transfer_queue_upload (SallyTransferQueue *self,
                                            SallyConnection *connection,
                                            const char *local_path,
                                            const char *remote_path,
                                            SallyConflict conflict);

/* Ends when the transfer has ended; FALSE with a copy of its error. */
void sally_transfer_queue_wait_async (SallyTransferQueue *self,
                                      SallyTransfer *transfer,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
sally_transfer_queue_wait_finish (SallyTransferQueue *self, GAsyncResult *result, GError **error);

void sally_transfer_queue_cancel (SallyTransferQueue *self, SallyTransfer *transfer);
void sally_transfer_queue_cancel_all (SallyTransferQueue *self);
/* Puts a failed or cancelled transfer in again, as a new one. */
SallyTransfer *sally_transfer_queue_retry (SallyTransferQueue *self, SallyTransfer *transfer);
/* Removes what has ended from the list. */
void sally_transfer_queue_clear_ended (SallyTransferQueue *self);

G_END_DECLS
