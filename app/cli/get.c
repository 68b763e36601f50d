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

/* Where downloads go. */
typedef struct
{
  char *directory;
  char *name; /* NULL: each file keeps its own */
} Target;

static void
target_clear (Target *target)
{
  g_free (target->directory);
  g_free (target->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Target, target_clear)

/* As cp does it: into a folder that is there; else, for one file, under that name. */
static gboolean
find_target (const char *local, guint n_sources, Target *target, GError **error)
{
  g_autofree char *shown = sally_show_name (local);

  if (g_file_test (local, G_FILE_TEST_IS_DIR))
    {
      target->directory = g_strdup (local);
      return TRUE;
    }
  if (n_sources > 1)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("Several files need a folder to go to, and “%s” is none"), shown);
      return FALSE;
    }
  if (*local == '\0' || g_str_has_suffix (local, "/"))
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND, _ ("There is no folder “%s”"),
                   shown);
      return FALSE;
    }
  target->directory = g_path_get_dirname (local);
  target->name = g_path_get_basename (local);
  if (sally_remote_name_is_safe (target->name, strlen (target->name)))
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("“%s” cannot be a file's name"), shown);
  return FALSE;
}

/* A folder and all that is in it, or, where it is none, the file. */
static gboolean
add_recursively (SallyCli *cli,
                 SallyConnection *connection,
                 const char *path,
                 const char *directory,
                 const char *name,
                 const SallyTransferOptions *options,
                 SallyTally *tally,
                 GError **error)
{
  g_autoptr (SallyTree) tree = NULL;
  SallyRemoteAttributes attributes;

  if (!sally_address_stat (cli, connection, path, TRUE, &attributes, error))
    return FALSE;
  if (!sally_attributes_is_directory (&attributes))
    {
      sally_transfer_queue_download (cli->transfers, connection, path, directory, name,
                                     options->conflict);
      return TRUE;
    }
  tree = sally_tree_new_download (cli->transfers, connection, path, directory, name,
                                  options->conflict);
  sally_transfers_add_tree (cli, tree, tally);
  return TRUE;
}

static gboolean
add_source (SallyCli *cli,
            const char *source,
            const Target *target,
            const SallyTransferOptions *options,
            GHashTable *names,
            SallyTally *tally,
            GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;
  SallyConnection *connection = sally_address_open (cli, source, &path, error);

  if (connection == NULL)
    return FALSE;
  name = target->name != NULL ? g_strdup (target->name) : sally_remote_path_dup_name (path);
  if (!sally_remote_name_is_safe (name, strlen (name)))
    {
      g_autofree char *shown = sally_show_name (source);

      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("“%s” is a folder: name the files that you want"), shown);
      return FALSE;
    }
  if (!sally_transfers_take_name (names, name, error))
    return FALSE;
  if (options->recursive)
    return add_recursively (cli, connection, path, target->directory, name, options, tally, error);
  sally_transfer_queue_download (cli->transfers, connection, path, target->directory, name,
                                 options->conflict);
  return TRUE;
}

int
sally_command_get (SallyCli *cli, char **arguments)
{
  g_auto (SallyTransferOptions) values = { FALSE };
  const GOptionEntry options[] = {
    SALLY_TRANSFER_OPTIONS (values),
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_auto (Target) target = { NULL };
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) usage_error = NULL;
  SallyTally tally = { 0 };
  const char *local = ".";
  guint n_sources;

  if (!sally_cli_parse (cli, options, arguments, 1, G_MAXUINT, &operands))
    return cli->exit_code;
  if (!sally_transfer_options_apply (&values, cli, &usage_error))
    return sally_message_error (usage_error);
  n_sources = g_strv_length (operands);
  if (n_sources > 1 && !sally_address_is_remote (operands[n_sources - 1]))
    local = operands[--n_sources];
  for (guint i = 0; i < n_sources; i++)
    {
      g_autoptr (SallyAddress) address = sally_address_parse (operands[i], &usage_error);

      if (address == NULL)
        return sally_message_error (usage_error);
    }
  if (!find_target (local, n_sources, &target, &usage_error))
    return sally_message_error (usage_error);

  for (guint i = 0; i < n_sources && !g_cancellable_is_cancelled (cli->cancellable); i++)
    {
      g_autoptr (GError) error = NULL;

      if (!add_source (cli, operands[i], &target, &values, names, &tally, &error))
        sally_tally_add (&tally, error);
    }
  sally_transfers_run (cli, &tally);
  return sally_tally_exit_code (&tally);
}
