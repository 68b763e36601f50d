/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lock-in of the engine and of sallyport-qr: after it, no file, no socket, no other program
 * (DESIGN section 3). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Gives up, for ever and for all threads: opening paths (Landlock, and no such system call), making
 * or connecting sockets, new programs and processes, executable memory, core dumps, being traced by
 * the same user. What is open stays usable. Call it before any thread is started and after
 * libraries have read what they need. SALLY_ERROR_ENGINE if the kernel cannot: the program then
 * does not run. */
gboolean sally_sandbox_enter (GError **error);

G_END_DECLS
