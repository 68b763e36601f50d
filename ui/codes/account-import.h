/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts from a file, a picture or a text: recognised, shown, and saved as one. */
#pragma once

#include "store/account-batch.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal "imported": what was chosen is in the keyring. Actions: import.apply, import.open,
 * import.another. */
#define SALLY_TYPE_ACCOUNT_IMPORT (sally_account_import_get_type ())
G_DECLARE_FINAL_TYPE (SallyAccountImport, sally_account_import, SALLY, ACCOUNT_IMPORT, AdwDialog)

/* It shows itself over `parent` as soon as it has something to ask or to say. A single new account
 * that came as an address or a QR code opens the dialog in which accounts are added instead. */
SallyAccountImport *sally_account_import_new (SallyAccountStore *accounts, GtkWidget *parent);

/* What to read. Pictures and texts come together, until a part that was missing is there; a file of
 * another kind stands alone. */
void sally_account_import_add_file (SallyAccountImport *self, GFile *file);
void sally_account_import_add_bytes (SallyAccountImport *self, GBytes *bytes);

/* What QR codes said (element-type SallySecret), at least one. */
void sally_account_import_add_texts (SallyAccountImport *self, GPtrArray *texts);

/* Says why there is nothing to read. */
void sally_account_import_show_error (SallyAccountImport *self, const GError *error);

/* What was saved, for undo; once, after "imported". */
SallyAccountBatch *
sally_account_import_steal_batch (SallyAccountImport *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
