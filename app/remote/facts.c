/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/facts.h"

#include "base/text.h"
#include "remote/clock-notes.h"

#include <glib/gstdio.h>

/* A server's words, in names and lists, are far shorter. */
#define MAX_TRACE_BYTES (256 * 1024)

/* By this server's own clock, which judges our codes; else by what the others together say. */
static void
add_clock (SallySignInFacts *facts, SallyServer *server)
{
  g_autoptr (GPtrArray) sightings = sally_clock_notes_load ();
  const SallyClockSighting *own = sally_clock_notes_find (sightings, server);
  SallyClockVerdict verdict;
  SallyClockNow now;

  sally_clock_notes_get_now (&now);
  facts->clock = now.state;
  if (own != NULL && sally_clock_sighting_is_valid (own, &now))
    {
      facts->has_clock_offset = TRUE;
      facts->clock_offset_s = -own->offset_s;
    }
  else if (sally_clock_check (sightings, &now, &verdict))
    {
      facts->has_clock_offset = TRUE;
      facts->clock_offset_s = verdict.offset_s;
      g_set_str (&facts->clock_server, verdict.name);
    }
}

SallySignInFacts *
sally_facts_begin (SallyServer *server)
{
  SallySignInFacts *facts;

  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);

  facts = sally_sign_in_facts_new ();
  facts->address = sally_server_dup_address (server);
  facts->user = g_strdup (sally_server_get_user (server));
  facts->recipe = g_strdup (sally_server_get_recipe (server));
  facts->begun_us = g_get_real_time ();
  add_clock (facts, server);
  return facts;
}

static void
take_text (GVariant *report, const char *key, char **value)
{
  const char *text;
  g_autofree char *clean = NULL;

  if (!g_variant_lookup (report, key, "&s", &text))
    return;
  clean = sally_text_from_server (text, -1, FALSE);
  g_set_str (value, clean);
}

void
sally_facts_add_report (SallySignInFacts *facts, GVariant *report)
{
  g_return_if_fail (facts != NULL);
  g_return_if_fail (report != NULL);

  take_text (report, "ident", &facts->ident);
  take_text (report, "their-key-exchanges", &facts->theirs.key_exchanges);
  take_text (report, "their-host-keys", &facts->theirs.host_keys);
  take_text (report, "their-ciphers", &facts->theirs.ciphers);
  take_text (report, "their-macs", &facts->theirs.macs);
  take_text (report, "our-key-exchanges", &facts->ours.key_exchanges);
  take_text (report, "our-host-keys", &facts->ours.host_keys);
  take_text (report, "our-ciphers", &facts->ours.ciphers);
  take_text (report, "our-macs", &facts->ours.macs);
  take_text (report, "host-key", &facts->host_key);
  take_text (report, "done", &facts->done);
  take_text (report, "refused", &facts->refused);
  take_text (report, "offered", &facts->offered);
  if (facts->offered_first == NULL)
    take_text (report, "offered", &facts->offered_first);
}

static char *
dup_path (SallyServer *server)
{
  return g_build_filename (g_get_user_state_dir (), "sallyport", "traces",
                           sally_server_get_id (server), NULL);
}

void
sally_facts_end (SallySignInFacts *facts, SallyServer *server, const GError *error)
{
  g_autofree char *trace = NULL;
  g_autofree char *path = NULL;
  g_autofree char *directory = NULL;
  g_autoptr (GError) reason = NULL;

  g_return_if_fail (facts != NULL);
  g_return_if_fail (SALLY_IS_SERVER (server));

  facts->ended_us = g_get_real_time ();
  g_clear_error (&facts->error);
  facts->error = error != NULL ? g_error_copy (error) : NULL;

  trace = sally_doctor_trace (facts);
  path = dup_path (server);
  directory = g_path_get_dirname (path);
  /* A few hundred bytes, replaced whole; losing them is no harm, so that nobody waits for a disk.
   */
  if (g_mkdir_with_parents (directory, 0700) != 0 ||
      !g_file_set_contents_full (path, trace, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &reason))
    g_debug ("the trace is not kept: %s", reason != NULL ? reason->message : directory);
}

char *
sally_facts_dup_last_trace (SallyServer *server)
{
  g_autofree char *path = NULL;
  char *trace = NULL;
  GStatBuf status;

  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);

  path = dup_path (server);
  if (g_stat (path, &status) != 0 || status.st_size > MAX_TRACE_BYTES ||
      !g_file_get_contents (path, &trace, NULL, NULL))
    return NULL;
  return trace;
}
