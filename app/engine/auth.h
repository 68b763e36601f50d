/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in (RFC 4252, 4256): a chain of methods, each tried once, no answer ever repeated. */
#pragma once

#include "engine/transport.h"
#include "engine/wire.h"

G_BEGIN_DECLS

/* Walks through `methods` ("publickey", "password", "keyboard-interactive") in their order. One the
 * server does not offer is passed over; after a partial success the next one follows; a refusal
 * ends it with SALLY_ERROR_SIGN_IN_REFUSED, and nothing is sent again. Answers come from `agent`.
 * Blocks: sign-in thread. `used` (out, on TRUE): the methods that signed us in, comma-separated. */
gboolean sally_auth_run (SallyTransport *transport,
                         const char *user,
                         const char *const *methods,
                         SallyWireAgent1 *agent,
                         GCancellable *cancellable,
                         char **used,
                         GError **error);

G_END_DECLS
