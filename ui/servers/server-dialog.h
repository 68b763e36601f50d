/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds a server, or edits one. */
#pragma once

#include "remote/connection.h"
#include "store/server-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signals: "saved" (SallyServer) after it was written, "delete" when the person wants it gone. */
#define SALLY_TYPE_SERVER_DIALOG (sally_server_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SallyServerDialog, sally_server_dialog, SALLY, SERVER_DIALOG, AdwDialog)

/* `server` NULL: a new one. */
AdwDialog *sally_server_dialog_new (SallyServerStore *servers,
                                    SallyAccountStore *accounts,
                                    SallyConnectionServices *services,
                                    SallyServer *server);

/* Fills a new server's name, address, user and start folder from `values`; not its way to sign in.
 */
void sally_server_dialog_fill (SallyServerDialog *self, SallyServer *values);

G_END_DECLS
