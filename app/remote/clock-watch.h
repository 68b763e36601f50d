/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches what is known about this computer's clock: for a window that warns. */
#pragma once

#include "login/clock-check.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads what this program and others learn from servers, and asks the system's time service
 * (org.freedesktop.timedate1) where one is reached. Signal "changed": ask again. Main thread only.
 */
#define SALLY_TYPE_CLOCK_WATCH (sally_clock_watch_get_type ())
G_DECLARE_FINAL_TYPE (SallyClockWatch, sally_clock_watch, SALLY, CLOCK_WATCH, GObject)

SallyClockWatch *sally_clock_watch_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* sally_clock_check() with the clock as it is now: set by the network by the kernel's word or the
 * time service's. Cheap. The verdict's name is valid until the
 * main loop runs again. */
gboolean sally_clock_watch_check (SallyClockWatch *self, SallyClockVerdict *verdict);

G_END_DECLS
