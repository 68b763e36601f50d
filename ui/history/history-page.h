/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal for a person: what was done where, and what proves it. */
#pragma once

#include "store/journal.h"
#include "store/server-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define SALLY_TYPE_HISTORY_PAGE (sally_history_page_get_type ())
G_DECLARE_FINAL_TYPE (SallyHistoryPage, sally_history_page, SALLY, HISTORY_PAGE, AdwBin)

GtkWidget *sally_history_page_new (SallyJournal *journal, SallyServerStore *servers);

void sally_history_page_start_search (SallyHistoryPage *self);

G_END_DECLS
