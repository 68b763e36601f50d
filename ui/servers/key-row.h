/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of a server's settings that says which key signs in: the agent's, a file, one made here.
 */
#pragma once

#include "store/key-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Property: identity, as a server's identity-file: "" for the agent's keys, a path, or
 * SALLY_SERVER_KEY_PREFIX and an id. */
#define SALLY_TYPE_KEY_ROW (sally_key_row_get_type ())
G_DECLARE_FINAL_TYPE (SallyKeyRow, sally_key_row, SALLY, KEY_ROW, AdwActionRow)

/* Once, before it is shown: it loads `keys` when it is. */
void sally_key_row_set_keys (SallyKeyRow *self, SallyKeyStore *keys);

const char *sally_key_row_get_identity (SallyKeyRow *self);
void sally_key_row_set_identity (SallyKeyRow *self, const char *identity);

G_END_DECLS
