/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/address.h"

#include "base/error.h"
#include "cli/output.h"
#include "model/remote-path.h"

#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>

gboolean
sally_address_is_remote (const char *text)
{
  gsize length = strcspn (text, ":/");

  return length > 0 && text[length] == ':';
}

SallyAddress *
sally_address_parse (const char *text, GError **error)
{
  SallyAddress *self;
  const char *colon;

  if (!sally_address_is_remote (text))
    {
      g_autofree char *shown = sally_show_name (text);

      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("“%s” is no place on a server: write NAME:PATH, with the name of a saved "
                      "server"),
                   shown);
      return NULL;
    }
  colon = strchr (text, ':');
  self = g_new0 (SallyAddress, 1);
  self->server = g_strndup (text, (gsize) (colon - text));
  self->path = g_strdup (colon + 1);
  return self;
}

void
sally_address_free (SallyAddress *self)
{
  if (self == NULL)
    return;
  g_free (self->server);
  g_free (self->path);
  g_free (self);
}

char *
sally_address_resolve (const SallyAddress *self, SallyConnection *connection)
{
  g_autofree char *start = NULL;

  if (*self->path == '/')
    return g_strdup (self->path);
  start = sally_connection_dup_start_directory (connection);
  if (*self->path == '\0')
    return g_steal_pointer (&start);
  return sally_remote_path_join (start, self->path);
}

SallyConnection *
sally_address_open (SallyCli *cli, const char *text, char **path, GError **error)
{
  g_autoptr (SallyAddress) address = sally_address_parse (text, error);
  SallyConnection *connection;

  if (address == NULL)
    return NULL;
  connection = sally_cli_connect (cli, address->server, error);
  if (connection != NULL)
    *path = sally_address_resolve (address, connection);
  return connection;
}

gboolean
sally_address_stat (SallyCli *cli,
                    SallyConnection *connection,
                    const char *path,
                    gboolean follow,
                    SallyRemoteAttributes *attributes,
                    GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_connection_stat_async (connection, path, follow, cli->cancellable, sally_cli_keep_result,
                               &result);
  sally_cli_wait (&result);
  return sally_connection_stat_finish (connection, result, attributes, error);
}

gboolean
sally_attributes_is_directory (const SallyRemoteAttributes *attributes)
{
  return (attributes->flags & SALLY_ATTRIBUTE_PERMISSIONS) != 0 &&
         S_ISDIR (attributes->permissions);
}
