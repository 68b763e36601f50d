/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reading and writing an Aegis vault share (its docs/vault.md). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SALLY_AEGIS_VERSION          1
#define SALLY_AEGIS_DATABASE_VERSION 3
#define SALLY_AEGIS_PASSWORD_SLOT    1

/* What Aegis itself writes: 32 MiB of memory, a tenth of a second. */
#define SALLY_AEGIS_SCRYPT_N    32768
#define SALLY_AEGIS_SCRYPT_R    8
#define SALLY_AEGIS_SCRYPT_P    1
#define SALLY_AEGIS_SALT_BYTES  32
#define SALLY_AEGIS_NONCE_BYTES 12

G_END_DECLS
