/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The local side of a transfer: a download that is whole or not there, a source that holds still.
 * Blocks: worker threads only. */
#pragma once

#include "model/remote-file.h"
#include "remote/conflict.h"

#include <sys/types.h>

G_BEGIN_DECLS

/* Of the 32 that the engine takes (engine.xml, Upload): enough that no two attempts on a computer
 * have the same. */
#define SALLY_TRANSFER_TOKEN_BYTES 12

/* A temporary file beside its target. */
typedef struct _SallyLocalTarget SallyLocalTarget;

/* What is to become of which file. */
typedef struct
{
  const char *directory;
  const char *name;   /* one component */
  const char *token;  /* makes the temporary name, the same one in every attempt */
  guint64 offset;     /* what an earlier attempt has for sure; 0: begin anew */
  gboolean was_begun; /* by an earlier attempt, which may have come to its end */
  SallyConflict conflict;
  SallyConflictFile source; /* as it is now */
} SallyLocalWish;

/* Opens the hidden temporary file ".NAME.TOKEN.part" in the directory (0600, never through a link,
 * nobody else's), cut to what is known to be good, that will become `name`. NULL without an error
 * if `decision` says that the file is to be skipped or the person asked; NULL with
 * SALLY_ERROR_LOCAL_EXISTS at once if the target is there and may not be replaced, or if it is a
 * folder. */
SallyLocalTarget *sally_local_target_new (const SallyLocalWish *wish,
                                          SallyConflictDecision *decision,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes the temporary file unless it was published, or is kept. */
void sally_local_target_free (SallyLocalTarget *self);
/* From now on the temporary file outlives `self`. */
void sally_local_target_keep (SallyLocalTarget *self);

/* Borrowed, open for reading and writing. */
int sally_local_target_get_descriptor (SallyLocalTarget *self);
/* Bytes that are there already. */
guint64 sally_local_target_get_offset (SallyLocalTarget *self);
/* The earlier attempt had come to its end after all: the file stands under its name, with the size
 * and time of the source. Only its digest is missing. */
gboolean sally_local_target_is_whole (SallyLocalTarget *self);

/* The end, in three steps, so that many files share the last: permissions (masked to 0777 and the
 * umask: never set-id, whatever a server says), time and fsync; rename; fsync of the folder.
 * `bytes` must be the file's size. `path` (out): where it is now, which differs from the wish where
 * both are kept. */
gboolean sally_local_target_seal (SallyLocalTarget *self,
                                  guint64 bytes,
                                  const SallyRemoteAttributes *attributes,
                                  GError **error);
gboolean sally_local_target_publish (SallyLocalTarget *self, char **path, GError **error);
const char *sally_local_target_get_directory (SallyLocalTarget *self);
void sally_local_target_sync_directory (SallyLocalTarget *self);

/* Whether a file of that name is a beginning of ours, here or on a server: ".NAME.TOKEN.part" with
 * a token of SALLY_TRANSFER_TOKEN_BYTES. It is nobody's file, until it is whole. */
gboolean sally_local_file_is_partial (const char *name);

/* Removes what an attempt of that token has left beside the target `path`. */
void sally_local_target_discard (const char *path, const char *token);

/* A regular file to be read. */
typedef struct
{
  int descriptor;
  guint64 size;
  guint32 mode;
  guint32 mtime;
  gint64 stamp; /* the same in ns */
} SallyLocalSource;

gboolean sally_local_source_open (const char *path, SallyLocalSource *source, GError **error);

/* The permissions that a new file of this process does not get. */
mode_t sally_local_file_get_umask (void);

/* "name (2).ext" for n = 2; a leading dot begins no extension. */
char *sally_local_file_numbered_name (const char *name, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyLocalTarget, sally_local_target_free)

G_END_DECLS
