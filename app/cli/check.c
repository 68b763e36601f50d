/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "remote/probe.h"

#include <glib/gi18n.h>
#include <stdio.h>

static const char *const kind_names[] = { "good", "note", "bad" };
static const char *const kind_marks[] = { "✓", "·", "✗" };

static void
print_json (SallyServer *server, GPtrArray *findings)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sally_json_add_string (builder, "name", sally_server_get_name (server));
  json_builder_set_member_name (builder, "good");
  json_builder_add_boolean_value (builder, sally_preflight_is_good (findings));
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < findings->len; i++)
    {
      const SallyFinding *finding = findings->pdata[i];

      json_builder_begin_object (builder);
      sally_json_add_string (builder, "kind", kind_names[finding->kind]);
      sally_json_add_string (builder, "topic", finding->topic);
      sally_json_add_string (builder, "sentence", finding->sentence);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  sally_json_print (builder);
}

static void
print_text (GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const SallyFinding *finding = findings->pdata[i];

      printf ("%s %s\n", kind_marks[finding->kind], finding->sentence);
    }
}

/* The test that costs a code, if one is wanted. */
static int
sign_in (SallyCli *cli, SallyServer *server)
{
  g_autoptr (GError) error = NULL;

  if (sally_cli_connect (cli, sally_server_get_name (server), &error) == NULL)
    return sally_message_error (error);
  printf (_ ("✓ The sign-in works\n"));
  return SALLY_EXIT_DONE;
}

int
sally_command_check (SallyCli *cli, char **arguments)
{
  gboolean json = FALSE;
  gboolean tries = FALSE;
  const GOptionEntry options[] = {
    { "sign-in", 0, 0, G_OPTION_ARG_NONE, &tries, N_ ("If nothing stands against it, sign in too"),
      NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SallySignInFacts) facts = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) error = NULL;
  SallyServer *server;

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  server = sally_cli_find_server (cli, operands[0], &error);
  if (server == NULL)
    return sally_message_error (error);
  sally_probe_run_async (server, cli->services, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  facts = sally_probe_run_finish (result, &error);
  if (facts == NULL)
    return sally_message_error (error);

  findings = sally_probe_judge (facts, server, cli->services);
  if (json)
    print_json (server, findings);
  else
    print_text (findings);
  if (!sally_preflight_is_good (findings))
    return SALLY_EXIT_PARTLY;
  return tries ? sign_in (cli, server) : SALLY_EXIT_DONE;
}
