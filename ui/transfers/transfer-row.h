/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One transfer: its name, bar and words, and what can be done about it. */
#pragma once

#include "remote/transfer-queue.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Actions: transfer.pause and transfer.resume (Space), transfer.next, transfer.earlier and
 * transfer.later (its place among those that wait), transfer.cancel (Delete), transfer.retry,
 * transfer.show-folder. */
#define SALLY_TYPE_TRANSFER_ROW (sally_transfer_row_get_type ())
G_DECLARE_FINAL_TYPE (SallyTransferRow, sally_transfer_row, SALLY, TRANSFER_ROW, GtkListBoxRow)

GtkWidget *sally_transfer_row_new (SallyTransfer *transfer, SallyTransferQueue *queue);

G_END_DECLS
