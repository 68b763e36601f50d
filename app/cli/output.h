/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `sally` writes: messages, names, JSON, codes. */
#pragma once

#include "base/secret.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* "sally: sentence" on standard error, made safe to show. */
void sally_message (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Says what went wrong, but for Ctrl-C, which the person knows of; the exit code. */
int sally_message_error (const GError *error);

/* A name (bytes) made safe to show, for messages (sally_text_from_name()). */
char *sally_show_name (const char *name);

/* A name on standard output as ls does it: the bytes as they are in a pipe, safe to show on a
 * terminal. */
void sally_print_name (const char *name);

/* A name (bytes) as the members `key`, always UTF-8, each byte that is not as "\xNN"; and, only if
 * there are such bytes, `key`_bytes, all of the name in base64, from which a program gets it back.
 */
void sally_json_add_name (JsonBuilder *builder, const char *key, const char *name);
void sally_json_add_string (JsonBuilder *builder, const char *key, const char *value);
void sally_json_add_int (JsonBuilder *builder, const char *key, gint64 value);
/* One line on standard output. */
void sally_json_print (JsonBuilder *builder);

/* Writes the pieces (strings are ours, the secrets go straight to the descriptor, through no buffer
 * that stays behind). */
gboolean sally_print_secret (const char *before, SallySecret *secret, const char *after);

/* "2026-11-21 23:44", in local time; for JSON times are numbers. */
char *sally_format_time (gint64 unix_time_s);

/* Flushes standard output; `code`, or 1 if not all of it could be written. A reader that has seen
 * enough (EPIPE) gets no message. */
int sally_finish_output (int code);

G_END_DECLS
