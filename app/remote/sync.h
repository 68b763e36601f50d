/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes one folder like another, here or there: looks at both, plans, and does it. */
#pragma once

#include "remote/sync-plan.h"
#include "remote/transfer-queue.h"

G_BEGIN_DECLS

typedef struct
{
  guint n_copied;
  guint n_made;    /* folders */
  guint n_deleted; /* files and folders */
  guint n_failed;
  gboolean has_stopped; /* nothing was deleted, because something before it failed */
} SallySyncResult;

/* Signals: "progress" (guint done, guint total) while contents are compared; "done" (gpointer: a
 * SallySyncStep, gpointer: a GError, NULL if it went well) for each step but copies, whose
 * transfers are in the queue. Main thread. */
#define SALLY_TYPE_SYNC (sally_sync_get_type ())
G_DECLARE_FINAL_TYPE (SallySync, sally_sync, SALLY, SYNC, GObject)

/* Both paths are folders', raw bytes; upload: `remote` becomes like `local`, else the other way
 * round. */
SallySync *sally_sync_new (SallyTransferQueue *queue,
                           SallyConnection *connection,
                           gboolean is_upload,
                           const char *local,
                           const char *remote,
                           const SallySyncOptions *options) G_GNUC_WARN_UNUSED_RESULT;

/* Looks at both folders: a target that is not there is empty. With SALLY_SYNC_BY_CONTENTS files of
 * one size are read, at both ends. Gives the steps (element-type SallySyncStep), the object's own.
 * Once. */
void sally_sync_plan_async (SallySync *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
GPtrArray *sally_sync_plan_finish (SallySync *self, GAsyncResult *result, GError **error);
/* Names on the server that may not touch a disk, and were left out. */
guint sally_sync_get_n_unsafe (SallySync *self);

/* Does the steps: folders, copies, and, if all of that went well, deletions. FALSE with the first
 * error; the rest was done all the same, unless it was cancelled. Once, after the plan. */
void sally_sync_run_async (SallySync *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean sally_sync_run_finish (SallySync *self,
                                GAsyncResult *result,
                                SallySyncResult *counts,
                                GError **error);

G_END_DECLS
