/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vault's passphrase from the terminal, or from a descriptor that a script names. */
#pragma once

#include "store/vault-prompter.h"

G_BEGIN_DECLS

/* SALLY_VAULT_PASSPHRASE_FD in the environment is the number of an open descriptor, which is read
 * to its end once and closed; a line end at its end is not part of the passphrase. */
#define SALLY_TYPE_TERMINAL_VAULT (sally_terminal_vault_get_type ())
G_DECLARE_FINAL_TYPE (SallyTerminalVault, sally_terminal_vault, SALLY, TERMINAL_VAULT, GObject)

SallyVaultPrompter *sally_terminal_vault_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
