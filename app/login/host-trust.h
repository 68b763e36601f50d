/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: is this the right host? Trust by fingerprint, in a store of our own. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_HOST_TRUST_MATCH,
  SALLY_HOST_TRUST_NEW,        /* nothing is known of this host */
  SALLY_HOST_TRUST_CHANGED,    /* another key of this type is trusted */
  SALLY_HOST_TRUST_OTHER_TYPE, /* keys of other types only are trusted: as grave as changed */
} SallyHostVerdict;

/* One line a key in $XDG_DATA_HOME/sallyport/known_hosts (or `path`):
 *   [host]:port TYPE SHA256:FINGERPRINT FIRST-SEEN
 * TYPE is "*" for a fingerprint that was pinned before the first connection. Appended with O_APPEND
 * and fsync; lines it cannot read are kept and passed over. Read anew at each question, since other
 * programs write it too. Main thread. */
#define SALLY_TYPE_HOST_TRUST (sally_host_trust_get_type ())
G_DECLARE_FINAL_TYPE (SallyHostTrust, sally_host_trust, SALLY, HOST_TRUST, GObject)

SallyHostTrust *sally_host_trust_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* The verdict on `fingerprint` ("SHA256:" and unpadded base64). `known` (out, optional, nullable):
 * what is trusted instead, for the message. */
SallyHostVerdict sally_host_trust_check (SallyHostTrust *self,
                                         const char *host,
                                         guint port,
                                         const char *key_type,
                                         const char *fingerprint,
                                         char **known);

/* `key_type` NULL pins the fingerprint whatever its type. SALLY_ERROR_INVALID if it is not one. */
gboolean sally_host_trust_add (SallyHostTrust *self,
                               const char *host,
                               guint port,
                               const char *key_type,
                               const char *fingerprint,
                               GError **error);

/* Forgets all keys of a host: the deliberate way out after a key has changed. */
gboolean
sally_host_trust_forget (SallyHostTrust *self, const char *host, guint port, GError **error);

/* The key types trusted for a host, comma-separated, for the order of the key exchange; NULL if
 * none. */
char *sally_host_trust_dup_key_types (SallyHostTrust *self, const char *host, guint port);

/* "SHA256:..." with or without the prefix, padding or spaces -> the canonical form; NULL if it is
 * none. */
char *sally_host_trust_canonical_fingerprint (const char *text);

G_END_DECLS
