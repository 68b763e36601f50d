/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/retry.h"

#include "base/error.h"

/* The first one is for a line that is back at once; then twice as long each time. */
#define FIRST_DELAY_MS 500
/* A server that fails in the middle of a file may be short of something for a moment; one that
 * fails thrice means it. */
#define AGAIN_DELAY_MS 2000
#define MAX_AGAIN      2

static SallyRetryAction
decide_action (const GError *error)
{
  if (error->domain != SALLY_ERROR)
    return SALLY_RETRY_GIVE_UP;
  switch ((SallyError) error->code)
    {
    case SALLY_ERROR_CONNECTION_LOST:
    case SALLY_ERROR_UNREACHABLE:
    case SALLY_ERROR_HOST_NOT_FOUND: /* a name server that is not reached says so too */
    case SALLY_ERROR_PROTOCOL:       /* a line that was cut in the middle of a packet */
    case SALLY_ERROR_ENGINE:
      return SALLY_RETRY_RECONNECT;
    default:
      return SALLY_RETRY_GIVE_UP;
    }
}

SallyRetry
sally_retry_decide (const GError *error, guint attempt, gboolean has_moved, guint max_attempts)
{
  SallyRetry retry = { SALLY_RETRY_GIVE_UP, 0 };

  g_return_val_if_fail (error != NULL, retry);

  if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED))
    {
      if (has_moved && attempt < MIN (MAX_AGAIN, max_attempts))
        retry = (SallyRetry) { SALLY_RETRY_AGAIN, AGAIN_DELAY_MS };
      return retry;
    }
  if (has_moved)
    attempt = 0;
  if (attempt >= max_attempts)
    return retry;
  retry.action = decide_action (error);
  if (retry.action != SALLY_RETRY_GIVE_UP)
    retry.delay_ms = attempt < 16 ? MIN (FIRST_DELAY_MS << attempt, SALLY_RETRY_MAX_DELAY_MS)
                                  : SALLY_RETRY_MAX_DELAY_MS;
  return retry;
}

gboolean
sally_retry_keeps_partial (const GError *error)
{
  g_return_val_if_fail (error != NULL, FALSE);

  if (error->domain != SALLY_ERROR)
    return FALSE;
  switch ((SallyError) error->code)
    {
    case SALLY_ERROR_CONNECTION_LOST:
    case SALLY_ERROR_UNREACHABLE:
    case SALLY_ERROR_HOST_NOT_FOUND:
    case SALLY_ERROR_PROTOCOL:
    case SALLY_ERROR_ENGINE:
    case SALLY_ERROR_NO_COMMON_ALGORITHM:
    case SALLY_ERROR_NO_SFTP:
    case SALLY_ERROR_SIGN_IN_REFUSED:
    case SALLY_ERROR_SIGN_IN_NEEDS_PERSON:
    case SALLY_ERROR_SIGN_IN_HELD:
    case SALLY_ERROR_KEY_UNAVAILABLE:
    case SALLY_ERROR_HOST_KEY_UNKNOWN:
    case SALLY_ERROR_HOST_KEY_CHANGED:
    case SALLY_ERROR_KEYRING_ABSENT:
    case SALLY_ERROR_KEYRING_LOCKED:
    case SALLY_ERROR_KEYRING_DISMISSED:
    case SALLY_ERROR_KEYRING_MISSING:
    case SALLY_ERROR_KEYRING_CHANGED:
    case SALLY_ERROR_KEYRING_PASSPHRASE:
    case SALLY_ERROR_KEYRING_DAMAGED:
    case SALLY_ERROR_KEYRING_FAILED:
      return TRUE;
    default:
      return FALSE;
    }
}
