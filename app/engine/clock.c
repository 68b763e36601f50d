/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/clock.h"

/* A file's time is cut to the second: it was made in the middle of that one, or half of it off. */
#define HALF_SECOND_US    (G_USEC_PER_SEC / 2)
/* After a longer wait the reading says less than a code's life. */
#define MAX_ROUND_TRIP_US (20 * G_USEC_PER_SEC)
/* Further away it is no clock: 0, a constant, or a file system without times. */
#define MAX_OFFSET_S      (366 * G_GINT64_CONSTANT (86400))

gboolean
sally_clock_read (gint64 sent_us, gint64 received_us, guint32 mtime_s, SallyClockReading *reading)
{
  gint64 round_trip_us = received_us - sent_us;
  gint64 middle_us = sent_us + round_trip_us / 2;
  gint64 offset_us = mtime_s * (gint64) G_USEC_PER_SEC + HALF_SECOND_US - middle_us;
  gint64 half_us = offset_us < 0 ? -HALF_SECOND_US : HALF_SECOND_US;

  g_return_val_if_fail (reading != NULL, FALSE);

  if (mtime_s == 0 || round_trip_us < 0 || round_trip_us > MAX_ROUND_TRIP_US ||
      ABS (offset_us) / G_USEC_PER_SEC > MAX_OFFSET_S)
    return FALSE;
  reading->offset_s = (offset_us + half_us) / G_USEC_PER_SEC;
  /* The second that is cut off and rounded, and half the way there and back. */
  reading->accuracy_s = 1 + (guint32) ((round_trip_us / 2 + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
  reading->time_s = received_us / G_USEC_PER_SEC;
  return TRUE;
}
