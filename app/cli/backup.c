/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/new-password.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "export/backup-words.h"
#include "export/backups.h"

#include <glib/gi18n.h>
#include <stdio.h>

#define MAX_KEEP 1000

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static SallySecret *
look_up_password (SallyCli *cli, SallyBackups *backups, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_backups_get_password_async (backups, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_backups_get_password_finish (backups, result, error);
}

static gboolean
store_password (SallyCli *cli, SallyBackups *backups, SallySecret *password, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_backups_set_password_async (backups, password, cli->cancellable, sally_cli_keep_result,
                                    &result);
  sally_cli_wait (&result);
  return sally_backups_set_password_finish (backups, result, error);
}

/* One that is there already stays, unless another one is given. */
static gboolean
ensure_password (SallyCli *cli, SallyBackups *backups, gboolean password_stdin, GError **error)
{
  g_autoptr (SallySecret) password = NULL;
  g_autoptr (GError) why = NULL;

  if (!password_stdin)
    {
      password = look_up_password (cli, backups, &why);
      if (password != NULL)
        return TRUE;
      if (!g_error_matches (why, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
    }
  password = sally_cli_get_new_password (cli, _ ("Password for backups: "), password_stdin, error);
  return password != NULL && store_password (cli, backups, password, error);
}

/* An absolute path of a folder that is there. */
static char *
find_folder (const char *operand, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (operand, NULL);
  g_autofree char *shown = sally_show_name (path);

  if (!sally_cli_check_text (_ ("the folder"), path, error))
    return NULL;
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&path);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND, _ ("“%s” is not a folder: make it first"),
               shown);
  return NULL;
}

static gboolean
parse_interval (const char *text, SallyInterval *interval, GError **error)
{
  if (sally_interval_from_string (text, interval))
    return TRUE;
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("--interval is daily, weekly or monthly"));
  return FALSE;
}

static const char *
show_interval (SallyInterval interval)
{
  switch (interval)
    {
    case SALLY_INTERVAL_DAILY:
      return _ ("daily");
    case SALLY_INTERVAL_MONTHLY:
      return _ ("monthly");
    default:
      return _ ("weekly");
    }
}

int
sally_command_backup_enable (SallyCli *cli, char **arguments)
{
  g_autofree char *interval_text = NULL;
  g_autofree char *keep_text = NULL;
  gboolean password_stdin = FALSE;
  const GOptionEntry options[] = {
    { "interval", 0, 0, G_OPTION_ARG_FILENAME, &interval_text, N_ ("daily, weekly or monthly"),
      "INTERVAL" },
    { "keep", 0, 0, G_OPTION_ARG_FILENAME, &keep_text, N_ ("How many backups stay"), "N" },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &password_stdin,
      N_ ("Read a new password for backups from standard input"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (SallyBackups) backups = sally_backups_new (cli->accounts, cli->settings);
  g_auto (GStrv) operands = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *old_folder = NULL;
  g_autoptr (GError) error = NULL;
  SallyScheduleFacts facts;
  guint64 keep = sally_backups_get_keep (backups);

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  sally_backups_get_facts (backups, &facts);
  if ((interval_text != NULL && !parse_interval (interval_text, &facts.interval, &error)) ||
      (keep_text != NULL &&
       !sally_cli_parse_number ("--keep", keep_text, 1, MAX_KEEP, &keep, &error)) ||
      !sally_backups_check_settings (backups, &error))
    return sally_message_error (error);
  folder = find_folder (operands[0], &error);
  if (folder == NULL || !ensure_password (cli, backups, password_stdin, &error))
    return sally_message_error (error);
  old_folder = sally_backups_dup_folder (backups);
  if (g_strcmp0 (folder, old_folder) != 0)
    sally_backups_set_folder (backups, folder);
  sally_backups_set_interval (backups, facts.interval);
  sally_backups_set_keep (backups, (guint) keep);
  sally_backups_set_is_enabled (backups, TRUE);
  g_settings_sync ();
  printf (_ ("Backups: %s, in “%s”, the last %u are kept. “sally backup run” makes one now\n"),
          show_interval (facts.interval), folder, (guint) keep);
  return SALLY_EXIT_DONE;
}

int
sally_command_backup_disable (SallyCli *cli, char **arguments)
{
  gboolean forget = FALSE;
  const GOptionEntry options[] = {
    { "forget-password", 0, 0, G_OPTION_ARG_NONE, &forget,
      N_ ("Remove the password for backups from the keyring, too"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (SallyBackups) backups = sally_backups_new (cli->accounts, cli->settings);
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 0, 0, &operands))
    return cli->exit_code;
  sally_backups_set_is_enabled (backups, FALSE);
  g_settings_sync ();
  if (forget && !store_password (cli, backups, NULL, &error))
    return sally_message_error (error);
  return SALLY_EXIT_DONE;
}

static void
report_run (const SallyBackupRun *run)
{
  g_autofree char *shown = sally_show_name (run->path);
  guint n_accounts = run->uris->len;

  if (run->is_unchanged)
    printf (ngettext ("Nothing has changed: “%s” was read and compared again, %u account\n",
                      "Nothing has changed: “%s” was read and compared again, %u accounts\n",
                      n_accounts),
            shown, n_accounts);
  else
    printf (ngettext ("Wrote “%s”, read it back and compared it: %u account\n",
                      "Wrote “%s”, read it back and compared it: %u accounts\n", n_accounts),
            shown, n_accounts);
  if (run->n_removed > 0)
    printf (ngettext ("%u older backup removed\n", "%u older backups removed\n", run->n_removed),
            run->n_removed);
}

int
sally_command_backup_run (SallyCli *cli, char **arguments)
{
  gboolean if_due = FALSE;
  const GOptionEntry options[] = {
    { "if-due", 0, 0, G_OPTION_ARG_NONE, &if_due,
      N_ ("Do nothing before the interval has passed, and write nothing new if nothing has "
          "changed: for timers"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (SallyBackups) backups = sally_backups_new (cli->accounts, cli->settings);
  g_auto (GStrv) operands = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SallyBackupRun) run = NULL;
  g_autoptr (GError) error = NULL;
  SallyScheduleFacts facts;

  if (!sally_cli_parse (cli, options, arguments, 0, 0, &operands))
    return cli->exit_code;
  sally_backups_get_facts (backups, &facts);
  if (if_due && !sally_schedule_is_due (&facts, now ()))
    return SALLY_EXIT_DONE;
  if (!sally_cli_load_accounts (cli, &error))
    return sally_message_error (error);
  sally_backups_run_async (backups, if_due, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  run = sally_backups_run_finish (backups, result, &error);
  g_settings_sync ();
  if (run == NULL)
    return sally_message_error (error);
  report_run (run);
  if (run->is_all)
    return SALLY_EXIT_DONE;
  sally_message (
      _ ("Entries of the keyring that cannot be read are not in it: older backups stay"));
  return SALLY_EXIT_PARTLY;
}

static void
print_status_json (SallyBackups *backups, const SallyScheduleFacts *facts, gboolean is_due)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *folder = sally_backups_dup_folder (backups);
  g_autofree char *file = sally_backups_dup_file (backups);
  g_autofree char *failure = sally_backups_dup_failure (backups);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "enabled");
  json_builder_add_boolean_value (builder, facts->is_enabled);
  json_builder_set_member_name (builder, "due");
  json_builder_add_boolean_value (builder, is_due);
  sally_json_add_string (builder, "folder", folder);
  sally_json_add_string (builder, "interval", sally_interval_to_string (facts->interval));
  sally_json_add_int (builder, "keep", sally_backups_get_keep (backups));
  sally_json_add_int (builder, "time", facts->done_s);
  sally_json_add_int (builder, "accounts", sally_backups_get_n_accounts (backups));
  sally_json_add_string (builder, "file", file);
  sally_json_add_int (builder, "failure_time", facts->failed_s);
  sally_json_add_string (builder, "failure", failure);
  sally_json_add_int (builder, "export_time", facts->exported_s);
  json_builder_end_object (builder);
  sally_json_print (builder);
}

static void
print_status (SallyBackups *backups, const SallyScheduleFacts *facts, gboolean is_due)
{
  g_autofree char *last =
      sally_backup_words_last (facts->done_s, sally_backups_get_n_accounts (backups), now ());
  g_autofree char *folder = sally_backups_dup_folder (backups);
  g_autofree char *file = sally_backups_dup_file (backups);
  g_autofree char *failure = sally_backups_dup_failure (backups);

  puts (last);
  if (facts->done_s != 0 && file != NULL)
    printf (_ ("File: %s\n"), file);
  if (failure != NULL)
    {
      g_autofree char *time = sally_format_time (facts->failed_s);

      printf (_ ("The attempt of %s failed: %s\n"), time, failure);
    }
  if (!facts->is_enabled)
    puts (_ ("No backups are scheduled: “sally backup enable FOLDER” sets them up"));
  else
    printf (_ ("Scheduled: %s, in “%s”, the last %u are kept\n"), show_interval (facts->interval),
            folder != NULL ? folder : "", sally_backups_get_keep (backups));
  if (is_due)
    puts (_ ("One is due: “sally backup run” makes it"));
}

int
sally_command_backup_status (SallyCli *cli, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (SallyBackups) backups = sally_backups_new (cli->accounts, cli->settings);
  g_auto (GStrv) operands = NULL;
  SallyScheduleFacts facts;
  gboolean is_due;

  if (!sally_cli_parse (cli, options, arguments, 0, 0, &operands))
    return cli->exit_code;
  sally_backups_get_facts (backups, &facts);
  is_due = sally_schedule_is_due (&facts, now ());
  if (json)
    print_status_json (backups, &facts, is_due);
  else
    print_status (backups, &facts, is_due);
  return facts.is_enabled && !is_due && facts.failed_s == 0 ? SALLY_EXIT_DONE : SALLY_EXIT_PARTLY;
}

static SallyComparison *
check (
    SallyCli *cli, SallyBackups *backups, const char *path, SallySecret *password, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_backups_check_async (backups, path, password, cli->cancellable, sally_cli_keep_result,
                             &result);
  sally_cli_wait (&result);
  return sally_backups_check_finish (backups, result, error);
}

/* The keyring's password is tried first; another one is asked for where a person is there. */
static SallyComparison *
check_asking (SallyCli *cli, SallyBackups *backups, const char *path, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (SallySecret) password = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  SallyComparison *comparison = check (cli, backups, path, NULL, &why);

  if (comparison != NULL)
    return comparison;
  if (!sally_terminal_is_there () ||
      (!g_error_matches (why, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG) &&
       !g_error_matches (why, SALLY_ERROR, SALLY_ERROR_PASSWORD_NEEDED)))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
  sally_message_error (why);
  sally_terminal_ask_async (_ ("Password of the file: "), FALSE, cli->cancellable,
                            sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  password = sally_terminal_ask_finish (result, error);
  return password != NULL ? check (cli, backups, path, password, error) : NULL;
}

static void
print_comparison_json (const SallyComparison *comparison)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sally_json_add_int (builder, "kept", comparison->n_kept);
  sally_json_add_int (builder, "same", comparison->n_same);
  sally_json_add_int (builder, "different", comparison->n_different);
  sally_json_add_int (builder, "missing", comparison->n_missing);
  sally_json_add_int (builder, "gone", comparison->n_gone);
  sally_json_add_int (builder, "unreadable", comparison->n_unreadable);
  json_builder_end_object (builder);
  sally_json_print (builder);
}

int
sally_command_backup_verify (SallyCli *cli, char **arguments)
{
  gboolean password_stdin = FALSE;
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &password_stdin,
      N_ ("Read the file's password from standard input (default: that of the keyring)"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (SallyBackups) backups = sally_backups_new (cli->accounts, cli->settings);
  g_auto (GStrv) operands = NULL;
  g_autoptr (SallySecret) password = NULL;
  g_autoptr (SallyComparison) comparison = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  if (password_stdin)
    password = sally_cli_read_secret (cli, _ ("Password of the file: "), &error);
  if (error != NULL || !sally_cli_load_accounts (cli, &error))
    return sally_message_error (error);
  comparison = password != NULL ? check (cli, backups, operands[0], password, &error)
                                : check_asking (cli, backups, operands[0], &error);
  if (comparison == NULL)
    return sally_message_error (error);
  if (json)
    print_comparison_json (comparison);
  else
    {
      g_autofree char *words = sally_backup_words_comparison (comparison);

      puts (words);
    }
  return sally_comparison_is_same (comparison) ? SALLY_EXIT_DONE : SALLY_EXIT_PARTLY;
}
