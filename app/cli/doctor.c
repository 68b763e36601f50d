/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "remote/facts.h"

#include <glib/gi18n.h>
#include <stdio.h>

int
sally_command_doctor (SallyCli *cli, char **arguments)
{
  g_auto (GStrv) operands = NULL;
  g_autofree char *trace = NULL;
  g_autoptr (GError) error = NULL;
  SallyServer *server;

  if (!sally_cli_parse (cli, NULL, arguments, 1, 1, &operands))
    return cli->exit_code;
  server = sally_cli_find_server (cli, operands[0], &error);
  if (server == NULL)
    return sally_message_error (error);
  trace = sally_facts_dup_last_trace (server);
  if (trace == NULL)
    {
      g_set_error (&error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND,
                   _ ("Nothing is known yet: no sign-in to “%s” was tried"),
                   sally_server_get_name (server));
      return sally_message_error (error);
    }
  fputs (trace, stdout);
  sally_clock_print (server);
  return SALLY_EXIT_DONE;
}
