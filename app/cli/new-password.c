/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/new-password.h"

#include "base/error.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "export/strength.h"

#include <glib/gi18n.h>

static SallySecret *
ask (SallyCli *cli, const char *question, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_terminal_ask_async (question, FALSE, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_terminal_ask_finish (result, error);
}

static SallySecret *
ask_twice (SallyCli *cli, const char *question, GError **error)
{
  g_autoptr (SallySecret) password = NULL;
  g_autoptr (SallySecret) again = NULL;

  password = ask (cli, question, error);
  again = password != NULL ? ask (cli, _ ("The same again: "), error) : NULL;
  if (again == NULL)
    return NULL;
  if (sally_secret_equal (password, again))
    return g_steal_pointer (&password);
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("The two passwords are not the same"));
  return NULL;
}

SallySecret *
sally_cli_get_new_password (SallyCli *cli,
                            const char *question,
                            gboolean password_stdin,
                            GError **error)
{
  g_autoptr (SallySecret) password = NULL;

  if (!password_stdin && !sally_terminal_is_there ())
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_NEEDED,
                           _ ("The file is to be encrypted: give its password with "
                              "--password-stdin"));
      return NULL;
    }
  password = password_stdin ? sally_cli_read_secret (cli, question, error)
                            : ask_twice (cli, question, error);
  if (password == NULL)
    return NULL;
  if (sally_secret_get_length (password) == 0)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("An empty password protects nothing"));
      return NULL;
    }
  /* A script cannot choose another one. */
  if (!password_stdin && sally_strength_judge (password) == SALLY_STRENGTH_WEAK)
    sally_message ("%s", sally_strength_describe (SALLY_STRENGTH_WEAK));
  return g_steal_pointer (&password);
}
