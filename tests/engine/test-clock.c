/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/clock.h"

#define NOW_S 1700000000

/* Sent at NOW_S and a few milliseconds, answered so much later; and what the file's time says. */
static const struct
{
  gint64 after_ms;
  gint64 round_trip_ms;
  gint64 mtime_s;
  gboolean is_reading;
  gint64 offset_s;
  guint accuracy_s;
} readings[] = {
  { 0, 20, NOW_S, TRUE, 0, 2 },
  { 890, 20, NOW_S, TRUE, 0, 2 },
  { 890, 20, NOW_S + 1, TRUE, 1, 2 },
  { 500, 20, NOW_S - 43, TRUE, -43, 2 },
  { 500, 20, NOW_S + 90, TRUE, 90, 2 },
  { 500, 0, NOW_S + 90, TRUE, 90, 1 },
  /* A slow line tells less. */
  { 0, 6000, NOW_S + 3, TRUE, 1, 4 },
  { 0, 25000, NOW_S, FALSE, 0, 0 },
  /* Our clock was set while we waited. */
  { 0, -5000, NOW_S, FALSE, 0, 0 },
  /* No clock. */
  { 0, 20, 0, FALSE, 0, 0 },
  { 0, 20, 1, FALSE, 0, 0 },
  { 0, 20, G_MAXUINT32, FALSE, 0, 0 },
  { 0, 20, NOW_S - 400 * 86400, FALSE, 0, 0 },
  { 500, 20, NOW_S - 300 * 86400, TRUE, -300 * 86400, 2 },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (readings); i++)
    {
      gint64 sent_us = NOW_S * (gint64) G_USEC_PER_SEC + readings[i].after_ms * 1000;
      gint64 received_us = sent_us + readings[i].round_trip_ms * 1000;
      SallyClockReading reading = { 0 };

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (sally_clock_read (sent_us, received_us, (guint32) readings[i].mtime_s,
                                         &reading),
                       ==, readings[i].is_reading);
      g_assert_cmpint (reading.offset_s, ==, readings[i].offset_s);
      g_assert_cmpuint (reading.accuracy_s, ==, readings[i].accuracy_s);
      if (readings[i].is_reading)
        g_assert_cmpint (reading.time_s, ==, received_us / G_USEC_PER_SEC);
    }
}

/* Wherever in the wait, and in its second, the file was made: the truth lies within. */
static void
test_truth_lies_within (void)
{
  for (gint64 offset_ms = -61300; offset_ms <= 61300; offset_ms += 1700)
    for (gint64 round_trip_ms = 1; round_trip_ms < 9000; round_trip_ms += 811)
      for (gint64 made_ms = 0; made_ms <= round_trip_ms; made_ms += 97)
        {
          gint64 sent_us = NOW_S * (gint64) G_USEC_PER_SEC + 333000;
          gint64 mtime_s = (sent_us / 1000 + made_ms + offset_ms) / 1000;
          SallyClockReading reading;

          g_assert_true (sally_clock_read (sent_us, sent_us + round_trip_ms * 1000,
                                           (guint32) mtime_s, &reading));
          g_assert_cmpint (ABS (reading.offset_s * 1000 - offset_ms), <=,
                           reading.accuracy_s * 1000);
        }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/table", test_table);
  g_test_add_func ("/clock/truth-lies-within", test_truth_lies_within);
  return g_test_run ();
}
