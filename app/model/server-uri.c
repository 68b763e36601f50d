/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/server-uri.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

/* What stands for the home folder in a link, whose paths have no other way to be relative. */
#define HOME_PREFIX "/~"

static void
fail (GError **error, const char *why)
{
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("This link opens no server: %s"), why);
}

/* "" for the server's own start folder, which a link without a path means. */
static char *
dup_folder (const char *path)
{
  if (g_str_equal (path, HOME_PREFIX) || g_str_has_prefix (path, HOME_PREFIX "/"))
    {
      path += strlen (HOME_PREFIX);
      while (*path == '/')
        path++;
      return g_strdup (path);
    }
  return g_strdup (g_str_equal (path, "/") ? "" : path);
}

SallyServer *
sally_server_new_from_uri (const char *uri, char **path, GError **error)
{
  g_autoptr (GUri) parsed = NULL;
  g_autoptr (SallyServer) server = NULL;
  const char *user, *host;
  int port;

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (path != NULL, NULL);

  /* GLib's own sentence would quote the link, and with it what stands for a password. */
  if (strlen (uri) <= SALLY_SERVER_URI_MAX_BYTES)
    parsed = g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_HAS_AUTH_PARAMS, NULL);
  if (parsed == NULL || g_ascii_strcasecmp (g_uri_get_scheme (parsed), "sftp") != 0)
    {
      fail (error, _ ("it is not of the form sftp://user@host:port/folder"));
      return NULL;
    }
  host = g_uri_get_host (parsed);
  if (host == NULL || *host == '\0')
    {
      fail (error, _ ("it names no host"));
      return NULL;
    }

  user = g_uri_get_user (parsed);
  port = g_uri_get_port (parsed);
  server = sally_server_new (NULL);
  g_object_set (server, "name", strchr (host, ':') == NULL ? host : "", "host", host, "port",
                port > 0 && port <= G_MAXUINT16 ? (guint) port : SALLY_SERVER_DEFAULT_PORT, "user",
                user != NULL ? user : "", NULL);
  *path = dup_folder (g_uri_get_path (parsed));
  g_object_set (server, "start-directory", *path, NULL);
  return g_steal_pointer (&server);
}

gboolean
sally_server_uri_means (SallyServer *link, SallyServer *saved)
{
  const char *user;

  g_return_val_if_fail (SALLY_IS_SERVER (link), FALSE);
  g_return_val_if_fail (SALLY_IS_SERVER (saved), FALSE);

  user = sally_server_get_user (link);
  return g_ascii_strcasecmp (sally_server_get_host (link), sally_server_get_host (saved)) == 0 &&
         sally_server_get_port (link) == sally_server_get_port (saved) &&
         (*user == '\0' || g_str_equal (user, sally_server_get_user (saved)));
}
