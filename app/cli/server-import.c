/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "login/adopted-keys.h"
#include "profiles/connection-file.h"
#include "profiles/plan.h"

#include <glib/gi18n.h>
#include <stdio.h>

static gboolean
find_format (const char *name, const SallyProfilesFormat **format, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  *format = name != NULL ? sally_profiles_find_format (name) : NULL;
  if (name == NULL || *format != NULL)
    return TRUE;
  for (const SallyProfilesFormat *known = sally_profiles_get_formats (); known->name != NULL;
       known++)
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", known->name);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("--format is one of %s"), names->str);
  return FALSE;
}

static GPtrArray *
load (SallyCli *cli, char **sources, const SallyProfilesFormat *format, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_profiles_load_async ((const char *const *) sources, format, cli->cancellable,
                             sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_profiles_load_finish (result, error);
}

/* All or none. */
static gboolean
save (SallyCli *cli, GPtrArray *chosen, GError **error)
{
  g_autoptr (GPtrArray) servers = g_ptr_array_new ();
  g_autoptr (GAsyncResult) result = NULL;

  if (chosen->len == 0)
    return TRUE;
  for (guint i = 0; i < chosen->len; i++)
    g_ptr_array_add (servers, ((SallyPlanItem *) chosen->pdata[i])->server);
  sally_server_store_save_all_async (cli->servers, servers, cli->cancellable, sally_cli_keep_result,
                                     &result);
  sally_cli_wait (&result);
  return sally_server_store_save_all_finish (cli->servers, result, error);
}

/* A file from somebody else does not overrule what is known of a host. */
static gboolean
pin (SallyCli *cli, GPtrArray *chosen, GError **error)
{
  for (guint i = 0; i < chosen->len; i++)
    {
      SallyPlanItem *item = chosen->pdata[i];
      g_autofree char *address = NULL;
      gboolean is_pinned, is_adopted;

      if (!sally_host_trust_pin_new (cli->host_trust, sally_server_get_host (item->server),
                                     sally_server_get_port (item->server), item->profile->host_keys,
                                     &is_pinned, error))
        return FALSE;
      if (!is_pinned && !sally_adopt_keys (cli->host_trust, sally_server_get_host (item->server),
                                           sally_server_get_port (item->server),
                                           item->profile->known_keys, &is_adopted, error))
        return FALSE;
      address = sally_server_dup_address (item->server);
      if (item->profile->host_keys->len > 0 && !is_pinned)
        sally_message (_ ("Keys of %s are trusted already: they stay, those of the file are not "
                          "taken"),
                       address);
    }
  return TRUE;
}

static void
add_texts (JsonBuilder *builder, const char *name, GPtrArray *texts)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < texts->len; i++)
    json_builder_add_string_value (builder, texts->pdata[i]);
  json_builder_end_array (builder);
}

static void
print_json (const SallyPlanItem *item)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  SallyServer *server = item->server;

  json_builder_begin_object (builder);
  sally_json_add_string (builder, "status", item->is_new ? "new" : "same");
  sally_json_add_string (builder, "name", sally_server_get_name (server));
  sally_json_add_string (builder, "host", sally_server_get_host (server));
  sally_json_add_int (builder, "port", sally_server_get_port (server));
  sally_json_add_string (builder, "user", sally_server_get_user (server));
  sally_json_add_string (builder, "login", sally_server_get_recipe (server));
  sally_json_add_string (builder, "identity", sally_server_get_identity_file (server));
  sally_json_add_string (builder, "jump", sally_server_get_jump (server));
  sally_json_add_string (builder, "start", sally_server_get_start_directory (server));
  sally_json_add_string (builder, "group", sally_server_get_group (server));
  add_texts (builder, "host_keys", item->profile->host_keys);
  add_texts (builder, "known_keys", item->profile->known_keys);
  add_texts (builder, "losses", item->profile->losses);
  json_builder_end_object (builder);
  sally_json_print (builder);
}

static void
print_text (const SallyPlanItem *item)
{
  SallyServer *server = item->server;
  g_autofree char *address = sally_server_dup_address (server);

  printf ("%s\t", item->is_new ? _ ("new") : _ ("same"));
  sally_print_name (sally_server_get_name (server));
  putchar ('\t');
  sally_print_name (sally_server_get_user (server));
  putchar ('@');
  sally_print_name (address);
  putchar ('\t');
  sally_print_name (sally_server_get_recipe (server));
  putchar ('\n');
  for (guint i = 0; item->is_new && i < item->profile->losses->len; i++)
    printf ("\t- %s\n", (const char *) item->profile->losses->pdata[i]);
  for (guint i = 0; item->is_new && i < item->profile->known_keys->len; i++)
    printf (_ ("\t+ Its key %s is known\n"), (const char *) item->profile->known_keys->pdata[i]);
}

/* What else there is to say; the number of entries that could not be read. */
static guint
print_notices (GPtrArray *files)
{
  guint n_unreadable = 0;

  for (guint i = 0; i < files->len; i++)
    {
      SallyProfiles *file = files->pdata[i];

      n_unreadable += file->n_unreadable;
      for (guint j = 0; j < file->notices->len; j++)
        sally_message ("%s", (const char *) file->notices->pdata[j]);
    }
  return n_unreadable;
}

static GPtrArray *
choose_all (GPtrArray *plan)
{
  g_autofree gboolean *wanted = g_new (gboolean, plan->len);

  for (guint i = 0; i < plan->len; i++)
    wanted[i] = TRUE;
  return sally_plan_choose (plan, wanted);
}

static void
print_summary (guint n_new, gboolean dry_run)
{
  if (dry_run)
    printf (ngettext ("%u server would be added\n", "%u servers would be added\n", n_new), n_new);
  else
    printf (ngettext ("%u server added\n", "%u servers added\n", n_new), n_new);
}

int
sally_command_server_import (SallyCli *cli, char **arguments)
{
  g_autofree char *format_name = NULL;
  gboolean dry_run = FALSE;
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "format", 0, 0, G_OPTION_ARG_FILENAME, &format_name,
      N_ ("Whose file it is (default: its content tells)"), "FORMAT" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, N_ ("Only show what would be added"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print one JSON object a line"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  const SallyProfilesFormat *format = NULL;
  g_auto (GStrv) operands = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GPtrArray) plan = NULL;
  g_autoptr (GPtrArray) chosen = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 1, SALLY_PROFILES_MAX_FILES, &operands))
    return cli->exit_code;
  if (sally_server_store_get_error (cli->servers) != NULL)
    return sally_message_error (sally_server_store_get_error (cli->servers));
  if (!find_format (format_name, &format, &error))
    return sally_message_error (error);
  files = load (cli, operands, format, &error);
  if (files == NULL)
    return sally_message_error (error);
  plan = sally_plan (G_LIST_MODEL (cli->servers), files);
  chosen = choose_all (plan);
  if (!dry_run && (!save (cli, chosen, &error) || !pin (cli, chosen, &error)))
    return sally_message_error (error);

  for (guint i = 0; i < plan->len; i++)
    {
      if (json)
        print_json (plan->pdata[i]);
      else
        print_text (plan->pdata[i]);
    }
  if (!json)
    print_summary (chosen->len, dry_run);
  return print_notices (files) > 0 ? SALLY_EXIT_PARTLY : SALLY_EXIT_DONE;
}

/* The server and those that lead to it, with the keys that are trusted here. */
static GPtrArray *
collect_chain (SallyCli *cli, SallyServer *server, GError **error)
{
  g_autoptr (GPtrArray) chain =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_profile_free);

  while (server != NULL)
    {
      const char *jump = sally_server_get_jump (server);
      g_auto (GStrv) keys =
          sally_host_trust_dup_fingerprints (cli->host_trust, sally_server_get_host (server),
                                             sally_server_get_port (server));

      if (chain->len > SALLY_CONNECTION_FILE_MAX_JUMPS)
        {
          g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("More than %d servers lead to it"), SALLY_CONNECTION_FILE_MAX_JUMPS);
          return NULL;
        }
      g_ptr_array_add (chain, sally_profile_new_from (server, (const char *const *) keys));
      if (*jump == '\0')
        break;
      server = sally_cli_find_server (cli, jump, error);
      if (server == NULL)
        return NULL;
    }
  return g_steal_pointer (&chain);
}

static int
write_file (const char *path, GBytes *bytes, gboolean force)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  if (path == NULL)
    {
      fwrite (data, 1, length, stdout);
      return SALLY_EXIT_DONE;
    }
  if (!force && g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autofree char *shown = sally_show_name (path);

      sally_message (_ ("%s is there already: --force replaces it"), shown);
      return SALLY_EXIT_PARTLY;
    }
  if (g_file_set_contents_full (path, data, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0644,
                                &error))
    return SALLY_EXIT_DONE;
  return sally_message_error (error);
}

int
sally_command_server_export (SallyCli *cli, char **arguments)
{
  gboolean force = FALSE;
  const GOptionEntry options[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &force, N_ ("Replace a file that is there"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  SallyServer *server;

  if (!sally_cli_parse (cli, options, arguments, 1, 2, &operands))
    return cli->exit_code;
  server = sally_cli_find_server (cli, operands[0], &error);
  chain = server != NULL ? collect_chain (cli, server, &error) : NULL;
  if (chain == NULL)
    return sally_message_error (error);
  bytes = sally_connection_file_write (chain);
  if (((SallyProfile *) chain->pdata[0])->host_keys->len == 0)
    sally_message (_ ("No key of the server is trusted here, so the file pins none: connect once, "
                      "or use “sally server trust”"));
  return write_file (operands[1], bytes, force);
}
