/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hears from the desktop that nobody is there any more: the screen is locked, the computer goes to
 * sleep.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Signal "away". It listens to the screen savers of the desktops, to the Inhibit portal, which is
 * all that a Flatpak hears of them, and to logind. Main thread. */
#define SALLY_TYPE_LOCK_WATCH (sally_lock_watch_get_type ())
G_DECLARE_FINAL_TYPE (SallyLockWatch, sally_lock_watch, SALLY, LOCK_WATCH, GObject)

SallyLockWatch *sally_lock_watch_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Whether sleep waits a moment (logind's delay inhibitor), until what "away" has hidden is no
 * longer on the screen: it would show when the computer wakes up. */
void sally_lock_watch_set_delays_sleep (SallyLockWatch *self, gboolean delays_sleep);

G_END_DECLS
