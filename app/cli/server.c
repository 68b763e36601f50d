/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "model/fingerprint.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* `secret` NULL removes the item. */
static gboolean
store_secret (
    SallyCli *cli, SallyKeyringKind kind, SallyServer *server, SallySecret *secret, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  const char *id = sally_server_get_id (server);

  if (secret == NULL)
    {
      sally_keyring_remove_async (cli->keyring, kind, id, cli->cancellable, sally_cli_keep_result,
                                  &result);
      sally_cli_wait (&result);
      return sally_keyring_remove_finish (cli->keyring, result, error);
    }
  sally_keyring_store_async (cli->keyring, kind, id, secret, cli->cancellable,
                             sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_keyring_store_finish (cli->keyring, result, error);
}

static int
set_secret (SallyCli *cli, char **arguments, SallyKeyringKind kind, const char *question_format)
{
  g_auto (GStrv) operands = NULL;
  g_autofree char *question = NULL;
  g_autoptr (SallySecret) secret = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_empty;
  SallyServer *server;

  if (!sally_cli_parse (cli, NULL, arguments, 1, 1, &operands))
    return cli->exit_code;
  server = sally_cli_find_server (cli, operands[0], &error);
  if (server == NULL)
    return sally_message_error (error);
  question = g_strdup_printf ("%s “%s”: ", question_format, sally_server_get_name (server));
  secret = sally_cli_read_secret (cli, question, &error);
  if (secret == NULL)
    return sally_message_error (error);
  is_empty = sally_secret_get_length (secret) == 0;
  if (!store_secret (cli, kind, server, is_empty ? NULL : secret, &error))
    return sally_message_error (error);
  /* A new password begins anew. */
  if (kind == SALLY_KEYRING_PASSWORD && !sally_guard_clear (cli->guard, server, &error))
    return sally_message_error (error);
  printf (is_empty ? _ ("Removed it for “%s”\n") : _ ("Saved for “%s”\n"),
          sally_server_get_name (server));
  return SALLY_EXIT_DONE;
}

int
sally_command_server_password (SallyCli *cli, char **arguments)
{
  return set_secret (cli, arguments, SALLY_KEYRING_PASSWORD, _ ("Password for"));
}

int
sally_command_server_passphrase (SallyCli *cli, char **arguments)
{
  return set_secret (cli, arguments, SALLY_KEYRING_PASSPHRASE, _ ("Passphrase of the key for"));
}

/* A connection that is open would outlive its profile. */
static void
disconnect (SallyCli *cli, SallyServer *server)
{
  g_autoptr (SallyConnection) connection = sally_connection_new (server, cli->services);
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) ended = NULL;

  sally_connection_open_async (connection, TRUE, cli->cancellable, sally_cli_keep_result, &opened);
  sally_cli_wait (&opened);
  if (!sally_connection_open_finish (connection, opened, NULL))
    return;
  sally_connection_disconnect_async (connection, cli->cancellable, sally_cli_keep_result, &ended);
  sally_cli_wait (&ended);
  sally_connection_disconnect_finish (connection, ended, NULL);
}

int
sally_command_server_remove (SallyCli *cli, char **arguments)
{
  g_auto (GStrv) operands = NULL;
  g_autoptr (SallyServer) server = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, NULL, arguments, 1, 1, &operands))
    return cli->exit_code;
  if (!g_set_object (&server, sally_cli_find_server (cli, operands[0], &error)))
    return sally_message_error (error);

  disconnect (cli, server);
  sally_server_store_remove_async (cli->servers, server, cli->cancellable, sally_cli_keep_result,
                                   &result);
  sally_cli_wait (&result);
  if (!sally_server_store_remove_finish (cli->servers, result, &error))
    return sally_message_error (error);
  printf (_ ("Removed “%s”\n"), sally_server_get_name (server));
  if (store_secret (cli, SALLY_KEYRING_PASSWORD, server, NULL, &error) &&
      store_secret (cli, SALLY_KEYRING_PASSPHRASE, server, NULL, &error))
    return SALLY_EXIT_DONE;
  g_prefix_error (&error, _ ("“%s” is removed, but its password may still be in the keyring: "),
                  sally_server_get_name (server));
  return sally_message_error (error);
}

int
sally_command_server_trust (SallyCli *cli, char **arguments)
{
  g_auto (GStrv) operands = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GPtrArray) fingerprints = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  SallyServer *server;

  if (!sally_cli_parse (cli, NULL, arguments, 2, SALLY_HOST_TRUST_MAX_PINS + 1, &operands))
    return cli->exit_code;
  server = sally_cli_find_server (cli, operands[0], &error);
  if (server == NULL)
    return sally_message_error (error);
  for (guint i = 1; operands[i] != NULL; i++)
    {
      char *fingerprint = sally_fingerprint_canonical (operands[i]);

      if (fingerprint == NULL)
        {
          g_autofree char *shown = sally_show_name (operands[i]);

          sally_message (
              _ ("“%s” is no fingerprint: write SHA256: and the 43 characters that “ssh-keygen "
                 "-lf” shows for the host key"),
              shown);
          return SALLY_EXIT_USAGE;
        }
      g_ptr_array_add (fingerprints, fingerprint);
    }
  g_ptr_array_add (fingerprints, NULL);
  if (!sally_host_trust_pin (cli->host_trust, sally_server_get_host (server),
                             sally_server_get_port (server),
                             (const char *const *) fingerprints->pdata, &error))
    return sally_message_error (error);
  address = sally_server_dup_address (server);
  for (guint i = 0; i + 1 < fingerprints->len; i++)
    printf (_ ("The key %s of %s is trusted\n"), (const char *) fingerprints->pdata[i], address);
  return SALLY_EXIT_DONE;
}

int
sally_command_server_forget_key (SallyCli *cli, char **arguments)
{
  g_auto (GStrv) operands = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  SallyServer *server;

  if (!sally_cli_parse (cli, NULL, arguments, 1, 1, &operands))
    return cli->exit_code;
  server = sally_cli_find_server (cli, operands[0], &error);
  if (server == NULL || !sally_host_trust_forget (cli->host_trust, sally_server_get_host (server),
                                                  sally_server_get_port (server), &error))
    return sally_message_error (error);
  address = sally_server_dup_address (server);
  printf (_ ("No key of %s is trusted any more: the next one is asked about\n"), address);
  return SALLY_EXIT_DONE;
}

int
sally_command_server_unlock (SallyCli *cli, char **arguments)
{
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;
  SallyServer *server;
  SallyGuardState state;

  if (!sally_cli_parse (cli, NULL, arguments, 1, 1, &operands))
    return cli->exit_code;
  server = sally_cli_find_server (cli, operands[0], &error);
  if (server == NULL)
    return sally_message_error (error);
  state = sally_guard_get_state (cli->guard, server);
  if (!sally_guard_allow (cli->guard, server, &error))
    return sally_message_error (error);
  if (sally_guard_decide (&state) == SALLY_GUARD_GO)
    printf (_ ("“%s” is not held back\n"), sally_server_get_name (server));
  else
    printf (_ ("The next sign-in to “%s” may be tried. If it is refused too, it is held back "
               "again\n"),
            sally_server_get_name (server));
  return SALLY_EXIT_DONE;
}
