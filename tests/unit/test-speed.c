/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/speed.h"

static void
test_steady (void)
{
  SallySpeed speed = { 0 };

  for (guint i = 0; i <= 100; i++)
    sally_speed_add (&speed, i * 1000, i * G_USEC_PER_SEC / 10);
  g_assert_cmpuint (speed.bytes_a_second, ==, 10000);
  g_assert_cmpint (sally_speed_get_seconds_left (&speed, 25000), ==, 3);
}

/* What an earlier attempt has moved is no speed. */
static void
test_begins_where_it_resumes (void)
{
  SallySpeed speed = { 0 };

  sally_speed_add (&speed, 1000000, 0);
  g_assert_cmpint (sally_speed_get_seconds_left (&speed, 1), ==, -1);
  sally_speed_add (&speed, 1000500, G_USEC_PER_SEC);
  g_assert_cmpuint (speed.bytes_a_second, ==, 500);
  /* And less than before is another beginning. */
  sally_speed_add (&speed, 0, 2 * G_USEC_PER_SEC);
  sally_speed_add (&speed, 100, 3 * G_USEC_PER_SEC);
  g_assert_cmpuint (speed.bytes_a_second, ==, 100);
}

static void
test_follows_the_line (void)
{
  SallySpeed speed = { 0 };

  sally_speed_add (&speed, 0, 0);
  sally_speed_add (&speed, 1000000, G_USEC_PER_SEC);
  for (guint i = 2; i < 10; i++)
    sally_speed_add (&speed, 1000000, i * G_USEC_PER_SEC);
  g_assert_cmpuint (speed.bytes_a_second, ==, 0);
  g_assert_cmpint (sally_speed_get_seconds_left (&speed, 1), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/speed/steady", test_steady);
  g_test_add_func ("/speed/begins-where-it-resumes", test_begins_where_it_resumes);
  g_test_add_func ("/speed/follows-the-line", test_follows_the_line);
  return g_test_run ();
}
