/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds an account by setup key or otpauth URI, or edits one. */
#pragma once

#include "store/account-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal "scan" (const char *): it has closed, for the person would rather take that action of the
 * codes page: codes.scan-camera or codes.scan-screen. */
#define SALLY_TYPE_ACCOUNT_DIALOG (sally_account_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SallyAccountDialog, sally_account_dialog, SALLY, ACCOUNT_DIALOG, AdwDialog)

/* `account` NULL: a new one. The key of an account that is edited stays and is not shown. */
AdwDialog *sally_account_dialog_new (SallyAccountStore *accounts, SallyAccount *account);

/* Shows in a new account's dialog that there are ways without typing, the camera if there is one.
 */
void sally_account_dialog_offer_scan (SallyAccountDialog *self, gboolean has_camera);

/* As if `text`, a setup key or otpauth URI, had been pasted into a new account's dialog. */
void sally_account_dialog_set_key (SallyAccountDialog *self, SallySecret *text);

/* A new one, filled with what was scanned or pasted, to be confirmed. `uri` is copied. */
AdwDialog *sally_account_dialog_new_for_uri (SallyAccountStore *accounts, const SallyOtpUri *uri);

G_END_DECLS
