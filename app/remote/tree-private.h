/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two parts of a tree: tree.c says when, tree-walk.c what is done with a folder or a link. */
#pragma once

#include "remote/tree-folder.h"
#include "remote/tree.h"

G_BEGIN_DECLS

struct _SallyTree
{
  GObject parent_instance;

  SallyTransferQueue *queue;
  SallyConnection *connection;
  gboolean is_upload;
  char *source;
  char *target;
  SallyConflict conflict;
  SallyLinks links;

  GQueue waiting; /* of SallyTreeWork */
  guint n_working;
  gboolean is_offline; /* until the connection is back */
  gboolean is_stopped;
  gboolean has_run;
  GPtrArray *made;       /* of SallyTreeFolder, parents first, whose attributes come last */
  GHashTable *transfers; /* of those of this tree that have not ended */
  SallyTreeResult counts;
  GError *error; /* the first */
};

typedef enum
{
  SALLY_TREE_WALK,    /* make the folder there, and see what is in it here */
  SALLY_TREE_LINK,    /* make a link there that says the same */
  SALLY_TREE_RESOLVE, /* enter the folder that a server's link leads to, unless that is a circle */
} SallyTreeWorkKind;

/* One folder, or one link in it. */
typedef struct
{
  SallyTreeWorkKind kind;
  GTask *task; /* borrowed: it outlives its work */
  SallyTreeFolder *folder;
  char *name;         /* of the link */
  char *link;         /* what it says, once that is known */
  char *real;         /* where the folder is, all links resolved */
  GPtrArray *entries; /* of our folder */
  GHashTable *names;  /* of the server's, as far as it was listed */
  GError *refusal;
  guint n_attempts;
  gboolean has_cleared; /* the link that was in the place */
} SallyTreeWork;

/* Puts it at the end of what waits; `name` nullable. Borrowed result. */
SallyTreeWork *sally_tree_add_work (GTask *task,
                                    SallyTreeWorkKind kind,
                                    SallyTreeFolder *folder,
                                    const char *name);
/* Takes the work and the error (nullable: it is done). */
void sally_tree_end_work (SallyTreeWork *work, GError *error);

/* tree-walk.c: each comes to sally_tree_end_work. */
void sally_tree_begin_work (SallyTreeWork *work);

G_END_DECLS
