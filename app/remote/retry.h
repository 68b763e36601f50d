/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: again after an error? Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_RETRY_GIVE_UP,
  SALLY_RETRY_AGAIN,     /* the same once more, on the connection that stands */
  SALLY_RETRY_RECONNECT, /* the connection first */
} SallyRetryAction;

typedef struct
{
  SallyRetryAction action;
  guint delay_ms; /* before it */
} SallyRetry;

/* Attempts without anything moved in between, where nobody says otherwise: eight minutes, which a
 * restarting server or router needs at most. */
#define SALLY_RETRY_MAX_ATTEMPTS 15
#define SALLY_RETRY_MAX_DELAY_MS 60000

/* `attempt` counts those that came to nothing so far (0: this is the first failure); when bytes
 * have moved since the last one (`has_moved`) the count begins anew, for then the line is bad but
 * there. `max_attempts` of them and it is given up. Never again after a refused sign-in, a host key
 * that is not right, or what only a person or another file can put right: another attempt would
 * cost a code, an account or time. */
SallyRetry
sally_retry_decide (const GError *error, guint attempt, gboolean has_moved, guint max_attempts);

/* Whether what has arrived is worth keeping after `error`, for a later resume: the connection, the
 * sign-in or this program was at fault, not the file. */
gboolean sally_retry_keeps_partial (const GError *error);

G_END_DECLS
