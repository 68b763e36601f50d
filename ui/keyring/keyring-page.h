/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why the codes cannot be shown, and what can be done about it. */
#pragma once

#include "store/account-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Stands in a page with the actions codes.reload and codes.import. */
#define SALLY_TYPE_KEYRING_PAGE (sally_keyring_page_get_type ())
G_DECLARE_FINAL_TYPE (SallyKeyringPage, sally_keyring_page, SALLY, KEYRING_PAGE, AdwBin)

/* Shows the error of `accounts`, whose keyring is a SallyKeyringHome. */
void sally_keyring_page_show (SallyKeyringPage *self, SallyAccountStore *accounts);

G_END_DECLS
