/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How backups are spoken of to a person; translated. */
#pragma once

#include "backup/merge.h"

G_BEGIN_DECLS

/* "Last backup: today, 42 accounts, read back and compared", or that there is none (`done_s` 0).
 * Times are unix seconds. */
char *
sally_backup_words_last (gint64 done_s, guint n_accounts, gint64 now_s) G_GNUC_WARN_UNUSED_RESULT;

/* What a check has shown, a sentence without a final stop. */
char *sally_backup_words_comparison (const SallyComparison *comparison) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
