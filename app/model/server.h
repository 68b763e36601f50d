/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A saved SFTP server: data that notifies, no secret, no I/O. */
#pragma once

#include "model/login-recipe.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Properties: id, name, host, port (valid: 1 to 65535), user, recipe (string), account-id (""),
 * identity-file
 * (""), jump (name of another server, ""), start-directory (""), group (""), separator (""),
 * code-length (0), password-prompt (""), code-prompt (""), prompts (""), given-by (""). All
 * writable but id. Main thread only. */
#define SALLY_TYPE_SERVER (sally_server_get_type ())
G_DECLARE_FINAL_TYPE (SallyServer, sally_server, SALLY, SERVER, GObject)

#define SALLY_SERVER_DEFAULT_PORT    22
#define SALLY_SERVER_MAX_SEPARATOR   16
#define SALLY_SERVER_MIN_CODE_LENGTH 6
#define SALLY_SERVER_MAX_CODE_LENGTH 8

/* `id` NULL makes a fresh random UUID. */
SallyServer *sally_server_new (const char *id) G_GNUC_WARN_UNUSED_RESULT;

/* SALLY_ERROR_INVALID with one sentence for the first thing that is wrong: empty or odd name (no
 * ':' or '/', at most 100 characters, no control characters), host, port, user, recipe,
 * separator, code length, or a pattern that is no regular expression. */
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
/* The id of a key pair that Sallyport made, kept in identity-file behind
 * SALLY_SERVER_KEY_PREFIX; NULL where that names a file, or nothing. */
#define SALLY_SERVER_KEY_PREFIX "sallyport-key:"
const char *sally_server_get_key_id (SallyServer *self);
const char *sally_server_get_jump (SallyServer *self);
const char *sally_server_get_start_directory (SallyServer *self);
const char *sally_server_get_group (SallyServer *self);

/* What stands between password and code in one answer (at most SALLY_SERVER_MAX_SEPARATOR
 * characters). */
const char *sally_server_get_separator (SallyServer *self);
/* How many digits of the account's codes the server wants, 6 to 8; 0: all it has. */
guint sally_server_get_code_length (SallyServer *self);
/* Regular expressions, case ignored: prompts that match want the password, the code. */
const char *sally_server_get_password_prompt (SallyServer *self);
const char *sally_server_get_code_prompt (SallyServer *self);
/* The prompt script that worked (login/prompts.h). */
const char *sally_server_get_prompts (SallyServer *self);

/* The administrator's file that this server comes from; "" for a person's own. */
const char *sally_server_get_given_by (SallyServer *self);

/* "host" or "host:port" ("[v6]:port"), for titles. */
char *sally_server_dup_address (SallyServer *self);

G_END_DECLS
