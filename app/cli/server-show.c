/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/commands.h"
#include "cli/output.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* What the administrator gives names its jump host by the id. */
static const char *
get_jump_name (SallyCli *cli, SallyServer *server)
{
  SallyServer *jump = sally_server_store_get_by_id (cli->servers, sally_server_get_jump (server));

  return jump != NULL ? sally_server_get_name (jump) : sally_server_get_jump (server);
}

static void
add_json (JsonBuilder *builder, SallyCli *cli, SallyServer *server)
{
  json_builder_begin_object (builder);
  sally_json_add_string (builder, "id", sally_server_get_id (server));
  sally_json_add_string (builder, "name", sally_server_get_name (server));
  sally_json_add_string (builder, "host", sally_server_get_host (server));
  sally_json_add_int (builder, "port", sally_server_get_port (server));
  sally_json_add_string (builder, "user", sally_server_get_user (server));
  sally_json_add_string (builder, "login", sally_server_get_recipe (server));
  sally_json_add_string (builder, "account", sally_server_get_account_id (server));
  sally_json_add_string (builder, "identity", sally_server_get_identity_file (server));
  sally_json_add_string (builder, "jump", get_jump_name (cli, server));
  sally_json_add_string (builder, "start", sally_server_get_start_directory (server));
  sally_json_add_string (builder, "separator", sally_server_get_separator (server));
  sally_json_add_int (builder, "code_length", sally_server_get_code_length (server));
  sally_json_add_string (builder, "password_prompt", sally_server_get_password_prompt (server));
  sally_json_add_string (builder, "code_prompt", sally_server_get_code_prompt (server));
  sally_json_add_string (builder, "given_by", sally_server_get_given_by (server));
  json_builder_end_object (builder);
}

/* What is kept as the key's id is shown by its name. */
static char *
dup_identity_words (SallyCli *cli, SallyServer *server)
{
  const char *id = sally_server_get_key_id (server);
  SallySshKey *key;

  if (id == NULL)
    return g_strdup (sally_server_get_identity_file (server));
  key = sally_cli_load_keys (cli, NULL) ? sally_key_store_get_by_id (cli->keys, id) : NULL;
  return key != NULL ? g_strdup_printf (_ ("“%s”, made here"), sally_ssh_key_get_name (key))
                     : g_strdup (_ ("not in the keyring any more"));
}

static void
print_field (const char *title, const char *value)
{
  if (*value == '\0')
    return;
  printf ("%s: ", title);
  sally_print_name (value);
  putchar ('\n');
}

int
sally_command_server_list (SallyCli *cli, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  GListModel *servers = G_LIST_MODEL (cli->servers);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (GStrv) operands = NULL;

  if (!sally_cli_parse (cli, options, arguments, 0, 0, &operands))
    return cli->exit_code;
  if (sally_server_store_get_error (cli->servers) != NULL)
    return sally_message_error (sally_server_store_get_error (cli->servers));

  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (servers); i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (servers, i);
      g_autofree char *address = sally_server_dup_address (server);

      add_json (builder, cli, server);
      if (json)
        continue;
      sally_print_name (sally_server_get_name (server));
      putchar ('\t');
      sally_print_name (sally_server_get_user (server));
      putchar ('@');
      sally_print_name (address);
      putchar ('\t');
      sally_print_name (sally_server_get_recipe (server));
      if (*sally_server_get_given_by (server) != '\0')
        printf ("\t%s", _ ("given by the administrator"));
      putchar ('\n');
    }
  json_builder_end_array (builder);
  if (json)
    sally_json_print (builder);
  for (guint i = 0; i < cli->given_problems->len; i++)
    sally_message ("%s", (const char *) cli->given_problems->pdata[i]);
  return SALLY_EXIT_DONE;
}

int
sally_command_server_show (SallyCli *cli, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  g_autofree char *identity = NULL;
  SallyServer *server;

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  server = sally_cli_find_server (cli, operands[0], &error);
  if (server == NULL)
    return sally_message_error (error);
  if (json)
    {
      add_json (builder, cli, server);
      sally_json_print (builder);
      return SALLY_EXIT_DONE;
    }

  address = sally_server_dup_address (server);
  print_field (_ ("Name"), sally_server_get_name (server));
  print_field (_ ("Address"), address);
  print_field (_ ("User"), sally_server_get_user (server));
  print_field (_ ("Login"), sally_server_get_recipe (server));
  if (*sally_server_get_account_id (server) != '\0' && sally_cli_load_accounts (cli, NULL))
    {
      SallyAccount *account =
          sally_account_store_get_by_id (cli->accounts, sally_server_get_account_id (server));

      print_field (_ ("Account"), account != NULL ? sally_account_get_name (account)
                                                  : _ ("not in the keyring any more"));
    }
  identity = dup_identity_words (cli, server);
  print_field (sally_server_get_key_id (server) != NULL ? _ ("Key") : _ ("Key file"), identity);
  print_field (_ ("Jump"), get_jump_name (cli, server));
  print_field (_ ("Starts in"), sally_server_get_start_directory (server));
  print_field (_ ("Separator"), sally_server_get_separator (server));
  if (sally_server_get_code_length (server) != 0)
    printf (_ ("Code length: %u\n"), sally_server_get_code_length (server));
  print_field (_ ("Password prompt"), sally_server_get_password_prompt (server));
  print_field (_ ("Code prompt"), sally_server_get_code_prompt (server));
  print_field (_ ("Given by the administrator"), sally_server_get_given_by (server));
  print_field (_ ("Id"), sally_server_get_id (server));
  return SALLY_EXIT_DONE;
}
