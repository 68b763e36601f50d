/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/backup-words.h"

#include <glib/gi18n.h>

/* By the calendar, not by the hours. */
static char *
describe_day (gint64 time_s, gint64 now_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_s);
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_local (now_s);
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (today, -1);

  if (g_date_time_get_year (time) == g_date_time_get_year (today) &&
      g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (today))
    return g_strdup (_ ("today"));
  if (g_date_time_get_year (time) == g_date_time_get_year (yesterday) &&
      g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (yesterday))
    return g_strdup (_ ("yesterday"));
  return g_date_time_format (time, "%x");
}

char *
sally_backup_words_last (gint64 done_s, guint n_accounts, gint64 now_s)
{
  g_autofree char *day = NULL;

  if (done_s == 0)
    return g_strdup (_ ("No backup yet"));
  day = describe_day (done_s, now_s);
  return g_strdup_printf (
      /* Translators: "today", "yesterday" or a date; the number of accounts. */
      ngettext ("Last backup: %s, %u account, read back and compared",
                "Last backup: %s, %u accounts, read back and compared", n_accounts),
      day, n_accounts);
}

static void G_GNUC_PRINTF (2, 3) append (GString *text, const char *format, ...)
{
  va_list arguments;

  if (text->len > 0)
    g_string_append (text, "; ");
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
}

char *
sally_backup_words_comparison (const SallyComparison *comparison)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (comparison != NULL, NULL);

  if (sally_comparison_is_same (comparison))
    return g_strdup_printf (
        ngettext ("The file opens and holds %u account, exactly as it is kept here",
                  "The file opens and holds all %u accounts, exactly as they are "
                  "kept here",
                  comparison->n_same),
        comparison->n_same);
  if (comparison->n_same > 0)
    append (text,
            ngettext ("%u account is as it is kept here", "%u accounts are as they are kept here",
                      comparison->n_same),
            comparison->n_same);
  if (comparison->n_different > 0)
    append (text,
            ngettext ("%u is there under another name or with other values",
                      "%u are there under other names or with other values",
                      comparison->n_different),
            comparison->n_different);
  if (comparison->n_missing > 0)
    append (text,
            ngettext ("%u is missing in the file", "%u are missing in the file",
                      comparison->n_missing),
            comparison->n_missing);
  if (comparison->n_gone > 0)
    append (text,
            ngettext ("%u of the file is not kept here", "%u of the file are not kept here",
                      comparison->n_gone),
            comparison->n_gone);
  if (comparison->n_unreadable > 0)
    append (text,
            ngettext ("%u of the file is unreadable", "%u of the file are unreadable",
                      comparison->n_unreadable),
            comparison->n_unreadable);
  if (text->len == 0)
    return g_strdup (_ ("The file opens, and no account is in it"));
  return g_strdup_printf (_ ("The file opens: %s"), text->str);
}
