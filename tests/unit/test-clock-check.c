/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/clock-check.h"

#define NOW_S       1700000000
#define BOOT_TIME_S 1699990000
#define BOOT_ID     "this-run"
#define DAY_S       86400

/* Up to three servers: their offset and age in seconds (age -1: there is none). Letters: 'N' the
 * network sets our clock, 'C' it was set since, 'B' the computer was restarted since, 'S' all
 * sightings are of one server. */
typedef struct
{
  gint64 offset_s;
  gint64 age_s;
} Seen;

static const struct
{
  const char *letters;
  Seen seen[3];
  gint64 offset_s; /* ours; 0: nothing is said */
  const char *name;
} table[] = {
  { "", { { 0, 10 }, { 0, -1 }, { 0, -1 } }, 0, NULL },
  { "", { { 0, -1 }, { 0, -1 }, { 0, -1 } }, 0, NULL },
  /* Ten seconds beyond the accuracy. */
  { "", { { 12, 10 }, { 0, -1 }, { 0, -1 } }, 0, NULL },
  { "", { { 13, 10 }, { 0, -1 }, { 0, -1 } }, -13, "one" },
  { "", { { -13, 10 }, { 0, -1 }, { 0, -1 } }, 13, "one" },
  { "", { { 43, 10 }, { 0, -1 }, { 0, -1 } }, -43, "one" },
  /* A day. */
  { "", { { 43, DAY_S - 1 }, { 0, -1 }, { 0, -1 } }, -43, "one" },
  { "", { { 43, DAY_S }, { 0, -1 }, { 0, -1 } }, 0, NULL },
  /* Set right since, or started anew. */
  { "C", { { 43, 10 }, { 0, -1 }, { 0, -1 } }, 0, NULL },
  { "B", { { 43, 10 }, { 0, -1 }, { 0, -1 } }, 0, NULL },
  /* One against the network, and two. */
  { "N", { { 43, 10 }, { 0, -1 }, { 0, -1 } }, 0, NULL },
  { "N", { { 43, 10 }, { 44, 500 }, { 0, -1 } }, -43, "one" },
  { "N", { { 43, 500 }, { 44, 10 }, { 0, -1 } }, -44, "two" },
  { "N", { { 43, 10 }, { 90, 500 }, { 0, -1 } }, 0, NULL },
  { "NS", { { 43, 10 }, { 44, 500 }, { 0, -1 } }, 0, NULL },
  { "N", { { 43, 10 }, { 44, 2 * DAY_S }, { 0, -1 } }, 0, NULL },
  /* Contradicted by another one, or by fewer than agree. */
  { "", { { 43, 10 }, { 0, 500 }, { 0, -1 } }, 0, NULL },
  { "", { { 43, 500 }, { 0, 10 }, { 0, -1 } }, 0, NULL },
  { "", { { 43, 10 }, { 44, 500 }, { 0, 400 } }, -43, "one" },
  { "", { { 43, 10 }, { 0, 500 }, { 1, 400 } }, 0, NULL },
  /* Two that say different things: the newer. */
  { "", { { 43, 10 }, { 90, 500 }, { 0, -1 } }, -43, "one" },
  { "", { { 43, 500 }, { 90, 10 }, { 0, -1 } }, -90, "two" },
  /* Local time: believed of two only. */
  { "", { { 3600, 10 }, { 0, -1 }, { 0, -1 } }, 0, NULL },
  { "", { { -7202, 10 }, { 0, -1 }, { 0, -1 } }, 0, NULL },
  { "", { { 20700, 10 }, { 0, -1 }, { 0, -1 } }, 0, NULL },
  { "", { { 3643, 10 }, { 0, -1 }, { 0, -1 } }, -3643, "one" },
  { "", { { 3600, 10 }, { 3600, 500 }, { 0, -1 } }, -3600, "one" },
  { "", { { 30 * DAY_S, 10 }, { 0, -1 }, { 0, -1 } }, -30 * DAY_S, "one" },
};

static GPtrArray *
make_sightings (const char *letters, const Seen *seen)
{
  static const char *const names[] = { "one", "two", "three" };
  GPtrArray *sightings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_clock_sighting_free);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      SallyClockSighting *sighting;

      if (seen[i].age_s < 0)
        continue;
      sighting = g_new0 (SallyClockSighting, 1);
      sighting->address =
          g_strdup_printf ("%s.example.org", strchr (letters, 'S') ? "same" : names[i]);
      sighting->name = g_strdup (names[i]);
      sighting->offset_s = seen[i].offset_s;
      sighting->accuracy_s = 2;
      sighting->time_s = NOW_S - seen[i].age_s;
      sighting->boot_time_s = BOOT_TIME_S - (strchr (letters, 'C') != NULL ? 43 : 1);
      sighting->boot_id = g_strdup (strchr (letters, 'B') != NULL ? "another-run" : BOOT_ID);
      g_ptr_array_add (sightings, sighting);
    }
  return sightings;
}

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GPtrArray) sightings = make_sightings (table[i].letters, table[i].seen);
      SallyClockNow now = { NOW_S, BOOT_TIME_S, BOOT_ID,
                            strchr (table[i].letters, 'N') != NULL ? SALLY_CLOCK_SYNCHRONISED
                                                                   : SALLY_CLOCK_FREE };
      SallyClockVerdict verdict = { 0 };

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (sally_clock_check (sightings, &now, &verdict), ==, table[i].offset_s != 0);
      g_assert_cmpint (verdict.offset_s, ==, table[i].offset_s);
      g_assert_cmpstr (verdict.name, ==, table[i].name);
    }
}

/* One alone is believed where nobody knows who sets our clock. */
static void
test_unknown_state (void)
{
  const Seen seen[] = { { 43, 10 }, { 0, -1 }, { 0, -1 } };
  g_autoptr (GPtrArray) sightings = make_sightings ("", seen);
  SallyClockNow now = { NOW_S, BOOT_TIME_S, BOOT_ID, SALLY_CLOCK_UNKNOWN };
  SallyClockVerdict verdict;

  g_assert_true (sally_clock_check (sightings, &now, &verdict));
}

static void
test_sentences (void)
{
  static const struct
  {
    gint64 offset_s;
    const char *name;
    const char *sentence;
  } sentences[] = {
    { 43, "web", "This computer’s clock is 43 s ahead of that of “web”, and codes count the time" },
    { -43, "web", "This computer’s clock is 43 s behind that of “web”, and codes count the time" },
    { -43, NULL, "This computer’s clock is 43 s behind the server’s, and codes count the time" },
    { 599, NULL, "This computer’s clock is 599 s ahead of the server’s, and codes count the time" },
    { 3643, NULL,
      "This computer’s clock is 60 min ahead of the server’s, and codes count the time" },
    { 86400, NULL,
      "This computer’s clock is 24 h ahead of the server’s, and codes count the time" },
    { -30 * DAY_S, NULL,
      "This computer’s clock is 30 days behind the server’s, and codes count the time" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    {
      g_autofree char *sentence =
          sally_clock_dup_sentence (sentences[i].offset_s, sentences[i].name);

      g_assert_cmpstr (sentence, ==, sentences[i].sentence);
    }
}

static void
test_dismissed (void)
{
  static const struct
  {
    gint64 offset_s;
    gint64 dismissed_s;
    gboolean is_dismissed;
  } rows[] = {
    { 43, 0, FALSE },
    { 43, 43, TRUE },
    { -43, -43, TRUE },
    /* It drifts, and is measured by another server. */
    { 53, 43, TRUE },
    { 33, 43, TRUE },
    { 54, 43, FALSE },
    { 32, 43, FALSE },
    /* The other way round. */
    { -13, 13, FALSE },
    { 4, -4, FALSE },
    { -3643, 43, FALSE },
    { G_MAXINT32, -(gint64) G_MAXINT32, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (sally_clock_is_dismissed (rows[i].offset_s, rows[i].dismissed_s), ==,
                       rows[i].is_dismissed);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock-check/table", test_table);
  g_test_add_func ("/clock-check/unknown-state", test_unknown_state);
  g_test_add_func ("/clock-check/sentences", test_sentences);
  g_test_add_func ("/clock-check/dismissed", test_dismissed);
  return g_test_run ();
}
