/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "search/allowance.h"

#define START_US ((gint64) 1000 * G_USEC_PER_SEC)

static guint
take_all (SallyAllowance *allowance, const char *caller, gint64 now_us)
{
  guint n_taken = 0;

  while (n_taken < 10 * SALLY_ALLOWANCE_BURST && sally_allowance_take (allowance, caller, now_us))
    n_taken++;
  return n_taken;
}

static void
test_typing_is_never_refused (void)
{
  g_autoptr (SallyAllowance) allowance = sally_allowance_new ();
  gint64 now_us = START_US;

  /* Four words of five letters at ten keys a second, with a pause to read after each. */
  for (guint word = 0; word < 4; word++)
    {
      for (guint key = 0; key < 5; key++, now_us += G_USEC_PER_SEC / 10)
        {
          g_assert_true (sally_allowance_take (allowance, "shell", now_us));
          g_assert_true (sally_allowance_take (allowance, "shell", now_us));
        }
      now_us += G_USEC_PER_SEC;
    }
}

static void
test_polling_comes_to_the_rate (void)
{
  g_autoptr (SallyAllowance) allowance = sally_allowance_new ();
  guint n_taken = 0;

  g_assert_cmpuint (take_all (allowance, "poll", START_US), ==, SALLY_ALLOWANCE_BURST);
  for (guint i = 1; i <= 1000; i++)
    n_taken += take_all (allowance, "poll", START_US + i * (gint64) (G_USEC_PER_SEC / 100));
  g_assert_cmpuint (n_taken, ==, 10 * SALLY_ALLOWANCE_A_SECOND);
  g_assert_cmpuint (take_all (allowance, "poll", START_US + 100 * (gint64) G_USEC_PER_SEC), ==,
                    SALLY_ALLOWANCE_BURST);
}

static void
test_callers_do_not_take_from_each_other (void)
{
  g_autoptr (SallyAllowance) allowance = sally_allowance_new ();

  take_all (allowance, "poll", START_US);
  g_assert_false (sally_allowance_take (allowance, "poll", START_US));
  g_assert_cmpuint (take_all (allowance, "shell", START_US), ==, SALLY_ALLOWANCE_BURST);
}

static void
test_new_names_bring_no_more (void)
{
  g_autoptr (SallyAllowance) allowance = sally_allowance_new ();
  guint n_taken = 0;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *name = g_strdup_printf (":1.%u", i);

      n_taken += take_all (allowance, name, START_US);
    }
  g_assert_cmpuint (n_taken, ==, SALLY_ALLOWANCE_CALLERS * SALLY_ALLOWANCE_BURST);
  /* Those that are quiet again make room. */
  g_assert_true (sally_allowance_take (allowance, "late", START_US + 60 * (gint64) G_USEC_PER_SEC));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/allowance/typing-is-never-refused", test_typing_is_never_refused);
  g_test_add_func ("/allowance/polling-comes-to-the-rate", test_polling_comes_to_the_rate);
  g_test_add_func ("/allowance/callers-do-not-take-from-each-other",
                   test_callers_do_not_take_from_each_other);
  g_test_add_func ("/allowance/new-names-bring-no-more", test_new_names_bring_no_more);
  return g_test_run ();
}
