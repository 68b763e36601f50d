/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A secret in locked memory: refcounted, immutable, wiped at the last unref. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A password, an OTP key, a one-time code, a passphrase. Never a GObject property, GValue,
 * GVariant, argv, log line or environment variable (DESIGN section 6). References may be taken and
 * dropped on any thread. */
typedef struct _SallySecret SallySecret;

#define SALLY_TYPE_SECRET (sally_secret_get_type ())
GType sally_secret_get_type (void);

/* The largest secret the program handles: an 8 KiB otpauth URI is the longest that is met. */
#define SALLY_SECRET_MAX_BYTES 8192

/* Copies `length` bytes (at most SALLY_SECRET_MAX_BYTES; -1: up to the NUL). The caller wipes its
 * own copy. */
SallySecret *sally_secret_new (const char *bytes, gssize length) G_GNUC_WARN_UNUSED_RESULT;

/* The pieces, NULL-terminated, one after the other: sally_secret_new_joined (password, code, NULL).
 */
SallySecret *
sally_secret_new_joined (SallySecret *first, ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;

/* Fills a new secret of `length` bytes in place, for what is decoded or computed. `*bytes` is
 * writable until the secret is handed on. */
SallySecret *sally_secret_new_sized (gsize length, char **bytes) G_GNUC_WARN_UNUSED_RESULT;

SallySecret *sally_secret_ref (SallySecret *self);
void sally_secret_unref (SallySecret *self);

/* The bytes, NUL-terminated beyond `*length` (nullable); they live as long as the secret does. */
const char *sally_secret_peek (SallySecret *self, gsize *length);
gsize sally_secret_get_length (SallySecret *self);

/* In constant time for equal lengths. NULL equals only NULL. */
gboolean sally_secret_equal (SallySecret *a, SallySecret *b);

/* Reads to end of file, at most SALLY_SECRET_MAX_BYTES (SALLY_ERROR_INVALID beyond). Blocks: for
 * pipes whose writer is done, standard input, or a worker thread. Does not close `fd`. */
SallySecret *sally_secret_read_fd (int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The read end of a pipe that holds the secret, writer closed, close-on-exec; -1 with `error`. A
 * pipe holds 64 KiB, so that this never blocks. The way a secret crosses the wall (DESIGN section
 * 3). */
int sally_secret_to_pipe (SallySecret *self, GError **error);

/* Overwrites ordinary memory in a way that the compiler keeps. */
void sally_secret_wipe (void *memory, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallySecret, sally_secret_unref)

G_END_DECLS
