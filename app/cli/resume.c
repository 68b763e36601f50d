/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sally transfers and sally resume: what has not come to its end. */
#include "config.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/transfer-options.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* More than the numbers of a command line. */
#define MAX_IDS 10000

/* "running" is another program's. */
static const char *
get_state_word (const SallyTransferRecord *record)
{
  if (record->owner != SALLY_TRANSFER_OWNER_NOBODY)
    return record->state == SALLY_TRANSFER_RECORD_QUEUED ? N_ ("running") : N_ ("paused");
  return record->state == SALLY_TRANSFER_RECORD_FAILED ? N_ ("failed") : N_ ("resumable");
}

static const char *
get_server_name (SallyCli *cli, const SallyTransferRecord *record)
{
  SallyServer *server = sally_server_store_get_by_id (cli->servers, record->server_id);

  return server != NULL ? sally_server_get_name (server) : record->server_id;
}

static void
add_json (SallyCli *cli, JsonBuilder *builder, const SallyTransferRecord *record)
{
  json_builder_begin_object (builder);
  sally_json_add_int (builder, "id", record->id);
  sally_json_add_string (builder, "state", get_state_word (record));
  sally_json_add_string (builder, "server", get_server_name (cli, record));
  sally_json_add_string (builder, "direction", record->is_upload ? "upload" : "download");
  sally_json_add_name (builder, "local", record->local_path);
  sally_json_add_name (builder, "remote", record->remote_path);
  sally_json_add_int (builder, "bytes", (gint64) record->offset);
  sally_json_add_int (builder, "size", (gint64) record->size);
  sally_json_add_int (builder, "created", record->created);
  sally_json_add_string (builder, "error", record->error);
  json_builder_end_object (builder);
}

static void
print_text (SallyCli *cli, const SallyTransferRecord *record)
{
  g_autofree char *local = sally_show_name (record->local_path);
  g_autofree char *remote = sally_show_name (record->remote_path);
  g_autofree char *done = g_format_size (record->offset);
  g_autofree char *size = g_format_size (record->size);
  g_autofree char *place = g_strdup_printf ("%s:%s", get_server_name (cli, record), remote);

  printf ("%" G_GINT64_FORMAT "\t%s\t%s / %s\t%s -> %s\n", record->id, _ (get_state_word (record)),
          done, size, record->is_upload ? local : place, record->is_upload ? place : local);
  if (record->error != NULL)
    printf ("\t%s\n", record->error);
}

static GPtrArray *
list_records (SallyCli *cli, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_transfer_store_list_async (cli->transfer_store, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_transfer_store_list_finish (cli->transfer_store, result, error);
}

/* The ids of the operands; NULL with `error`, or without for none. */
static GArray *
parse_ids (char **operands, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (*operands == NULL)
    return NULL;
  for (char **operand = operands; *operand != NULL; operand++)
    {
      guint64 number;
      gint64 id;

      if (!sally_cli_parse_number (_ ("a transfer's number"), *operand, 1, G_MAXINT64, &number,
                                   error))
        return NULL;
      id = (gint64) number;
      g_array_append_val (ids, id);
    }
  return g_steal_pointer (&ids);
}

/* Into the queue, paused; -1 with `error`. */
static gssize
restore (SallyCli *cli, char **operands, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GArray) ids = parse_ids (operands, &reason);
  g_autoptr (GAsyncResult) result = NULL;
  gssize n_found;

  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return -1;
    }
  sally_transfer_queue_restore_async (cli->transfers, ids, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  n_found = sally_transfer_queue_restore_finish (cli->transfers, result, error);
  if (n_found >= 0 && ids != NULL && (guint) n_found < ids->len)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND,
                   _ ("Not all of these can be resumed. “sally transfers” lists what there is"));
      return -1;
    }
  return n_found;
}

static SallyConnection *
get_connection (const char *server_id, gpointer user_data)
{
  SallyCli *cli = user_data;
  SallyConnection *connection = g_hash_table_lookup (cli->connections, server_id);

  return connection != NULL ? g_object_ref (connection) : NULL;
}

/* Opens the connections that the transfers in the list need, each once. */
static void
connect_all (SallyCli *cli, SallyTally *tally)
{
  GListModel *list = G_LIST_MODEL (cli->transfers);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  sally_transfer_queue_set_connect_func (cli->transfers, get_connection, cli);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SallyTransfer) transfer = g_list_model_get_item (list, i);
      const char *id = sally_transfer_get_server_id (transfer);
      g_autoptr (GError) error = NULL;

      if (g_hash_table_add (seen, (gpointer) id) && sally_cli_connect (cli, id, &error) == NULL)
        sally_tally_add (tally, error);
    }
}

int
sally_command_resume (SallyCli *cli, char **arguments)
{
  g_auto (SallyTransferOptions) values = { FALSE };
  const GOptionEntry options[] = {
    SALLY_MOVING_OPTIONS (values),
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;
  SallyTally tally = { 0 };
  gssize n_found;

  if (!sally_cli_parse (cli, options, arguments, 0, MAX_IDS, &operands))
    return cli->exit_code;
  if (!sally_transfer_options_apply (&values, cli, &error))
    return sally_message_error (error);
  n_found = restore (cli, operands, &error);
  if (n_found < 0)
    return sally_message_error (error);
  if (n_found == 0)
    {
      if (!values.json)
        printf (_ ("There is nothing to resume\n"));
      return SALLY_EXIT_DONE;
    }
  connect_all (cli, &tally);
  sally_transfer_queue_resume_all (cli->transfers);
  sally_transfers_run (cli, &tally);
  return sally_tally_exit_code (&tally);
}

/* What lies on a server is removed there, for which it has to be reached. */
static int
discard (SallyCli *cli, char **operands)
{
  g_autoptr (GError) error = NULL;
  SallyTally tally = { 0 };
  gssize n_found = restore (cli, operands, &error);

  if (n_found < 0)
    return sally_message_error (error);
  connect_all (cli, &tally);
  sally_transfers_discard (cli);
  return sally_tally_exit_code (&tally);
}

int
sally_command_transfers (SallyCli *cli, char **arguments)
{
  gboolean json = FALSE;
  gboolean discards = FALSE;
  const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    { "discard", 0, 0, G_OPTION_ARG_NONE, &discards,
      N_ ("Give up those with the numbers ID, or all that could be resumed, and remove what has "
          "arrived of them"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GPtrArray) records = NULL;
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 0, MAX_IDS, &operands))
    return cli->exit_code;
  if (discards)
    return discard (cli, operands);
  if (*operands != NULL)
    return sally_cli_usage (cli);
  records = list_records (cli, &error);
  if (records == NULL)
    return sally_message_error (error);
  json_builder_begin_array (builder);
  for (guint i = 0; i < records->len; i++)
    {
      add_json (cli, builder, g_ptr_array_index (records, i));
      if (!json)
        print_text (cli, g_ptr_array_index (records, i));
    }
  json_builder_end_array (builder);
  if (json)
    sally_json_print (builder);
  return SALLY_EXIT_DONE;
}
