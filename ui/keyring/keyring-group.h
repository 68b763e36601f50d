/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the preferences: where the secrets are kept, moving them, the vault's passphrase. */
#pragma once

#include "store/keyring-home.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define SALLY_TYPE_KEYRING_GROUP (sally_keyring_group_get_type ())
G_DECLARE_FINAL_TYPE (
    SallyKeyringGroup, sally_keyring_group, SALLY, KEYRING_GROUP, AdwPreferencesGroup)

/* Once; stands in a SallyPreferencesDialog. */
void sally_keyring_group_set_up (SallyKeyringGroup *self, SallyKeyringHome *home);

G_END_DECLS
