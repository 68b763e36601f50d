/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sftp:// URIs (draft-ietf-secsh-scp-sftp-ssh-uri): a server as a link names it. Pure. */
#pragma once

#include "model/server.h"

G_BEGIN_DECLS

#define SALLY_SERVER_URI_MAX_BYTES 4096

/* A server with the link's host, port and user ("" if it says none), named like its host where that
 * can be a name. `path` gets the link's folder: "" for none, relative to the home folder after
 * "/~/". A password in the link is not used. SALLY_ERROR_INVALID with a sentence otherwise, which
 * does not hold the link. */
SallyServer *
sally_server_new_from_uri (const char *uri, char **path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a link to `link` means `saved`: the same host and port, and the same user if it says one.
 */
gboolean sally_server_uri_means (SallyServer *link, SallyServer *saved);

G_END_DECLS
