/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A keyring that forgets everything at the end of the process: for a trial run and for tests. */
#pragma once

#include "store/keyring.h"

G_BEGIN_DECLS

#define SALLY_TYPE_KEYRING_MEMORY (sally_keyring_memory_get_type ())
G_DECLARE_FINAL_TYPE (SallyKeyringMemory, sally_keyring_memory, SALLY, KEYRING_MEMORY, GObject)

SallyKeyring *sally_keyring_memory_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Every later call fails with this SALLY_ERROR_KEYRING_* code; 0 (SALLY_ERROR_FAILED): works again.
 */
void sally_keyring_memory_set_failure (SallyKeyringMemory *self, int code);

G_END_DECLS
