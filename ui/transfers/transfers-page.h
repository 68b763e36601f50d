/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All transfers, as a page of the window. */
#pragma once

#include "remote/transfer-queue.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define SALLY_TYPE_TRANSFERS_PAGE (sally_transfers_page_get_type ())
G_DECLARE_FINAL_TYPE (SallyTransfersPage, sally_transfers_page, SALLY, TRANSFERS_PAGE, AdwBin)

GtkWidget *sally_transfers_page_new (SallyTransferQueue *queue);

G_END_DECLS
