/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AES-GCM for a caller who comes with 16 bytes at a time, as libssh2 does: OpenSSL's own pays its
 * price for thousands of bytes at each of them. An OpenSSL provider (provider-cipher(7)). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The properties by which it is fetched, and preferred. */
#define SALLY_PACKET_CIPHER_PROPERTIES "provider=sallyport"

/* More than libssh2 takes for a packet (40000); beyond it is an error. */
#define SALLY_PACKET_CIPHER_MAX_BYTES (64 * 1024)

/* Offers AES-128-GCM and AES-256-GCM beside OpenSSL's, and makes them preferred in the default
 * library context. Only for packets with a running invocation counter (RFC 5647 section 7.1): other
 * callers would miss what it leaves out. FALSE where OpenSSL will not, or wants validated modules
 * only (FIPS): then its own are used. Once, before any thread. */
gboolean sally_packet_cipher_register (void);

/* At the end of the process, when nothing is encrypted any more. */
void sally_packet_cipher_unregister (void);

G_END_DECLS
