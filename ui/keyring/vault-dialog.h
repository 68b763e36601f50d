/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for the vault's passphrase, or for a new one twice. */
#pragma once

#include "store/vault-prompter.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The response is "answer" or "cancel". */
#define SALLY_TYPE_VAULT_DIALOG (sally_vault_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SallyVaultDialog, sally_vault_dialog, SALLY, VAULT_DIALOG, AdwAlertDialog)

/* `refusal` (nullable): why the last answer was none. */
AdwDialog *sally_vault_dialog_new (SallyVaultQuestion question, const GError *refusal);

/* What was entered; the dialog forgets it. */
SallySecret *sally_vault_dialog_take_passphrase (SallyVaultDialog *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
