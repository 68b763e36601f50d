/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "otp/base32.h"

#include "base/error.h"
#include "base/text.h"
#include "otp/otp.h"

#include <glib/gi18n.h>
#include <string.h>

/* Separators come with a key that was copied from a page: NBSP, ZWSP, ZWNJ, ZWJ, WORD JOINER, BOM.
 */
static const gunichar invisible_separators[] = { 0xA0, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF };

/* All ones where low <= c <= high, else zero, without a branch: which letter of a key this is must
 * not show in the time it takes. */
static guint
mask_in_range (guint c, guint low, guint high)
{
  return (((low - 1 - c) & (c - (high + 1))) >> 8) & 0xFFFFFF;
}

/* The value of an alphabet character plus one, 0 for any other byte. */
static guint
decode_character (guchar c)
{
  guint upper = mask_in_range (c, 'A', 'Z') & (c - 'A' + 1u);
  guint lower = mask_in_range (c, 'a', 'z') & (c - 'a' + 1u);
  guint digit = mask_in_range (c, '2', '7') & (c - '2' + 27u);

  return upper | lower | digit;
}

static char
encode_value (guint value)
{
  return (char) (value + 'A' + (mask_in_range (value, 26, 31) & ('2' - 'A' - 26u)));
}

/* The bytes of the separator at the start of [cursor, end), 0 if there is none. */
static gsize
separator_size (const char *cursor, const char *end)
{
  gunichar c;

  if (*cursor == ' ' || *cursor == '-' || *cursor == '\t' || *cursor == '\r' || *cursor == '\n')
    return 1;
  if ((guchar) *cursor < 0x80)
    return 0;
  c = g_utf8_get_char_validated (cursor, end - cursor);
  for (gsize i = 0; i < G_N_ELEMENTS (invisible_separators); i++)
    if (c == invisible_separators[i])
      return (gsize) g_unichar_to_utf8 (c, NULL);
  return 0;
}

/* `position` counts what a person sees, from 1. The character is no part of any key, so that the
 * message may hold it. */
static void
set_character_error (GError **error, const char *cursor, const char *end, guint position)
{
  g_autofree char *shown = NULL;
  gsize size = 1;

  switch (*cursor)
    {
    case '0':
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("Character %u of the setup key is “0”, which no setup key has: did you mean "
                      "the letter O?"),
                   position);
      return;
    case '1':
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("Character %u of the setup key is “1”, which no setup key has: did you mean "
                      "the letter I or L?"),
                   position);
      return;
    case '8':
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("Character %u of the setup key is “8”, which no setup key has: did you mean "
                      "the letter B?"),
                   position);
      return;
    case '9':
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("Character %u of the setup key is “9”, which no setup key has: did you mean "
                      "the letter G?"),
                   position);
      return;
    case '=':
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("Character %u of the setup key is “=”, which can only stand at its end"),
                   position);
      return;
    default:
      break;
    }

  if ((gint) g_utf8_get_char_validated (cursor, end - cursor) > 0x7F)
    size = (gsize) (g_utf8_next_char (cursor) - cursor);
  shown = sally_text_from_name (cursor, size);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("Character %u of the setup key is “%s”: a setup key has only the letters A to Z "
                  "and the digits 2 to 7"),
               position, shown);
}

/* Whether the text is well formed, and how many alphabet characters it has. */
static gboolean
scan (const char *text, gsize length, gsize *n_characters, GError **error)
{
  const char *end = text + length;
  const char *padding = NULL;
  guint padding_position = 0;
  guint position = 0;

  *n_characters = 0;
  for (const char *cursor = text; cursor < end;)
    {
      gsize size = separator_size (cursor, end);

      if (size > 0)
        {
          cursor += size;
          position++;
          continue;
        }
      position++;
      if (*cursor == '=')
        {
          if (padding == NULL)
            {
              padding = cursor;
              padding_position = position;
            }
        }
      else if (decode_character ((guchar) *cursor) == 0)
        {
          set_character_error (error, cursor, end, position);
          return FALSE;
        }
      else if (padding != NULL)
        {
          set_character_error (error, padding, end, padding_position);
          return FALSE;
        }
      else
        (*n_characters)++;
      cursor++;
    }
  return TRUE;
}

SallySecret *
sally_base32_decode (const char *text, gssize length, GError **error)
{
  SallySecret *key;
  const char *end;
  char *out;
  gsize n_characters;
  gsize n_bytes;
  gsize written = 0;
  guint bits = 0;
  guint n_bits = 0;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  end = text + (length < 0 ? strlen (text) : (gsize) length);
  if (!scan (text, (gsize) (end - text), &n_characters, error))
    return NULL;
  n_bytes = n_characters * 5 / 8;
  if (n_characters == 0)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("The setup key is empty"));
      return NULL;
    }
  if (n_bytes == 0)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("The setup key is too short: a part of it seems to be missing"));
      return NULL;
    }
  if (n_bytes > SALLY_OTP_MAX_KEY_BYTES)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("The setup key is too long: a key has at most %d bytes"),
                   SALLY_OTP_MAX_KEY_BYTES);
      return NULL;
    }

  key = sally_secret_new_sized (n_bytes, &out);
  for (const char *cursor = text; cursor < end && written < n_bytes; cursor++)
    {
      guint value = decode_character ((guchar) *cursor);

      if (value == 0)
        continue;
      bits = (bits << 5) | (value - 1);
      n_bits += 5;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          out[written++] = (char) (bits >> n_bits);
        }
    }
  sally_secret_wipe (&bits, sizeof bits);
  return key;
}

SallySecret *
sally_base32_encode (SallySecret *key)
{
  SallySecret *text;
  const char *bytes;
  char *out;
  gsize length;
  gsize n_characters;
  guint bits = 0;
  guint n_bits = 0;
  gsize read = 0;

  g_return_val_if_fail (key != NULL, NULL);
  g_return_val_if_fail (sally_secret_get_length (key) <= SALLY_OTP_MAX_KEY_BYTES, NULL);

  bytes = sally_secret_peek (key, &length);
  n_characters = (length * 8 + 4) / 5;
  text = sally_secret_new_sized (n_characters, &out);
  for (gsize i = 0; i < n_characters; i++)
    {
      if (n_bits < 5)
        {
          /* Beyond the last byte zero bits fill the last character up. */
          bits = (bits << 8) | (read < length ? (guchar) bytes[read] : 0);
          read++;
          n_bits += 8;
        }
      n_bits -= 5;
      out[i] = encode_value ((bits >> n_bits) & 0x1F);
    }
  sally_secret_wipe (&bits, sizeof bits);
  return text;
}
