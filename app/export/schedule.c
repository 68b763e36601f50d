/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/schedule.h"

#include <string.h>

#define DAY_S          (24 * 60 * 60)
/* Who opens the program at about the same time every day gets a backup every day. */
#define EARLY_S        (4 * 60 * 60)
/* A disk that is not plugged in may be an hour later. */
#define RETRY_S        (60 * 60)
/* A time that lies further ahead is one of a clock that was wrong. */
#define CLOCK_S        DAY_S
#define NAME_ENDING    ".sallyport"
#define STAMP          "dddd-dd-dd-dddddd" /* d: a digit */
#define STAMP_BYTES    17
#define MAX_HOST_CHARS 40

static const char *const interval_names[] = { "daily", "weekly", "monthly" };
static const gint64 interval_days[] = { 1, 7, 30 };

const char *
sally_interval_to_string (SallyInterval interval)
{
  g_return_val_if_fail ((guint) interval < G_N_ELEMENTS (interval_names), NULL);

  return interval_names[interval];
}

gboolean
sally_interval_from_string (const char *text, SallyInterval *interval)
{
  g_return_val_if_fail (text != NULL && interval != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (interval_names); i++)
    if (g_str_equal (interval_names[i], text))
      {
        *interval = (SallyInterval) i;
        return TRUE;
      }
  return FALSE;
}

/* 0 for what has not been, or cannot have been yet. */
static gint64
believe (gint64 time_s, gint64 now_s)
{
  return time_s > now_s + CLOCK_S ? 0 : time_s;
}

static gint64
get_due_s (const SallyScheduleFacts *facts, gint64 now_s)
{
  gint64 done_s = believe (facts->done_s, now_s);

  return done_s == 0 ? 0 : done_s + interval_days[facts->interval] * DAY_S - EARLY_S;
}

gboolean
sally_schedule_is_due (const SallyScheduleFacts *facts, gint64 now_s)
{
  g_return_val_if_fail (facts != NULL, FALSE);
  g_return_val_if_fail ((guint) facts->interval < G_N_ELEMENTS (interval_days), FALSE);

  return facts->is_enabled && get_due_s (facts, now_s) <= now_s;
}

gint64
sally_schedule_get_wait_s (const SallyScheduleFacts *facts, gint64 now_s)
{
  gint64 failed_s;
  gint64 next_s;

  g_return_val_if_fail (facts != NULL, -1);
  g_return_val_if_fail ((guint) facts->interval < G_N_ELEMENTS (interval_days), -1);

  if (!facts->is_enabled)
    return -1;
  next_s = get_due_s (facts, now_s);
  failed_s = believe (facts->failed_s, now_s);
  if (failed_s != 0)
    next_s = MAX (next_s, failed_s + RETRY_S);
  return MAX (next_s - now_s, 0);
}

gint64
sally_schedule_get_since_s (const SallyScheduleFacts *facts, guint n_accounts, gint64 now_s)
{
  gint64 since_s;

  g_return_val_if_fail (facts != NULL, 0);

  since_s = believe (facts->since_s, now_s);
  if (n_accounts == 0)
    return 0;
  return since_s != 0 ? since_s : now_s;
}

static gboolean
has_grace (const SallyScheduleFacts *facts, guint n_accounts, gint64 now_s)
{
  gint64 since_s = sally_schedule_get_since_s (facts, n_accounts, now_s);

  return n_accounts < SALLY_GRACE_ACCOUNTS && since_s + SALLY_GRACE_DAYS * DAY_S > now_s;
}

SallyReminder
sally_schedule_get_reminder (const SallyScheduleFacts *facts, guint n_accounts, gint64 now_s)
{
  gint64 patience_s;
  gint64 copied_s;

  g_return_val_if_fail (facts != NULL, SALLY_REMINDER_NONE);

  if (n_accounts == 0)
    return SALLY_REMINDER_NONE;
  if (facts->is_enabled)
    return facts->failed_s != 0 ? SALLY_REMINDER_FAILED : SALLY_REMINDER_NONE;
  patience_s = (gint64) facts->remind_days * DAY_S;
  if (patience_s == 0)
    return SALLY_REMINDER_NONE;
  copied_s = MAX (believe (facts->done_s, now_s), believe (facts->exported_s, now_s));
  if (MAX (copied_s, believe (facts->postponed_s, now_s)) + patience_s > now_s)
    return SALLY_REMINDER_NONE;
  if (copied_s != 0)
    return SALLY_REMINDER_OLD;
  return has_grace (facts, n_accounts, now_s) ? SALLY_REMINDER_NONE : SALLY_REMINDER_NEVER;
}

/* What may stand in a file's name on any file system. */
static char *
make_prefix (const char *host)
{
  g_autoptr (GString) prefix = g_string_new ("accounts-");
  gsize start = prefix->len;

  for (; *host != '\0' && prefix->len - start < MAX_HOST_CHARS; host++)
    g_string_append_c (prefix, g_ascii_isalnum (*host) ? *host : '-');
  if (prefix->len == start)
    g_string_append (prefix, "computer");
  g_string_append_c (prefix, '-');
  return g_string_free_and_steal (g_steal_pointer (&prefix));
}

char *
sally_schedule_make_name (const char *host, gint64 time_s, guint attempt)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_s);
  g_autofree char *prefix = NULL;
  g_autofree char *stamp = NULL;

  g_return_val_if_fail (host != NULL && time != NULL, NULL);

  prefix = make_prefix (host);
  stamp = g_date_time_format (time, "%Y-%m-%d-%H%M%S");
  if (attempt < 2)
    return g_strconcat (prefix, stamp, NAME_ENDING, NULL);
  return g_strdup_printf ("%s%s-%u" NAME_ENDING, prefix, stamp, attempt);
}

/* A backup by its name. */
typedef struct
{
  const char *name;  /* borrowed */
  const char *stamp; /* within it */
  guint64 attempt;
} Found;

static gboolean
parse_name (const char *name, const char *prefix, Found *found)
{
  const char *rest;
  g_autofree char *number = NULL;

  if (!g_str_has_prefix (name, prefix) || !g_str_has_suffix (name, NAME_ENDING))
    return FALSE;
  *found = (Found) { name, name + strlen (prefix), 1 };
  if (strlen (found->stamp) < STAMP_BYTES + strlen (NAME_ENDING))
    return FALSE;
  for (gsize i = 0; i < STAMP_BYTES; i++)
    if (STAMP[i] == 'd' ? !g_ascii_isdigit (found->stamp[i]) : found->stamp[i] != STAMP[i])
      return FALSE;
  rest = found->stamp + STAMP_BYTES;
  number = g_strndup (rest, strlen (rest) - strlen (NAME_ENDING));
  if (*number == '\0')
    return TRUE;
  return *number == '-' &&
         g_ascii_string_to_unsigned (number + 1, 10, 2, G_MAXUINT, &found->attempt, NULL);
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *first = a;
  const Found *second = b;
  int order = strncmp (first->stamp, second->stamp, STAMP_BYTES);

  if (order != 0)
    return order;
  return (first->attempt > second->attempt) - (first->attempt < second->attempt);
}

/* (element-type Found), oldest first. */
static GArray *
find_backups (GPtrArray *names, const char *host)
{
  g_autofree char *prefix = make_prefix (host);
  GArray *backups = g_array_new (FALSE, FALSE, sizeof (Found));

  for (guint i = 0; i < names->len; i++)
    {
      Found found;

      if (parse_name (names->pdata[i], prefix, &found))
        g_array_append_val (backups, found);
    }
  g_array_sort (backups, compare_found);
  return backups;
}

const char *
sally_schedule_find_newest (GPtrArray *names, const char *host)
{
  g_autoptr (GArray) backups = NULL;

  g_return_val_if_fail (names != NULL && host != NULL, NULL);

  backups = find_backups (names, host);
  return backups->len > 0 ? g_array_index (backups, Found, backups->len - 1).name : NULL;
}

GPtrArray *
sally_schedule_choose_obsolete (GPtrArray *names, const char *host, const char *fresh, guint keep)
{
  g_autoptr (GArray) backups = NULL;
  GPtrArray *obsolete = g_ptr_array_new ();

  g_return_val_if_fail (names != NULL && host != NULL && fresh != NULL, obsolete);
  g_return_val_if_fail (keep > 0, obsolete);

  backups = find_backups (names, host);
  for (guint i = 0; i < backups->len && backups->len - obsolete->len > keep; i++)
    {
      const char *name = g_array_index (backups, Found, i).name;

      if (!g_str_equal (name, fresh))
        g_ptr_array_add (obsolete, (gpointer) name);
    }
  return obsolete;
}
