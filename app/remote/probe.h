/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A look at a server without credentials: for login/preflight.h. */
#pragma once

#include "login/preflight.h"
#include "remote/connection.h"

G_BEGIN_DECLS

/* Reaches the server, exchanges keys, and asks for the methods it offers to the user of that name;
 * nothing else is sent. An engine of its own does it, and ends. Behind a jump host it works while
 * that one is connected: SALLY_ERROR_UNREACHABLE else. Main thread. */
void sally_probe_run_async (SallyServer *server,
                            SallyConnectionServices *services,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/* How far it came: facts->error says what ended it, NULL if all was seen. NULL, with `error`, only
 * where the server could not be reached at all. */
SallySignInFacts *
sally_probe_run_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What it means for a sign-in, with what is known of the server's host key. (element-type
 * SallyFinding) */
GPtrArray *sally_probe_judge (const SallySignInFacts *facts,
                              SallyServer *server,
                              SallyConnectionServices *services) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
