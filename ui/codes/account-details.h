/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All about one account: what it is, who uses it, and its QR code for another device. */
#pragma once

#include "model/account.h"
#include "store/server-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signals "tags-changed" (strv): what the person made of the groups; "icon-changed" (string): the
 * picture that was chosen. */
#define SALLY_TYPE_ACCOUNT_DETAILS (sally_account_details_get_type ())
G_DECLARE_FINAL_TYPE (SallyAccountDetails, sally_account_details, SALLY, ACCOUNT_DETAILS, AdwDialog)

/* `account` is not broken. */
AdwDialog *sally_account_details_new (SallyAccount *account, SallyServerStore *servers);

G_END_DECLS
