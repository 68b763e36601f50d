/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One account among the codes, in a list or a grid whose rows are used again and again. */
#pragma once

#include "codes/ticker.h"
#include "model/account.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Property: hides-code, until sally_code_row_reveal. Actions: row.copy, row.copy-next,
 * row.next-code, row.details, row.edit, row.delete, row.toggle-pin, row.move-up, row.move-down;
 * they reach the page as signals of these names. Signal "dropped" (SallyAccount): another row was
 * dragged onto this one. */
#define SALLY_TYPE_CODE_ROW (sally_code_row_get_type ())
G_DECLARE_FINAL_TYPE (SallyCodeRow, sally_code_row, SALLY, CODE_ROW, AdwBin)

GtkWidget *sally_code_row_new (SallyTicker *ticker);

/* Shows the account that is the item of `list_item`, whose accessible label it keeps up to date,
 * until it is unbound. */
void sally_code_row_bind (SallyCodeRow *self, GtkListItem *list_item);
void sally_code_row_unbind (SallyCodeRow *self);

/* NULL while it shows none. */
SallyAccount *sally_code_row_get_account (SallyCodeRow *self);

/* The code that is shown, so that what is copied is what was seen; NULL if none is. */
SallySecret *sally_code_row_ref_code (SallyCodeRow *self) G_GNUC_WARN_UNUSED_RESULT;

/* Shows a code of an account that counts, after its counter was saved. For a moment no other can be
 * asked for; sally_code_row_allow_next says that none came. */
void sally_code_row_show_counted_code (SallyCodeRow *self, SallySecret *code);
void sally_code_row_allow_next (SallyCodeRow *self);

/* Shows a hidden code for half a minute; FALSE if it was not hidden. */
gboolean sally_code_row_reveal (SallyCodeRow *self);

G_END_DECLS
