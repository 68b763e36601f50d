/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole folder, down or up: makes the folders, puts the files into the transfer queue. */
#pragma once

#include "remote/transfer-queue.h"

G_BEGIN_DECLS

/* Deeper is a loop or an attack. */
#define SALLY_TREE_MAX_DEPTH   64
/* Files and folders of one tree. */
#define SALLY_TREE_MAX_ENTRIES 1000000

typedef struct
{
  guint n_files;    /* put into the queue */
  guint n_failed;   /* of those */
  guint n_folders;  /* walked */
  guint n_links;    /* made anew */
  guint n_refused;  /* folders and links that could not be read or made */
  guint n_left_out; /* devices, names that may not touch a disk, links that lead out or around */
} SallyTreeResult;

/* One walk. Main thread. */
#define SALLY_TYPE_TREE (sally_tree_get_type ())
G_DECLARE_FINAL_TYPE (SallyTree, sally_tree, SALLY, TREE, GObject)

/* The remote folder `remote_path` becomes `local_directory`/`name`, or is merged into what is
 * there; `conflict` is for its files. Below `local_directory` no local link is followed. Links
 * become what the queue says; folders that are made get the source's permissions and time, if it
 * keeps them. */
SallyTree *sally_tree_new_download (SallyTransferQueue *queue,
                                    SallyConnection *connection,
                                    const char *remote_path,
                                    const char *local_directory,
                                    const char *name,
                                    SallyConflict conflict) G_GNUC_WARN_UNUSED_RESULT;

/* The local folder becomes `remote_path`, or is merged into what is there. */
SallyTree *sally_tree_new_upload (SallyTransferQueue *queue,
                                  SallyConnection *connection,
                                  const char *local_path,
                                  const char *remote_path,
                                  SallyConflict conflict) G_GNUC_WARN_UNUSED_RESULT;

/* Ends when the walk is done and every file of it has ended. A lost line is waited for, as the
 * queue does. Cancelling stops the walk and its transfers. Once. */
void sally_tree_run_async (SallyTree *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);

/* FALSE with the first `error` if not all of the folder could be walked: the rest was, unless the
 * connection is lost for good. Files that failed are counted in `counts` (optional, filled in any
 * case), and their error is with their transfer. */
gboolean sally_tree_run_finish (SallyTree *self,
                                GAsyncResult *result,
                                SallyTreeResult *counts,
                                GError **error);

G_END_DECLS
