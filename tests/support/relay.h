/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line to a server that a test can hold up and cut: tests/rigs/relay.c. */
#pragma once

#include "tests/support/rig.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Blocks until it listens. `rate` is in MB/s, NULL for none; `port` (out) is where the server is
 * reached through it. Send it SIGUSR1 to cut all lines. */
GSubprocess *
sally_relay_start (SallyRig *rig, const char *rate, guint *port) G_GNUC_WARN_UNUSED_RESULT;

/* Lets the lines stand, but nothing passes any more. Waits until that is so. */
void sally_relay_freeze (GSubprocess *relay);

/* Ends it, stopped or not, and frees it. */
void sally_relay_stop (GSubprocess *relay);

G_END_DECLS
