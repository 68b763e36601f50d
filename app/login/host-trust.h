/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: is this the right host? A store of our own, then OpenSSH's known_hosts, which is only
 * read.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_HOST_TRUST_MATCH,
  SALLY_HOST_TRUST_NEW,        /* nothing is known of this host */
  SALLY_HOST_TRUST_CHANGED,    /* another key of this type is trusted */
  SALLY_HOST_TRUST_OTHER_TYPE, /* keys of other types only are trusted: as grave as changed */
  SALLY_HOST_TRUST_REVOKED,    /* known_hosts says that this very key must not be accepted */
} SallyHostVerdict;

typedef struct
{
  SallyHostVerdict verdict;
  char *known; /* what is trusted instead, or where it is revoked, for the message; NULL */
  gboolean
      has_authority; /* known_hosts trusts certificates for this host, which are not read here */
} SallyHostFinding;

void sally_host_finding_clear (SallyHostFinding *finding);

/* One line a key in $XDG_DATA_HOME/sallyport/known_hosts (or `path`):
 *   [host]:port TYPE SHA256:FINGERPRINT FIRST-SEEN
 * TYPE is "*" for a fingerprint that was pinned, and "!" for a key of known_hosts that a person had
 * forgotten here: there it stays, and is no longer looked at. What the store knows of a host goes
 * before what known_hosts says, but for "@revoked", which always holds. Appended with O_APPEND
 * and fsync; lines it cannot read are kept and passed over. Read anew at each question, since other
 * programs write it too. Main thread. */
#define SALLY_TYPE_HOST_TRUST (sally_host_trust_get_type ())
G_DECLARE_FINAL_TYPE (SallyHostTrust, sally_host_trust, SALLY, HOST_TRUST, GObject)

/* `path` NULL: our own file, and the user's and the system's known_hosts; else that file alone. */
SallyHostTrust *sally_host_trust_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* The known_hosts files to read, NULL-terminated; those that are not there are empty. */
void sally_host_trust_set_known_hosts (SallyHostTrust *self, const char *const *paths);

/* For this run, and before all that is known otherwise: these fingerprints (canonical,
 * NULL-terminated) alone are right for the host. The administrator gives them, so that they can
 * neither be replaced nor forgotten here (SALLY_ERROR_INVALID with a sentence). Only "@revoked"
 * goes before them. */
void sally_host_trust_set_given (SallyHostTrust *self,
                                 const char *host,
                                 guint port,
                                 const char *const *fingerprints);

/* What is known about `fingerprint` ("SHA256:" and unpadded base64). `finding` (out, optional) is
 * cleared by the caller. As ssh does, a key that known_hosts has for the host without a port is
 * right on any port. */
SallyHostVerdict sally_host_trust_check (SallyHostTrust *self,
                                         const char *host,
                                         guint port,
                                         const char *key_type,
                                         const char *fingerprint,
                                         SallyHostFinding *finding);

/* Trusts one more key, of a host that was seen. SALLY_ERROR_INVALID if it is none. */
gboolean sally_host_trust_add (SallyHostTrust *self,
                               const char *host,
                               guint port,
                               const char *key_type,
                               const char *fingerprint,
                               GError **error);

/* From here on these fingerprints (NULL-terminated, at most SALLY_HOST_TRUST_MAX_PINS, at least
 * one) alone are right for the host, whatever their type; what was trusted before is not. */
#define SALLY_HOST_TRUST_MAX_PINS 16
gboolean sally_host_trust_pin (SallyHostTrust *self,
                               const char *host,
                               guint port,
                               const char *const *fingerprints,
                               GError **error);

/* The same for `fingerprints` (element-type utf8) of a file that came from somebody else: only if
 * nothing is trusted for the host, or just these. `is_pinned` (out) says whether they are what is
 * trusted then. */
gboolean sally_host_trust_pin_new (SallyHostTrust *self,
                                   const char *host,
                                   guint port,
                                   GPtrArray *fingerprints,
                                   gboolean *is_pinned,
                                   GError **error);

/* Forgets all keys of a host, those of known_hosts too: the deliberate way out after a key has
 * changed. The next key is a new one. */
gboolean
sally_host_trust_forget (SallyHostTrust *self, const char *host, guint port, GError **error);

/* The key types trusted for a host, comma-separated, for the order of the key exchange; NULL if
 * none. */
char *sally_host_trust_dup_key_types (SallyHostTrust *self, const char *host, guint port);

/* The fingerprints trusted for a host, in our store or else in known_hosts (NULL-terminated, empty
 * if there are none, at most SALLY_HOST_TRUST_MAX_PINS). */
char **sally_host_trust_dup_fingerprints (SallyHostTrust *self, const char *host, guint port);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SallyHostFinding, sally_host_finding_clear)

G_END_DECLS
