/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file on its way: data that notifies. Made and changed by the transfer queue only. */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

typedef enum
{
  SALLY_TRANSFER_QUEUED,
  SALLY_TRANSFER_RUNNING,
  SALLY_TRANSFER_FINISHED,
  SALLY_TRANSFER_FAILED,
  SALLY_TRANSFER_CANCELLED,
} SallyTransferState;

/* Properties, read-only: connection, is-upload, name (display), local-path, size, done (bytes),
 * state, speed (bytes a second, over the last seconds), seconds-left (-1 unknown), fraction (0 to
 * 1), error (boxed GError, nullable), is-active (queued or running). Main thread only. */
#define SALLY_TYPE_TRANSFER (sally_transfer_get_type ())
G_DECLARE_FINAL_TYPE (SallyTransfer, sally_transfer, SALLY, TRANSFER, GObject)

SallyConnection *sally_transfer_get_connection (SallyTransfer *self);
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

G_END_DECLS
