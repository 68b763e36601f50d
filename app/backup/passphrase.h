/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A passphrase that is checked and never kept: Argon2id. */
#pragma once

#include "base/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What tells the passphrase later, with a fresh salt: text that is to be kept as a secret. Blocks
 * for a good part of a second, any thread. */
SallySecret *
sally_passphrase_make (SallySecret *passphrase, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SALLY_ERROR_PASSWORD_WRONG if it is another one, SALLY_ERROR_INVALID if `verifier` is damaged.
 * Blocks likewise. */
gboolean sally_passphrase_check (SallySecret *verifier, SallySecret *passphrase, GError **error);

G_END_DECLS
