/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting an engine: its socket is bound here, and handed over. */
#pragma once

#include "model/server.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where the engine of a server listens, and the lock under which it is started: a name from the
 * server's id, host, port and user, so that an edited server gets a new engine. `suffix`: ".sock"
 * or
 * ".lock". LOCAL_* errors. */
char *sally_engine_process_dup_path (SallyServer *server, const char *suffix, GError **error);

/* Replaces what lies at `socket_path` by a listening socket (mode 0600) and starts sallyport-engine
 * on it, in a session and with an environment of its own; in a Flatpak, in a sandbox of its own,
 * which is done when the main loop runs. The caller holds the lock. SALLY_ERROR_ENGINE or LOCAL_*.
 */
gboolean sally_engine_process_start (const char *socket_path, GError **error);

G_END_DECLS
