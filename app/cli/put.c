/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/address.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/transfer-options.h"
#include "model/remote-path.h"

#include <glib/gi18n.h>
#include <string.h>

/* Sets `is_folder`: whether the files keep their names and go into `path`. */
static gboolean
judge_target (SallyCli *cli,
              SallyConnection *connection,
              const char *path,
              guint n_sources,
              gboolean *is_folder,
              GError **error)
{
  SallyRemoteAttributes attributes;
  g_autoptr (GError) reason = NULL;
  g_autofree char *shown = sally_show_name (path);

  *is_folder = FALSE;
  if (sally_address_stat (cli, connection, path, TRUE, &attributes, &reason))
    *is_folder = sally_attributes_is_directory (&attributes);
  else if (!g_error_matches (reason, SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (*is_folder || (n_sources == 1 && !g_str_has_suffix (path, "/")))
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND,
               _ ("“%s” is no folder on the server. Make it with sally mkdir"), shown);
  return FALSE;
}

static gboolean
add_source (SallyCli *cli,
            SallyConnection *connection,
            const char *local,
            const char *path,
            gboolean into_folder,
            const SallyTransferOptions *options,
            GHashTable *names,
            SallyTally *tally,
            GError **error)
{
  g_autofree char *name = g_path_get_basename (local);
  g_autofree char *target = NULL;
  gboolean is_folder = g_file_test (local, G_FILE_TEST_IS_DIR);

  if (!into_folder)
    target = g_strdup (path);
  else if (sally_remote_name_is_safe (name, strlen (name)))
    target = sally_remote_path_join (path, name);
  if (target == NULL || (is_folder && !options->recursive))
    {
      g_autofree char *shown = sally_show_name (local);

      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED,
                   _ ("“%s” is a folder: -r sends it and all that is in it"), shown);
      return FALSE;
    }
  if (!sally_transfers_take_name (names, name, error))
    return FALSE;
  if (is_folder)
    {
      g_autoptr (SallyTree) tree =
          sally_tree_new_upload (cli->transfers, connection, local, target, options->conflict);

      sally_transfers_add_tree (cli, tree, tally);
      return TRUE;
    }
  sally_transfer_queue_upload (cli->transfers, connection, local, target, options->conflict);
  return TRUE;
}

int
sally_command_put (SallyCli *cli, char **arguments)
{
  g_auto (SallyTransferOptions) values = { FALSE };
  const GOptionEntry options[] = {
    SALLY_TRANSFER_OPTIONS (values),
    { "verify", 0, 0, G_OPTION_ARG_NONE, &values.verifies,
      N_ ("Compare what has arrived: by the server's digest, or by reading it back"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) target_error = NULL;
  g_autofree char *path = NULL;
  SallyConnection *connection;
  SallyTally tally = { 0 };
  guint n_sources;
  gboolean into_folder;

  if (!sally_cli_parse (cli, options, arguments, 2, G_MAXUINT, &operands))
    return cli->exit_code;
  if (!sally_transfer_options_apply (&values, cli, &target_error))
    return sally_message_error (target_error);
  n_sources = g_strv_length (operands) - 1;
  connection = sally_address_open (cli, operands[n_sources], &path, &target_error);
  if (connection == NULL ||
      !judge_target (cli, connection, path, n_sources, &into_folder, &target_error))
    return sally_message_error (target_error);

  for (guint i = 0; i < n_sources; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!add_source (cli, connection, operands[i], path, into_folder, &values, names, &tally,
                       &error))
        sally_tally_add (&tally, error);
    }
  sally_transfers_run (cli, &tally);
  return sally_tally_exit_code (&tally);
}
