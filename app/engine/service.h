/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's D-Bus face: clients, the sign-in, lingering. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _SallyService SallyService;

/* Listens on `listener`, a bound and listening Unix socket. Ends `loop` when the engine is of no
 * more use: no client for the linger time, the connection lost, a sign-in that failed. */
SallyService *sally_service_new (GSocket *listener, GMainLoop *loop, GError **error);
void sally_service_free (SallyService *self);

G_END_DECLS
