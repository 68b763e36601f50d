/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One account in the list of codes. */
#pragma once

#include "codes/ticker.h"
#include "model/account.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Actions: row.copy, row.next-code, row.edit, row.delete; they reach the page as signals "copy",
 * "next-code", "edit" and "delete". */
#define SALLY_TYPE_CODE_ROW (sally_code_row_get_type ())
G_DECLARE_FINAL_TYPE (SallyCodeRow, sally_code_row, SALLY, CODE_ROW, GtkListBoxRow)

GtkWidget *sally_code_row_new (SallyAccount *account, SallyTicker *ticker);

SallyAccount *sally_code_row_get_account (SallyCodeRow *self);

/* The code that is shown, so that what is copied is what was seen; NULL if none is. */
SallySecret *sally_code_row_ref_code (SallyCodeRow *self) G_GNUC_WARN_UNUSED_RESULT;

/* Shows a code of an account that counts, after its counter was saved. */
void sally_code_row_show_counted_code (SallyCodeRow *self, SallySecret *code);

G_END_DECLS
