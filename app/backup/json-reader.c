/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/json-reader.h"

#include "backup/wiped.h"
#include "base/error.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* A double holds integers up to here exactly. */
#define MAX_EXACT_DOUBLE 9007199254740992.0
/* Ten thousand accounts of a hundred members each, and twice that. */
#define MAX_VALUES       2000000

struct _SallyJson
{
  JsonNode *root;
};

static void wipe_node (JsonNode *node);

static void
wipe_member (JsonObject *object, const char *name, JsonNode *node, gpointer user_data)
{
  wipe_node (node);
}

static void
wipe_element (JsonArray *array, guint position, JsonNode *node, gpointer user_data)
{
  wipe_node (node);
}

/* The parser's recursion limit bounds the depth. */
static void
wipe_node (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    json_object_foreach_member (json_node_get_object (node), wipe_member, NULL);
  else if (JSON_NODE_HOLDS_ARRAY (node))
    json_array_foreach_element (json_node_get_array (node), wipe_element, NULL);
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      /* The node owns the string and dies with this. */
      char *text = (char *) json_node_get_string (node);

      if (text != NULL)
        sally_secret_wipe (text, strlen (text));
    }
}

/* Each value takes a hundred times the room of its digit: a file of nothing but commas would take
 * all memory. A picture in it is one value. */
static gboolean
is_too_complex (const char *text, gsize length)
{
  gsize n_values = 0;

  for (gsize i = 0; i < length; i++)
    n_values += text[i] == ',' || text[i] == '[' || text[i] == '{';
  return n_values > MAX_VALUES;
}

SallyJson *
sally_json_parse (const char *text, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) why = NULL;
  g_autoptr (SallyJson) self = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  if (is_too_complex (text, length < 0 ? strlen (text) : (gsize) length))
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("The file holds too many values to be a list of accounts"));
      return NULL;
    }
  if (!json_parser_load_from_data (parser, text, length, &why))
    {
      /* json-glib's own message can quote what it stumbled over. */
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("The file begins as JSON does, but is damaged or cut short"));
      /* What was read of it is wiped at the return. */
      self = g_new0 (SallyJson, 1);
      self->root = json_parser_steal_root (parser);
      return NULL;
    }
  self = g_new0 (SallyJson, 1);
  self->root = json_parser_steal_root (parser);
  if (self->root != NULL &&
      (JSON_NODE_HOLDS_OBJECT (self->root) || JSON_NODE_HOLDS_ARRAY (self->root)))
    return g_steal_pointer (&self);
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("The JSON text is neither an object nor an array"));
  return NULL;
}

void
sally_json_free (SallyJson *self)
{
  if (self == NULL)
    return;
  if (self->root != NULL)
    {
      wipe_node (self->root);
      json_node_unref (self->root);
    }
  g_free (self);
}

JsonObject *
sally_json_get_object (SallyJson *self)
{
  return self != NULL && JSON_NODE_HOLDS_OBJECT (self->root) ? json_node_get_object (self->root)
                                                             : NULL;
}

JsonArray *
sally_json_get_array (SallyJson *self)
{
  return self != NULL && JSON_NODE_HOLDS_ARRAY (self->root) ? json_node_get_array (self->root)
                                                            : NULL;
}

static JsonNode *
peek_member (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

const char *
sally_json_peek_string (JsonObject *object, const char *name)
{
  JsonNode *node = peek_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

JsonObject *
sally_json_peek_object (JsonObject *object, const char *name)
{
  JsonNode *node = peek_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
sally_json_peek_array (JsonObject *object, const char *name)
{
  JsonNode *node = peek_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

gint64
sally_json_parse_number (const char *text)
{
  g_autofree char *stripped = NULL;
  gint64 number;

  if (text == NULL)
    return SALLY_JSON_UNSET;
  stripped = g_strstrip (g_strdup (text));
  if (*stripped == '\0')
    return SALLY_JSON_UNSET;
  return g_ascii_string_to_signed (stripped, 10, SALLY_JSON_BAD + 1, G_MAXINT64, &number, NULL)
             ? number
             : SALLY_JSON_BAD;
}

static gint64
number_of (JsonNode *node)
{
  double real;

  if (!JSON_NODE_HOLDS_VALUE (node))
    return SALLY_JSON_BAD;
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_INT64:
      /* json-glib makes this of whatever is too large. */
      if (json_node_get_int (node) == G_MAXINT64)
        return SALLY_JSON_BAD;
      return MAX (json_node_get_int (node), SALLY_JSON_BAD);
    case G_TYPE_DOUBLE:
      real = json_node_get_double (node);
      return fabs (real) <= MAX_EXACT_DOUBLE && floor (real) == real ? (gint64) real
                                                                     : SALLY_JSON_BAD;
    case G_TYPE_STRING:
      return sally_json_parse_number (json_node_get_string (node));
    default:
      return SALLY_JSON_BAD;
    }
}

gint64
sally_json_peek_number (JsonObject *object, const char *name)
{
  JsonNode *node = peek_member (object, name);

  return node != NULL ? number_of (node) : SALLY_JSON_UNSET;
}

gboolean
sally_json_peek_boolean (JsonObject *object, const char *name)
{
  JsonNode *node = peek_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

gboolean
sally_json_has (JsonObject *object, const char *name)
{
  return peek_member (object, name) != NULL;
}

JsonObject *
sally_json_peek_element (JsonArray *array, guint position)
{
  JsonNode *node = json_array_get_element (array, position);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

GBytes *
sally_json_dup_bytes (JsonArray *array)
{
  g_autoptr (GBytes) bytes = NULL;
  guint8 *out;

  if (array == NULL)
    return NULL;
  bytes = sally_wiped_new (json_array_get_length (array), &out);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gint64 value = number_of (json_array_get_element (array, i));

      if (value < -128 || value > 255)
        return NULL;
      out[i] = (guint8) value;
    }
  return g_steal_pointer (&bytes);
}
