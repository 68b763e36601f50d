/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history and receipt: what the journal knows. */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "store/journal-export.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  char *since;
  char *until;
  gboolean json;
  gboolean csv;
  gboolean verify;
  int limit;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->since);
  g_free (options->until);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* A day ("2026-11-21"), a time ("2026-11-21T08:30"), both local unless they name a zone, or unix
 * seconds. */
static gboolean
parse_time (const char *text, gint64 *time_us, GError **error)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autofree char *with_time = NULL;
  g_autoptr (GDateTime) time = NULL;
  guint64 seconds;

  *time_us = 0;
  if (text == NULL)
    return TRUE;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64 / G_USEC_PER_SEC, &seconds, NULL))
    {
      *time_us = (gint64) seconds * G_USEC_PER_SEC;
      return TRUE;
    }
  if (strchr (text, 'T') == NULL)
    with_time = g_strconcat (text, "T00:00:00", NULL);
  else if (strlen (strchr (text, 'T')) == strlen ("T08:30"))
    with_time = g_strconcat (text, ":00", NULL);
  time = g_date_time_new_from_iso8601 (with_time != NULL ? with_time : text, local);
  if (time == NULL)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("“%s” is no time: 2026-11-21, 2026-11-21T08:30 and unix seconds are"), text);
      return FALSE;
    }
  *time_us = g_date_time_to_unix_usec (time);
  return TRUE;
}

/* NULL with `error`. `name` may be NULL, for all servers. */
static GPtrArray *
list (SallyCli *cli, const char *name, const Options *options, GError **error)
{
  SallyJournalFilter filter = { .limit = (guint) MAX (options->limit, 0) };
  g_autoptr (GAsyncResult) result = NULL;
  SallyServer *server = NULL;

  if (!parse_time (options->since, &filter.since_us, error) ||
      !parse_time (options->until, &filter.until_us, error))
    return NULL;
  if (name != NULL)
    {
      server = sally_cli_find_server (cli, name, error);
      if (server == NULL)
        return NULL;
      filter.server_id = sally_server_get_id (server);
    }
  sally_journal_list_async (cli->journal, &filter, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_journal_list_finish (cli->journal, result, error);
}

static void
print_record (const SallyJournalRecord *record)
{
  g_autofree char *time = sally_format_time (record->ended_us / G_USEC_PER_SEC);

  printf ("%s  %-8s  %-9s  %s  ", time, sally_journal_kind_to_string (record->kind),
          sally_journal_outcome_to_string (record->outcome), record->server);
  if (record->kind == SALLY_JOURNAL_SIGN_IN)
    fputs (record->methods, stdout);
  else
    sally_print_name (record->remote_path);
  if (*record->error != '\0')
    printf ("  %s", record->error);
  putchar ('\n');
}

/* Oldest first: the newest is what a person sees last. */
static void
print_records (GPtrArray *records, const Options *options)
{
  g_autofree char *text = NULL;

  if (options->json || options->csv)
    {
      text = sally_journal_make_export (records, options->csv);
      fputs (text, stdout);
      return;
    }
  for (guint i = records->len; i > 0; i--)
    print_record (records->pdata[i - 1]);
}

static int
verify (SallyCli *cli)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_records;
  gint64 first_broken;

  sally_journal_verify_async (cli->journal, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  if (!sally_journal_verify_finish (cli->journal, result, &n_records, &first_broken, &error))
    return sally_message_error (error);
  if (first_broken != 0)
    {
      sally_message (_ ("Record %" G_GINT64_FORMAT
                        " of the journal was changed, or does not follow "
                        "the one before"),
                     first_broken);
      return SALLY_EXIT_PARTLY;
    }
  printf (ngettext ("%" G_GUINT64_FORMAT " record, each as it was written\n",
                    "%" G_GUINT64_FORMAT " records, each as it was written\n", n_records),
          n_records);
  return SALLY_EXIT_DONE;
}

int
sally_command_history (SallyCli *cli, char **arguments)
{
  g_auto (Options) chosen = { .limit = 0 };
  const GOptionEntry options[] = {
    { "since", 0, 0, G_OPTION_ARG_STRING, &chosen.since, N_ ("From that time on"), N_ ("TIME") },
    { "until", 0, 0, G_OPTION_ARG_STRING, &chosen.until, N_ ("Before that time"), N_ ("TIME") },
    { "limit", 0, 0, G_OPTION_ARG_INT, &chosen.limit, N_ ("At most so many, the newest"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &chosen.json, N_ ("Print JSON, a line a record"), NULL },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &chosen.csv, N_ ("Print CSV"), NULL },
    { "verify", 0, 0, G_OPTION_ARG_NONE, &chosen.verify,
      N_ ("Instead, check that no record was changed"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 0, 1, &operands))
    return cli->exit_code;
  if (chosen.verify)
    return verify (cli);
  records = list (cli, operands[0], &chosen, &error);
  if (records == NULL)
    return sally_message_error (error);
  print_records (records, &chosen);
  return SALLY_EXIT_DONE;
}

int
sally_command_receipt (SallyCli *cli, char **arguments)
{
  g_auto (Options) chosen = { .limit = 0 };
  const GOptionEntry options[] = {
    { "since", 0, 0, G_OPTION_ARG_STRING, &chosen.since, N_ ("From that time on"), N_ ("TIME") },
    { "until", 0, 0, G_OPTION_ARG_STRING, &chosen.until, N_ ("Before that time"), N_ ("TIME") },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autofree char *receipt = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  records = list (cli, operands[0], &chosen, &error);
  if (records == NULL)
    return sally_message_error (error);
  receipt = sally_journal_make_receipt (records);
  if (receipt == NULL)
    {
      sally_message (_ ("No file went to “%s” or came from it in that time"), operands[0]);
      return SALLY_EXIT_PARTLY;
    }
  fputs (receipt, stdout);
  return SALLY_EXIT_DONE;
}
