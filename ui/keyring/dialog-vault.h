/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vault's passphrase, asked for in dialogs of the window. */
#pragma once

#include "store/vault-prompter.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define SALLY_TYPE_DIALOG_VAULT (sally_dialog_vault_get_type ())
G_DECLARE_FINAL_TYPE (SallyDialogVault, sally_dialog_vault, SALLY, DIALOG_VAULT, GObject)

/* Where the application has no window, nobody can be asked. */
SallyVaultPrompter *sally_dialog_vault_new (GtkApplication *application) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
