/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"

#include <glib/gi18n.h>

/* The two codes go from locked memory to the descriptor: no JSON library gets to see them. They are
 * digits or Steam's letters, and so need no escaping. `next` is nullable. */
static void
print_code (SallySecret *code, guint remaining_s, SallySecret *next, gboolean json)
{
  g_autofree char *middle = NULL;

  if (!json)
    {
      sally_print_secret ("", code, "\n");
      return;
    }
  if (next == NULL)
    {
      sally_print_secret ("{\"code\":\"", code, "\",\"remaining\":null,\"next\":null}\n");
      return;
    }
  middle = g_strdup_printf ("\",\"remaining\":%u,\"next\":\"", remaining_s);
  if (sally_print_secret ("{\"code\":\"", code, middle))
    sally_print_secret ("", next, "\"}\n");
}

/* Nobody else makes a code of this account meanwhile, and the next counter is kept before this code
 * is seen (RFC 4226 section 7.2). */
static SallySecret *
take_counted_code (SallyCli *cli, SallyAccount *account, GError **error)
{
  g_autoptr (GAsyncResult) begun = NULL;
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (SallyLedgerTurn) turn = NULL;
  g_autoptr (SallySecret) code = NULL;

  sally_ledger_begin_async (cli->ledger, sally_account_get_id (account), cli->cancellable,
                            sally_cli_keep_result, &begun);
  sally_cli_wait (&begun);
  turn = sally_ledger_begin_finish (cli->ledger, begun, error);
  if (turn == NULL || !sally_cli_load_accounts (cli, error))
    return NULL;
  if (sally_account_store_get_by_id (cli->accounts, sally_account_get_id (account)) != account)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND,
                           _ ("The account was removed meanwhile"));
      return NULL;
    }
  code = sally_account_get_code (account, 0);
  sally_account_set_counter (account, sally_account_get_counter (account) + 1);
  sally_account_store_save_async (cli->accounts, account, cli->cancellable, sally_cli_keep_result,
                                  &saved);
  sally_cli_wait (&saved);
  if (!sally_account_store_save_finish (cli->accounts, saved, error))
    return NULL;
  return g_steal_pointer (&code);
}

static gboolean
print_account_code (
    SallyCli *cli, SallyAccount *account, const char *at, gboolean json, GError **error)
{
  const SallyOtpParameters *parameters = sally_account_get_parameters (account);
  g_autoptr (SallySecret) code = NULL;
  g_autoptr (SallySecret) next = NULL;
  guint64 time_s = (guint64) (g_get_real_time () / G_USEC_PER_SEC);

  if (sally_account_is_broken (account))
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_FAILED,
                   _ ("The entry of “%s” in the keyring cannot be read. Add the account anew"),
                   sally_account_get_name (account));
      return FALSE;
    }
  if (at != NULL && parameters->type == SALLY_OTP_HOTP)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("“%s” counts its codes, so that --at does not apply to it"),
                   sally_account_get_name (account));
      return FALSE;
    }
  if (at != NULL && !sally_cli_parse_number ("--at", at, 0, G_MAXINT64, &time_s, error))
    return FALSE;

  if (parameters->type == SALLY_OTP_HOTP)
    code = take_counted_code (cli, account, error);
  else
    {
      code = sally_account_get_code (account, (gint64) time_s);
      next = sally_otp_code_at_counter (parameters, sally_account_get_key (account),
                                        sally_otp_step (parameters, (gint64) time_s) + 1);
    }
  if (code == NULL)
    return FALSE;
  print_code (code, sally_otp_remaining_s (parameters, (gint64) time_s), next, json);
  return TRUE;
}

int
sally_command_code (SallyCli *cli, char **arguments)
{
  g_autofree char *at = NULL;
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "at", 0, 0, G_OPTION_ARG_FILENAME, &at, N_ ("The code at that time, in seconds since 1970"),
      "UNIXTIME" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json,
      N_ ("Print JSON: code, remaining (seconds) and next; null where codes are counted"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (SallyAccount) account = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  if (!sally_cli_check_text (_ ("an account's name"), operands[0], &error) ||
      !sally_cli_load_accounts (cli, &error) ||
      !g_set_object (&account, sally_account_store_find (cli->accounts, operands[0], &error)) ||
      !print_account_code (cli, account, at, json, &error))
    return sally_message_error (error);
  return SALLY_EXIT_DONE;
}
