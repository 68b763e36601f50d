/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key file in which the servers are kept: a group for each, named by its id. Any thread, for
 * servers that nobody else has. */
#pragma once

#include "model/server.h"

G_BEGIN_DECLS

/* A file that is not there is an empty one. SALLY_ERROR_LOCAL_*. Blocks. */
GKeyFile *sally_server_file_read (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the group is a server of the person's own: its name is a UUID, and it has a host. */
gboolean sally_server_file_has (GKeyFile *file, const char *id);
SallyServer *sally_server_file_get (GKeyFile *file, const char *group) G_GNUC_WARN_UNUSED_RESULT;
/* Keys that are not known stay. */
void sally_server_file_put (GKeyFile *file, SallyServer *server);

/* Of a server that the administrator gives, only what a person may say of it is in the file: the
 * user, the account, the key, where it begins, its group, the prompts that worked. Lays that over
 * `given`; writes what of `values` differs from `given`; and says whether nothing else differs. */
void sally_server_file_get_own (GKeyFile *file, SallyServer *given);
void sally_server_file_put_own (GKeyFile *file, SallyServer *values, SallyServer *given);
gboolean sally_server_file_is_own (SallyServer *values, SallyServer *given);

G_END_DECLS
