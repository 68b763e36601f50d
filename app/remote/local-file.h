/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The local side of a transfer: a download that is whole or not there, a source that holds still.
 * Blocks: worker threads only. */
#pragma once

#include "model/remote-file.h"
#include "remote/transfer-queue.h"

G_BEGIN_DECLS

/* A temporary file beside its target. */
typedef struct _SallyLocalTarget SallyLocalTarget;

/* Makes an empty temporary file in `directory` (O_EXCL, O_NOFOLLOW, mode 0600) that will become
 * `name`, one component. SALLY_ERROR_LOCAL_EXISTS at once if the target is there and the conflict
 * says fail, or if it is a folder. */
SallyLocalTarget *sally_local_target_new (const char *directory,
                                          const char *name,
                                          SallyConflict conflict,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes the temporary file unless it was committed. */
void sally_local_target_free (SallyLocalTarget *self);

/* Borrowed, open for writing. */
int sally_local_target_get_descriptor (SallyLocalTarget *self);

/* Permissions (masked to 0777 and the umask: never set-id, whatever a server says) and time, fsync,
 * rename, fsync of the folder. `path` (out): where it is now, which differs from the wish where
 * both are kept. `bytes` must be the file's size. */
gboolean sally_local_target_commit (SallyLocalTarget *self,
                                    guint64 bytes,
                                    const SallyRemoteAttributes *attributes,
                                    char **path,
                                    GError **error);

/* A regular file to be read. */
typedef struct
{
  int descriptor;
  guint64 size;
  guint32 mode;
  guint32 mtime;
} SallyLocalSource;

gboolean sally_local_source_open (const char *path, SallyLocalSource *source, GError **error);

/* "name (2).ext" for n = 2; a leading dot begins no extension. */
char *sally_local_file_numbered_name (const char *name, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyLocalTarget, sally_local_target_free)

G_END_DECLS
