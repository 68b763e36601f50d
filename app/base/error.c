/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"

#include <errno.h>
#include <gio/gio.h>

#define ERROR_NAME(name) "io.github.sallyport.Error." name

static const GDBusErrorEntry error_entries[] = {
  { SALLY_ERROR_FAILED, ERROR_NAME ("Failed") },
  { SALLY_ERROR_INVALID, ERROR_NAME ("Invalid") },
  { SALLY_ERROR_NOT_FOUND, ERROR_NAME ("NotFound") },
  { SALLY_ERROR_AMBIGUOUS, ERROR_NAME ("Ambiguous") },
  { SALLY_ERROR_EXISTS, ERROR_NAME ("Exists") },
  { SALLY_ERROR_PASSWORD_NEEDED, ERROR_NAME ("PasswordNeeded") },
  { SALLY_ERROR_PASSWORD_WRONG, ERROR_NAME ("PasswordWrong") },
  { SALLY_ERROR_KEYRING_ABSENT, ERROR_NAME ("KeyringAbsent") },
  { SALLY_ERROR_KEYRING_LOCKED, ERROR_NAME ("KeyringLocked") },
  { SALLY_ERROR_KEYRING_DISMISSED, ERROR_NAME ("KeyringDismissed") },
  { SALLY_ERROR_KEYRING_MISSING, ERROR_NAME ("KeyringMissing") },
  { SALLY_ERROR_KEYRING_CHANGED, ERROR_NAME ("KeyringChanged") },
  { SALLY_ERROR_KEYRING_PASSPHRASE, ERROR_NAME ("KeyringPassphrase") },
  { SALLY_ERROR_KEYRING_DAMAGED, ERROR_NAME ("KeyringDamaged") },
  { SALLY_ERROR_KEYRING_FAILED, ERROR_NAME ("KeyringFailed") },
  { SALLY_ERROR_HOST_NOT_FOUND, ERROR_NAME ("HostNotFound") },
  { SALLY_ERROR_UNREACHABLE, ERROR_NAME ("Unreachable") },
  { SALLY_ERROR_CONNECTION_LOST, ERROR_NAME ("ConnectionLost") },
  { SALLY_ERROR_PROTOCOL, ERROR_NAME ("Protocol") },
  { SALLY_ERROR_NO_COMMON_ALGORITHM, ERROR_NAME ("NoCommonAlgorithm") },
  { SALLY_ERROR_NO_SFTP, ERROR_NAME ("NoSftp") },
  { SALLY_ERROR_SIGN_IN_REFUSED, ERROR_NAME ("SignInRefused") },
  { SALLY_ERROR_SIGN_IN_NEEDS_PERSON, ERROR_NAME ("SignInNeedsPerson") },
  { SALLY_ERROR_SIGN_IN_HELD, ERROR_NAME ("SignInHeld") },
  { SALLY_ERROR_KEY_UNAVAILABLE, ERROR_NAME ("KeyUnavailable") },
  { SALLY_ERROR_HOST_KEY_UNKNOWN, ERROR_NAME ("HostKeyUnknown") },
  { SALLY_ERROR_HOST_KEY_CHANGED, ERROR_NAME ("HostKeyChanged") },
  { SALLY_ERROR_REMOTE_NOT_FOUND, ERROR_NAME ("RemoteNotFound") },
  { SALLY_ERROR_REMOTE_PERMISSION, ERROR_NAME ("RemotePermission") },
  { SALLY_ERROR_REMOTE_EXISTS, ERROR_NAME ("RemoteExists") },
  { SALLY_ERROR_REMOTE_UNSUPPORTED, ERROR_NAME ("RemoteUnsupported") },
  { SALLY_ERROR_REMOTE_NAME, ERROR_NAME ("RemoteName") },
  { SALLY_ERROR_REMOTE_CHANGED, ERROR_NAME ("RemoteChanged") },
  { SALLY_ERROR_REMOTE_FAILED, ERROR_NAME ("RemoteFailed") },
  { SALLY_ERROR_LOCAL_NOT_FOUND, ERROR_NAME ("LocalNotFound") },
  { SALLY_ERROR_LOCAL_PERMISSION, ERROR_NAME ("LocalPermission") },
  { SALLY_ERROR_LOCAL_EXISTS, ERROR_NAME ("LocalExists") },
  { SALLY_ERROR_LOCAL_NO_SPACE, ERROR_NAME ("LocalNoSpace") },
  { SALLY_ERROR_LOCAL_CHANGED, ERROR_NAME ("LocalChanged") },
  { SALLY_ERROR_LOCAL_FAILED, ERROR_NAME ("LocalFailed") },
  { SALLY_ERROR_ENGINE, ERROR_NAME ("Engine") },
};

G_STATIC_ASSERT (G_N_ELEMENTS (error_entries) == SALLY_ERROR_ENGINE + 1);

GQuark
sally_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("sally-error-quark", &quark, error_entries,
                                      G_N_ELEMENTS (error_entries));
  return (GQuark) quark;
}

static SallyError
error_from_errno (int saved_errno)
{
  switch (saved_errno)
    {
    case ENOENT:
    case ENOTDIR:
      return SALLY_ERROR_LOCAL_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP: /* O_NOFOLLOW met a symbolic link */
      return SALLY_ERROR_LOCAL_PERMISSION;
    case EEXIST:
    case ENOTEMPTY:
    case EISDIR:
      return SALLY_ERROR_LOCAL_EXISTS;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return SALLY_ERROR_LOCAL_NO_SPACE;
    default:
      return SALLY_ERROR_LOCAL_FAILED;
    }
}

void
sally_error_set_errno (GError **error, int saved_errno, const char *what)
{
  g_set_error (error, SALLY_ERROR, error_from_errno (saved_errno), "%s: %s", what,
               g_strerror (saved_errno));
}

int
sally_error_exit_code (const GError *error)
{
  if (error == NULL)
    return 0;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return 130;
  if (error->domain == G_OPTION_ERROR)
    return 2;
  if (error->domain != SALLY_ERROR)
    return 1;

  switch ((SallyError) error->code)
    {
    case SALLY_ERROR_INVALID:
    case SALLY_ERROR_NOT_FOUND:
    case SALLY_ERROR_AMBIGUOUS:
    case SALLY_ERROR_EXISTS:
    case SALLY_ERROR_PASSWORD_NEEDED:
    case SALLY_ERROR_PASSWORD_WRONG:
      return 2;
    case SALLY_ERROR_SIGN_IN_REFUSED:
    case SALLY_ERROR_SIGN_IN_NEEDS_PERSON:
    case SALLY_ERROR_SIGN_IN_HELD:
    case SALLY_ERROR_KEY_UNAVAILABLE:
      return 3;
    case SALLY_ERROR_HOST_KEY_UNKNOWN:
    case SALLY_ERROR_HOST_KEY_CHANGED:
      return 4;
    case SALLY_ERROR_HOST_NOT_FOUND:
    case SALLY_ERROR_UNREACHABLE:
    case SALLY_ERROR_CONNECTION_LOST:
    case SALLY_ERROR_PROTOCOL:
    case SALLY_ERROR_NO_COMMON_ALGORITHM:
    case SALLY_ERROR_NO_SFTP:
      return 5;
    case SALLY_ERROR_REMOTE_NOT_FOUND:
    case SALLY_ERROR_REMOTE_PERMISSION:
    case SALLY_ERROR_REMOTE_EXISTS:
    case SALLY_ERROR_REMOTE_UNSUPPORTED:
    case SALLY_ERROR_REMOTE_NAME:
    case SALLY_ERROR_REMOTE_CHANGED:
    case SALLY_ERROR_REMOTE_FAILED:
      return 6;
    case SALLY_ERROR_KEYRING_ABSENT:
    case SALLY_ERROR_KEYRING_LOCKED:
    case SALLY_ERROR_KEYRING_DISMISSED:
    case SALLY_ERROR_KEYRING_MISSING:
    case SALLY_ERROR_KEYRING_CHANGED:
    case SALLY_ERROR_KEYRING_PASSPHRASE:
    case SALLY_ERROR_KEYRING_DAMAGED:
    case SALLY_ERROR_KEYRING_FAILED:
      return 7;
    default:
      return 1;
    }
}
