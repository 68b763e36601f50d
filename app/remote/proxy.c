/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/proxy.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A settings service that answers with more is broken. */
#define MAX_PROXIES 8

/* First the more special one; of each pair the small letters, as curl has it. */
static const char *const variables[] = { "sftp_proxy", "SFTP_PROXY", "all_proxy", "ALL_PROXY" };
static const char *const exceptions[] = { "no_proxy", "NO_PROXY" };
static const char *const http_variables[] = { "http_proxy", "HTTP_PROXY", "https_proxy",
                                              "HTTPS_PROXY" };

/* What is written, and what GIO calls it. Its SOCKS 5 always lets the proxy resolve names. */
static const struct
{
  const char *written;
  const char *scheme;
  int port; /* where none is written; -1: the scheme has its own */
} kinds[] = {
  { "socks5", "socks5", 1080 },   { "socks5h", "socks5", 1080 }, { "socks4", "socks4", 1080 },
  { "socks4a", "socks4a", 1080 }, { "socks", "socks", 1080 },    { "http", "http", -1 },
  { "https", "https", -1 },
};

static const char *
get_first (const char *const *environment, const char *const *names, gsize n_names)
{
  for (gsize i = 0; i < n_names; i++)
    {
      const char *value = g_environ_getenv ((char **) environment, names[i]);

      if (value != NULL && *value != '\0')
        return value;
    }
  return NULL;
}

/* A whole domain with all below it, an address, or a range of addresses ("10.0.0.0/8"). */
static gboolean
pattern_matches (const char *pattern, const char *host, guint port)
{
  g_autofree char *bare = g_strdup (pattern);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  char *colon = strrchr (bare, ':');
  gsize length, host_length;

  if (g_str_equal (pattern, "*"))
    return TRUE;
  if (address != NULL)
    {
      g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (pattern, NULL);

      return mask != NULL && g_inet_address_mask_matches (mask, address);
    }
  if (colon != NULL && strchr (bare, ':') == colon)
    {
      guint64 number;

      if (!g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &number, NULL) ||
          number != port)
        return FALSE;
      *colon = '\0';
    }
  if (*bare == '.')
    memmove (bare, bare + 1, strlen (bare));
  length = strlen (bare);
  host_length = strlen (host);
  return length > 0 && host_length >= length &&
         g_ascii_strcasecmp (host + host_length - length, bare) == 0 &&
         (host_length == length || host[host_length - length - 1] == '.');
}

static gboolean
is_excepted (const char *list, const char *host, guint port)
{
  g_auto (GStrv) patterns = g_strsplit_set (list, ", \t", -1);

  for (guint i = 0; patterns[i] != NULL; i++)
    if (*patterns[i] != '\0' && pattern_matches (patterns[i], host, port))
      return TRUE;
  return FALSE;
}

static char *
normalize (const char *value, GError **error)
{
  /* Without a scheme it is an HTTP proxy, as for curl. */
  g_autofree char *whole =
      strstr (value, "://") != NULL ? g_strdup (value) : g_strconcat ("http://", value, NULL);
  g_autoptr (GUri) uri = g_uri_parse (whole, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  for (gsize i = 0; host != NULL && *host != '\0' && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (g_uri_get_scheme (uri), kinds[i].written))
      return g_uri_join (G_URI_FLAGS_ENCODED, kinds[i].scheme, g_uri_get_userinfo (uri), host,
                         g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : kinds[i].port, "", NULL,
                         NULL);
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("The proxy that the environment names (sftp_proxy or all_proxy) is none: "
                          "write it as socks5://HOST:PORT or http://HOST:PORT"));
  return NULL;
}

char *
sally_proxy_from_environment (const char *const *environment,
                              const char *host,
                              guint port,
                              GError **error)
{
  const char *value, *excepted;

  g_return_val_if_fail (environment != NULL, NULL);
  g_return_val_if_fail (host != NULL, NULL);

  value = get_first (environment, variables, G_N_ELEMENTS (variables));
  if (value == NULL)
    return NULL;
  excepted = get_first (environment, exceptions, G_N_ELEMENTS (exceptions));
  if (excepted != NULL && is_excepted (excepted, host, port))
    return g_strdup (SALLY_PROXY_DIRECT);
  return normalize (value, error);
}

char *
sally_proxy_dup_shown (const char *uri)
{
  g_autoptr (GUri) parsed = NULL;

  g_return_val_if_fail (uri != NULL, NULL);

  parsed = g_uri_parse (uri, G_URI_FLAGS_ENCODED, NULL);
  if (parsed == NULL)
    return g_strdup (_ ("of the settings"));
  return g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (parsed), NULL, g_uri_get_host (parsed),
                     g_uri_get_port (parsed), "", NULL, NULL);
}

/* Some resolvers give the environment's proxy for web pages to whoever asks. It seldom lets
 * anything else through, and nobody who set it meant SFTP. */
static gboolean
is_for_web_only (const char *uri)
{
  g_autofree char *shown = sally_proxy_dup_shown (uri);

  for (gsize i = 0; g_str_has_prefix (uri, "http") && i < G_N_ELEMENTS (http_variables); i++)
    {
      const char *value = g_getenv (http_variables[i]);
      g_autofree char *normal = value != NULL ? normalize (value, NULL) : NULL;
      g_autofree char *web = normal != NULL ? sally_proxy_dup_shown (normal) : NULL;

      if (g_strcmp0 (web, shown) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) ways = g_strv_builder_new ();
  g_auto (GStrv) found = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, &error);
  guint n_ways = 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  /* Settings that cannot be read are no reason not to try. */
  if (error != NULL)
    g_message ("The proxy settings cannot be read: %s", error->message);
  for (guint i = 0; found != NULL && found[i] != NULL && n_ways < MAX_PROXIES; i++)
    if (!is_for_web_only (found[i]))
      {
        g_strv_builder_add (ways, found[i]);
        n_ways++;
      }
  if (n_ways == 0)
    g_strv_builder_add (ways, SALLY_PROXY_DIRECT);
  g_task_return_pointer (task, g_strv_builder_end (ways), (GDestroyNotify) g_strfreev);
}

void
sally_proxy_find_async (const char *host,
                        guint port,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_auto (GStrv) environment = g_get_environ ();
  g_autofree char *proxy = NULL;
  g_autofree char *uri = NULL;
  GError *error = NULL;

  g_return_if_fail (host != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_proxy_find_async);
  proxy = sally_proxy_from_environment ((const char *const *) environment, host, port, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else if (proxy != NULL)
    {
      char **ways = g_new0 (char *, 2);

      ways[0] = g_steal_pointer (&proxy);
      g_task_return_pointer (task, ways, (GDestroyNotify) g_strfreev);
    }
  else
    {
      uri = g_uri_join (G_URI_FLAGS_NONE, "sftp", NULL, host, (int) port, "", NULL, NULL);
      g_proxy_resolver_lookup_async (g_proxy_resolver_get_default (), uri, cancellable, looked_up,
                                     g_steal_pointer (&task));
    }
}

char **
sally_proxy_find_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
