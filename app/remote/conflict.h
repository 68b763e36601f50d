/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: the target exists, what now? Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the person wants done. The numbers are kept on disk (store/transfer-store.h). */
typedef enum
{
  SALLY_CONFLICT_FAIL = 0, /* SALLY_ERROR_LOCAL_EXISTS or REMOTE_EXISTS */
  SALLY_CONFLICT_REPLACE = 1,
  SALLY_CONFLICT_KEEP_BOTH = 2, /* "name (2).ext" */
  SALLY_CONFLICT_ASK = 3,       /* the queue's signal "conflict"; FAIL where nobody listens */
  SALLY_CONFLICT_SKIP = 4,      /* leave the one that is there */
  SALLY_CONFLICT_RESUME = 5,    /* a shorter one is the beginning of ours; an equal one is ours */
  SALLY_CONFLICT_NEWER = 6,     /* replace what is older than the source */
} SallyConflict;

/* A file as far as it is known. */
typedef struct
{
  guint64 size;
  gint64 mtime; /* unix s, 0 unknown */
} SallyConflictFile;

typedef enum
{
  SALLY_CONFLICT_DO_FAIL,
  SALLY_CONFLICT_DO_REPLACE, /* also where there is nothing to replace */
  SALLY_CONFLICT_DO_KEEP_BOTH,
  SALLY_CONFLICT_DO_ASK,
  SALLY_CONFLICT_DO_SKIP,
  SALLY_CONFLICT_DO_RESUME, /* from the end of the target, after its overlap is verified */
} SallyConflictDecision;

/* `target` is a regular file that is there. A clock is never trusted alone: where a time is
 * unknown, NEWER replaces what has another size. RESUME with a target that is larger than the
 * source fails, for then they are different files. */
SallyConflictDecision sally_conflict_decide (SallyConflict wish,
                                             const SallyConflictFile *source,
                                             const SallyConflictFile *target);

/* "replace", "keep-both" and so on, as `sally --conflict` takes them; NULL for others. */
const char *sally_conflict_to_word (SallyConflict wish);
/* FALSE if there is no such word. */
gboolean sally_conflict_from_word (const char *word, SallyConflict *wish);

G_END_DECLS
