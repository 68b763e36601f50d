/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A saved SFTP server: data that notifies, no secret, no I/O. */
#pragma once

#include "model/login-recipe.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Properties: id, name, host, port (valid: 1 to 65535), user, recipe (string), account-id (""),
 * identity-file
 * (""), jump (name of another server, ""), start-directory (""), group (""). All writable but id.
 * Main thread only. */
#define SALLY_TYPE_SERVER (sally_server_get_type ())
G_DECLARE_FINAL_TYPE (SallyServer, sally_server, SALLY, SERVER, GObject)

#define SALLY_SERVER_DEFAULT_PORT 22

/* `id` NULL makes a fresh random UUID. */
SallyServer *sally_server_new (const char *id) G_GNUC_WARN_UNUSED_RESULT;

/* SALLY_ERROR_INVALID with one sentence for the first thing that is wrong: empty or odd name (no
 * ':' or '/', at most 100 characters, no control characters), host, port, user, recipe, or a recipe
 * with a code but no account. */
gboolean sally_server_validate (SallyServer *self, GError **error);

/* Replaces all values but the id, notifying for what changed. */
void sally_server_set_from (SallyServer *self, SallyServer *other);

const char *sally_server_get_id (SallyServer *self);
const char *sally_server_get_name (SallyServer *self);
const char *sally_server_get_host (SallyServer *self);
guint sally_server_get_port (SallyServer *self);
const char *sally_server_get_user (SallyServer *self);
const char *sally_server_get_recipe (SallyServer *self);     /* never NULL */
const char *sally_server_get_account_id (SallyServer *self); /* "" for none, as all below */
const char *sally_server_get_identity_file (SallyServer *self);
const char *sally_server_get_jump (SallyServer *self);
const char *sally_server_get_start_directory (SallyServer *self);
const char *sally_server_get_group (SallyServer *self);

/* "host" or "host:port" ("[v6]:port"), for titles. */
char *sally_server_dup_address (SallyServer *self);

G_END_DECLS
