/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What importing a file would change: pure, nothing is written. Main thread, for the accounts'
 * sake. */
#pragma once

#include "backup/backup.h"
#include "model/account.h"

G_BEGIN_DECLS

typedef enum
{
  SALLY_MERGE_NEW,        /* no account has this key */
  SALLY_MERGE_SAME,       /* it is there already, in all that counts */
  SALLY_MERGE_DIFFERS,    /* the key is there under another name or with other parameters */
  SALLY_MERGE_UNREADABLE, /* kept aside */
} SallyMergeStatus;

#define SALLY_TYPE_MERGE_STATUS (sally_merge_status_get_type ())
GType sally_merge_status_get_type (void);

/* "new" "same" "differs" "unreadable". */
const char *sally_merge_status_to_string (SallyMergeStatus status);

typedef struct
{
  SallyMergeStatus status;
  const SallyBackupEntry *entry; /* borrowed from the backup */
  SallyAccount *existing;        /* what it is the same as or differs from; NULL within one file */
} SallyMergeItem;

void sally_merge_item_free (SallyMergeItem *self);

/* One item for each entry, in the file's order (element-type SallyMergeItem). `accounts`
 * (element-type SallyAccount) are those there are; broken ones count for nothing. Nothing is
 * doubled: an entry that the file repeats exactly is the same as the first; those that differ
 * within a file are different accounts. A counter that is ahead of the file's is the same: the
 * account was used since. */
GPtrArray *sally_merge (GListModel *accounts, SallyBackup *backup) G_GNUC_WARN_UNUSED_RESULT;

/* What is to be saved: a fresh account for each new entry and, if `replace`, the values of the file
 * under the id of what differs (element-type SallyAccount). */
GPtrArray *sally_merge_to_accounts (GPtrArray *items, gboolean replace) G_GNUC_WARN_UNUSED_RESULT;

/* Whether all of an export is what `accounts` have, in all that counts: the restore drill.
 * SALLY_ERROR_FAILED names the first that is not. */
gboolean sally_merge_verify (GListModel *accounts, SallyBackup *backup, GError **error);

/* How a file stands to what is kept. */
typedef struct
{
  guint n_kept;       /* accounts that are kept */
  guint n_same;       /* of them, those that the file has as they are */
  guint n_different;  /* in the file with a key that is kept, under another name or other values */
  guint n_gone;       /* in the file, and not kept any more */
  guint n_missing;    /* kept, and not in the file */
  guint n_unreadable; /* in the file, and nobody can tell */
  char *first;        /* the name of the first that is not the same, else NULL */
} SallyComparison;

void sally_comparison_free (SallyComparison *self);

/* Whether the file holds all that is kept, and nothing else. */
gboolean sally_comparison_is_same (const SallyComparison *self);

/* Compares entry by entry, keys too, with what is kept: `uris` (element-type SallyOtpUri).
 * `is_exact`: notes, groups and counters are compared as well; else a counter that is ahead of the
 * file's is the same, as is what a foreign format cannot carry. Pure, any thread. */
SallyComparison *sally_merge_compare (GPtrArray *uris,
                                      SallyBackup *backup,
                                      gboolean is_exact) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyComparison, sally_comparison_free)

G_END_DECLS
