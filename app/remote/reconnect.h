/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a lost connection again, as remote/retry.c allows: one at a time, however many wait for it.
 */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

/* Signal "ended" (GError, nullable): the connection is ready, or it is given up. Main thread. */
#define SALLY_TYPE_RECONNECT (sally_reconnect_get_type ())
G_DECLARE_FINAL_TYPE (SallyReconnect, sally_reconnect, SALLY, RECONNECT, GObject)

SallyReconnect *sally_reconnect_new (SallyConnection *connection) G_GNUC_WARN_UNUSED_RESULT;

/* Begins, because of `cause`, unless it is at work already; "ended" comes later, never from within.
 * `has_moved`: bytes have moved since the last time. No attempt is made while this computer has no
 * network that leads to the server, and one at once when it has. */
void sally_reconnect_begin (SallyReconnect *self,
                            const GError *cause,
                            gboolean has_moved,
                            guint max_attempts);
/* Stops without a signal, also a sign-in that is under way. */
void sally_reconnect_stop (SallyReconnect *self);
gboolean sally_reconnect_is_at_work (SallyReconnect *self);

G_END_DECLS
