/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers on disk: what was under way, of all programs, and how far it had come. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_TRANSFER_RECORD_QUEUED, /* or under way: its program is at it, or was when it ended */
  SALLY_TRANSFER_RECORD_PAUSED, /* until somebody wants it to go on */
  SALLY_TRANSFER_RECORD_FAILED, /* see error; it may go on from `offset` */
} SallyTransferRecordState;

typedef enum
{
  SALLY_TRANSFER_OWNER_NOBODY, /* its program has ended: anybody may go on with it */
  SALLY_TRANSFER_OWNER_SELF,
  SALLY_TRANSFER_OWNER_OTHER, /* a running program */
} SallyTransferOwner;

/* One transfer. Nothing of it is secret, but paths are private: the file is 0600. */
typedef struct
{
  gint64 id; /* 0: not in the store */
  char *server_id;
  gboolean is_upload;
  char *local_path;  /* raw bytes, as is the next */
  char *remote_path; /* of the target or the source, as the server calls it */
  int conflict;      /* SallyConflict (remote/conflict.h) */
  SallyTransferRecordState state;
  SallyTransferOwner owner;
  /* What an earlier attempt has left: `token` makes the temporary name ("" before the first), the
   * receiver has `offset` bytes for sure, of a source of that size and time (of a server's file
   * unix s, of ours ns). */
  char *token;
  guint64 offset;
  guint64 size;
  gint64 stamp;
  gboolean is_found; /* not on disk: an ended program's, which became ours */
  gint64 created;    /* unix s */
  gint64 position;   /* in the queue, ascending */
  char *error;       /* sentence of the last failure, or NULL */
} SallyTransferRecord;

SallyTransferRecord *sally_transfer_record_new (void) G_GNUC_WARN_UNUSED_RESULT;
SallyTransferRecord *
sally_transfer_record_copy (const SallyTransferRecord *self) G_GNUC_WARN_UNUSED_RESULT;
void sally_transfer_record_free (SallyTransferRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyTransferRecord, sally_transfer_record_free)

/* $XDG_DATA_HOME/sallyport/transfers.sqlite, or `path`. Each program that puts transfers in holds a
 * lock file beside it as long as it lives, so that nobody takes another's, and a killed program's
 * are nobody's at once, whatever its process id means here. Main thread only. */
#define SALLY_TYPE_TRANSFER_STORE (sally_transfer_store_get_type ())
G_DECLARE_FINAL_TYPE (SallyTransferStore, sally_transfer_store, SALLY, TRANSFER_STORE, GObject)

SallyTransferStore *sally_transfer_store_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* Puts `records` (element-type SallyTransferRecord) in as ours. Where nobody's record of the same
 * source and target is there, that one becomes ours and gives its token, offset, size, stamp and
 * error; the array's records have their ids then. Nobody else may look at them until the end. */
void sally_transfer_store_add_async (SallyTransferStore *self,
                                     GPtrArray *records,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
sally_transfer_store_add_finish (SallyTransferStore *self, GAsyncResult *result, GError **error);

/* Writes what may change (all but server, direction, local path and time of creation), or removes;
 * in the order of the calls. The store copies the record. Failures are logged: a transfer goes on
 * without its record. */
void sally_transfer_store_update (SallyTransferStore *self, const SallyTransferRecord *record);
void sally_transfer_store_remove (SallyTransferStore *self, gint64 id);

/* All records in their order, (element-type SallyTransferRecord). */
void sally_transfer_store_list_async (SallyTransferStore *self,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* Those of `ids` (element-type gint64) that are nobody's, or all such where it is NULL, become
 * ours. */
void sally_transfer_store_take_async (SallyTransferStore *self,
                                      GArray *ids,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* Ends both; transfer full, NULL with `error`. */
GPtrArray *sally_transfer_store_list_finish (SallyTransferStore *self,
                                             GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
