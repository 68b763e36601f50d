/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "otp/base32.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* What the options of "account add" say, NULL where they say nothing. */
typedef struct
{
  char *issuer;
  char *label;
  char *type;
  char *digits;
  char *period;
  char *algorithm;
  char *counter;
} Wishes;

static void
wishes_clear (Wishes *wishes)
{
  g_free (wishes->issuer);
  g_free (wishes->label);
  g_free (wishes->type);
  g_free (wishes->digits);
  g_free (wishes->period);
  g_free (wishes->algorithm);
  g_free (wishes->counter);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wishes, wishes_clear)

static gboolean
has_scheme (SallySecret *text, const char *scheme)
{
  const char *bytes = sally_secret_peek (text, NULL);

  return g_ascii_strncasecmp (bytes, scheme, strlen (scheme)) == 0;
}

/* A URI says all; a bare key is TOTP as nearly everybody does it. */
static SallyOtpUri *
parse_input (SallySecret *input, GError **error)
{
  g_autoptr (SallyOtpUri) uri = NULL;

  if (has_scheme (input, "otpauth://") || has_scheme (input, "steam://"))
    return sally_otp_uri_parse (input, error);
  uri = sally_otp_uri_new ();
  uri->key = sally_base32_decode (sally_secret_peek (input, NULL),
                                  (gssize) sally_secret_get_length (input), error);
  return uri->key != NULL ? g_steal_pointer (&uri) : NULL;
}

static gboolean
apply_names (SallyOtpUri *uri, const Wishes *wishes, GError **error)
{
  if (!sally_cli_check_text ("--issuer", wishes->issuer, error) ||
      !sally_cli_check_text ("--label", wishes->label, error))
    return FALSE;
  if (wishes->issuer != NULL)
    g_set_str (&uri->issuer, wishes->issuer);
  if (wishes->label != NULL)
    g_set_str (&uri->label, wishes->label);
  if (*uri->issuer != '\0' || *uri->label != '\0')
    return TRUE;
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("The account needs a name: give --issuer, --label or both"));
  return FALSE;
}

static gboolean
apply_parameters (SallyOtpUri *uri, const Wishes *wishes, GError **error)
{
  SallyOtpParameters *parameters = &uri->parameters;
  guint64 number;

  if (wishes->type != NULL && !sally_otp_type_from_string (wishes->type, &parameters->type))
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("--type is one of totp, hotp and steam"));
      return FALSE;
    }
  if (wishes->algorithm != NULL &&
      !sally_otp_algorithm_from_string (wishes->algorithm, &parameters->algorithm))
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("--algorithm is one of SHA1, SHA256 and SHA512"));
      return FALSE;
    }
  if (wishes->digits != NULL)
    {
      if (!sally_cli_parse_number ("--digits", wishes->digits, SALLY_OTP_MIN_DIGITS,
                                   SALLY_OTP_MAX_DIGITS, &number, error))
        return FALSE;
      parameters->digits = (guint) number;
    }
  if (wishes->period != NULL)
    {
      if (!sally_cli_parse_number ("--period", wishes->period, 1, SALLY_OTP_MAX_PERIOD_S, &number,
                                   error))
        return FALSE;
      parameters->period_s = (guint) number;
    }
  if (wishes->counter == NULL)
    return TRUE;
  return sally_cli_parse_number ("--counter", wishes->counter, 0, G_MAXINT64, &uri->counter, error);
}

static gboolean
save (SallyCli *cli, SallyAccount *account, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_account_store_save_async (cli->accounts, account, cli->cancellable, sally_cli_keep_result,
                                  &result);
  sally_cli_wait (&result);
  return sally_account_store_save_finish (cli->accounts, result, error);
}

static SallyAccount *
add (SallyCli *cli, const Wishes *wishes, GError **error)
{
  g_autoptr (SallySecret) input = NULL;
  g_autoptr (SallyOtpUri) uri = NULL;
  g_autoptr (SallyOtpUri) judged = sally_otp_uri_new ();
  g_autoptr (SallyAccount) account = NULL;

  /* What is wrong with the options is said before a person is asked for a secret. */
  if (!apply_parameters (judged, wishes, error))
    return NULL;
  input = sally_cli_read_secret (cli, _ ("Setup key or otpauth URI: "), error);
  if (input == NULL)
    return NULL;
  uri = parse_input (input, error);
  if (uri == NULL || !apply_names (uri, wishes, error) || !apply_parameters (uri, wishes, error) ||
      !sally_otp_uri_validate (uri, error))
    return NULL;
  account = sally_account_new (NULL, uri);
  return save (cli, account, error) ? g_steal_pointer (&account) : NULL;
}

int
sally_command_account_add (SallyCli *cli, char **arguments)
{
  g_auto (Wishes) wishes = { NULL };
  const GOptionEntry options[] = {
    { "issuer", 0, 0, G_OPTION_ARG_FILENAME, &wishes.issuer, N_ ("Who gave the account"), "I" },
    { "label", 0, 0, G_OPTION_ARG_FILENAME, &wishes.label, N_ ("Whose account it is"), "L" },
    { "type", 0, 0, G_OPTION_ARG_FILENAME, &wishes.type, N_ ("totp (default), hotp or steam"),
      "T" },
    { "digits", 0, 0, G_OPTION_ARG_FILENAME, &wishes.digits, N_ ("4 to 10 (default: 6)"), "N" },
    { "period", 0, 0, G_OPTION_ARG_FILENAME, &wishes.period, N_ ("Seconds (default: 30)"), "S" },
    { "algorithm", 0, 0, G_OPTION_ARG_FILENAME, &wishes.algorithm,
      N_ ("SHA1 (default), SHA256 or SHA512"), "A" },
    { "counter", 0, 0, G_OPTION_ARG_FILENAME, &wishes.counter, N_ ("Where hotp begins"), "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyAccount) account = NULL;
  g_autofree char *name = NULL;

  if (!sally_cli_parse (cli, options, arguments, 0, 0, &operands))
    return cli->exit_code;
  account = add (cli, &wishes, &error);
  if (account == NULL)
    return sally_message_error (error);
  name = sally_text_from_server (sally_account_get_name (account), -1, FALSE);
  printf (_ ("Added “%s” (%s)\n"), name, sally_account_get_id (account));
  return SALLY_EXIT_DONE;
}

static char *
describe (SallyAccount *account)
{
  const SallyOtpParameters *parameters = sally_account_get_parameters (account);
  const char *type = sally_otp_type_to_string (parameters->type);

  if (sally_account_is_broken (account))
    return g_strdup (_ ("cannot be read"));
  if (parameters->type == SALLY_OTP_STEAM)
    return g_strdup (type);
  if (parameters->type == SALLY_OTP_HOTP)
    return g_strdup_printf (_ ("%s %s, %u digits, counter %" G_GUINT64_FORMAT), type,
                            sally_otp_algorithm_to_string (parameters->algorithm),
                            parameters->digits, sally_account_get_counter (account));
  return g_strdup_printf (_ ("%s %s, %u digits, %u s"), type,
                          sally_otp_algorithm_to_string (parameters->algorithm), parameters->digits,
                          parameters->period_s);
}

static void
add_json (JsonBuilder *builder, SallyAccount *account)
{
  const SallyOtpParameters *parameters = sally_account_get_parameters (account);

  json_builder_begin_object (builder);
  sally_json_add_string (builder, "id", sally_account_get_id (account));
  sally_json_add_string (builder, "name", sally_account_get_name (account));
  sally_json_add_string (builder, "issuer", sally_account_get_issuer (account));
  sally_json_add_string (builder, "label", sally_account_get_label (account));
  json_builder_set_member_name (builder, "broken");
  json_builder_add_boolean_value (builder, sally_account_is_broken (account));
  if (!sally_account_is_broken (account))
    {
      sally_json_add_string (builder, "type", sally_otp_type_to_string (parameters->type));
      sally_json_add_string (builder, "algorithm",
                             sally_otp_algorithm_to_string (parameters->algorithm));
      sally_json_add_int (builder, "digits", parameters->digits);
      sally_json_add_int (builder, "period", sally_otp_period_s (parameters));
      if (parameters->type == SALLY_OTP_HOTP)
        sally_json_add_int (builder, "counter", (gint64) sally_account_get_counter (account));
    }
  json_builder_end_object (builder);
}

int
sally_command_account_list (SallyCli *cli, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  GListModel *accounts = G_LIST_MODEL (cli->accounts);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 0, 0, &operands))
    return cli->exit_code;
  if (!sally_cli_load_accounts (cli, &error))
    return sally_message_error (error);

  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (SallyAccount) account = g_list_model_get_item (accounts, i);
      g_autofree char *name = sally_text_from_server (sally_account_get_name (account), -1, FALSE);
      g_autofree char *description = describe (account);

      add_json (builder, account);
      if (!json)
        printf ("%s\t%s\t%s\n", name, description, sally_account_get_id (account));
    }
  json_builder_end_array (builder);
  if (json)
    sally_json_print (builder);
  return SALLY_EXIT_DONE;
}

int
sally_command_account_remove (SallyCli *cli, char **arguments)
{
  g_auto (GStrv) operands = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SallyAccount) account = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  if (!sally_cli_parse (cli, NULL, arguments, 1, 1, &operands))
    return cli->exit_code;
  if (!sally_cli_check_text (_ ("an account's name"), operands[0], &error) ||
      !sally_cli_load_accounts (cli, &error) ||
      !g_set_object (&account, sally_account_store_find (cli->accounts, operands[0], &error)))
    return sally_message_error (error);

  sally_account_store_remove_async (cli->accounts, account, cli->cancellable, sally_cli_keep_result,
                                    &result);
  sally_cli_wait (&result);
  if (!sally_account_store_remove_finish (cli->accounts, result, &error))
    return sally_message_error (error);
  name = sally_text_from_server (sally_account_get_name (account), -1, FALSE);
  printf (_ ("Removed “%s”\n"), name);
  return SALLY_EXIT_DONE;
}
