/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes from outside made safe to show. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A server's words are cut here: no honest message is longer, and a dialog stays a dialog. */
#define SALLY_TEXT_MAX_CHARACTERS 1000

/* Text of a server (prompt, banner, status) for a person to read: invalid UTF-8 becomes U+FFFD;
 * control, bidi-override and other invisible format characters are dropped, line ends become spaces
 * unless `keep_lines`; at most SALLY_TEXT_MAX_CHARACTERS. `length` -1: up to the NUL. Never NULL.
 */
char *sally_text_from_server (const char *bytes, gssize length, gboolean keep_lines);

/* A file name, which is bytes, for display: valid UTF-8 as it is; what is invalid or would disturb
 * the line (control, bidi, invisible characters) as \xNN. Never NULL. */
char *sally_text_from_name (const char *bytes, gsize length);

/* Whether sally_text_from_name would change nothing. */
gboolean sally_text_is_plain (const char *bytes, gsize length);

G_END_DECLS
