/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "store/keyring-home.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

static const char *
describe_store (const SallyKeyringStatus *status, SallyKeyringStore store)
{
  switch (store)
    {
    case SALLY_KEYRING_STORE_SYSTEM:
      return status->has_portal ? _ ("the system's keyring (Secret portal)")
                                : _ ("the system's keyring (Secret Service)");
    case SALLY_KEYRING_STORE_VAULT:
      return _ ("a vault with a passphrase");
    case SALLY_KEYRING_STORE_MEMORY:
      return _ ("memory, and forgotten at the end");
    case SALLY_KEYRING_STORE_NONE:
    default:
      return _ ("nowhere yet");
    }
}

static void
print_text (SallyKeyringHome *home, const SallyKeyringStatus *status)
{
  const char *path = sally_keyring_vault_get_path (sally_keyring_home_get_vault (home));

  printf (_ ("Codes and passwords are kept in %s\n"), describe_store (status, status->store));
  if (status->store == SALLY_KEYRING_STORE_VAULT)
    printf (_ ("The vault: %s\n"), path);
  switch (status->step)
    {
    case SALLY_KEYRING_STEP_MAKE_VAULT:
      printf ("%s\n", _ ("There is no vault yet: “sally keyring move vault” makes it"));
      break;
    case SALLY_KEYRING_STEP_OFFER_VAULT:
      printf ("%s\n", _ ("No keyring is here: start GNOME Keyring, KWallet or KeePassXC, or make a "
                         "vault with “sally keyring move vault”"));
      break;
    case SALLY_KEYRING_STEP_FIND_VAULT:
      printf ("%s\n", _ ("The vault is gone: put it back, or give it up with “sally keyring "
                         "start-afresh”"));
      break;
    case SALLY_KEYRING_STEP_USE:
    default:
      if (status->store == SALLY_KEYRING_STORE_SYSTEM && !status->has_service &&
          !status->has_portal)
        printf ("%s\n", _ ("That keyring does not run: start it"));
    }
  if (status->leaving != SALLY_KEYRING_STORE_NONE)
    printf (_ ("Copies are left in %s: “sally keyring move %s” removes them\n"),
            describe_store (status, status->leaving),
            sally_keyring_store_to_string (status->store));
}

static void
print_json (SallyKeyringHome *home, const SallyKeyringStatus *status)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sally_json_add_string (builder, "store", sally_keyring_store_to_string (status->store));
  sally_json_add_string (builder, "vault",
                         sally_keyring_vault_get_path (sally_keyring_home_get_vault (home)));
  json_builder_set_member_name (builder, "has_vault");
  json_builder_add_boolean_value (builder, status->has_vault);
  json_builder_set_member_name (builder, "has_secret_service");
  json_builder_add_boolean_value (builder, status->has_service);
  json_builder_set_member_name (builder, "has_secret_portal");
  json_builder_add_boolean_value (builder, status->has_portal);
  sally_json_add_string (builder, "copies_left_in",
                         sally_keyring_store_to_string (status->leaving));
  json_builder_end_object (builder);
  sally_json_print (builder);
}

static gboolean
examine (SallyCli *cli, SallyKeyringStatus *status, GError **error)
{
  SallyKeyringHome *home = SALLY_KEYRING_HOME (cli->keyring);
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_home_examine_async (home, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_keyring_home_examine_finish (home, result, status, error);
}

int
sally_command_keyring_status (SallyCli *cli, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;
  SallyKeyringStatus status;

  if (!sally_cli_parse (cli, options, arguments, 0, 0, &operands))
    return cli->exit_code;
  if (!examine (cli, &status, &error))
    return sally_message_error (error);
  if (json)
    print_json (SALLY_KEYRING_HOME (cli->keyring), &status);
  else
    print_text (SALLY_KEYRING_HOME (cli->keyring), &status);
  return SALLY_EXIT_DONE;
}

int
sally_command_keyring_move (SallyCli *cli, char **arguments)
{
  SallyKeyringHome *home = SALLY_KEYRING_HOME (cli->keyring);
  g_auto (GStrv) operands = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SallyKeyringStore target;
  SallyKeyringStatus status;

  if (!sally_cli_parse (cli, NULL, arguments, 1, 1, &operands))
    return cli->exit_code;
  if (!sally_keyring_store_from_string (operands[0], &target) ||
      (target != SALLY_KEYRING_STORE_SYSTEM && target != SALLY_KEYRING_STORE_VAULT))
    {
      sally_message (_ ("Secrets are moved to secret-service or to vault"));
      return SALLY_EXIT_USAGE;
    }
  sally_keyring_home_move_async (home, target, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  if (!sally_keyring_home_move_finish (home, result, &error) || !examine (cli, &status, &error))
    return sally_message_error (error);
  /* So that the window hears of it, too, before this program ends. */
  g_settings_sync ();
  print_text (home, &status);
  return SALLY_EXIT_DONE;
}

int
sally_command_keyring_passphrase (SallyCli *cli, char **arguments)
{
  SallyKeyringVault *vault = sally_keyring_home_get_vault (SALLY_KEYRING_HOME (cli->keyring));
  g_auto (GStrv) operands = NULL;
  g_autoptr (SallySecret) passphrase = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, NULL, arguments, 0, 0, &operands))
    return cli->exit_code;
  if (!isatty (STDIN_FILENO))
    {
      passphrase = sally_cli_read_secret (cli, "", &error);
      if (passphrase == NULL)
        return sally_message_error (error);
    }
  sally_keyring_vault_change_passphrase_async (vault, NULL, passphrase, cli->cancellable,
                                               sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  if (!sally_keyring_vault_change_passphrase_finish (vault, result, &error))
    return sally_message_error (error);
  printf ("%s\n", _ ("The vault has another passphrase"));
  return SALLY_EXIT_DONE;
}

int
sally_command_keyring_start_afresh (SallyCli *cli, char **arguments)
{
  SallyKeyringHome *home = SALLY_KEYRING_HOME (cli->keyring);
  gboolean yes = FALSE;
  const GOptionEntry options[] = {
    { "yes", 0, 0, G_OPTION_ARG_NONE, &yes, N_ ("Do not ask whether this is meant"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = NULL;

  if (!sally_cli_parse (cli, options, arguments, 0, 0, &operands))
    return cli->exit_code;
  if (!yes)
    {
      sally_message (
          _ ("The codes that are kept will not show any more, though nothing is deleted; "
             "--yes says that this is meant"));
      return SALLY_EXIT_USAGE;
    }
  sally_keyring_home_start_afresh_async (home, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  if (!sally_keyring_home_start_afresh_finish (home, result, &kept, &error))
    return sally_message_error (error);
  g_settings_sync ();
  if (kept != NULL)
    printf (_ ("The old vault is kept as %s\n"), kept);
  printf ("%s\n", _ ("“sally import” brings accounts back from a backup"));
  return SALLY_EXIT_DONE;
}
