/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Remote files for another program to take: downloaded when they are dropped, not before. */
#pragma once

#include "remote/transfer-queue.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* Offers text/uri-list. The first reader starts the downloads, into a folder of their own in the
 * user's cache that is named by the drag, and gets the list when all of them are whole. */
#define SALLY_TYPE_DRAG_PROVIDER (sally_drag_provider_get_type ())
G_DECLARE_FINAL_TYPE (
    SallyDragProvider, sally_drag_provider, SALLY, DRAG_PROVIDER, GdkContentProvider)

/* `files`: (element-type SallyRemoteFile), regular files of `folder`, a raw path. */
GdkContentProvider *sally_drag_provider_new (SallyTransferQueue *queue,
                                             SallyConnection *connection,
                                             const char *folder,
                                             GPtrArray *files);

/* Whether a file lies in that cache. */
gboolean sally_drag_provider_owns (const char *path);

/* Removes what earlier drags left in the cache. Blocks: for a thread, or the end of the program. */
void sally_drag_provider_clean_cache (void);

G_END_DECLS
