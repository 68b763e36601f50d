/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connections of the window: one a saved server, made when first asked for. */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

#define SALLY_TYPE_CONNECTIONS (sally_connections_get_type ())
G_DECLARE_FINAL_TYPE (SallyConnections, sally_connections, SALLY, CONNECTIONS, GObject)

SallyConnections *
sally_connections_new (SallyConnectionServices *services) G_GNUC_WARN_UNUSED_RESULT;

SallyConnectionServices *sally_connections_get_services (SallyConnections *self);

/* The connection of `server`, open or not; borrowed, the same each time. */
SallyConnection *sally_connections_get (SallyConnections *self, SallyServer *server);

/* Ends the connection of a server that was deleted, and forgets it. */
void sally_connections_drop (SallyConnections *self, SallyServer *server);

G_END_DECLS
