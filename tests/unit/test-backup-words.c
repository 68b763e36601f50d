/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/backup-words.h"

/* 2026-11-22 05:12:03 UTC. */
#define NOW  1795324323
#define HOUR (60 * 60)
#define DAY  (24 * HOUR)

static void
test_last (void)
{
  static const struct
  {
    gint64 done_s;
    guint n_accounts;
    const char *words;
  } rows[] = {
    { 0, 0, "No backup yet" },
    { NOW, 42, "Last backup: today, 42 accounts, read back and compared" },
    { NOW - 5 * HOUR, 1, "Last backup: today, 1 account, read back and compared" },
    /* Six hours ago, and another day. */
    { NOW - 6 * HOUR, 2, "Last backup: yesterday, 2 accounts, read back and compared" },
    { NOW - 20 * DAY, 2, "Last backup: 11/02/26, 2 accounts, read back and compared" },
    /* The same day of another year. */
    { NOW - 365 * DAY, 2, "Last backup: 11/22/25, 2 accounts, read back and compared" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = sally_backup_words_last (rows[i].done_s, rows[i].n_accounts, NOW);

      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

static void
test_comparison (void)
{
  static const struct
  {
    SallyComparison comparison;
    const char *words;
  } rows[] = {
    { { .n_kept = 1, .n_same = 1 },
      "The file opens and holds 1 account, exactly as it is kept here" },
    { { .n_kept = 3, .n_same = 3 },
      "The file opens and holds all 3 accounts, exactly as they are kept here" },
    { { .n_kept = 5, .n_same = 3, .n_different = 1, .n_missing = 1, .n_gone = 2 },
      "The file opens: 3 accounts are as they are kept here; 1 is there under another name or with "
      "other values; 1 is missing in the file; 2 of the file are not kept here" },
    { { .n_kept = 1, .n_missing = 1, .n_unreadable = 4 },
      "The file opens: 1 is missing in the file; 4 of the file are unreadable" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = sally_backup_words_comparison (&rows[i].comparison);

      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backup-words/last", test_last);
  g_test_add_func ("/backup-words/comparison", test_comparison);
  return g_test_run ();
}
