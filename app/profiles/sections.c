/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/sections.h"

#include <string.h>

#define NUMBER_PREFIX "dword:"

static void
section_free (gpointer data)
{
  SallySection *self = data;

  g_free (self->name);
  g_hash_table_unref (self->values);
  g_free (self);
}

static SallySection *
add_section (GPtrArray *sections, const char *name)
{
  SallySection *self = g_new0 (SallySection, 1);

  self->name = g_strdup (name);
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_ptr_array_add (sections, self);
  return self;
}

/* What stands between quotes, with `end` behind it. */
static char *
parse_quoted (const char *text, const char **end)
{
  GString *value = g_string_new (NULL);
  const char *c = text + 1;

  for (; *c != '\0' && *c != '"'; c++)
    {
      if (*c == '\\' && c[1] != '\0')
        c++;
      g_string_append_c (value, *c);
    }
  *end = *c == '"' ? c + 1 : c;
  return g_string_free_and_steal (value);
}

static void
add_value (SallySection *section, char *line)
{
  const char *value = strchr (line, '=');
  g_autofree char *key = NULL;
  const char *end;
  guint64 number;

  if (*line == '"')
    {
      key = parse_quoted (line, &end);
      value = *end == '=' ? end : NULL;
    }
  else if (value != NULL)
    key = g_strchomp (g_strndup (line, (gsize) (value - line)));
  if (value == NULL)
    return;
  value++;
  if (*value == '"')
    g_hash_table_replace (section->values, g_steal_pointer (&key), parse_quoted (value, &end));
  else if (g_str_has_prefix (value, NUMBER_PREFIX) &&
           g_ascii_string_to_unsigned (value + strlen (NUMBER_PREFIX), 16, 0, G_MAXUINT32, &number,
                                       NULL))
    g_hash_table_replace (section->values, g_steal_pointer (&key),
                          g_strdup_printf ("%" G_GUINT64_FORMAT, number));
  else
    g_hash_table_replace (section->values, g_steal_pointer (&key), g_strdup (value));
}

GPtrArray *
sally_sections_parse (const char *text)
{
  g_autoptr (GPtrArray) sections = g_ptr_array_new_with_free_func (section_free);
  SallySection *section = add_section (sections, "");

  while (*text != '\0')
    {
      const char *end = text + strcspn (text, "\r\n");
      g_autofree char *line = g_strstrip (g_strndup (text, (gsize) (end - text)));
      gsize length = strlen (line);

      text = end + strspn (end, "\r\n");
      if (*line == '[' && line[length - 1] == ']')
        {
          if (sections->len > SALLY_SECTIONS_MAX)
            return NULL;
          line[length - 1] = '\0';
          section = add_section (sections, line + 1);
        }
      else if (*line != ';' && *line != '#')
        add_value (section, line);
    }
  return g_steal_pointer (&sections);
}

const char *
sally_section_get (const SallySection *self, const char *key)
{
  return g_hash_table_lookup (self->values, key);
}

gboolean
sally_section_is_unset (const SallySection *self, const char *key)
{
  const char *value = sally_section_get (self, key);

  return value == NULL || *value == '\0' || g_str_equal (value, "0");
}
