/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A name that is free on the server, where both files are to be kept. */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

/* `path` if nothing is there, else with the first number that is free: "name (2).ext". Raw bytes
 * (transfer full). SALLY_ERROR_REMOTE_EXISTS after a thousand tries, or what the look met. Main
 * thread. */
void sally_free_name_find_async (SallyConnection *connection,
                                 const char *path,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
char *sally_free_name_find_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
