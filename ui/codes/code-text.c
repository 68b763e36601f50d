/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/code-text.h"

#include <string.h>

/* A group may be one longer than this at the end: 7 digits read "123 4567". */
static gsize
group_length (gsize length)
{
  return length % 4 == 0 ? 4 : 3;
}

char *
sally_code_text_group (SallySecret *code)
{
  const char *digits;
  gsize length, group;
  char *text, *cursor;

  g_return_val_if_fail (code != NULL, NULL);

  digits = sally_secret_peek (code, &length);
  group = group_length (length);
  text = cursor = g_malloc (2 * length + 1);
  for (gsize i = 0; i < length; i++)
    {
      gboolean is_boundary = i > 0 && i % group == 0 && (length - i >= group || group == 4);

      if (is_boundary && length > 5)
        *cursor++ = ' ';
      *cursor++ = digits[i];
    }
  *cursor = '\0';
  return text;
}

char *
sally_code_text_spell (SallySecret *code)
{
  const char *digits;
  gsize length;
  char *text;

  g_return_val_if_fail (code != NULL, NULL);

  digits = sally_secret_peek (code, &length);
  text = g_malloc (2 * length + 1);
  for (gsize i = 0; i < length; i++)
    {
      text[2 * i] = digits[i];
      text[2 * i + 1] = ' ';
    }
  text[length > 0 ? 2 * length - 1 : 0] = '\0';
  return text;
}

void
sally_code_text_free (char *text)
{
  if (text == NULL)
    return;
  sally_secret_wipe (text, strlen (text));
  g_free (text);
}
