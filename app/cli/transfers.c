/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/transfers.h"

#include "base/error.h"
#include "cli/output.h"
#include "cli/progress.h"

#include <glib/gi18n.h>

static guint
count_active (SallyTransferQueue *transfers)
{
  guint n_active;

  g_object_get (transfers, "n-active", &n_active, NULL);
  return n_active;
}

typedef struct
{
  SallyCli *cli;
  SallyTally *tally;
} Walk;

static void
tree_walked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Walk *walk = user_data;
  g_autoptr (GError) error = NULL;
  SallyTreeResult counts;

  walk->cli->n_trees--;
  if (!sally_tree_run_finish (SALLY_TREE (source), result, &counts, &error))
    sally_tally_add (walk->tally, error);
  else if (counts.n_files == 0)
    walk->tally->n_done++;
  if (counts.n_left_out > 0)
    sally_message (
        ngettext ("%u entry was left out: a device, a name that is not safe, or a link that leads "
                  "out of the folder or in a circle (see --links)",
                  "%u entries were left out: devices, names that are not safe, or links that lead "
                  "out of the folder or in a circle (see --links)",
                  counts.n_left_out),
        counts.n_left_out);
}

void
sally_transfers_add_tree (SallyCli *cli, SallyTree *tree, SallyTally *tally)
{
  Walk *walk = g_new (Walk, 1);

  *walk = (Walk) { cli, tally };
  cli->n_trees++;
  sally_tree_run_async (tree, cli->cancellable, tree_walked, walk);
}

static void
print_line (SallyTransfer *transfer)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sally_json_add_name (builder, "path",
                       sally_transfer_get_is_upload (transfer)
                           ? sally_transfer_get_remote_path (transfer)
                           : sally_transfer_get_local_path (transfer));
  sally_json_add_int (builder, "bytes", (gint64) sally_transfer_get_size (transfer));
  sally_json_add_string (builder, "sha256", sally_transfer_get_sha256 (transfer));
  if (sally_transfer_get_proof (transfer) != NULL)
    sally_json_add_string (builder, "compared", sally_transfer_get_proof (transfer));
  json_builder_end_object (builder);
  sally_json_print (builder);
}

static void
finished (SallyTransferQueue *queue, SallyTransfer *transfer, SallyCli *cli)
{
  if (cli->prints_json && sally_transfer_get_state (transfer) == SALLY_TRANSFER_FINISHED)
    print_line (transfer);
}

static void
count (SallyTransfer *transfer, SallyTally *tally)
{
  const GError *error = sally_transfer_get_error (transfer);
  g_autoptr (GError) cancelled = NULL;

  switch (sally_transfer_get_state (transfer))
    {
    case SALLY_TRANSFER_FINISHED:
    case SALLY_TRANSFER_SKIPPED:
      sally_tally_add (tally, NULL);
      break;
    case SALLY_TRANSFER_PAUSED:
      break;
    default:
      if (error == NULL)
        error = cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
      sally_tally_add (tally, error);
    }
}

/* The limit of one command is not the next one's. */
static void
restore_limits (SallyCli *cli)
{
  GHashTableIter iter;
  gpointer connection;

  g_hash_table_iter_init (&iter, cli->connections);
  while (cli->has_limit && g_hash_table_iter_next (&iter, NULL, &connection))
    sally_connection_set_limits (connection, sally_settings_get_download_limit (cli->settings),
                                 sally_settings_get_upload_limit (cli->settings));
}

void
sally_transfers_discard (SallyCli *cli)
{
  sally_transfer_queue_discard_paused (cli->transfers);
  while (sally_transfer_queue_is_tidying (cli->transfers))
    g_main_context_iteration (NULL, TRUE);
}

void
sally_transfers_run (SallyCli *cli, SallyTally *tally)
{
  GListModel *list = G_LIST_MODEL (cli->transfers);
  SallyProgress *progress = sally_progress_new (cli->transfers);
  gboolean has_cancelled = FALSE;
  gulong handler = g_signal_connect (cli->transfers, "finished", G_CALLBACK (finished), cli);

  while (cli->n_trees > 0 || count_active (cli->transfers) > 0 ||
         sally_transfer_queue_is_tidying (cli->transfers))
    {
      if (!has_cancelled && g_cancellable_is_cancelled (cli->cancellable))
        {
          has_cancelled = TRUE;
          sally_transfer_queue_cancel_all (cli->transfers);
          continue;
        }
      g_main_context_iteration (NULL, TRUE);
    }
  sally_progress_free (progress);

  g_signal_handler_disconnect (cli->transfers, handler);
  restore_limits (cli);

  /* The list begins with the newest. */
  for (guint i = g_list_model_get_n_items (list); i > 0; i--)
    {
      g_autoptr (SallyTransfer) transfer = g_list_model_get_item (list, i - 1);

      count (transfer, tally);
    }
}

gboolean
sally_transfers_take_name (GHashTable *names, const char *name, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_hash_table_add (names, g_strdup (name)))
    return TRUE;
  shown = sally_show_name (name);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("Two of the files are called “%s”: the second would replace the first"), shown);
  return FALSE;
}
