/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/clock.h"

#include "cli/output.h"
#include "remote/clock-notes.h"

#include <glib/gi18n.h>
#include <stdio.h>

void
sally_clock_print (SallyServer *server)
{
  g_autoptr (GPtrArray) sightings = sally_clock_notes_load ();
  const SallyClockSighting *own = sally_clock_notes_find (sightings, server);
  g_autofree char *sentence = NULL;
  g_autofree char *time = NULL;
  SallyClockNow now;

  sally_clock_notes_get_now (&now);
  if (own == NULL || !sally_clock_sighting_is_valid (own, &now))
    {
      sally_clock_warn ();
      return;
    }
  time = sally_format_time (own->time_s);
  if (ABS (own->offset_s) <= (gint64) own->accuracy_s)
    sentence = g_strdup (_ ("Its clock and this computer’s agree"));
  else
    sentence = sally_clock_dup_sentence (-own->offset_s, NULL);
  /* Translators: a sentence about a clock; how exact that is, in seconds; a date and time. */
  printf (_ ("%s (±%u s, measured %s)\n"), sentence, own->accuracy_s, time);
}

void
sally_clock_warn (void)
{
  g_autoptr (GPtrArray) sightings = sally_clock_notes_load ();
  g_autofree char *sentence = NULL;
  SallyClockVerdict verdict;
  SallyClockNow now;

  sally_clock_notes_get_now (&now);
  if (!sally_clock_check (sightings, &now, &verdict))
    return;
  sentence = sally_clock_dup_sentence (verdict.offset_s, verdict.name);
  printf ("%s (±%u s). %s\n", sentence, verdict.accuracy_s, sally_clock_get_next_step ());
}
