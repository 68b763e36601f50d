/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key pair made by Sallyport: Ed25519, its private half never outside locked memory. */
#pragma once

#include "base/secret.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Never changes. Property: name (read-only, for lists). Main thread. */
#define SALLY_TYPE_SSH_KEY (sally_ssh_key_get_type ())
G_DECLARE_FINAL_TYPE (SallySshKey, sally_ssh_key, SALLY, SSH_KEY, GObject)

#define SALLY_SSH_KEY_MAX_NAME 60

/* SALLY_ERROR_INVALID with a sentence: empty, too long, not all visible, or it begins with "-". */
gboolean sally_ssh_key_validate_name (const char *name, GError **error);

/* A fresh pair (RFC 8032) under a fresh UUID; `name` is also the comment of its public half.
 * SALLY_ERROR_INVALID for a name that cannot be. Any thread; takes less than a millisecond. */
SallySshKey *sally_ssh_key_generate (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a keyring keeps: the name, the public line and the private key, in this order, each behind
 * a line end. NULL from _new_from_stored() if `stored` is not that. */
SallySecret *sally_ssh_key_to_stored (SallySshKey *self) G_GNUC_WARN_UNUSED_RESULT;
SallySshKey *
sally_ssh_key_new_from_stored (const char *id, SallySecret *stored) G_GNUC_WARN_UNUSED_RESULT;

const char *sally_ssh_key_get_id (SallySshKey *self);
const char *sally_ssh_key_get_name (SallySshKey *self);

/* "ssh-ed25519 AAAA... NAME", as a line of authorized_keys. */
const char *sally_ssh_key_get_public_line (SallySshKey *self);

/* "SHA256:...", as ssh-keygen -l shows it; free with g_free(). */
char *sally_ssh_key_dup_fingerprint (SallySshKey *self);

/* The private half as OpenSSH's own text (PROTOCOL.key), not encrypted: for ssh-add, through a
 * pipe. Borrowed. */
SallySecret *sally_ssh_key_get_private (SallySshKey *self);

G_END_DECLS
