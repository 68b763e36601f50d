/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sally key: pairs that Sallyport makes, whose private halves never leave the keyring. */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"

#include <glib/gi18n.h>
#include <stdio.h>

SallySshKey *
sally_cli_find_key (SallyCli *cli, const char *name, GError **error)
{
  if (!sally_cli_check_text (_ ("a key's name"), name, error) || !sally_cli_load_keys (cli, error))
    return NULL;
  return sally_key_store_find (cli->keys, name, error);
}

static SallySshKey *
make (SallyCli *cli, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (!sally_cli_check_text (_ ("a key's name"), name, error) || !sally_cli_load_keys (cli, error))
    return NULL;
  sally_key_store_make_async (cli->keys, name, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_key_store_make_finish (cli->keys, result, error);
}

int
sally_command_key_make (SallyCli *cli, char **arguments)
{
  g_auto (GStrv) operands = NULL;
  g_autoptr (SallySshKey) key = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, NULL, arguments, 1, 1, &operands))
    return cli->exit_code;
  key = make (cli, operands[0], &error);
  if (key == NULL)
    return sally_message_error (error);
  /* The line alone, for a pipe or a mail: it is what the server's administrator needs. */
  puts (sally_ssh_key_get_public_line (key));
  return SALLY_EXIT_DONE;
}

static void
add_json (JsonBuilder *builder, SallySshKey *key, const char *fingerprint)
{
  json_builder_begin_object (builder);
  sally_json_add_string (builder, "id", sally_ssh_key_get_id (key));
  sally_json_add_string (builder, "name", sally_ssh_key_get_name (key));
  sally_json_add_string (builder, "fingerprint", fingerprint);
  sally_json_add_string (builder, "public", sally_ssh_key_get_public_line (key));
  json_builder_end_object (builder);
}

int
sally_command_key_list (SallyCli *cli, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  GListModel *keys = G_LIST_MODEL (cli->keys);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 0, 0, &operands))
    return cli->exit_code;
  if (!sally_cli_load_keys (cli, &error))
    return sally_message_error (error);

  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (SallySshKey) key = g_list_model_get_item (keys, i);
      g_autofree char *fingerprint = sally_ssh_key_dup_fingerprint (key);

      add_json (builder, key, fingerprint);
      if (!json)
        printf ("%s\t%s\n", sally_ssh_key_get_name (key), fingerprint);
    }
  json_builder_end_array (builder);
  if (json)
    sally_json_print (builder);
  return SALLY_EXIT_DONE;
}

int
sally_command_key_show (SallyCli *cli, char **arguments)
{
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;
  SallySshKey *key;

  if (!sally_cli_parse (cli, NULL, arguments, 1, 1, &operands))
    return cli->exit_code;
  key = sally_cli_find_key (cli, operands[0], &error);
  if (key == NULL)
    return sally_message_error (error);
  puts (sally_ssh_key_get_public_line (key));
  return SALLY_EXIT_DONE;
}

/* SALLY_ERROR_INVALID that names the first server that signs in with it. */
static gboolean
check_unused (SallyCli *cli, SallySshKey *key, GError **error)
{
  GListModel *servers = G_LIST_MODEL (cli->servers);

  if (sally_server_store_get_error (cli->servers) != NULL)
    {
      g_propagate_error (error, g_error_copy (sally_server_store_get_error (cli->servers)));
      return FALSE;
    }
  for (guint i = 0; i < g_list_model_get_n_items (servers); i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (servers, i);

      if (g_strcmp0 (sally_server_get_key_id (server), sally_ssh_key_get_id (key)) == 0)
        {
          g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("“%s” signs in with the key “%s”, and there is no other copy of it: "
                          "remove it with --force, or give the server another key first"),
                       sally_server_get_name (server), sally_ssh_key_get_name (key));
          return FALSE;
        }
    }
  return TRUE;
}

int
sally_command_key_remove (SallyCli *cli, char **arguments)
{
  gboolean force = FALSE;
  const GOptionEntry options[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &force, N_ ("Even if a server signs in with it"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SallySshKey) key = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  if (!g_set_object (&key, sally_cli_find_key (cli, operands[0], &error)) ||
      (!force && !check_unused (cli, key, &error)))
    return sally_message_error (error);
  sally_key_store_remove_async (cli->keys, key, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  if (!sally_key_store_remove_finish (cli->keys, result, &error))
    return sally_message_error (error);
  printf (_ ("Removed “%s”\n"), sally_ssh_key_get_name (key));
  return SALLY_EXIT_DONE;
}
