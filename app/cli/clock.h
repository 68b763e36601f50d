/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What servers tell about this computer's clock, printed. */
#pragma once

#include "model/server.h"

G_BEGIN_DECLS

/* What was last read off this server's clock, and how ours differs; nothing if it is not known. */
void sally_clock_print (SallyServer *server);

/* Prints what is wrong with this computer's clock by all that is known; else nothing. */
void sally_clock_warn (void);

G_END_DECLS
