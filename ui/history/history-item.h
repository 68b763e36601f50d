/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record of the journal as the list shows it. */
#pragma once

#include "store/journal.h"

G_BEGIN_DECLS

/* Properties, read-only, made once: icon-name, title, subtitle, time (all utf8), is-failed. */
#define SALLY_TYPE_HISTORY_ITEM (sally_history_item_get_type ())
G_DECLARE_FINAL_TYPE (SallyHistoryItem, sally_history_item, SALLY, HISTORY_ITEM, GObject)

/* Copies what it shows. */
SallyHistoryItem *sally_history_item_new (const SallyJournalRecord *record);

/* Whether title or subtitle hold `words` (folded for case). */
gboolean sally_history_item_matches (SallyHistoryItem *self, const char *words);

G_END_DECLS
