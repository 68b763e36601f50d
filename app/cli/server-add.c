/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"

#include <glib/gi18n.h>
#include <stdio.h>

typedef struct
{
  char *host;
  char *port;
  char *user;
  char *login;
  char *account;
  char *identity;
  char *key;
  char *jump;
  char *start;
  char *separator;
  char *code_length;
  char *password_prompt;
  char *code_prompt;
} Wishes;

static void
wishes_clear (Wishes *wishes)
{
  g_free (wishes->host);
  g_free (wishes->port);
  g_free (wishes->user);
  g_free (wishes->login);
  g_free (wishes->account);
  g_free (wishes->identity);
  g_free (wishes->key);
  g_free (wishes->jump);
  g_free (wishes->start);
  g_free (wishes->separator);
  g_free (wishes->code_length);
  g_free (wishes->password_prompt);
  g_free (wishes->code_prompt);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wishes, wishes_clear)

static gboolean
check_required (const char *option, const char *value, GError **error)
{
  if (value != NULL)
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("%s is missing. “sally help server add” tells what a server needs"), option);
  return FALSE;
}

static gboolean
check_texts (const char *name, const Wishes *wishes, GError **error)
{
  return sally_cli_check_text (_ ("a server's name"), name, error) &&
         sally_cli_check_text ("--host", wishes->host, error) &&
         sally_cli_check_text ("--user", wishes->user, error) &&
         sally_cli_check_text ("--login", wishes->login, error) &&
         sally_cli_check_text ("--account", wishes->account, error) &&
         sally_cli_check_text ("--identity", wishes->identity, error) &&
         sally_cli_check_text ("--key", wishes->key, error) &&
         sally_cli_check_text ("--jump", wishes->jump, error) &&
         sally_cli_check_text ("--start", wishes->start, error) &&
         sally_cli_check_text ("--separator", wishes->separator, error) &&
         sally_cli_check_text ("--password-prompt", wishes->password_prompt, error) &&
         sally_cli_check_text ("--code-prompt", wishes->code_prompt, error);
}

/* The profile keeps the id: the account may get another name. */
static gboolean
set_account (SallyCli *cli, SallyServer *server, const char *name, GError **error)
{
  SallyAccount *account;

  if (name == NULL)
    return TRUE;
  if (*name == '\0')
    {
      g_object_set (server, "account-id", "", NULL);
      return TRUE;
    }
  if (!sally_cli_load_accounts (cli, error))
    return FALSE;
  account = sally_account_store_find (cli->accounts, name, error);
  if (account == NULL)
    return FALSE;
  g_object_set (server, "account-id", sally_account_get_id (account), NULL);
  return TRUE;
}

/* The profile is used from any folder: the path is made absolute here. */
static gboolean
set_identity (SallyServer *server, const char *path, GError **error)
{
  g_autofree char *absolute = NULL;

  if (path == NULL)
    return TRUE;
  if (*path == '\0')
    {
      g_object_set (server, "identity-file", "", NULL);
      return TRUE;
    }
  absolute = g_canonicalize_filename (path, NULL);
  if (!g_file_test (absolute, G_FILE_TEST_IS_REGULAR))
    {
      g_autofree char *shown = sally_show_name (absolute);

      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("There is no key file %s"), shown);
      return FALSE;
    }
  g_object_set (server, "identity-file", absolute, NULL);
  return TRUE;
}

static gboolean
set_key (SallyCli *cli, SallyServer *server, const Wishes *wishes, GError **error)
{
  g_autofree char *identity = NULL;
  SallySshKey *key;

  if (wishes->key == NULL)
    return TRUE;
  if (wishes->identity != NULL)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("--identity and --key exclude each other: a server signs in with one "
                              "key"));
      return FALSE;
    }
  key = sally_cli_find_key (cli, wishes->key, error);
  if (key == NULL)
    return FALSE;
  identity = g_strconcat (SALLY_SERVER_KEY_PREFIX, sally_ssh_key_get_id (key), NULL);
  g_object_set (server, "identity-file", identity, NULL);
  return TRUE;
}

static gboolean
set_jump (SallyCli *cli, SallyServer *server, const char *name, GError **error)
{
  SallyServer *jump;

  if (name == NULL)
    return TRUE;
  if (*name == '\0')
    {
      g_object_set (server, "jump", "", NULL);
      return TRUE;
    }
  jump = sally_cli_find_server (cli, name, error);
  if (jump == NULL)
    return FALSE;
  g_object_set (server, "jump", sally_server_get_name (jump), NULL);
  return TRUE;
}

/* How the server asks, where the recipe alone does not say it. */
static gboolean
set_prompts (SallyServer *server, const Wishes *wishes, GError **error)
{
  const struct
  {
    const char *property;
    const char *value;
  } texts[] = {
    { "separator", wishes->separator },
    { "password-prompt", wishes->password_prompt },
    { "code-prompt", wishes->code_prompt },
  };
  guint64 length = 0;

  if (wishes->code_length != NULL &&
      !sally_cli_parse_number ("--code-length", wishes->code_length, SALLY_SERVER_MIN_CODE_LENGTH,
                               SALLY_SERVER_MAX_CODE_LENGTH, &length, error))
    return FALSE;
  if (wishes->code_length != NULL)
    g_object_set (server, "code-length", (guint) length, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].value != NULL)
      g_object_set (server, texts[i].property, texts[i].value, NULL);
  return TRUE;
}

/* What the options say; the rest of `server` stays as it is. */
static gboolean
apply (SallyCli *cli, SallyServer *server, const Wishes *wishes, GError **error)
{
  const struct
  {
    const char *property;
    const char *value;
  } texts[] = {
    { "host", wishes->host },
    { "user", wishes->user },
    { "recipe", wishes->login },
    { "start-directory", wishes->start },
  };
  guint64 port;

  if (wishes->port != NULL)
    {
      if (!sally_cli_parse_number ("--port", wishes->port, 1, G_MAXUINT16, &port, error))
        return FALSE;
      g_object_set (server, "port", (guint) port, NULL);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].value != NULL)
      g_object_set (server, texts[i].property, texts[i].value, NULL);
  return set_account (cli, server, wishes->account, error) &&
         set_identity (server, wishes->identity, error) && set_key (cli, server, wishes, error) &&
         set_jump (cli, server, wishes->jump, error) && set_prompts (server, wishes, error) &&
         sally_server_validate (server, error);
}

static SallyServer *
make_server (SallyCli *cli, const char *name, const Wishes *wishes, GError **error)
{
  g_autoptr (SallyServer) server = sally_server_new (NULL);

  if (!check_texts (name, wishes, error) || !check_required ("--host", wishes->host, error) ||
      !check_required ("--user", wishes->user, error) ||
      !check_required ("--login", wishes->login, error))
    return NULL;
  g_object_set (server, "name", name, NULL);
  return apply (cli, server, wishes, error) ? g_steal_pointer (&server) : NULL;
}

static SallyServer *
change_server (SallyCli *cli, const char *name, const Wishes *wishes, GError **error)
{
  g_autoptr (SallyServer) server = NULL;
  SallyServer *saved;

  if (!check_texts (name, wishes, error))
    return NULL;
  saved = sally_cli_find_server (cli, name, error);
  if (saved == NULL)
    return NULL;
  server = sally_server_new (sally_server_get_id (saved));
  sally_server_set_from (server, saved);
  return apply (cli, server, wishes, error) ? g_steal_pointer (&server) : NULL;
}

static int
save (SallyCli *cli, char **arguments, gboolean is_new)
{
  g_auto (Wishes) wishes = { NULL };
  const GOptionEntry options[] = {
    { "host", 0, 0, G_OPTION_ARG_FILENAME, &wishes.host, N_ ("Its name or address"), "H" },
    { "port", 0, 0, G_OPTION_ARG_FILENAME, &wishes.port, N_ ("1 to 65535 (default: 22)"), "P" },
    { "user", 0, 0, G_OPTION_ARG_FILENAME, &wishes.user, N_ ("Who signs in"), "U" },
    { "login", 0, 0, G_OPTION_ARG_FILENAME, &wishes.login,
      N_ ("How: password, password+code, code+password, key ..."), "RECIPE" },
    { "account", 0, 0, G_OPTION_ARG_FILENAME, &wishes.account,
      N_ ("Whose codes it wants; without it you type them"), "ACC" },
    { "identity", 0, 0, G_OPTION_ARG_FILENAME, &wishes.identity,
      N_ ("A private key; without it the running SSH agent is asked"), "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &wishes.key, N_ ("A key made by “sally key make”"),
      "NAME" },
    { "jump", 0, 0, G_OPTION_ARG_FILENAME, &wishes.jump, N_ ("A saved server that leads to it"),
      "NAME" },
    { "start", 0, 0, G_OPTION_ARG_FILENAME, &wishes.start, N_ ("The remote folder to begin in"),
      "DIR" },
    { "separator", 0, 0, G_OPTION_ARG_FILENAME, &wishes.separator,
      N_ ("What stands between password and code in one answer"), "TEXT" },
    { "code-length", 0, 0, G_OPTION_ARG_FILENAME, &wishes.code_length,
      N_ ("6 to 8 digits (default: as many as the account's codes have)"), "N" },
    { "password-prompt", 0, 0, G_OPTION_ARG_FILENAME, &wishes.password_prompt,
      N_ ("A regular expression: only prompts that match get the password"), "REGEX" },
    { "code-prompt", 0, 0, G_OPTION_ARG_FILENAME, &wishes.code_prompt, N_ ("Likewise for the code"),
      "REGEX" },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (SallyServer) server = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  server = is_new ? make_server (cli, operands[0], &wishes, &error)
                  : change_server (cli, operands[0], &wishes, &error);
  if (server == NULL)
    return sally_message_error (error);
  sally_server_store_save_async (cli->servers, server, cli->cancellable, sally_cli_keep_result,
                                 &result);
  sally_cli_wait (&result);
  if (!sally_server_store_save_finish (cli->servers, result, &error))
    return sally_message_error (error);
  address = sally_server_dup_address (server);
  printf (is_new ? _ ("Added “%s”: %s at %s, login %s\n")
                 : _ ("Changed “%s”: %s at %s, login %s\n"),
          sally_server_get_name (server), sally_server_get_user (server), address,
          sally_server_get_recipe (server));
  return SALLY_EXIT_DONE;
}

int
sally_command_server_add (SallyCli *cli, char **arguments)
{
  return save (cli, arguments, TRUE);
}

int
sally_command_server_set (SallyCli *cli, char **arguments)
{
  return save (cli, arguments, FALSE);
}
