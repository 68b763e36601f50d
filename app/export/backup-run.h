/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One backup from its begin to its end: written, read back, compared, older ones removed. */
#pragma once

#include "backup/merge.h"

G_BEGIN_DECLS

/* What goes in and what comes out. All is owned; a worker thread may have it. */
typedef struct
{
  GPtrArray *uris; /* (element-type SallyOtpUri) what is kept, at least one */
  SallySecret *password;
  char *folder; /* in the encoding of file names */
  char *host;
  guint keep;       /* files of this computer that stay */
  gboolean is_all;  /* `uris` has every account; else older files, which may have them, all stay */
  gboolean is_lazy; /* writes nothing if the newest file has it all already */
  gint64 now_s;

  char *path;            /* the file that was read back */
  gboolean is_unchanged; /* it was there before */
  guint n_removed;
} SallyBackupRun;

void sally_backup_run_free (SallyBackupRun *self);

/* What is there already stays until the new file has come back from the disk whole; a new one that
 * has not is removed. LOCAL_* errors, SALLY_ERROR_FAILED for a file that did not come back as it
 * was. Blocks for seconds, any thread. */
gboolean sally_backup_run (SallyBackupRun *self, GError **error);

/* The restore drill: reads a file, of any format that is known, and compares it with `uris`.
 * Errors as of sally_backup_load() and sally_backup_read(). Blocks likewise, any thread. */
SallyComparison *sally_backup_run_drill (const char *path,
                                         SallySecret *password,
                                         GPtrArray *uris,
                                         gboolean is_exact,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyBackupRun, sally_backup_run_free)

G_END_DECLS
