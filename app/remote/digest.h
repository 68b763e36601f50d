/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SHA-256 of a file while it is still written or read: a thread follows at a distance. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SALLY_DIGEST_BYTES 32

/* Made, advanced and freed on one thread; the reading is done on others, few at a time. */
typedef struct _SallyDigest SallyDigest;

/* Takes a duplicate of `descriptor`, which only has to be readable: its position is not used. */
SallyDigest *sally_digest_new (int descriptor) G_GNUC_WARN_UNUSED_RESULT;
/* A thread that is at work stops soon, and ends it. */
void sally_digest_free (SallyDigest *self);

/* The first `bytes` of the file will not change any more. Never less than before. */
void sally_digest_advance (SallyDigest *self, guint64 bytes);

/* Reads what is missing up to `bytes`, which is all of the file, and gives the digest in lowercase
 * hexadecimal digits. Blocks: worker threads only. Once. NULL with LOCAL_* if the file cannot be
 * read, LOCAL_CHANGED if it is shorter. */
char *
sally_digest_finish (SallyDigest *self, guint64 bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A digest of another's making, D-Bus type "ay" with SALLY_DIGEST_BYTES bytes, in the same form;
 * NULL if it is none. */
char *sally_digest_to_string (GVariant *digest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyDigest, sally_digest_free)

G_END_DECLS
