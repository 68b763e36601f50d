/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of any length that are wiped when the last reference goes: files that hold keys. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* A file of accounts is larger than the locked memory of SallySecret, and lies on a disk anyway;
 * what comes out of it is at least not left behind in freed memory. */

/* Zeroed, `length` may be 0. `*bytes` is writable until the result is handed on. Any thread. */
GBytes *sally_wiped_new (gsize length, guint8 **bytes) G_GNUC_WARN_UNUSED_RESULT;

/* Decodes base64, standard or URL-safe, padding optional, blanks ignored. NULL if another character
 * is in it. `length` -1: up to the NUL. */
GBytes *sally_wiped_from_base64 (const char *text, gssize length) G_GNUC_WARN_UNUSED_RESULT;

/* Decodes pairs of hexadecimal digits; NULL if `text` is anything else. */
GBytes *sally_wiped_from_hex (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* The whole as a secret; NULL if it is longer than SALLY_SECRET_MAX_BYTES. */
SallySecret *sally_wiped_to_secret (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;

/* Text that grows without leaving copies behind. */
typedef struct _SallyWipedText SallyWipedText;

SallyWipedText *sally_wiped_text_new (void) G_GNUC_WARN_UNUSED_RESULT;
void sally_wiped_text_free (SallyWipedText *self);

/* `length` -1: up to the NUL. */
void sally_wiped_text_append (SallyWipedText *self, const char *text, gssize length);
void sally_wiped_text_append_secret (SallyWipedText *self, SallySecret *secret);
void sally_wiped_text_append_base64 (SallyWipedText *self, GBytes *bytes);
void sally_wiped_text_append_hex (SallyWipedText *self, const guint8 *bytes, gsize length);

/* A JSON string with its quotes (RFC 8259 section 7); `text` is UTF-8. */
void sally_wiped_text_append_json (SallyWipedText *self, const char *text);

/* What was appended; `self` is empty afterwards. */
GBytes *sally_wiped_text_steal (SallyWipedText *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyWipedText, sally_wiped_text_free)

G_END_DECLS
