/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/rate.h"

/* What an idle time may save up: a quarter of a second's worth, so that a start is no flood. */
#define BURST_US (G_USEC_PER_SEC / 4)

static gint64
bytes_in (const SallyRate *self, gint64 span_us)
{
  return (gint64) ((double) self->bytes_a_second * (double) span_us / G_USEC_PER_SEC);
}

void
sally_rate_set (SallyRate *self, guint64 bytes_a_second, gint64 now_us)
{
  *self = (SallyRate) { .bytes_a_second = bytes_a_second, .balance = 1, .filled_us = now_us };
}

gboolean
sally_rate_may_go (SallyRate *self, gint64 now_us)
{
  gint64 gained = bytes_in (self, now_us - self->filled_us);

  if (self->bytes_a_second == 0)
    return TRUE;
  /* A gain of less than a byte waits for the next call, or a busy caller would never fill it. */
  if (gained > 0)
    {
      self->balance = MIN (self->balance + gained, MAX (bytes_in (self, BURST_US), 1));
      self->filled_us = now_us;
    }
  return self->balance > 0;
}

void
sally_rate_take (SallyRate *self, guint64 bytes)
{
  if (self->bytes_a_second > 0)
    self->balance -= (gint64) bytes;
}

gint64
sally_rate_get_next_us (const SallyRate *self)
{
  if (self->bytes_a_second == 0 || self->balance > 0)
    return self->filled_us;
  return self->filled_us +
         (gint64) ((double) (1 - self->balance) * G_USEC_PER_SEC / (double) self->bytes_a_second) +
         1;
}
