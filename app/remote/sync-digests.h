/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads what two censuses have in common: the digests by which their files are compared. */
#pragma once

#include "remote/census.h"

G_BEGIN_DECLS

typedef void (*SallySyncProgressFunc) (guint n_done, guint n_all, gpointer user_data);

/* Fills in `sha256` of each file that has the same path and size in both (element-type
 * SallyCensusEntry, which must stay): of the local ones below `local_folder`, of the remote ones
 * below `remote_folder` by remote/remote-digest.h. An empty file needs no look. Main thread. */
void sally_sync_digests_async (SallyConnection *connection,
                               const char *local_folder,
                               GPtrArray *local,
                               const char *remote_folder,
                               GPtrArray *remote,
                               SallySyncProgressFunc progress_func,
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* FALSE if the connection was lost or it was cancelled. A file that cannot be read keeps NULL, and
 * is another one. */
gboolean sally_sync_digests_finish (GAsyncResult *result, GError **error);

G_END_DECLS
