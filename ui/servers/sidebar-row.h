/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of the sidebar: a place of the window, or a server with the state of its connection. */
#pragma once

#include "remote/connection.h"
#include "remote/transfer-queue.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Actions of a server's row: row.edit, row.disconnect, row.delete; signals "edit" and "delete". */
#define SALLY_TYPE_SIDEBAR_ROW (sally_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (SallySidebarRow, sally_sidebar_row, SALLY, SIDEBAR_ROW, GtkListBoxRow)

GtkWidget *sally_sidebar_row_new_for_place (const char *title, const char *icon_name);
GtkWidget *sally_sidebar_row_new_for_server (SallyConnection *connection);

/* Shows how many transfers are active. */
void sally_sidebar_row_count_transfers (SallySidebarRow *self, SallyTransferQueue *queue);

/* NULL for a place. */
SallyServer *sally_sidebar_row_get_server (SallySidebarRow *self);

G_END_DECLS
