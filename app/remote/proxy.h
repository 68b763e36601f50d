/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which proxy leads to a host: as the environment says it, else the desktop. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the environment ("NAME=VALUE", NULL-terminated) says for SFTP, in the words that curl reads:
 * sftp_proxy, else all_proxy, in small letters or capitals, unless no_proxy names the host. A URI
 * of a kind that GIO knows, or "direct://"; NULL without `error` if it says nothing.
 * SALLY_ERROR_INVALID for what is no proxy. http_proxy is not for SFTP. Pure. */
char *sally_proxy_from_environment (const char *const *environment,
                                    const char *host,
                                    guint port,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A proxy's URI for a person to read: without the user and the password in it. */
char *sally_proxy_dup_shown (const char *uri) G_GNUC_WARN_UNUSED_RESULT;

/* The ways to try, one after the other (NULL-terminated, at least one): URIs of proxies, and
 * "direct://". From this process's environment, else from GProxyResolver, which asks the desktop's
 * settings (in a Flatpak by the portal). Main thread. */
void sally_proxy_find_async (const char *host,
                             guint port,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
char **sally_proxy_find_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#define SALLY_PROXY_DIRECT "direct://"

G_END_DECLS
