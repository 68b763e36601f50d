/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deletes on the server: files, links, and folders with all that is in them. */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

typedef struct
{
  guint n_removed; /* files, links and folders that are gone */
  guint n_failed;  /* that the server would not remove or read */
  guint n_kept;    /* folders that stay because something in them does */
} SallyRemovalResult;

/* One walk over any number of paths. A link is removed as a link and never followed. The limits are
 * those of remote/tree.h. Main thread. */
#define SALLY_TYPE_REMOVAL (sally_removal_get_type ())
G_DECLARE_FINAL_TYPE (SallyRemoval, sally_removal, SALLY, REMOVAL, GObject)

SallyRemoval *sally_removal_new (SallyConnection *connection) G_GNUC_WARN_UNUSED_RESULT;

/* Before it runs. `path` is raw bytes. */
void sally_removal_add (SallyRemoval *self, const char *path);

/* Once. What the server refuses stays, and the rest goes on; a lost connection, cancelling and the
 * limits end it where it is. */
void sally_removal_run_async (SallyRemoval *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/* TRUE if all is gone. The error is the only one, or the first of several with their count.
 * `counts` is optional, and filled in any case. */
gboolean sally_removal_run_finish (SallyRemoval *self,
                                   GAsyncResult *result,
                                   SallyRemovalResult *counts,
                                   GError **error);

G_END_DECLS
