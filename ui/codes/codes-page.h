/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of one-time codes, and what stands there when there is none. */
#pragma once

#include "common/clipboard.h"
#include "export/backups.h"
#include "remote/clock-watch.h"
#include "store/server-store.h"
#include "store/settings.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Actions: codes.add, codes.reload, codes.import, codes.export, codes.paste, codes.scan-screen,
 * codes.scan-camera. */
#define SALLY_TYPE_CODES_PAGE (sally_codes_page_get_type ())
G_DECLARE_FINAL_TYPE (SallyCodesPage, sally_codes_page, SALLY, CODES_PAGE, AdwBin)

GtkWidget *sally_codes_page_new (SallyBackups *backups,
                                 SallyClockWatch *clock,
                                 SallyServerStore *servers,
                                 SallyClipboard *clipboard,
                                 SallySettings *settings);

/* Shows what accounts are in a text or a picture, and keeps those that are chosen. */
void sally_codes_page_import (SallyCodesPage *self, GBytes *bytes);

void sally_codes_page_start_search (SallyCodesPage *self);

/* Searches for `text` as if it had been typed. */
void sally_codes_page_search (SallyCodesPage *self, const char *text);

/* Shows the account in its place and, unless it counts, copies its code: what was chosen out of
 * this window's sight is never a reason to move a counter. FALSE if there is no such account. Once
 * the accounts are there. */
gboolean sally_codes_page_copy_code (SallyCodesPage *self, const char *account_id);

G_END_DECLS
