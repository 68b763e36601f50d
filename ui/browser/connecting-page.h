/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows the steps of a sign-in while it goes on. */
#pragma once

#include "remote/connection.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Its cancel button activates connection.cancel. */
#define SALLY_TYPE_CONNECTING_PAGE (sally_connecting_page_get_type ())
G_DECLARE_FINAL_TYPE (SallyConnectingPage, sally_connecting_page, SALLY, CONNECTING_PAGE, AdwBin)

void sally_connecting_page_set_connection (SallyConnectingPage *self, SallyConnection *connection);

G_END_DECLS
