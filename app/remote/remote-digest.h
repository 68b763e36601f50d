/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SHA-256 of a server's file: as the server works it out, else by reading all of it. */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

/* "check-file" or "read-back": how the digest came about. */
#define SALLY_REMOTE_DIGEST_CHECK_FILE "check-file"
#define SALLY_REMOTE_DIGEST_READ_BACK  "read-back"

/* Where the server does not offer check-file, the file comes once more: it needs as much room, for
 * as long, in the user's cache folder. `size` is what it should have: a server that gives more of
 * it fails with SALLY_ERROR_REMOTE_CHANGED and fills no disk. Cancelling ends it at once. Main
 * thread. */
void sally_remote_digest_async (SallyConnection *connection,
                                const char *path,
                                guint64 size,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/* 64 lowercase digits. `method` (out, optional): one of the above, static. Errors as those of
 * connection.h, and LOCAL_* where there is no room. */
char *sally_remote_digest_finish (GAsyncResult *result,
                                  const char **method,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
