/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/output.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* A server whose sign-in is under way holds its lock: it is not connected, yet. */
#define PATIENCE_MS 2000

/* One look at one server. */
typedef struct
{
  SallyConnection *connection;
  GCancellable *cancellable;
  GAsyncResult *result;
} Look;

static void
look_free (Look *look)
{
  sally_connection_detach (look->connection);
  g_object_unref (look->connection);
  g_object_unref (look->cancellable);
  g_clear_object (&look->result);
  g_free (look);
}

/* One of the facts of engine.xml's property Info that are text; "" if it is not there. */
static char *
dup_fact (GVariant *info, const char *key)
{
  const char *value = NULL;

  g_variant_lookup (info, key, "&s", &value);
  return sally_text_from_server (value != NULL ? value : "", -1, FALSE);
}

static gint64
get_since (GVariant *info)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (info, "since", NULL);

  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return g_variant_get_int64 (value);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return (gint64) g_variant_get_uint64 (value);
  return 0;
}

static void
add_json (JsonBuilder *builder, SallyServer *server, GVariant *info)
{
  const struct
  {
    const char *key;
    const char *fact;
  } facts[] = {
    { "ident", "ident" },
    { "dialect", "dialect" },
    { "host_key_type", "host-key-type" },
    { "host_key", "host-key-fingerprint" },
    { "key_exchange", "key-exchange" },
    { "cipher", "cipher" },
    { "mac", "mac" },
    { "methods", "methods" },
  };
  gint64 clock_offset;
  guint32 clock_accuracy;

  json_builder_begin_object (builder);
  sally_json_add_string (builder, "name", sally_server_get_name (server));
  sally_json_add_string (builder, "user", sally_server_get_user (server));
  sally_json_add_string (builder, "host", sally_server_get_host (server));
  sally_json_add_int (builder, "port", sally_server_get_port (server));
  sally_json_add_int (builder, "since", get_since (info));
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      g_autofree char *value = dup_fact (info, facts[i].fact);

      sally_json_add_string (builder, facts[i].key, value);
    }
  if (g_variant_lookup (info, "clock-offset", "x", &clock_offset) &&
      g_variant_lookup (info, "clock-accuracy", "u", &clock_accuracy))
    {
      sally_json_add_int (builder, "clock_offset", clock_offset);
      sally_json_add_int (builder, "clock_accuracy", clock_accuracy);
    }
  json_builder_end_object (builder);
}

static void
print_text (SallyServer *server, GVariant *info)
{
  g_autofree char *address = sally_server_dup_address (server);
  g_autofree char *since = sally_format_time (get_since (info));
  g_autofree char *ident = dup_fact (info, "ident");
  g_autofree char *dialect = dup_fact (info, "dialect");
  g_autofree char *cipher = dup_fact (info, "cipher");
  g_autofree char *fingerprint = dup_fact (info, "host-key-fingerprint");
  gint64 clock_offset;
  guint32 clock_accuracy;

  printf (_ ("%s: %s@%s since %s\n"), sally_server_get_name (server),
          sally_server_get_user (server), address, since);
  printf ("  %s, %s, %s\n", ident, cipher, fingerprint);
  if (*dialect != '\0')
    /* Translators: a kind of server, such as "AWS Transfer". */
    printf (_ ("  by the rules of %s\n"), dialect);
  if (g_variant_lookup (info, "clock-offset", "x", &clock_offset) &&
      g_variant_lookup (info, "clock-accuracy", "u", &clock_accuracy))
    /* Translators: seconds, with their sign; then how exact that is. */
    printf (_ ("  its clock: %+d s from this computer’s (±%u s)\n"), (int) clock_offset,
            clock_accuracy);
}

static Look *
look_at (SallyCli *cli, SallyServer *server)
{
  Look *look = g_new0 (Look, 1);

  look->connection = sally_connection_new (server, cli->services);
  look->cancellable = g_cancellable_new ();
  sally_connection_open_async (look->connection, TRUE, look->cancellable, sally_cli_keep_result,
                               &look->result);
  return look;
}

static gboolean
lose_patience (gpointer user_data)
{
  GPtrArray *looks = user_data;

  for (guint i = 0; i < looks->len; i++)
    g_cancellable_cancel (((Look *) looks->pdata[i])->cancellable);
  return G_SOURCE_CONTINUE;
}

int
sally_command_status (SallyCli *cli, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  GListModel *servers = G_LIST_MODEL (cli->servers);
  g_autoptr (GPtrArray) looks = g_ptr_array_new_with_free_func ((GDestroyNotify) look_free);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (GStrv) operands = NULL;
  guint patience;

  if (!sally_cli_parse (cli, options, arguments, 0, 0, &operands))
    return cli->exit_code;
  if (sally_server_store_get_error (cli->servers) != NULL)
    return sally_message_error (sally_server_store_get_error (cli->servers));

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (servers, i);

      g_ptr_array_add (looks, look_at (cli, server));
    }
  patience = g_timeout_add (PATIENCE_MS, lose_patience, looks);
  json_builder_begin_array (builder);
  for (guint i = 0; i < looks->len; i++)
    {
      Look *look = looks->pdata[i];
      SallyServer *server = sally_connection_get_server (look->connection);
      g_autoptr (GVariant) info = NULL;

      sally_cli_wait (&look->result);
      if (!sally_connection_open_finish (look->connection, look->result, NULL))
        continue;
      info = sally_connection_dup_info (look->connection);
      if (info == NULL)
        continue;
      add_json (builder, server, info);
      if (!json)
        print_text (server, info);
    }
  g_source_remove (patience);
  json_builder_end_array (builder);
  if (json)
    sally_json_print (builder);
  else
    sally_clock_warn ();
  return SALLY_EXIT_DONE;
}
