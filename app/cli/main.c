/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/conflict-question.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/terminal-prompter.h"
#include "cli/terminal-vault.h"
#include "cli/terminal.h"
#include "profiles/given.h"
#include "store/keyring-home.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#define ACCOUNT_SYNOPSIS                                                                           \
  "[--issuer I] [--label L] [--type totp|hotp|steam] [--digits N] [--period S] [--algorithm A] "   \
  "[--counter N]"
#define TRANSFER_SYNOPSIS                                                                          \
  "[-r] [--conflict HOW] [--restart] [--limit RATE] [--attempts N] [--json] "
#define SERVER_SYNOPSIS                                                                            \
  "NAME --host H [--port P] --user U --login RECIPE [--account ACC] [--identity FILE|--key NAME] " \
  "[--jump NAME] [--start DIR] [--separator TEXT] [--code-length N] [--password-prompt REGEX] "    \
  "[--code-prompt REGEX]"

static const SallyCommand commands[] = {
  { "account add", sally_command_account_add, ACCOUNT_SYNOPSIS,
    N_ ("Save a one-time-code account; its setup key or otpauth URI comes on standard input, or is "
        "asked for") },
  { "account list", sally_command_account_list, "[--json]", N_ ("List the accounts") },
  { "account remove", sally_command_account_remove, "ID-or-NAME",
    N_ ("Remove an account and its secret") },
  { "code", sally_command_code, "NAME [--at UNIXTIME] [--json]", N_ ("Print a one-time code") },
  { "import", sally_command_import,
    "FILE [--format F] [--password-stdin] [--dry-run] [--replace] [--at UNIXTIME] [--json]",
    N_ ("Add the accounts of another program's export; its content tells which program's") },
  { "export", sally_command_export, "FILE --format F [--password-stdin] [--plain] [--force]",
    N_ ("Write all accounts to a file: aegis, aegis-encrypted, uris, migration, sallyport or pdf, "
        "which is a sheet to print") },
  { "backup enable", sally_command_backup_enable,
    "FOLDER [--interval daily|weekly|monthly] [--keep N] [--password-stdin]",
    N_ ("Set up encrypted backups in a folder; their password goes to the keyring") },
  { "backup run", sally_command_backup_run, "[--if-due]",
    N_ ("Write a backup, read it back, compare it, and remove the oldest ones") },
  { "backup status", sally_command_backup_status, "[--json]",
    N_ ("Tell when the last good backup was made, and whether one is due") },
  { "backup verify", sally_command_backup_verify, "FILE [--password-stdin] [--json]",
    N_ ("Open a file of accounts and compare it with those that are saved") },
  { "backup disable", sally_command_backup_disable, "[--forget-password]",
    N_ ("Make no more backups; those that are there stay") },
  { "keyring status", sally_command_keyring_status, "[--json]",
    N_ ("Tell where codes and passwords are kept, and what else there is") },
  { "keyring move", sally_command_keyring_move, "secret-service|vault",
    N_ ("Move all of them to the system's keyring, or to a vault with a passphrase") },
  { "keyring passphrase", sally_command_keyring_passphrase, "",
    N_ ("Change the vault's passphrase; the new one comes on standard input, or is asked for") },
  { "keyring start-afresh", sally_command_keyring_start_afresh, "--yes",
    N_ ("Give up a keyring that does not give back what it held; nothing is deleted") },
  { "key make", sally_command_key_make, "NAME",
    N_ ("Make an SSH key that stays in the keyring, and print its public half for the server") },
  { "key list", sally_command_key_list, "[--json]", N_ ("List the keys that were made here") },
  { "key show", sally_command_key_show, "NAME", N_ ("Print a key's public half") },
  { "key remove", sally_command_key_remove, "NAME [--force]",
    N_ ("Remove a key for good: there is no other copy") },
  { "server add", sally_command_server_add, SERVER_SYNOPSIS, N_ ("Save a server") },
  { "server list", sally_command_server_list, "[--json]", N_ ("List the saved servers") },
  { "server set", sally_command_server_set, "NAME [OPTION...]",
    N_ ("Change a saved server, with the options of “server add”; an empty value takes one away") },
  { "server show", sally_command_server_show, "NAME [--json]", N_ ("Show all about one server") },
  { "server import", sally_command_server_import,
    "FILE|sftp://ADDRESS... [--format F] [--dry-run] [--json]",
    N_ ("Add the servers of another program's files, an SSH configuration or a connection file") },
  { "server export", sally_command_server_export, "NAME [FILE] [--force]",
    N_ ("Write a connection file for others: server, recipe and trusted host keys, no secrets") },
  { "server remove", sally_command_server_remove, "NAME",
    N_ ("Remove a server and its saved password") },
  { "server password", sally_command_server_password, "NAME",
    N_ ("Save a server's password, from standard input or asked for; an empty one removes it") },
  { "server passphrase", sally_command_server_passphrase, "NAME",
    N_ ("Save the passphrase of a server's key file, likewise") },
  { "server trust", sally_command_server_trust, "NAME SHA256:FINGERPRINT...",
    N_ ("Trust these host keys and no others, beforehand or after a change") },
  { "server forget-key", sally_command_server_forget_key, "NAME",
    N_ ("Forget a server's host keys, after they were changed on purpose: the next one is asked "
        "about") },
  { "server unlock", sally_command_server_unlock, "NAME",
    N_ ("Let programs try to sign in once more after refusals held them back") },
  { "ls", sally_command_ls, "[-l] [-a] [-f] [--json] NAME:PATH", N_ ("List a remote folder") },
  { "get", sally_command_get, TRANSFER_SYNOPSIS "NAME:PATH... [LOCAL]",
    N_ ("Download files; with -r, folders and all that is in them") },
  { "put", sally_command_put, TRANSFER_SYNOPSIS "LOCAL... NAME:PATH",
    N_ ("Upload files; with -r, folders and all that is in them") },
  { "transfers", sally_command_transfers, "[--json] [--discard [ID...]]",
    N_ ("List the transfers that have not come to their end, of all programs") },
  { "resume", sally_command_resume, "[--limit RATE] [--attempts N] [--json] [ID...]",
    N_ ("Go on with transfers that programs have left behind: those with the numbers ID, or all") },
  { "mkdir", sally_command_mkdir, "[-p] NAME:PATH...", N_ ("Make remote folders") },
  { "rm", sally_command_rm, "[-r] NAME:PATH...",
    N_ ("Remove remote files and empty folders; with -r, folders and all that is in them") },
  { "mv", sally_command_mv, "NAME:PATH... NAME:PATH", N_ ("Rename or move on one server") },
  { "stat", sally_command_stat, "[-L] [--json] NAME:PATH", N_ ("Show what a remote path is") },
  { "status", sally_command_status, "[--json]", N_ ("List the servers that are connected") },
  { "sync", sally_command_sync, "[--delete] [--size-only] [-n] [--json] SOURCE TARGET",
    N_ ("Make one folder like another, one of them on a server") },
  { "history", sally_command_history,
    "[NAME] [--since TIME] [--until TIME] [--limit N] [--json|--csv] [--verify]",
    N_ ("List the journal: sign-ins and transfers") },
  { "receipt", sally_command_receipt, "NAME [--since TIME] [--until TIME]",
    N_ ("Write a delivery receipt: files, sizes, SHA-256, server, host key, times") },
  { "check", sally_command_check, "NAME [--sign-in] [--json]",
    N_ ("Look at a server without credentials, and tell what will work and what will not") },
  { "doctor", sally_command_doctor, "NAME",
    N_ ("Tell how the last sign-in went and, if it failed, why: all that is known of it, no "
        "secret") },
  { "disconnect", sally_command_disconnect, "NAME",
    N_ ("End the connection to a server, for all programs") },
  { NULL },
};

static gboolean
interrupted (gpointer user_data)
{
  SallyCli *cli = user_data;

  /* Who insists does not want to wait for the tidying up. */
  if (g_cancellable_is_cancelled (cli->cancellable))
    {
      sally_terminal_restore ();
      _exit (SALLY_EXIT_INTERRUPTED);
    }
  g_cancellable_cancel (cli->cancellable);
  return G_SOURCE_CONTINUE;
}

/* The servers that the administrator gives, and their host keys. */
static void
take_given (SallyCli *cli)
{
  g_autoptr (SallyGiven) given = sally_given_load (NULL);

  for (guint i = 0; i < given->pins->len; i++)
    {
      const SallyGivenPins *pins = given->pins->pdata[i];

      sally_host_trust_set_given (cli->host_trust, pins->host, pins->port,
                                  (const char *const *) pins->fingerprints);
    }
  sally_server_store_set_given (cli->servers, given->servers);
  cli->given_problems = g_ptr_array_ref (given->problems);
}

/* The composition root: everything is built here and passed down. */
static gboolean
build (SallyCli *cli, GError **error)
{
  g_autoptr (SallyPrompter) prompter = NULL;
  g_autoptr (SallyVaultPrompter) vault_prompter = NULL;

  cli->cancellable = g_cancellable_new ();
  cli->settings = sally_settings_new ();
  vault_prompter = sally_terminal_vault_new ();
  cli->keyring = sally_keyring_home_new (NULL, cli->settings, vault_prompter, error);
  if (cli->keyring == NULL)
    return FALSE;
  prompter = sally_terminal_prompter_new ();
  cli->accounts = sally_account_store_new (cli->keyring);
  cli->keys = sally_key_store_new (cli->keyring);
  cli->servers = sally_server_store_new (NULL);
  cli->host_trust = sally_host_trust_new (NULL);
  take_given (cli);
  cli->ledger = sally_ledger_new (NULL);
  cli->guard = sally_guard_new (NULL);
  cli->journal = sally_journal_new (NULL);
  cli->services =
      sally_connection_services_new (cli->accounts, cli->servers, cli->ledger, cli->guard,
                                     cli->host_trust, prompter, cli->settings, cli->journal);
  cli->transfer_store = sally_transfer_store_new (NULL);
  cli->transfers = sally_transfer_queue_new (cli->transfer_store);
  sally_transfer_queue_set_keeps (cli->transfers,
                                  sally_settings_get_keep_permissions (cli->settings),
                                  sally_settings_get_keep_times (cli->settings));
  sally_transfer_queue_set_verifies (cli->transfers,
                                     sally_settings_get_verify_uploads (cli->settings));
  sally_transfer_queue_set_links (cli->transfers,
                                  (SallyLinks) sally_settings_get_links (cli->settings));
  sally_transfer_queue_set_max_files (cli->transfers,
                                      sally_settings_get_parallel_files (cli->settings));
  sally_transfer_queue_set_limits (cli->transfers,
                                   sally_settings_get_download_limit (cli->settings),
                                   sally_settings_get_upload_limit (cli->settings));
  sally_conflict_question_set_up (cli);
  cli->connections = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  return TRUE;
}

static void
tear_down (SallyCli *cli)
{
  GHashTableIter iter;
  gpointer connection;

  if (cli->connections != NULL)
    {
      g_hash_table_iter_init (&iter, cli->connections);
      while (g_hash_table_iter_next (&iter, NULL, &connection))
        sally_connection_detach (connection);
    }
  g_clear_pointer (&cli->connections, g_hash_table_unref);
  g_clear_object (&cli->transfers);
  g_clear_object (&cli->transfer_store);
  g_clear_object (&cli->services);
  g_clear_object (&cli->journal);
  g_clear_object (&cli->settings);
  g_clear_object (&cli->ledger);
  g_clear_object (&cli->guard);
  g_clear_object (&cli->host_trust);
  g_clear_pointer (&cli->given_problems, g_ptr_array_unref);
  g_clear_object (&cli->servers);
  g_clear_object (&cli->keys);
  g_clear_object (&cli->accounts);
  g_clear_object (&cli->keyring);
  g_clear_object (&cli->cancellable);
}

static int
run (const SallyCommand *command, char **arguments)
{
  SallyCli cli = { .command = command };
  g_autoptr (GError) error = NULL;
  const int stopping_signals[] = { SIGINT, SIGTERM, SIGHUP };
  guint sources[G_N_ELEMENTS (stopping_signals)];
  int code;

  if (!build (&cli, &error))
    {
      code = sally_message_error (error);
      tear_down (&cli);
      return code;
    }
  for (guint i = 0; i < G_N_ELEMENTS (stopping_signals); i++)
    sources[i] = g_unix_signal_add (stopping_signals[i], interrupted, &cli);
  code = command->run (&cli, arguments);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  tear_down (&cli);
  return sally_finish_output (code);
}

static int
help (char **words)
{
  char *only_help[] = { (char *) "--help", NULL };
  const SallyCommand *command;
  guint n_words;

  if (words[0] == NULL || (words[1] == NULL && sally_help_is_group (commands, words[0]) &&
                           sally_help_find (commands, words, &n_words) == NULL))
    {
      sally_help_print (commands, words[0]);
      return sally_finish_output (SALLY_EXIT_DONE);
    }
  command = sally_help_find (commands, words, &n_words);
  if (command != NULL)
    return run (command, only_help);
  sally_message (_ ("There is no command “%s”. “sally help” lists them all"), words[0]);
  return SALLY_EXIT_USAGE;
}

static int
refuse (char **words)
{
  if (sally_help_is_group (commands, words[0]))
    sally_message (_ ("What about “%s”? “sally help %s” lists what there is"), words[0], words[0]);
  else
    sally_message (_ ("There is no command “%s”. “sally help” lists them all"), words[0]);
  return SALLY_EXIT_USAGE;
}

int
main (int argc, char **argv)
{
  const SallyCommand *command;
  char **words = argv + 1;
  guint n_words;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, SALLY_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name ("Sallyport");

  if (argc < 2)
    {
      sally_message (_ ("usage: sally COMMAND ... “sally help” lists the commands"));
      return SALLY_EXIT_USAGE;
    }
  if (g_str_equal (words[0], "--version"))
    {
      printf ("sally %s\n", SALLY_VERSION);
      return sally_finish_output (SALLY_EXIT_DONE);
    }
  if (g_str_equal (words[0], "help") || g_str_equal (words[0], "--help") ||
      g_str_equal (words[0], "-h"))
    return help (words + 1);
  command = sally_help_find (commands, words, &n_words);
  if (command == NULL && words[1] != NULL &&
      (g_str_equal (words[1], "--help") || g_str_equal (words[1], "-h")) &&
      sally_help_is_group (commands, words[0]))
    {
      words[1] = NULL;
      return help (words);
    }
  if (command == NULL)
    return refuse (words);
  return run (command, words + n_words);
}
