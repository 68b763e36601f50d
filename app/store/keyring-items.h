/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read out of a keyring, item by item: one of each id, for several collections may hold it.
 */
#pragma once

#include "store/keyring.h"

G_BEGIN_DECLS

typedef struct _SallyKeyringItems SallyKeyringItems;

SallyKeyringItems *sally_keyring_items_new (void) G_GNUC_WARN_UNUSED_RESULT;
void sally_keyring_items_free (SallyKeyringItems *self);

/* Takes `secret`; of those with the same id the one that was modified last counts, of two at the
 * same time the later call. `modified_s` is in unix seconds. */
void sally_keyring_items_add (SallyKeyringItems *self,
                              const char *id,
                              SallySecret *secret,
                              guint64 modified_s);
void sally_keyring_items_clear (SallyKeyringItems *self);

/* Borrowed; NULL if there is none. */
SallySecret *sally_keyring_items_get_first (SallyKeyringItems *self);

/* As sally_keyring_list_finish() gives them, in the order of their first; none are left. */
GPtrArray *sally_keyring_items_steal (SallyKeyringItems *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyKeyringItems, sally_keyring_items_free)

G_END_DECLS
