/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transfers, newest first: in the popover and on the page. */
#pragma once

#include "remote/transfer-queue.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Actions: transfers.clear, .pause-all, .resume-all, .retry-failed and .discard (what is paused).
 */
#define SALLY_TYPE_TRANSFER_LIST (sally_transfer_list_get_type ())
G_DECLARE_FINAL_TYPE (SallyTransferList, sally_transfer_list, SALLY, TRANSFER_LIST, AdwBin)

void sally_transfer_list_set_queue (SallyTransferList *self, SallyTransferQueue *queue);

G_END_DECLS
