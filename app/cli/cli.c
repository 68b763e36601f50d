/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/cli.h"

#include "base/error.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/terminal.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
sally_cli_usage (SallyCli *cli)
{
  sally_message (_ ("usage: sally %s %s"), cli->command->name, cli->command->synopsis);
  return SALLY_EXIT_USAGE;
}

static void
print_help (SallyCli *cli, GOptionContext *context)
{
  g_autofree char *text = NULL;

  g_option_context_set_summary (context, _ (cli->command->summary));
  text = g_option_context_get_help (context, TRUE, NULL);
  fputs (text, stdout);
}

gboolean
sally_cli_parse (SallyCli *cli,
                 const GOptionEntry *options,
                 char **arguments,
                 guint min_operands,
                 guint max_operands,
                 char ***operands)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *usage = g_strconcat ("sally ", cli->command->name, NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) found = NULL;
  gboolean wants_help = FALSE;
  const GOptionEntry common[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &wants_help, N_ ("Show this help"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &found, NULL, cli->command->synopsis },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, usage);
  g_strv_builder_addv (builder, (const char **) arguments);
  words = g_strv_builder_end (builder);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  if (options != NULL)
    g_option_context_add_main_entries (context, options, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  /* GOption's usage line begins with it. */
  g_set_prgname (usage);

  cli->exit_code = SALLY_EXIT_USAGE;
  if (!g_option_context_parse_strv (context, &words, &error))
    sally_message ("%s. “sally help %s” tells what there is", error->message, cli->command->name);
  else if (wants_help)
    {
      print_help (cli, context);
      cli->exit_code = SALLY_EXIT_DONE;
    }
  else if ((found != NULL ? g_strv_length (found) : 0) < min_operands ||
           (found != NULL ? g_strv_length (found) : 0) > max_operands)
    sally_cli_usage (cli);
  else
    {
      *operands = found != NULL ? g_steal_pointer (&found) : g_new0 (char *, 1);
      return TRUE;
    }
  return FALSE;
}

gboolean
sally_cli_check_text (const char *option, const char *value, GError **error)
{
  if (value == NULL || g_utf8_validate (value, -1, NULL))
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("The value of %s is not UTF-8 text"),
               option);
  return FALSE;
}

gboolean
sally_cli_parse_number (
    const char *option, const char *text, guint64 min, guint64 max, guint64 *number, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_ascii_string_to_unsigned (text, 10, min, max, number, NULL))
    return TRUE;
  shown = sally_show_name (text);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("%s is a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                  ", not “%s”"),
               option, min, max, shown);
  return FALSE;
}

void
sally_cli_keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

void
sally_cli_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

gboolean
sally_cli_load_accounts (SallyCli *cli, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_account_store_load_async (cli->accounts, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_account_store_load_finish (cli->accounts, result, error);
}

gboolean
sally_cli_load_keys (SallyCli *cli, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_key_store_load_async (cli->keys, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_key_store_load_finish (cli->keys, result, error);
}

SallyServer *
sally_cli_find_server (SallyCli *cli, const char *name, GError **error)
{
  const GError *unreadable = sally_server_store_get_error (cli->servers);

  if (unreadable != NULL)
    {
      g_propagate_error (error, g_error_copy (unreadable));
      return NULL;
    }
  if (!sally_cli_check_text (_ ("a server's name"), name, error))
    return NULL;
  return sally_server_store_find (cli->servers, name, error);
}

SallyConnection *
sally_cli_connect (SallyCli *cli, const char *server_name, GError **error)
{
  SallyServer *server = sally_cli_find_server (cli, server_name, error);
  g_autoptr (SallyConnection) connection = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  SallyConnection *open;
  SallySteps *steps;
  GError *reason = NULL;
  gboolean ok;

  if (server == NULL)
    return NULL;
  /* What an administrator gives to everybody need not say who signs in. */
  if (*sally_server_get_user (server) == '\0')
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("“%s” needs your user name. Add it: sally server set %s --user NAME"),
                   sally_server_get_name (server), sally_server_get_name (server));
      return NULL;
    }
  open = g_hash_table_lookup (cli->connections, sally_server_get_id (server));
  if (open != NULL)
    return open;

  connection = sally_connection_new (server, cli->services);
  steps = sally_steps_new (connection);
  sally_connection_open_async (connection, FALSE, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  ok = sally_connection_open_finish (connection, result, &reason);
  sally_steps_free (steps);
  if (!ok)
    {
      reason = sally_connection_explain (connection, reason);
      if (g_error_matches (reason, SALLY_ERROR, SALLY_ERROR_HOST_KEY_CHANGED) &&
          *sally_server_get_given_by (server) != '\0')
        g_set_error (error, SALLY_ERROR, SALLY_ERROR_HOST_KEY_CHANGED,
                     /* Translators: a whole sentence, then the path of a file. */
                     _ ("%s. If the key was changed on purpose, the administrator has to say so in "
                        "%s"),
                     reason->message, sally_server_get_given_by (server));
      else if (g_error_matches (reason, SALLY_ERROR, SALLY_ERROR_HOST_KEY_CHANGED))
        g_set_error (error, SALLY_ERROR, SALLY_ERROR_HOST_KEY_CHANGED,
                     /* Translators: a whole sentence, then the name of a server. */
                     _ ("%s. If the key was changed on purpose: sally server forget-key %s"),
                     reason->message, sally_server_get_name (server));
      else
        g_propagate_error (error, g_steal_pointer (&reason));
      g_clear_error (&reason);
      return NULL;
    }
  open = connection;
  g_hash_table_insert (cli->connections, g_strdup (sally_server_get_id (server)),
                       g_steal_pointer (&connection));
  return open;
}

static void
read_input (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  SallySecret *secret = sally_secret_read_fd (STDIN_FILENO, &error);

  if (secret != NULL)
    g_task_return_pointer (task, secret, (GDestroyNotify) sally_secret_unref);
  else
    g_task_return_error (task, error);
}

/* On a thread, so that Ctrl-C is heard while a slow writer holds the pipe. */
static SallySecret *
read_standard_input (SallyCli *cli, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GTask) task = g_task_new (NULL, cli->cancellable, sally_cli_keep_result, &result);

  g_task_set_static_name (task, "read standard input");
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, read_input);
  sally_cli_wait (&result);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What `echo` and editors add; a password that ends with a line end cannot be typed anywhere. */
SallySecret *
sally_cli_chomp (SallySecret *secret)
{
  gsize length;
  const char *bytes = sally_secret_peek (secret, &length);

  if (length > 0 && bytes[length - 1] == '\n')
    length--;
  if (length > 0 && bytes[length - 1] == '\r')
    length--;
  return sally_secret_new (bytes, (gssize) length);
}

SallySecret *
sally_cli_read_secret (SallyCli *cli, const char *question, GError **error)
{
  g_autoptr (SallySecret) secret = NULL;

  if (isatty (STDIN_FILENO))
    {
      g_autoptr (GAsyncResult) result = NULL;

      sally_terminal_ask_async (question, FALSE, cli->cancellable, sally_cli_keep_result, &result);
      sally_cli_wait (&result);
      return sally_terminal_ask_finish (result, error);
    }
  secret = read_standard_input (cli, error);
  if (secret == NULL)
    return NULL;
  return sally_cli_chomp (secret);
}

void
sally_tally_add (SallyTally *tally, const GError *error)
{
  int code;

  if (error == NULL)
    {
      tally->n_done++;
      return;
    }
  code = sally_message_error (error);
  if (tally->n_failed++ == 0 || code == SALLY_EXIT_INTERRUPTED)
    tally->code = code;
  else if (tally->code != code && tally->code != SALLY_EXIT_INTERRUPTED)
    tally->code = SALLY_EXIT_PARTLY;
}

int
sally_tally_exit_code (const SallyTally *tally)
{
  if (tally->n_failed == 0)
    return SALLY_EXIT_DONE;
  /* A lost line says the same of all that is left: “sally resume” goes on with it. */
  if (tally->n_done == 0 || tally->code == SALLY_EXIT_INTERRUPTED ||
      tally->code == SALLY_EXIT_NETWORK)
    return tally->code;
  return SALLY_EXIT_PARTLY;
}
