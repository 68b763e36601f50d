/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/rate.h"

/* What goes out in `seconds` when asked as often as possible, in pieces. */
static guint64
run (guint64 limit, guint64 piece, guint seconds)
{
  SallyRate rate;
  gint64 now = 1000;
  gint64 end = now + seconds * G_USEC_PER_SEC;
  guint64 total = 0;

  sally_rate_set (&rate, limit, now);
  while (now < end)
    {
      if (sally_rate_may_go (&rate, now))
        {
          sally_rate_take (&rate, piece);
          total += piece;
          now++;
        }
      else
        {
          g_assert_cmpint (sally_rate_get_next_us (&rate), >, now);
          now = sally_rate_get_next_us (&rate);
        }
    }
  return total;
}

static void
test_average (void)
{
  const struct
  {
    guint64 limit;
    guint64 piece;
  } table[] = {
    { 1000, 100 },
    { 100 * 1024, 261120 }, /* one piece is more than a second's worth */
    { 2 * 1024 * 1024, 32768 },
    { 100 * 1024 * 1024, 261120 },
    { 3, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      guint64 wanted = table[i].limit * 60;
      guint64 total = run (table[i].limit, table[i].piece, 60);

      g_assert_cmpuint (total, <=, wanted + table[i].limit + table[i].piece);
      g_assert_cmpuint (total + table[i].limit + table[i].piece, >=, wanted);
    }
}

static void
test_no_limit (void)
{
  SallyRate rate;

  sally_rate_set (&rate, 0, 5);
  for (guint i = 0; i < 10; i++)
    {
      g_assert_true (sally_rate_may_go (&rate, 5));
      sally_rate_take (&rate, G_MAXUINT32);
    }
}

static void
test_idle_saves_little (void)
{
  SallyRate rate;
  guint64 burst = 0;

  sally_rate_set (&rate, 1000, 0);
  while (sally_rate_may_go (&rate, G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC))
    {
      sally_rate_take (&rate, 10);
      burst += 10;
    }
  g_assert_cmpuint (burst, <=, 260);
}

/* A caller that asks every microsecond gains less than a byte each time, and no less in the end. */
static void
test_impatience_costs_nothing (void)
{
  SallyRate rate;
  gboolean went = FALSE;

  sally_rate_set (&rate, 1000, 0);
  g_assert_true (sally_rate_may_go (&rate, 0));
  sally_rate_take (&rate, 10);
  for (gint64 now = 0; now < 20000 && !went; now++)
    went = sally_rate_may_go (&rate, now);
  g_assert_true (went);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate/average-holds", test_average);
  g_test_add_func ("/rate/zero-is-no-limit", test_no_limit);
  g_test_add_func ("/rate/idle-saves-little", test_idle_saves_little);
  g_test_add_func ("/rate/impatience-costs-nothing", test_impatience_costs_nothing);
  return g_test_run ();
}
