/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/preferences.h"

#include "base/secret.h"

#include <string.h>

/* An authenticator keeps each account in a string of its own, beside a few settings. */
#define MAX_STRINGS 20000

typedef struct
{
  GHashTable *strings;
  guint depth;
  gboolean is_map;
  char *name;    /* of the <string> that is open */
  GString *text; /* what stands in it */
} Reading;

static void
free_wiped (gpointer data)
{
  sally_secret_wipe (data, strlen (data));
  g_free (data);
}

static void
start_element (GMarkupParseContext *context,
               const char *element,
               const char **names,
               const char **values,
               gpointer user_data,
               GError **error)
{
  Reading *reading = user_data;

  reading->depth++;
  if (reading->depth == 1)
    reading->is_map = g_str_equal (element, "map");
  if (reading->depth != 2 || !reading->is_map || !g_str_equal (element, "string"))
    return;
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], "name"))
      g_set_str (&reading->name, values[i]);
}

static void
end_element (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  Reading *reading = user_data;

  if (reading->depth-- != 2 || reading->name == NULL)
    return;
  if (g_hash_table_size (reading->strings) < MAX_STRINGS)
    g_hash_table_replace (reading->strings, g_steal_pointer (&reading->name),
                          g_strndup (reading->text->str, reading->text->len));
  g_clear_pointer (&reading->name, g_free);
  sally_secret_wipe (reading->text->str, reading->text->len);
  g_string_truncate (reading->text, 0);
}

static void
add_text (GMarkupParseContext *context,
          const char *text,
          gsize length,
          gpointer user_data,
          GError **error)
{
  Reading *reading = user_data;

  if (reading->depth == 2 && reading->name != NULL)
    g_string_append_len (reading->text, text, (gssize) length);
}

GHashTable *
sally_preferences_parse (const char *text, gsize length)
{
  const GMarkupParser callbacks = { .start_element = start_element,
                                    .end_element = end_element,
                                    .text = add_text };
  g_autoptr (GHashTable) strings =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_wiped);
  g_autoptr (GString) buffer = g_string_new (NULL);
  Reading reading = { .strings = strings, .text = buffer };
  g_autoptr (GMarkupParseContext) context = NULL;
  gboolean ok;

  if (memchr (text, '<', MIN (length, 64)) == NULL || strstr (text, "<map") == NULL)
    return NULL;
  context = g_markup_parse_context_new (&callbacks, 0, &reading, NULL);
  ok = g_markup_parse_context_parse (context, text, (gssize) length, NULL) &&
       g_markup_parse_context_end_parse (context, NULL) && reading.is_map;
  g_free (reading.name);
  sally_secret_wipe (buffer->str, buffer->len);
  return ok ? g_steal_pointer (&strings) : NULL;
}
