/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/schedule.h"

#define DAY  (24 * 60 * 60)
#define HOUR (60 * 60)
/* 2026-11-22 05:12:03 UTC. */
#define NOW  1795324323

static void
test_due (void)
{
  static const struct
  {
    gboolean is_enabled;
    SallyInterval interval;
    gint64 done_s;
    gint64 failed_s;
    gboolean is_due;
    gint64 wait_s;
  } rows[] = {
    { FALSE, SALLY_INTERVAL_DAILY, 0, 0, FALSE, -1 },
    { FALSE, SALLY_INTERVAL_DAILY, NOW - 100 * DAY, 0, FALSE, -1 },
    { TRUE, SALLY_INTERVAL_DAILY, 0, 0, TRUE, 0 },
    { TRUE, SALLY_INTERVAL_DAILY, NOW - HOUR, 0, FALSE, 19 * HOUR },
    /* Opened a little earlier than yesterday. */
    { TRUE, SALLY_INTERVAL_DAILY, NOW - DAY + HOUR, 0, TRUE, 0 },
    { TRUE, SALLY_INTERVAL_WEEKLY, NOW - 6 * DAY, 0, FALSE, DAY - 4 * HOUR },
    { TRUE, SALLY_INTERVAL_WEEKLY, NOW - 7 * DAY, 0, TRUE, 0 },
    { TRUE, SALLY_INTERVAL_MONTHLY, NOW - 8 * DAY, 0, FALSE, 22 * DAY - 4 * HOUR },
    { TRUE, SALLY_INTERVAL_MONTHLY, NOW - 30 * DAY, 0, TRUE, 0 },
    /* A failure is tried again, but not at once; a person or a timer may do so at any time. */
    { TRUE, SALLY_INTERVAL_DAILY, 0, NOW - 60, TRUE, HOUR - 60 },
    { TRUE, SALLY_INTERVAL_DAILY, 0, NOW - 2 * HOUR, TRUE, 0 },
    { TRUE, SALLY_INTERVAL_DAILY, NOW - HOUR, NOW - 60, FALSE, 19 * HOUR },
    /* A clock that was wrong does not hold backups up for years. */
    { TRUE, SALLY_INTERVAL_MONTHLY, NOW + 1000 * DAY, 0, TRUE, 0 },
    { TRUE, SALLY_INTERVAL_DAILY, 0, NOW + 1000 * DAY, TRUE, 0 },
    { TRUE, SALLY_INTERVAL_DAILY, NOW + HOUR, 0, FALSE, 21 * HOUR },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      SallyScheduleFacts facts = { .is_enabled = rows[i].is_enabled,
                                   .interval = rows[i].interval,
                                   .done_s = rows[i].done_s,
                                   .failed_s = rows[i].failed_s,
                                   .remind_days = 30 };

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (sally_schedule_is_due (&facts, NOW), ==, rows[i].is_due);
      g_assert_cmpint (sally_schedule_get_wait_s (&facts, NOW), ==, rows[i].wait_s);
    }
}

static void
test_reminder (void)
{
  static const struct
  {
    SallyScheduleFacts facts;
    guint n_accounts;
    SallyReminder reminder;
  } rows[] = {
    { { .remind_days = 30 }, 0, SALLY_REMINDER_NONE },
    /* The first days, and the first few accounts. */
    { { .remind_days = 30 }, 1, SALLY_REMINDER_NONE },
    { { .remind_days = 30, .since_s = NOW - 60 }, 4, SALLY_REMINDER_NONE },
    { { .remind_days = 30, .since_s = NOW - 60 }, 5, SALLY_REMINDER_NEVER },
    { { .remind_days = 30, .since_s = NOW - 3 * DAY + 1 }, 1, SALLY_REMINDER_NONE },
    { { .remind_days = 30, .since_s = NOW - 3 * DAY }, 1, SALLY_REMINDER_NEVER },
    { { .remind_days = 0, .since_s = NOW - 300 * DAY }, 50, SALLY_REMINDER_NONE },
    { { .remind_days = 30, .since_s = NOW + 300 * DAY }, 1, SALLY_REMINDER_NONE },
    { { .remind_days = 30, .since_s = NOW + 300 * DAY }, 5, SALLY_REMINDER_NEVER },
    /* That there is one account more tells nothing of how old the copy is. */
    { { .remind_days = 30, .since_s = NOW - 60, .exported_s = NOW - 31 * DAY },
      1,
      SALLY_REMINDER_OLD },
    { { .remind_days = 0 }, 1, SALLY_REMINDER_NONE },
    { { .remind_days = 30, .exported_s = NOW - 29 * DAY }, 1, SALLY_REMINDER_NONE },
    { { .remind_days = 30, .exported_s = NOW - 31 * DAY }, 1, SALLY_REMINDER_OLD },
    { { .remind_days = 60, .exported_s = NOW - 31 * DAY }, 1, SALLY_REMINDER_NONE },
    { { .remind_days = 30, .postponed_s = NOW - 29 * DAY }, 1, SALLY_REMINDER_NONE },
    { { .remind_days = 30, .postponed_s = NOW - 31 * DAY, .since_s = NOW - 32 * DAY },
      1,
      SALLY_REMINDER_NEVER },
    { { .remind_days = 30, .postponed_s = NOW + 500 * DAY }, 9, SALLY_REMINDER_NEVER },
    /* Backups that were scheduled once are copies as well. */
    { { .remind_days = 30, .done_s = NOW - 3 * DAY }, 1, SALLY_REMINDER_NONE },
    { { .remind_days = 30, .done_s = NOW - 300 * DAY }, 1, SALLY_REMINDER_OLD },
    { { .remind_days = 30, .is_enabled = TRUE }, 1, SALLY_REMINDER_NONE },
    { { .remind_days = 30, .is_enabled = TRUE, .failed_s = NOW - 60 }, 1, SALLY_REMINDER_FAILED },
    { { .remind_days = 0, .is_enabled = TRUE, .failed_s = NOW - 60 }, 1, SALLY_REMINDER_FAILED },
    { { .remind_days = 30, .failed_s = NOW - 60 }, 9, SALLY_REMINDER_NEVER },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (sally_schedule_get_reminder (&rows[i].facts, rows[i].n_accounts, NOW), ==,
                       rows[i].reminder);
    }
}

static void
test_since (void)
{
  static const struct
  {
    gint64 since_s;
    guint n_accounts;
    gint64 becomes_s;
  } rows[] = {
    { 0, 0, 0 },
    { 0, 1, NOW },
    { NOW - DAY, 1, NOW - DAY },
    /* Who has removed all begins anew. */
    { NOW - DAY, 0, 0 },
    /* A clock that was ahead once. */
    { NOW + HOUR, 2, NOW + HOUR },
    { NOW + 300 * DAY, 2, NOW },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      SallyScheduleFacts facts = { .since_s = rows[i].since_s };

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (sally_schedule_get_since_s (&facts, rows[i].n_accounts, NOW), ==,
                       rows[i].becomes_s);
    }
}

static void
test_names (void)
{
  g_autofree char *plain = sally_schedule_make_name ("laptop", NOW, 1);
  g_autofree char *second = sally_schedule_make_name ("laptop", NOW, 2);
  g_autofree char *odd = sally_schedule_make_name ("../Büro pc", NOW, 1);
  g_autofree char *nameless = sally_schedule_make_name ("", NOW, 1);

  g_assert_cmpstr (plain, ==, "accounts-laptop-2026-11-22-051203.sallyport");
  g_assert_cmpstr (second, ==, "accounts-laptop-2026-11-22-051203-2.sallyport");
  g_assert_cmpstr (odd, ==, "accounts----B--ro-pc-2026-11-22-051203.sallyport");
  g_assert_cmpstr (nameless, ==, "accounts-computer-2026-11-22-051203.sallyport");
}

/* A folder in which more lies than our backups; the order is that of no file system. */
static GPtrArray *
make_folder (void)
{
  static const char *const names[] = {
    "accounts-laptop-2026-11-20-090000-10.sallyport",
    "accounts-laptop-2026-11-22-051203.sallyport",
    "accounts-2026-11-19.sallyport", /* an export by hand */
    "accounts-desktop-2020-01-01-000000.sallyport",
    "accounts-laptop-2026-11-20-090000-9.sallyport",
    "accounts-laptop-2-2019-01-01-000000.sallyport",
    "accounts-laptop-2026-11-20-090000.sallyport",
    "accounts-laptop-2018-01-01-000000.sallyport.AB12CD",
    "accounts-laptop-2018-01-01-000000-x.sallyport",
    "accounts-laptop-2018-01-01-00000.sallyport",
    "accounts-laptop-2018-01-01-000000 (copy).sallyport",
    "accounts-laptop-.sallyport",
    "holiday.jpg",
    "accounts-laptop-2026-11-21-235959.sallyport",
  };
  GPtrArray *folder = g_ptr_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (folder, (gpointer) names[i]);
  return folder;
}

static void
test_newest (void)
{
  g_autoptr (GPtrArray) folder = make_folder ();

  g_assert_cmpstr (sally_schedule_find_newest (folder, "laptop"), ==,
                   "accounts-laptop-2026-11-22-051203.sallyport");
  g_assert_cmpstr (sally_schedule_find_newest (folder, "desktop"), ==,
                   "accounts-desktop-2020-01-01-000000.sallyport");
  g_assert_null (sally_schedule_find_newest (folder, "phone"));
}

static void
assert_obsolete (const char *fresh, guint keep, const char *const *expected)
{
  g_autoptr (GPtrArray) folder = make_folder ();
  g_autoptr (GPtrArray) obsolete = sally_schedule_choose_obsolete (folder, "laptop", fresh, keep);

  for (guint i = 0; i < obsolete->len; i++)
    g_assert_cmpstr (obsolete->pdata[i], ==, expected[i]);
  g_assert_null (expected[obsolete->len]);
}

static void
test_prune (void)
{
  static const char *const nothing[] = { NULL };
  static const char *const two[] = { "accounts-laptop-2026-11-20-090000.sallyport",
                                     "accounts-laptop-2026-11-20-090000-9.sallyport", NULL };
  static const char *const all_others[] = { "accounts-laptop-2026-11-20-090000.sallyport",
                                            "accounts-laptop-2026-11-20-090000-9.sallyport",
                                            "accounts-laptop-2026-11-20-090000-10.sallyport",
                                            "accounts-laptop-2026-11-21-235959.sallyport", NULL };
  static const char *const but_the_oldest[] = { "accounts-laptop-2026-11-20-090000-9.sallyport",
                                                "accounts-laptop-2026-11-20-090000-10.sallyport",
                                                NULL };

  assert_obsolete ("accounts-laptop-2026-11-22-051203.sallyport", 5, nothing);
  assert_obsolete ("accounts-laptop-2026-11-22-051203.sallyport", 1000, nothing);
  assert_obsolete ("accounts-laptop-2026-11-22-051203.sallyport", 3, two);
  assert_obsolete ("accounts-laptop-2026-11-22-051203.sallyport", 1, all_others);
  /* Written while the clock was behind: what was just proved is never what goes. */
  assert_obsolete ("accounts-laptop-2026-11-20-090000.sallyport", 3, but_the_oldest);
}

static void
test_intervals (void)
{
  SallyInterval interval = SALLY_INTERVAL_DAILY;

  g_assert_true (sally_interval_from_string ("monthly", &interval));
  g_assert_cmpint (interval, ==, SALLY_INTERVAL_MONTHLY);
  g_assert_cmpstr (sally_interval_to_string (interval), ==, "monthly");
  g_assert_false (sally_interval_from_string ("hourly", &interval));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/due", test_due);
  g_test_add_func ("/schedule/reminder", test_reminder);
  g_test_add_func ("/schedule/since", test_since);
  g_test_add_func ("/schedule/names", test_names);
  g_test_add_func ("/schedule/newest", test_newest);
  g_test_add_func ("/schedule/prune", test_prune);
  g_test_add_func ("/schedule/intervals", test_intervals);
  return g_test_run ();
}
