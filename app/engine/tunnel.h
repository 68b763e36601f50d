/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TCP connection made by the server (RFC 4254 section 7.2) and carried to a local socket: how a
 * jump host is passed. */
#pragma once

#include "engine/lane.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Main thread only, stepped by the mux. */
typedef struct _SallyTunnel SallyTunnel;

/* Once: `error` NULL if the server has connected. */
typedef void (*SallyTunnelFunc) (const GError *error, gpointer user_data);

/* Takes `socket`, one end of a pair. */
SallyTunnel *sally_tunnel_new (SallyTransport *transport,
                               int socket,
                               const char *host,
                               guint port,
                               SallyTunnelFunc func,
                               gpointer user_data);
/* Closes the socket; the channel goes down with the session. */
void sally_tunnel_free (SallyTunnel *self);

/* As sally_lane_step. */
SallyLaneStep sally_tunnel_step (SallyTunnel *self, gboolean may_write);

gboolean sally_tunnel_is_opening (SallyTunnel *self);
/* Both directions have ended, or the server refused. */
gboolean sally_tunnel_is_dead (SallyTunnel *self);
/* Why the whole connection is gone, after SALLY_LANE_LOST. */
const GError *sally_tunnel_get_error (SallyTunnel *self);

/* What to wait for on the local socket. */
int sally_tunnel_get_socket (SallyTunnel *self);
GIOCondition sally_tunnel_get_condition (SallyTunnel *self);

/* The connection has ended: whoever waits is told. */
void sally_tunnel_kill (SallyTunnel *self, const GError *error);

G_END_DECLS
