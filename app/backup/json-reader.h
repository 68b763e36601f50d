/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON of other programs, read leniently: what is absent, null or of another type is told apart. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A document whose strings are overwritten when it is freed. What json-glib keeps for itself cannot
 * be reached and is freed as it is: the scanner's buffer and tokens, and the names of members. */
typedef struct _SallyJson SallyJson;

/* SALLY_ERROR_INVALID for what is no JSON object or array. `length` -1: up to the NUL. Any thread.
 */
SallyJson *
sally_json_parse (const char *text, gssize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sally_json_free (SallyJson *self);

/* The one at the top; NULL if that is of the other kind. Borrowed. */
JsonObject *sally_json_get_object (SallyJson *self);
JsonArray *sally_json_get_array (SallyJson *self);

/* A number that is not there (or null, or ""), and one that cannot be: 1.5, "six", 2^64. */
#define SALLY_JSON_UNSET G_MININT64
#define SALLY_JSON_BAD   (G_MININT64 + 1)

/* A member; NULL if it is absent or of another type. `object` is nullable. Borrowed. */
const char *sally_json_peek_string (JsonObject *object, const char *name);
JsonObject *sally_json_peek_object (JsonObject *object, const char *name);
JsonArray *sally_json_peek_array (JsonObject *object, const char *name);
/* Numbers written as text count. */
gint64 sally_json_peek_number (JsonObject *object, const char *name);
gint64 sally_json_parse_number (const char *text);
gboolean sally_json_peek_boolean (JsonObject *object, const char *name);
/* There, and not null. */
gboolean sally_json_has (JsonObject *object, const char *name);

/* The object at `position`; NULL if something else is there. Borrowed. */
JsonObject *sally_json_peek_element (JsonArray *array, guint position);

/* An array of numbers from -128 to 255 as bytes (Java's signed bytes); NULL for anything else. */
GBytes *sally_json_dup_bytes (JsonArray *array) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyJson, sally_json_free)

G_END_DECLS
