/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The preferences' page of the keys that were made here: which servers use them, and removing. */
#pragma once

#include "store/key-store.h"
#include "store/server-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Actions: keys.copy and keys.remove (s: the id), keys.reload. */
#define SALLY_TYPE_KEYS_PAGE (sally_keys_page_get_type ())
G_DECLARE_FINAL_TYPE (SallyKeysPage, sally_keys_page, SALLY, KEYS_PAGE, AdwPreferencesPage)

/* Once, before it shows: it reads the keyring when it does. */
void sally_keys_page_set_up (SallyKeysPage *self, SallyKeyring *keyring, SallyServerStore *servers);

G_END_DECLS
