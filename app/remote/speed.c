/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/speed.h"

/* Long enough to be steady, short enough to follow the line. */
#define SPAN_US (3 * G_USEC_PER_SEC)

static void
drop_oldest (SallySpeed *self)
{
  self->first = (self->first + 1) % SALLY_SPEED_MAX_SAMPLES;
  self->n_samples--;
}

void
sally_speed_add (SallySpeed *self, guint64 done, gint64 now_us)
{
  const SallySpeedSample *oldest;
  gint64 span_us;

  if (self->n_samples > 0 && done < self->samples[self->first].done)
    *self = (SallySpeed) { 0 };
  while (self->n_samples == SALLY_SPEED_MAX_SAMPLES ||
         (self->n_samples > 1 && now_us - self->samples[self->first].time_us > SPAN_US))
    drop_oldest (self);
  self->samples[(self->first + self->n_samples) % SALLY_SPEED_MAX_SAMPLES] =
      (SallySpeedSample) { now_us, done };
  self->n_samples++;

  oldest = &self->samples[self->first];
  span_us = now_us - oldest->time_us;
  if (span_us > 0)
    self->bytes_a_second =
        (guint64) ((double) (done - oldest->done) * G_USEC_PER_SEC / (double) span_us);
}

gint64
sally_speed_get_seconds_left (const SallySpeed *self, guint64 left)
{
  if (self->bytes_a_second == 0)
    return -1;
  return (gint64) ((left + self->bytes_a_second - 1) / self->bytes_a_second);
}
