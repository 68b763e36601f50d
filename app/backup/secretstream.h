/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libsodium's secretstream (XChaCha20-Poly1305) in one chunk, as Ente writes it. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* `key` has 32 bytes, `header` 24. A chunk that ends with the tag MESSAGE or FINAL is the whole.
 * SALLY_ERROR_PASSWORD_WRONG otherwise. Any thread. */
GBytes *sally_secretstream_open (SallySecret *key, GBytes *header, GBytes *sealed, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
