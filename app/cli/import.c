/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/merge.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "store/account-batch.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define MAX_PASSWORD_ATTEMPTS 3

/* How often each status occurs. */
typedef struct
{
  guint counts[SALLY_MERGE_UNREADABLE + 1];
} Summary;

static SallyBackup *
read_backup (SallyCli *cli,
             GBytes *bytes,
             const SallyBackupFormat *format,
             SallySecret *password,
             GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_backup_read_async (bytes, format, password, cli->cancellable, sally_cli_keep_result,
                           &result);
  sally_cli_wait (&result);
  return sally_backup_read_finish (result, error);
}

static SallySecret *
ask_password (SallyCli *cli, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_terminal_ask_async (_ ("Password of the file: "), FALSE, cli->cancellable,
                            sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_terminal_ask_finish (result, error);
}

/* A password is asked for only when the file turns out to need one, and again if it was mistyped.
 */
static SallyBackup *
read_asking (SallyCli *cli,
             GBytes *bytes,
             const SallyBackupFormat *format,
             gboolean password_stdin,
             GError **error)
{
  g_autoptr (SallySecret) password = NULL;
  g_autoptr (GError) why = NULL;
  SallyBackup *backup;

  if (password_stdin)
    {
      password = sally_cli_read_secret (cli, _ ("Password of the file: "), error);
      return password != NULL ? read_backup (cli, bytes, format, password, error) : NULL;
    }
  backup = read_backup (cli, bytes, format, NULL, &why);
  for (guint i = 0; i < MAX_PASSWORD_ATTEMPTS && backup == NULL && sally_terminal_is_there (); i++)
    {
      if (!g_error_matches (why, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG) &&
          !g_error_matches (why, SALLY_ERROR, SALLY_ERROR_PASSWORD_NEEDED))
        break;
      sally_message_error (why);
      g_clear_pointer (&password, sally_secret_unref);
      password = ask_password (cli, error);
      if (password == NULL)
        return NULL;
      g_clear_error (&why);
      backup = read_backup (cli, bytes, format, password, &why);
    }
  if (g_error_matches (why, SALLY_ERROR, SALLY_ERROR_PASSWORD_NEEDED))
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_NEEDED, _ ("%s (see --password-stdin)"),
                 why->message);
  else if (backup == NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  return backup;
}

/* All or none. */
static gboolean
save (SallyCli *cli, GPtrArray *items, gboolean replace, GError **error)
{
  g_autoptr (GPtrArray) accounts = sally_merge_to_accounts (items, replace);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SallyAccountBatch) batch = NULL;

  if (accounts->len == 0)
    return TRUE;
  sally_account_batch_save_async (cli->accounts, accounts, cli->cancellable, sally_cli_keep_result,
                                  &result);
  sally_cli_wait (&result);
  batch = sally_account_batch_save_finish (cli->accounts, result, error);
  return batch != NULL;
}

static SallySecret *
make_code (const SallyOtpUri *uri, gint64 time_s)
{
  if (uri->parameters.type == SALLY_OTP_HOTP)
    return sally_otp_code_at_counter (&uri->parameters, uri->key, uri->counter);
  return sally_otp_code_at_time (&uri->parameters, uri->key, time_s);
}

/* One object a line. The code goes past the JSON library, as with `sally code`. */
static void
print_json (const SallyMergeItem *item, gint64 time_s)
{
  const SallyBackupEntry *entry = item->entry;
  const SallyOtpUri *uri = entry->uri;
  const gboolean is_steam = uri != NULL && uri->parameters.type == SALLY_OTP_STEAM;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (SallySecret) code = NULL;
  g_autofree char *text = NULL;
  g_autofree char *head = NULL;

  json_builder_begin_object (builder);
  sally_json_add_string (builder, "status", sally_merge_status_to_string (item->status));
  sally_json_add_string (builder, "type", entry->type);
  sally_json_add_string (builder, "issuer", entry->issuer);
  sally_json_add_string (builder, "account", entry->label);
  if (uri != NULL)
    {
      sally_json_add_string (builder, "algorithm",
                             sally_otp_algorithm_to_string (is_steam ? SALLY_OTP_SHA1
                                                                     : uri->parameters.algorithm));
      sally_json_add_int (builder, "digits", is_steam ? 5 : uri->parameters.digits);
    }
  else
    sally_json_add_string (builder, "reason", entry->reason);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, NULL);
  if (uri == NULL)
    {
      puts (text);
      return;
    }
  text[strlen (text) - 1] = '\0';
  if (uri->parameters.type == SALLY_OTP_HOTP)
    head = g_strdup_printf ("%s,\"counter\":%" G_GUINT64_FORMAT ",\"code\":\"", text, uri->counter);
  else
    head = g_strdup_printf ("%s,\"period\":%u,\"code\":\"", text,
                            sally_otp_period_s (&uri->parameters));
  code = make_code (uri, time_s);
  sally_print_secret (head, code, "\"}\n");
}

static const char *
show_status (SallyMergeStatus status)
{
  switch (status)
    {
    case SALLY_MERGE_NEW:
      return _ ("new");
    case SALLY_MERGE_SAME:
      return _ ("same");
    case SALLY_MERGE_DIFFERS:
      return _ ("differs");
    default:
      return _ ("unreadable");
    }
}

static void
print_text (const SallyMergeItem *item, gint64 time_s)
{
  const SallyBackupEntry *entry = item->entry;
  g_autofree char *name = *entry->issuer != '\0' && *entry->label != '\0'
                              ? g_strconcat (entry->issuer, ":", entry->label, NULL)
                              : g_strconcat (entry->issuer, entry->label, NULL);
  g_autofree char *shown = sally_text_from_server (name, -1, FALSE);
  g_autofree char *head = NULL;
  g_autoptr (SallySecret) code = NULL;

  head = g_strdup_printf ("%s\t%s\t%s\t", show_status (item->status), shown, entry->type);
  if (entry->uri == NULL)
    {
      printf ("%s%s\n", head, entry->reason);
      return;
    }
  code = make_code (entry->uri, time_s);
  sally_print_secret (head, code, "\n");
}

static void
print_summary (const Summary *summary, gboolean dry_run, gboolean replace)
{
  guint n_new = summary->counts[SALLY_MERGE_NEW];
  guint n_differ = summary->counts[SALLY_MERGE_DIFFERS];

  if (dry_run)
    printf (ngettext ("%u account would be added\n", "%u accounts would be added\n", n_new), n_new);
  else
    printf (ngettext ("%u account added\n", "%u accounts added\n", n_new), n_new);
  if (n_differ > 0 && !replace)
    printf (ngettext ("%u differs from what is saved, which stays as it is: --replace takes the "
                      "file’s\n",
                      "%u differ from what is saved, which stays as it is: --replace takes the "
                      "file’s\n",
                      n_differ),
            n_differ);
}

static gboolean
find_format (const char *name, const SallyBackupFormat **format, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  *format = name != NULL ? sally_backup_find_format (name) : NULL;
  if (name == NULL || *format != NULL)
    return TRUE;
  for (const SallyBackupFormat *known = sally_backup_get_formats (); known->name != NULL; known++)
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", known->name);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("--format is one of %s"), names->str);
  return FALSE;
}

int
sally_command_import (SallyCli *cli, char **arguments)
{
  g_autofree char *format_name = NULL;
  g_autofree char *at = NULL;
  gboolean password_stdin = FALSE;
  gboolean dry_run = FALSE;
  gboolean replace = FALSE;
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "format", 0, 0, G_OPTION_ARG_FILENAME, &format_name,
      N_ ("Whose file it is (default: its content tells)"), "FORMAT" },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &password_stdin,
      N_ ("Read the file's password from standard input"), NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, N_ ("Only show what would be added"), NULL },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &replace,
      N_ ("Take the file's values for accounts that differ"), NULL },
    { "at", 0, 0, G_OPTION_ARG_FILENAME, &at, N_ ("Show the codes of that time"), "UNIXTIME" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON object a line"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  const SallyBackupFormat *format = NULL;
  guint64 time_s = (guint64) (g_get_real_time () / G_USEC_PER_SEC);
  g_auto (GStrv) operands = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SallyBackup) backup = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;
  Summary summary = { { 0 } };

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  if (!find_format (format_name, &format, &error) ||
      (at != NULL && !sally_cli_parse_number ("--at", at, 0, G_MAXINT64, &time_s, &error)))
    return sally_message_error (error);
  bytes = sally_backup_load (operands[0], &error);
  backup = bytes != NULL ? read_asking (cli, bytes, format, password_stdin, &error) : NULL;
  if (backup == NULL || !sally_cli_load_accounts (cli, &error))
    return sally_message_error (error);
  items = sally_merge (G_LIST_MODEL (cli->accounts), backup);
  if (!dry_run && !save (cli, items, replace, &error))
    return sally_message_error (error);

  for (guint i = 0; i < items->len; i++)
    {
      SallyMergeItem *item = items->pdata[i];

      summary.counts[item->status]++;
      if (json)
        print_json (item, (gint64) time_s);
      else
        print_text (item, (gint64) time_s);
    }
  if (!json)
    print_summary (&summary, dry_run, replace);
  for (guint i = 0; i < backup->notices->len; i++)
    sally_message ("%s", (const char *) backup->notices->pdata[i]);
  return backup->n_unreadable > 0 ? SALLY_EXIT_PARTLY : SALLY_EXIT_DONE;
}
