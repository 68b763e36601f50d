/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by connection.c, connection-open.c, connection-files.c and the transfer queue. */
#pragma once

#include "engine/wire.h"
#include "login/doctor.h"
#include "remote/connection.h"

G_BEGIN_DECLS

/* Jump hosts one after the other. */
#define SALLY_CONNECTION_MAX_HOPS 8

/* The engine, borrowed; NULL unless the connection is ready. */
SallyWireEngine1 *sally_connection_get_engine (SallyConnection *self);

/* Not ready because a call here detached or disconnected it, which is no loss. */
gboolean sally_connection_was_closed (SallyConnection *self);
/* How often that was wanted, also while there was nothing to close. */
guint sally_connection_get_n_closings (SallyConnection *self);

SallyConnectionServices *sally_connection_get_services (SallyConnection *self);

void sally_connection_set_state (SallyConnection *self, SallyConnectionState state);
void sally_connection_set_wait_until (SallyConnection *self, gint64 wait_until);
/* `jump` NULL: the way is behind us, or given up. */
void sally_connection_set_jump (SallyConnection *self, SallyConnection *jump);

/* Takes an engine that has signed in: the connection is ready. */
void sally_connection_take_engine (SallyConnection *self, SallyWireEngine1 *engine);

/* What the last attempt of this connection to sign in was like; takes the reference. */
void sally_connection_take_facts (SallyConnection *self, SallySignInFacts *facts);
SallySignInFacts *sally_connection_get_facts (SallyConnection *self);

/* The way of connection-open.c, on `task`, whose source is the connection. */
void sally_connection_start_opening (GTask *task, gboolean attach_only);

/* An error that came over the wall as it was on the other side: G_IO_ERROR_CANCELLED stays, a
 * vanished peer is SALLY_ERROR_CONNECTION_LOST, and D-Bus's own prefix goes. Takes `error`. */
GError *sally_connection_clean_error (GError *error);

G_END_DECLS
