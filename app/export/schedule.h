/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a backup is due, when a person is reminded, which old ones go: pure, time is an argument. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As in the settings schema. */
typedef enum
{
  SALLY_INTERVAL_DAILY,
  SALLY_INTERVAL_WEEKLY,
  SALLY_INTERVAL_MONTHLY,
} SallyInterval;

/* "daily" "weekly" "monthly". */
const char *sally_interval_to_string (SallyInterval interval);
gboolean sally_interval_from_string (const char *text, SallyInterval *interval);

/* Times are unix seconds, 0: never. */
typedef struct
{
  gboolean is_enabled;
  SallyInterval interval;
  gint64 done_s;      /* a backup was read back and compared */
  gint64 failed_s;    /* since then an attempt failed */
  gint64 exported_s;  /* a person wrote an export */
  gint64 postponed_s; /* a person wanted no reminder */
  gint64 since_s;     /* there have been accounts */
  guint remind_days;  /* 0: never */
} SallyScheduleFacts;

/* Whether the interval has passed. */
gboolean sally_schedule_is_due (const SallyScheduleFacts *facts, gint64 now_s);

/* Seconds that a program which stays open waits before it makes the next one: 0 at once, -1 for
 * ever. After a failure it tries again, but not all the time. */
gint64 sally_schedule_get_wait_s (const SallyScheduleFacts *facts, gint64 now_s);

typedef enum
{
  SALLY_REMINDER_NONE,
  SALLY_REMINDER_NEVER,  /* there is no copy of the accounts at all */
  SALLY_REMINDER_OLD,    /* the last one is older than remind_days */
  SALLY_REMINDER_FAILED, /* scheduled backups do not work */
} SallyReminder;

/* Who has but a few accounts since yesterday is still trying things out: that there is no copy of
 * them is told SALLY_GRACE_DAYS after the first, or once there are SALLY_GRACE_ACCOUNTS. */
#define SALLY_GRACE_DAYS     3
#define SALLY_GRACE_ACCOUNTS 5

SallyReminder
sally_schedule_get_reminder (const SallyScheduleFacts *facts, guint n_accounts, gint64 now_s);

/* What `since_s` becomes where there are `n_accounts`: 0 where there are none. */
gint64 sally_schedule_get_since_s (const SallyScheduleFacts *facts, guint n_accounts, gint64 now_s);

/* "accounts-HOST-2026-11-22-051203.sallyport", in local time; with "-2" for attempt 2 where that is
 * taken. */
char *
sally_schedule_make_name (const char *host, gint64 time_s, guint attempt) G_GNUC_WARN_UNUSED_RESULT;

/* The newest backup among the names of a folder (element-type filename), as its name tells; NULL if
 * there is none. Borrowed. Those of other computers, and all other files, count for nothing. */
const char *sally_schedule_find_newest (GPtrArray *names, const char *host);

/* Those that go so that `keep` stay (element-type filename, borrowed), oldest first. `fresh`, which
 * was just written, stays whatever the clock said. */
GPtrArray *sally_schedule_choose_obsolete (GPtrArray *names,
                                           const char *host,
                                           const char *fresh,
                                           guint keep) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
