/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One folder of a walk, and what is done with it on our disk. */
#pragma once

#include "model/remote-file.h"
#include "remote/tree-links.h"

G_BEGIN_DECLS

typedef struct _SallyTreeFolder SallyTreeFolder;

/* Where it is and where it goes. Nothing changes while others look at it, but `is_ours`. */
struct _SallyTreeFolder
{
  gatomicrefcount references;
  SallyTreeFolder *parent; /* NULL for the one that the walk begins with */
  char *source;
  char *target;
  guint depth;
  char *real;        /* where the link led by which it was reached; NULL if by none */
  gboolean is_ours;  /* made by this walk */
  gboolean has_mode; /* of the source, as is the next */
  guint32 mode;
  gint64 mtime; /* 0: unknown */
};

/* `target` in the `parent`'s, the root's where that is NULL. */
SallyTreeFolder *sally_tree_folder_new (SallyTreeFolder *parent,
                                        const char *source,
                                        const char *target) G_GNUC_WARN_UNUSED_RESULT;
SallyTreeFolder *sally_tree_folder_ref (SallyTreeFolder *self);
void sally_tree_folder_unref (SallyTreeFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyTreeFolder, sally_tree_folder_unref)

/* Whether the walk would go in a circle if it entered the folder `real` (all links resolved) by a
 * link in this one, which itself is at `own_real`. */
gboolean
sally_tree_folder_is_circle (const SallyTreeFolder *self, const char *own_real, const char *real);

/* What a folder of ours holds. */
typedef struct
{
  char *name;
  SallyRemoteFileKind kind; /* OTHER: to be left out */
  char *real;               /* a link that is followed: what it leads to */
  char *link;               /* a link that is made anew: what it says */
} SallyTreeEntry;

void sally_tree_entry_free (SallyTreeEntry *self);

/* Reads `source`, one of ours, with its mode and time: (element-type SallyTreeEntry). With SAFE,
 * links that lead out of `root` are OTHER. Blocks. */
GPtrArray *sally_tree_folder_read (SallyTreeFolder *self,
                                   const char *root,
                                   SallyLinks links,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes `target`, one of ours, as open as the source at most, or finds it there. An existing link
 * of that name is SALLY_ERROR_LOCAL_EXISTS: it would lead the files elsewhere. Blocks. */
gboolean sally_tree_folder_make (SallyTreeFolder *self, gboolean keep_mode, GError **error);

/* Gives `target`, one of ours, which the walk has made and filled, the mode (masked to 0777 and the
 * umask; its owner keeps all rights) and the time of the source. Blocks. */
void
sally_tree_folder_keep_attributes (SallyTreeFolder *self, gboolean keep_mode, gboolean keep_time);

G_END_DECLS
