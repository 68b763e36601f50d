/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One server in the window: the steps of its sign-in, what went wrong, or its files. */
#pragma once

#include "remote/transfer-queue.h"
#include "store/settings.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Actions: connection.open, connection.cancel, connection.close. Signal "edit" (SallyServer):
 * the person wants to change this server's details, or those of a jump host that refused them. */
#define SALLY_TYPE_SERVER_PAGE (sally_server_page_get_type ())
G_DECLARE_FINAL_TYPE (SallyServerPage, sally_server_page, SALLY, SERVER_PAGE, AdwBin)

GtkWidget *sally_server_page_new (SallyConnection *connection,
                                  SallyConnectionServices *services,
                                  SallyTransferQueue *queue,
                                  SallySettings *settings);

/* Connects unless it is connected, connecting, or has just failed: only a person's own click tries
 * again after a refusal. */
void sally_server_page_open (SallyServerPage *self);

/* The same, and shows `path` when there are files to show; relative to the home folder if it is. */
void sally_server_page_open_path (SallyServerPage *self, const char *path);

void sally_server_page_start_search (SallyServerPage *self);

G_END_DECLS
