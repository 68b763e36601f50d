/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/address.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "model/remote-path.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
make (SallyCli *cli, SallyConnection *connection, const char *path, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_connection_make_directory_async (connection, path, cli->cancellable, sally_cli_keep_result,
                                         &result);
  sally_cli_wait (&result);
  return sally_connection_change_finish (connection, result, error);
}

/* SFTP has no word for "it is there already": a look tells. */
static gboolean
make_or_explain (SallyCli *cli,
                 SallyConnection *connection,
                 const char *path,
                 gboolean may_exist,
                 GError **error)
{
  g_autofree char *shown = sally_show_name (path);
  g_autoptr (GError) reason = NULL;
  SallyRemoteAttributes attributes;

  if (make (cli, connection, path, &reason))
    return TRUE;
  if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
      sally_address_stat (cli, connection, path, TRUE, &attributes, NULL))
    {
      if (may_exist && sally_attributes_is_directory (&attributes))
        return TRUE;
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_EXISTS, _ ("“%s” is there already"),
                   shown);
      return FALSE;
    }
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* From the top down to the folder itself; those that are there stay. */
static gboolean
make_with_parents (SallyCli *cli, SallyConnection *connection, const char *path, GError **error)
{
  g_autofree char *whole = sally_remote_path_normalize (path);

  for (char *slash = strchr (whole + 1, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *parent = g_strndup (whole, (gsize) (slash - whole));
      SallyRemoteAttributes attributes;

      /* Looked at first: making what is there would be refused where a parent is not ours. */
      if (!sally_address_stat (cli, connection, parent, TRUE, &attributes, NULL) &&
          !make_or_explain (cli, connection, parent, TRUE, error))
        return FALSE;
    }
  return make_or_explain (cli, connection, whole, TRUE, error);
}

int
sally_command_mkdir (SallyCli *cli, char **arguments)
{
  gboolean parents = FALSE;
  const GOptionEntry options[] = {
    { "parents", 'p', 0, G_OPTION_ARG_NONE, &parents,
      N_ ("Make missing parents; it may be there already"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  SallyTally tally = { 0 };

  if (!sally_cli_parse (cli, options, arguments, 1, G_MAXUINT, &operands))
    return cli->exit_code;
  for (guint i = 0; operands[i] != NULL && !g_cancellable_is_cancelled (cli->cancellable); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = NULL;
      SallyConnection *connection = sally_address_open (cli, operands[i], &path, &error);

      if (connection != NULL && parents)
        make_with_parents (cli, connection, path, &error);
      else if (connection != NULL)
        make_or_explain (cli, connection, path, FALSE, &error);
      sally_tally_add (&tally, error);
    }
  return sally_tally_exit_code (&tally);
}
