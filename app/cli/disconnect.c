/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"

#include <glib/gi18n.h>
#include <stdio.h>

int
sally_command_disconnect (SallyCli *cli, char **arguments)
{
  g_auto (GStrv) operands = NULL;
  g_autoptr (SallyConnection) connection = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) ended = NULL;
  g_autoptr (GError) error = NULL;
  SallyServer *server;

  if (!sally_cli_parse (cli, NULL, arguments, 1, 1, &operands))
    return cli->exit_code;
  server = sally_cli_find_server (cli, operands[0], &error);
  if (server == NULL)
    return sally_message_error (error);

  connection = sally_connection_new (server, cli->services);
  sally_connection_open_async (connection, TRUE, cli->cancellable, sally_cli_keep_result, &opened);
  sally_cli_wait (&opened);
  if (!sally_connection_open_finish (connection, opened, &error))
    {
      /* That is what was wanted. */
      if (!g_error_matches (error, SALLY_ERROR, SALLY_ERROR_UNREACHABLE))
        return sally_message_error (error);
      printf (_ ("“%s” was not connected\n"), sally_server_get_name (server));
      return SALLY_EXIT_DONE;
    }
  sally_connection_disconnect_async (connection, cli->cancellable, sally_cli_keep_result, &ended);
  sally_cli_wait (&ended);
  if (!sally_connection_disconnect_finish (connection, ended, &error))
    return sally_message_error (error);
  printf (_ ("“%s” is disconnected\n"), sally_server_get_name (server));
  return SALLY_EXIT_DONE;
}
