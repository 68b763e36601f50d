/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/text.h"

#include <string.h>

/* Characters that move the cursor, change the direction of what stands beside them, or cannot be
 * seen: Unicode categories Cc, Cf, Cs, Co, Cn, Zl, Zp. Zero-width joiners are among them: in a name
 * they serve spoofing far more often than spelling. */
static gboolean
is_disturbing (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    default:
      return FALSE;
    }
}

/* The next character of [cursor, end), or (gunichar) -1 for a byte that begins none. NUL is a
 * character here: lengths rule, not terminators. */
static gunichar
next_character (const char *cursor, const char *end)
{
  gunichar c;

  if (*cursor == '\0')
    return 0;
  c = g_utf8_get_char_validated (cursor, end - cursor);
  return c == (gunichar) -2 ? (gunichar) -1 : c;
}

char *
sally_text_from_server (const char *bytes, gssize length, gboolean keep_lines)
{
  GString *text = g_string_new (NULL);
  const char *end;
  guint characters = 0;

  if (bytes == NULL)
    return g_string_free_and_steal (text);

  end = bytes + (length < 0 ? strlen (bytes) : (gsize) length);
  while (bytes < end && characters < SALLY_TEXT_MAX_CHARACTERS)
    {
      gunichar c = next_character (bytes, end);

      if (c == (gunichar) -1)
        {
          g_string_append (text, "\xEF\xBF\xBD");
          bytes++;
        }
      else
        {
          if (c == '\n' || c == '\t')
            g_string_append_c (text, keep_lines && c == '\n' ? '\n' : ' ');
          else if (!is_disturbing (c))
            g_string_append_unichar (text, c);
          bytes += c == 0 ? 1 : g_unichar_to_utf8 (c, NULL);
        }
      characters++;
    }
  if (bytes < end)
    g_string_append (text, "…");
  return g_strstrip (g_string_free_and_steal (text));
}

char *
sally_text_from_name (const char *bytes, gsize length)
{
  GString *text = g_string_sized_new (length);
  const char *end = bytes + length;

  while (bytes < end)
    {
      gunichar c = next_character (bytes, end);
      gsize size = c == (gunichar) -1 || c == 0 ? 1 : (gsize) g_unichar_to_utf8 (c, NULL);

      if (c == (gunichar) -1 || is_disturbing (c))
        for (gsize i = 0; i < size; i++)
          g_string_append_printf (text, "\\x%02X", (guint) (guchar) bytes[i]);
      else
        g_string_append_len (text, bytes, (gssize) size);
      bytes += size;
    }
  return g_string_free_and_steal (text);
}

gboolean
sally_text_is_plain (const char *bytes, gsize length)
{
  const char *end = bytes + length;

  while (bytes < end)
    {
      gunichar c = next_character (bytes, end);

      if (c == (gunichar) -1 || is_disturbing (c))
        return FALSE;
      bytes += g_unichar_to_utf8 (c, NULL);
    }
  return TRUE;
}
