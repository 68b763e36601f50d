/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Uploads and downloads of all servers as a GListModel of SallyTransfer, newest first. */
#pragma once

#include "remote/conflict.h"
#include "remote/transfer.h"
#include "remote/tree-links.h"
#include "store/transfer-store.h"

G_BEGIN_DECLS

/* What is put in here arrives whole or not at all, and goes on after a lost line, an ended engine
 * or an ended program: the store knows how far it is. A lost connection is made again once for all
 * transfers of its server; one that was closed on purpose pauses them.
 *
 * Properties, read-only: n-active, n-paused, fraction (of all that is active, 0 to 1), speed,
 * seconds-left. Signals: "finished" (SallyTransfer) when one ends, however it ends; "conflict"
 * (SallyTransfer, gboolean) when the target of one with SALLY_CONFLICT_ASK is there (on the server:
 * TRUE), to which sally_transfer_queue_answer is the reply. Main thread only. */
#define SALLY_TYPE_TRANSFER_QUEUE (sally_transfer_queue_get_type ())
G_DECLARE_FINAL_TYPE (SallyTransferQueue, sally_transfer_queue, SALLY, TRANSFER_QUEUE, GObject)

/* `store` NULL: nothing is kept for after this program. */
SallyTransferQueue *sally_transfer_queue_new (SallyTransferStore *store) G_GNUC_WARN_UNUSED_RESULT;

/* A regular file into `local_directory` under `local_name` (display-safe bytes, one component).
 * Goes to a hidden temporary file beside the target, then fsync, then rename: whole or not there.
 * What an ended program has left of the same transfer is gone on with. Starts by itself. Borrowed
 * result; connect to notify::state or await it. */
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

/* Cancelling takes back what has arrived; pausing keeps it. */
void sally_transfer_queue_cancel (SallyTransferQueue *self, SallyTransfer *transfer);
void sally_transfer_queue_cancel_all (SallyTransferQueue *self);
void sally_transfer_queue_pause (SallyTransferQueue *self, SallyTransfer *transfer);
void sally_transfer_queue_pause_all (SallyTransferQueue *self);
void sally_transfer_queue_resume (SallyTransferQueue *self, SallyTransfer *transfer);
void sally_transfer_queue_resume_all (SallyTransferQueue *self);
/* Puts a failed or cancelled transfer in again, as a new one. */
SallyTransfer *sally_transfer_queue_retry (SallyTransferQueue *self, SallyTransfer *transfer);
void sally_transfer_queue_retry_failed (SallyTransferQueue *self);
/* Cancels what is paused. What lies on a server is removed if the connection is open. */
void sally_transfer_queue_discard_paused (SallyTransferQueue *self);
/* Whether anything is being written or removed still, though its transfer has ended or is paused.
 */
gboolean sally_transfer_queue_is_tidying (SallyTransferQueue *self);
/* Removes what has ended from the list. */
void sally_transfer_queue_clear_ended (SallyTransferQueue *self);

typedef enum
{
  SALLY_TRANSFER_MOVE_NEXT, /* before all others that wait */
  SALLY_TRANSFER_MOVE_EARLIER,
  SALLY_TRANSFER_MOVE_LATER,
} SallyTransferMove;

/* Only one that waits for its turn has a place to move; the list follows. */
void sally_transfer_queue_move (SallyTransferQueue *self,
                                SallyTransfer *transfer,
                                SallyTransferMove move);

/* The reply to "conflict": any but ASK, which cancels. `for_all`: also for all others that ask. */
void sally_transfer_queue_answer (SallyTransferQueue *self,
                                  SallyTransfer *transfer,
                                  SallyConflict answer,
                                  gboolean for_all);

/* The connection of a saved server, open or not (transfer full); NULL if there is no such server.
 * With it, transfers that ended programs have left can go on. */
typedef SallyConnection *(*SallyTransferConnectFunc) (const char *server_id, gpointer user_data);
void sally_transfer_queue_set_connect_func (SallyTransferQueue *self,
                                            SallyTransferConnectFunc func,
                                            gpointer user_data);

/* Puts nobody's records of the store into the list, paused: those of `ids` (element-type gint64),
 * or all where it is NULL. Gives how many. */
void sally_transfer_queue_restore_async (SallyTransferQueue *self,
                                         GArray *ids,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gssize sally_transfer_queue_restore_finish (SallyTransferQueue *self,
                                            GAsyncResult *result,
                                            GError **error);

/* Somebody else than a transfer has met the loss of a connection, `cause`: it is made again as it
 * is for transfers. FALSE with why it is not coming back. */
void sally_transfer_queue_await_connection_async (SallyTransferQueue *self,
                                                  SallyConnection *connection,
                                                  const GError *cause,
                                                  GCancellable *cancellable,
                                                  GAsyncReadyCallback callback,
                                                  gpointer user_data);
gboolean sally_transfer_queue_await_connection_finish (SallyTransferQueue *self,
                                                       GAsyncResult *result,
                                                       GError **error);

/* Whether what is sent gets the permissions (masked to 0777, of downloads also with the umask) and
 * the time of its source, where the receiver can. Default: both. */
void
sally_transfer_queue_set_keeps (SallyTransferQueue *self, gboolean permissions, gboolean times);
gboolean sally_transfer_queue_get_keeps_permissions (SallyTransferQueue *self);
gboolean sally_transfer_queue_get_keeps_times (SallyTransferQueue *self);

/* Whether every upload is compared, once it stands under its name, with what the server has: by its
 * own digest or by reading all of it back. One that differs fails. Default FALSE. */
void sally_transfer_queue_set_verifies (SallyTransferQueue *self, gboolean verifies);
gboolean sally_transfer_queue_get_verifies (SallyTransferQueue *self);

/* What becomes of the links in a folder (remote/tree.h). Default SALLY_LINKS_SAFE. */
void sally_transfer_queue_set_links (SallyTransferQueue *self, SallyLinks links);
SallyLinks sally_transfer_queue_get_links (SallyTransferQueue *self);

/* FALSE: new transfers forget what ended programs have left of them. Default TRUE. */
void sally_transfer_queue_set_resumes (SallyTransferQueue *self, gboolean resumes);
/* Files with engines at the same time; 0: as many as pay. */
void sally_transfer_queue_set_max_files (SallyTransferQueue *self, guint max_files);
/* Bytes a second, 0: none. They hold for all programs that use the connection. */
void sally_transfer_queue_set_limits (SallyTransferQueue *self, guint64 download, guint64 upload);
/* Attempts to connect again without anything moved in between (remote/retry.h); 0: none. */
void sally_transfer_queue_set_max_attempts (SallyTransferQueue *self, guint max_attempts);

G_END_DECLS
