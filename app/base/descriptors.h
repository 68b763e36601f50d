/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many files this process may hold open at once. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Raises the soft limit, which is 1024 on most systems for the sake of select(2), to some
 * thousands, as far as the hard one allows; the limit that then holds. Children inherit it. */
guint sally_descriptors_raise_limit (void);

G_END_DECLS
