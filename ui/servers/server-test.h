/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tries what a server dialog holds, before it is saved: one real sign-in. */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

/* Told at each step of the test, and each second meanwhile. */
typedef void (*SallyServerTestFunc) (SallyConnection *connection, gpointer user_data);

/* `server` is signed in to under an id of its own, so that nothing of a saved server is touched.
 * `password` NULL: that of the saved server `password_id`, if that is not NULL either. `progress`
 * is called with `user_data` as well. Main thread. */
void sally_server_test_async (SallyServer *server,
                              SallyConnectionServices *services,
                              SallyKeyring *keyring,
                              SallySecret *password,
                              const char *password_id,
                              GCancellable *cancellable,
                              SallyServerTestFunc progress,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean sally_server_test_finish (GAsyncResult *result, GError **error);

G_END_DECLS
