/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One libssh2 session over one connected socket: handshake, host key, errors. */
#pragma once

#include <gio/gio.h>
#include <libssh2.h>

G_BEGIN_DECLS

/* Used by one thread at a time: the sign-in thread until it is done, the main thread after. */
typedef struct _SallyTransport SallyTransport;

/* Takes `socket`, which is connected. NULL with SALLY_ERROR_ENGINE if libssh2 cannot be used. */
SallyTransport *sally_transport_new (int socket, GError **error);

/* Says good-bye as far as that goes without waiting, and closes the socket. */
void sally_transport_free (SallyTransport *self);

LIBSSH2_SESSION *sally_transport_get_session (SallyTransport *self);
int sally_transport_get_socket (SallyTransport *self);

/* Protocol version and key exchange. Blocks the calling thread. `host_key_algorithms` (nullable,
 * comma-separated): what the host is known to have goes first, so that a known key is asked for. */
gboolean sally_transport_handshake (SallyTransport *self,
                                    const char *host_key_algorithms,
                                    GCancellable *cancellable,
                                    GError **error);

/* Waits until the call that returned LIBSSH2_ERROR_EAGAIN may go on. Blocks the calling thread, at
 * most until `deadline_us` (monotonic). */
gboolean sally_transport_wait (SallyTransport *self,
                               gint64 deadline_us,
                               GCancellable *cancellable,
                               GError **error);

/* The host key's wire blob and type name ("ssh-ed25519"), and "SHA256:..." as OpenSSH writes it. */
GBytes *sally_transport_dup_host_key (SallyTransport *self, const char **type);
char *sally_transport_dup_fingerprint (SallyTransport *self);

/* ident, key-exchange, cipher, mac, host-key-type, host-key-fingerprint into a vardict. */
void sally_transport_add_info (SallyTransport *self, GVariantDict *info);

/* What both sides opened with, as the engine reports it (engine.xml, Report); then it is forgotten.
 */
void sally_transport_take_opening (SallyTransport *self, GVariantDict *facts);

/* Gives the socket what it did not take before. FALSE while anything is left: nothing new should be
 * sent then, and the socket be waited for. That it failed is told to libssh2 at its next try. */
gboolean sally_transport_flush (SallyTransport *self);
gboolean sally_transport_has_unsent (SallyTransport *self);

/* What libssh2 may take from the socket before the next call of this; unlimited until the first. */
void sally_transport_set_receive_budget (SallyTransport *self, gsize bytes);

/* All that came over the socket so far. */
guint64 sally_transport_get_received_bytes (SallyTransport *self);

/* A place for the sign-in under way, since libssh2's call-backs know only the session. */
void sally_transport_set_sign_in (SallyTransport *self, gpointer sign_in);
gpointer sally_transport_get_sign_in (SallyTransport *self);

/* From here on freed memory of libssh2 is no longer wiped: the secrets are through. */
void sally_transport_stop_wiping (SallyTransport *self);

/* The one place where libssh2's codes become errors; `what` begins the message. The text that came
 * with the server's DISCONNECT wins over libssh2's own. */
void sally_transport_set_error (SallyTransport *self, int code, const char *what, GError **error);

G_END_DECLS
