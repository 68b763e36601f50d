/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast something goes, over the last seconds. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SALLY_SPEED_MAX_SAMPLES 32

typedef struct
{
  gint64 time_us;
  guint64 done;
} SallySpeedSample;

/* All zero is a new one. */
typedef struct
{
  SallySpeedSample samples[SALLY_SPEED_MAX_SAMPLES]; /* a ring, oldest first from `first` */
  guint first;
  guint n_samples;
  guint64 bytes_a_second;
} SallySpeed;

/* `done` bytes in all at `now_us` (monotonic). Less than before begins anew. */
void sally_speed_add (SallySpeed *self, guint64 done, gint64 now_us);

/* Seconds until `left` more bytes are done, rounded up; -1 unknown. */
gint64 sally_speed_get_seconds_left (const SallySpeed *self, guint64 left);

G_END_DECLS
