/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lists a server opens with (RFC 4253 sections 4.2 and 7.1), which libssh2 does not give. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The identification, the lines before it and the packet; OpenSSH's are below 2 KiB. */
#define SALLY_KEX_INIT_MAX_BYTES (64 * 1024)

/* Comma-separated names, printable ASCII, owned; NULL as long as they have not come. */
typedef struct
{
  char *ident;
  char *key_exchanges;
  char *host_keys;
  char *ciphers; /* client to server, as the next */
  char *macs;
} SallyKexInit;

/* The first bytes of a server, as far as they came. Pure; any bytes do. What is no list stays NULL.
 */
void sally_kex_init_parse (const guint8 *bytes, gsize length, SallyKexInit *init);
void sally_kex_init_clear (SallyKexInit *init);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SallyKexInit, sally_kex_init_clear)

G_END_DECLS
