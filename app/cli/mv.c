/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/address.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "model/remote-path.h"

#include <glib/gi18n.h>

static gboolean
move (SallyCli *cli,
      SallyConnection *connection,
      const char *source,
      const char *target,
      GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  SallyRemoteAttributes attributes;

  /* A server's word for a missing source names neither path. */
  if (!sally_address_stat (cli, connection, source, FALSE, &attributes, error))
    return FALSE;
  sally_connection_rename_async (connection, source, target, TRUE, cli->cancellable,
                                 sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_connection_change_finish (connection, result, error);
}

static gboolean
move_operand (SallyCli *cli,
              SallyConnection *connection,
              const char *operand,
              const char *target,
              gboolean into_folder,
              GError **error)
{
  g_autofree char *source = NULL;
  g_autofree char *name = NULL;
  g_autofree char *whole = NULL;
  SallyConnection *other = sally_address_open (cli, operand, &source, error);

  if (other == NULL)
    return FALSE;
  if (other != connection)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("mv works within one server; use get and put between two"));
      return FALSE;
    }
  name = sally_remote_path_dup_name (source);
  whole = into_folder ? sally_remote_path_join (target, name) : g_strdup (target);
  return move (cli, connection, source, whole, error);
}

int
sally_command_mv (SallyCli *cli, char **arguments)
{
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) target_error = NULL;
  g_autofree char *target = NULL;
  SallyRemoteAttributes attributes;
  SallyConnection *connection;
  SallyTally tally = { 0 };
  gboolean into_folder;
  guint n_sources;

  if (!sally_cli_parse (cli, NULL, arguments, 2, G_MAXUINT, &operands))
    return cli->exit_code;
  n_sources = g_strv_length (operands) - 1;
  connection = sally_address_open (cli, operands[n_sources], &target, &target_error);
  if (connection == NULL)
    return sally_message_error (target_error);
  into_folder = sally_address_stat (cli, connection, target, TRUE, &attributes, NULL) &&
                sally_attributes_is_directory (&attributes);
  if (n_sources > 1 && !into_folder)
    {
      g_autofree char *shown = sally_show_name (target);

      g_set_error (&target_error, SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND,
                   _ ("“%s” is no folder on the server. Make it with sally mkdir"), shown);
      return sally_message_error (target_error);
    }
  for (guint i = 0; i < n_sources && !g_cancellable_is_cancelled (cli->cancellable); i++)
    {
      g_autoptr (GError) error = NULL;

      move_operand (cli, connection, operands[i], target, into_folder, &error);
      sally_tally_add (&tally, error);
    }
  return sally_tally_exit_code (&tally);
}
