/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line to a server: a connected socket, straight, by a proxy, or through a jump host's engine.
 */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

/* `jump` (nullable): an open connection to the host to go through; without it the proxy counts, if
 * there is one (remote/proxy.h), which an error names. SALLY_ERROR_HOST_NOT_FOUND, _UNREACHABLE, or
 * what the jump host's engine says. Main thread. */
void sally_line_open_async (SallyServer *server,
                            SallyConnection *jump,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/* The descriptor, which the caller closes; -1 with `error`. */
int sally_line_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
