/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file on its way: data that notifies. Made and changed by the transfer queue only. */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

typedef enum
{
  SALLY_TRANSFER_QUEUED,
  SALLY_TRANSFER_RUNNING,
  SALLY_TRANSFER_WAITING, /* for the connection, which was lost and is made again */
  SALLY_TRANSFER_PAUSED,  /* by a person, or left behind by a program that has ended */
  SALLY_TRANSFER_FINISHED,
  SALLY_TRANSFER_SKIPPED, /* the target that is there stays, as was wished */
  SALLY_TRANSFER_FAILED,
  SALLY_TRANSFER_CANCELLED,
} SallyTransferState;

/* Properties, read-only: connection (NULL for one left behind, until it goes on), is-upload, name
 * (display), local-path, size, done (bytes), state, speed (bytes a second, over the last seconds),
 * seconds-left (-1 unknown), fraction (0 to 1), error (boxed GError, nullable; while paused: why,
 * if it was not a person), is-active (queued, running or waiting), sha256 (hexadecimal, once
 * finished). Main thread only. */
#define SALLY_TYPE_TRANSFER (sally_transfer_get_type ())
G_DECLARE_FINAL_TYPE (SallyTransfer, sally_transfer, SALLY, TRANSFER, GObject)

SallyConnection *sally_transfer_get_connection (SallyTransfer *self);
const char *sally_transfer_get_server_id (SallyTransfer *self);
gboolean sally_transfer_get_is_upload (SallyTransfer *self);
const char *sally_transfer_get_name (SallyTransfer *self);
const char *sally_transfer_get_local_path (SallyTransfer *self);
const char *sally_transfer_get_remote_path (SallyTransfer *self); /* raw bytes */
guint64 sally_transfer_get_size (SallyTransfer *self);
guint64 sally_transfer_get_done (SallyTransfer *self);
SallyTransferState sally_transfer_get_state (SallyTransfer *self);
guint64 sally_transfer_get_speed (SallyTransfer *self);
gint64 sally_transfer_get_seconds_left (SallyTransfer *self);
const GError *sally_transfer_get_error (SallyTransfer *self);
gboolean sally_transfer_is_active (SallyTransfer *self);
/* Finished, skipped, failed or cancelled. */
gboolean sally_transfer_has_ended (SallyTransfer *self);
/* Of the whole file as it was written or read, 64 lowercase digits; NULL unless finished. */
const char *sally_transfer_get_sha256 (SallyTransfer *self);
/* How it was compared with what the server has (remote/remote-digest.h); NULL if it was not. */
const char *sally_transfer_get_proof (SallyTransfer *self);

G_END_DECLS
