/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A limit in bytes a second, as a balance that time fills and bytes empty. Pure; times are
 * monotonic microseconds. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 bytes_a_second; /* 0: no limit */
  gint64 balance;         /* bytes; below 0 after a piece that was larger than what was left */
  gint64 filled_us;
} SallyRate;

void sally_rate_set (SallyRate *self, guint64 bytes_a_second, gint64 now_us);
/* Whether the next piece, of whatever size, may go. */
gboolean sally_rate_may_go (SallyRate *self, gint64 now_us);
void sally_rate_take (SallyRate *self, guint64 bytes);
/* When sally_rate_may_go will be TRUE. */
gint64 sally_rate_get_next_us (const SallyRate *self);

G_END_DECLS
