/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one error domain: what went wrong, in the terms a person or a script acts on. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Foreign codes (libssh2, SFTP status, libsecret, errno) are mapped to these once, where they are
 * met. Cancellation stays G_IO_ERROR_CANCELLED. The message keeps the server's own words, already
 * sanitised; the order is part of no protocol, the D-Bus names in error.c are. */
typedef enum
{
  SALLY_ERROR_FAILED,
  SALLY_ERROR_INVALID,   /* input that can never be right: bad base32, a port of 70000 */
  SALLY_ERROR_NOT_FOUND, /* no saved account or server of that name */
  SALLY_ERROR_AMBIGUOUS, /* several of that name; the message lists them */
  SALLY_ERROR_EXISTS,    /* a saved server of that name is there already */

  SALLY_ERROR_PASSWORD_NEEDED, /* the file is encrypted, and no password was given */
  SALLY_ERROR_PASSWORD_WRONG,  /* the password does not open it, or it was changed */

  SALLY_ERROR_KEYRING_ABSENT,     /* no keyring service runs */
  SALLY_ERROR_KEYRING_LOCKED,     /* locked, and nobody could be asked to unlock it */
  SALLY_ERROR_KEYRING_DISMISSED,  /* the person closed the unlock prompt */
  SALLY_ERROR_KEYRING_MISSING,    /* the keyring works, the item is not in it */
  SALLY_ERROR_KEYRING_CHANGED,    /* it works, but it is not the one that was written to before */
  SALLY_ERROR_KEYRING_PASSPHRASE, /* not the passphrase of the vault */
  SALLY_ERROR_KEYRING_DAMAGED,    /* its file is not what was written */
  SALLY_ERROR_KEYRING_FAILED,

  SALLY_ERROR_HOST_NOT_FOUND, /* the name does not resolve */
  SALLY_ERROR_UNREACHABLE,    /* no route, refused, timed out before a connection stood */
  SALLY_ERROR_CONNECTION_LOST,
  SALLY_ERROR_PROTOCOL, /* the peer broke SSH or SFTP */
  SALLY_ERROR_NO_COMMON_ALGORITHM,
  SALLY_ERROR_NO_SFTP, /* signed in, but the server has no SFTP subsystem */

  SALLY_ERROR_SIGN_IN_REFUSED,
  SALLY_ERROR_SIGN_IN_NEEDS_PERSON, /* a secret is missing or a prompt is unknown, and nobody is
                                       there */
  SALLY_ERROR_SIGN_IN_HELD,         /* the guard stopped automation after refusals */
  SALLY_ERROR_KEY_UNAVAILABLE,      /* no agent, no such key file, wrong passphrase */

  SALLY_ERROR_HOST_KEY_UNKNOWN,
  SALLY_ERROR_HOST_KEY_CHANGED,

  SALLY_ERROR_REMOTE_NOT_FOUND,
  SALLY_ERROR_REMOTE_PERMISSION,
  SALLY_ERROR_REMOTE_EXISTS,
  SALLY_ERROR_REMOTE_UNSUPPORTED,
  SALLY_ERROR_REMOTE_NAME,    /* a name that may not touch a disk */
  SALLY_ERROR_REMOTE_CHANGED, /* size differs from what was sent or promised */
  SALLY_ERROR_REMOTE_FAILED,

  SALLY_ERROR_LOCAL_NOT_FOUND,
  SALLY_ERROR_LOCAL_PERMISSION,
  SALLY_ERROR_LOCAL_EXISTS,
  SALLY_ERROR_LOCAL_NO_SPACE,
  SALLY_ERROR_LOCAL_CHANGED, /* the file changed while it was sent */
  SALLY_ERROR_LOCAL_FAILED,

  SALLY_ERROR_ENGINE, /* the engine process could not be started or ended without a word */
} SallyError;

/* Registered with GDBus under io.github.sallyport.Error.*, so that an error crosses the wall whole.
 */
#define SALLY_ERROR (sally_error_quark ())
GQuark sally_error_quark (void);

/* Maps errno of a local file call to the LOCAL_* codes; the message is "<what>: <strerror>". Any
 * thread. */
void sally_error_set_errno (GError **error, int saved_errno, const char *what);

/* What `error` means to a script: the exit code of `sally` (0 for NULL, 1 for what has no own
 * code). 2 usage, 3 sign-in refused, 4 host key, 5 network, 6 remote path, 7 keyring, 130
 * interrupted. */
int sally_error_exit_code (const GError *error);

G_END_DECLS
