/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sidebar: the places of the window, then the servers by group. */
#pragma once

#include "remote/transfer-queue.h"
#include "servers/connections.h"
#include "store/server-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_PLACE_CODES,
  SALLY_PLACE_TRANSFERS,
  SALLY_PLACE_HISTORY,
  SALLY_N_PLACES,
} SallyPlace;

/* Signals: "place-selected" and "place-activated" (SallyPlace as uint); "server-selected",
 * "server-activated", "edit-server" and "delete-server" (SallyServer). Selected: look at it;
 * activated: open it. */
#define SALLY_TYPE_SIDEBAR (sally_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (SallySidebar, sally_sidebar, SALLY, SIDEBAR, AdwBin)

void sally_sidebar_set_up (SallySidebar *self,
                           SallyServerStore *servers,
                           SallyConnections *connections,
                           SallyTransferQueue *queue);

/* Marks what the window shows; emits nothing. */
void sally_sidebar_select_place (SallySidebar *self, SallyPlace place);
void sally_sidebar_select_server (SallySidebar *self, SallyServer *server);

G_END_DECLS
