/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Base32 (RFC 4648 section 6) for keys as people copy them. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* Decodes a setup key. Lower case, spaces, '-', NBSP, zero-width characters, line ends and missing
 * or extra trailing '=' are accepted, left-over bits are dropped. Refused with SALLY_ERROR_INVALID
 * and a message that says which character stands where, with the likely correction for 0, 1, 8 and
 * 9: empty input, '=' in the middle, anything else. `length` -1: up to the NUL. */
SallySecret *
sally_base32_decode (const char *text, gssize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Upper case, no padding. The result is text that is secret. */
SallySecret *sally_base32_encode (SallySecret *key) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
