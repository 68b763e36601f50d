/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leave to make one attempt to sign in: from the guard or, after refusals, from the person. */
#pragma once

#include "remote/connection-services.h"

G_BEGIN_DECLS

/* Waits until no other attempt of this identity is under way; nothing is sent to the server before
 * it is granted. SALLY_ERROR_SIGN_IN_HELD if only a person may go on and none said so. Main thread.
 */
void sally_attempt_begin_async (SallyServer *server,
                                SallyConnectionServices *services,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
SallyGuardTurn *
sally_attempt_begin_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The person said "try again": one more attempt at the server and at each jump host before it that
 * is held back. */
gboolean
sally_attempt_allow (SallyServer *server, SallyConnectionServices *services, GError **error);

G_END_DECLS
