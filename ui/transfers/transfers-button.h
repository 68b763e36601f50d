/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header bar's button that shows how far the transfers are, and them in a popover. */
#pragma once

#include "remote/transfer-queue.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define SALLY_TYPE_TRANSFERS_BUTTON (sally_transfers_button_get_type ())
G_DECLARE_FINAL_TYPE (SallyTransfersButton, sally_transfers_button, SALLY, TRANSFERS_BUTTON, AdwBin)

void sally_transfers_button_set_queue (SallyTransfersButton *self, SallyTransferQueue *queue);
void sally_transfers_button_popup (SallyTransfersButton *self);

G_END_DECLS
