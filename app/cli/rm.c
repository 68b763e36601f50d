/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/address.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "model/remote-path.h"
#include "remote/removal.h"

#include <glib/gi18n.h>

static gboolean
remove_one (SallyCli *cli,
            SallyConnection *connection,
            const char *path,
            gboolean is_directory,
            GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_connection_remove_async (connection, path, is_directory, cli->cancellable,
                                 sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_connection_change_finish (connection, result, error);
}

static gboolean
remove_all (SallyCli *cli, SallyConnection *connection, const char *path, GError **error)
{
  g_autoptr (SallyRemoval) removal = sally_removal_new (connection);
  g_autoptr (GAsyncResult) result = NULL;

  sally_removal_add (removal, path);
  sally_removal_run_async (removal, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_removal_run_finish (removal, result, NULL, error);
}

static gboolean
check_path (const char *operand, const char *path, GError **error)
{
  /* As it was given: "." and ".." vanish where a path is put in order. */
  g_autofree char *name = sally_remote_path_dup_name (path);
  g_autofree char *shown = sally_show_name (operand);

  if (!g_str_has_suffix (operand, ":") && *name != '\0' && !g_str_equal (name, ".") &&
      !g_str_equal (name, ".."))
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("“%s” would remove a folder without naming it"), shown);
  return FALSE;
}

static void
remove_path (SallyCli *cli, const char *operand, gboolean recursive, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) reason = NULL;
  SallyRemoteAttributes attributes;
  SallyConnection *connection;
  gboolean is_directory;

  connection = sally_address_open (cli, operand, &path, error);
  if (connection == NULL || !check_path (operand, path, error) ||
      !sally_address_stat (cli, connection, path, FALSE, &attributes, error))
    return;
  is_directory = sally_attributes_is_directory (&attributes);
  if (is_directory && recursive)
    remove_all (cli, connection, path, error);
  else if (!remove_one (cli, connection, path, is_directory, &reason))
    {
      /* Most servers say no more than "Failure". */
      if (is_directory && g_error_matches (reason, SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED))
        g_set_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED,
                     _ ("%s. If the folder is not empty, sally rm -r removes it"), reason->message);
      else
        g_propagate_error (error, g_steal_pointer (&reason));
    }
}

int
sally_command_rm (SallyCli *cli, char **arguments)
{
  gboolean recursive = FALSE;
  const GOptionEntry options[] = {
    { "recursive", 'r', 0, G_OPTION_ARG_NONE, &recursive, N_ ("Folders and all that is in them"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  SallyTally tally = { 0 };

  if (!sally_cli_parse (cli, options, arguments, 1, G_MAXUINT, &operands))
    return cli->exit_code;
  for (guint i = 0; operands[i] != NULL && !g_cancellable_is_cancelled (cli->cancellable); i++)
    {
      g_autoptr (GError) error = NULL;

      remove_path (cli, operands[i], recursive, &error);
      sally_tally_add (&tally, error);
    }
  return sally_tally_exit_code (&tally);
}
