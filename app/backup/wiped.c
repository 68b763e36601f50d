/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/wiped.h"

#include <string.h>

#define FIRST_CAPACITY 4096

struct _SallyWipedText
{
  guint8 *bytes;
  gsize length;
  gsize capacity;
};

/* What GBytes owns: it knows the length to wipe. */
typedef struct
{
  guint8 *bytes;
  gsize length;
} Block;

static void
block_free (gpointer data)
{
  Block *block = data;

  sally_secret_wipe (block->bytes, block->length);
  g_free (block->bytes);
  g_free (block);
}

static GBytes *
take (guint8 *bytes, gsize length, gsize capacity)
{
  Block *block = g_new (Block, 1);

  block->bytes = bytes;
  block->length = capacity;
  return g_bytes_new_with_free_func (bytes, length, block_free, block);
}

GBytes *
sally_wiped_new (gsize length, guint8 **bytes)
{
  /* One byte more, always NUL: most of it is text. */
  guint8 *memory = g_malloc0 (length + 1);

  if (bytes != NULL)
    *bytes = memory;
  return take (memory, length, length + 1);
}

/* The six bits of a character, 64 for what means nothing, 65 for what may not be there. */
static guint
base64_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return (guint) (c - 'A');
  if (c >= 'a' && c <= 'z')
    return (guint) (c - 'a') + 26;
  if (c >= '0' && c <= '9')
    return (guint) (c - '0') + 52;
  if (c == '+' || c == '-')
    return 62;
  if (c == '/' || c == '_')
    return 63;
  return c == '=' || g_ascii_isspace (c) ? 64 : 65;
}

GBytes *
sally_wiped_from_base64 (const char *text, gssize length)
{
  gsize n_characters = length < 0 ? strlen (text) : (gsize) length;
  g_autoptr (GBytes) room = NULL;
  guint8 *out;
  gsize written = 0;
  guint32 bits = 0;
  guint n_bits = 0;

  g_return_val_if_fail (text != NULL, NULL);

  room = sally_wiped_new (n_characters / 4 * 3 + 3, &out);
  for (gsize i = 0; i < n_characters; i++)
    {
      guint value = base64_value (text[i]);

      if (value == 65)
        return NULL;
      if (value == 64)
        continue;
      bits = bits << 6 | value;
      n_bits += 6;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          out[written++] = (guint8) (bits >> n_bits);
        }
    }
  sally_secret_wipe (&bits, sizeof bits);
  return g_bytes_new_from_bytes (room, 0, written);
}

GBytes *
sally_wiped_from_hex (const char *text)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize length;
  guint8 *out;

  g_return_val_if_fail (text != NULL, NULL);

  length = strlen (text);
  if (length % 2 != 0)
    return NULL;
  bytes = sally_wiped_new (length / 2, &out);
  for (gsize i = 0; i < length; i += 2)
    {
      int high = g_ascii_xdigit_value (text[i]);
      int low = g_ascii_xdigit_value (text[i + 1]);

      if (high < 0 || low < 0)
        return NULL;
      out[i / 2] = (guint8) (high << 4 | low);
    }
  return g_steal_pointer (&bytes);
}

SallySecret *
sally_wiped_to_secret (GBytes *bytes)
{
  gsize length;
  const char *data;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &length);
  return length <= SALLY_SECRET_MAX_BYTES ? sally_secret_new (data, (gssize) length) : NULL;
}

SallyWipedText *
sally_wiped_text_new (void)
{
  return g_new0 (SallyWipedText, 1);
}

void
sally_wiped_text_free (SallyWipedText *self)
{
  if (self == NULL)
    return;
  if (self->bytes != NULL)
    sally_secret_wipe (self->bytes, self->capacity);
  g_free (self->bytes);
  g_free (self);
}

/* realloc() would leave the old block as it was. */
static void
make_room (SallyWipedText *self, gsize length)
{
  gsize capacity = MAX (self->capacity, FIRST_CAPACITY);
  guint8 *larger;

  if (self->bytes != NULL && self->capacity - self->length > length)
    return;
  while (capacity - self->length <= length)
    capacity *= 2;
  larger = g_malloc0 (capacity);
  if (self->bytes != NULL)
    {
      memcpy (larger, self->bytes, self->length);
      sally_secret_wipe (self->bytes, self->capacity);
      g_free (self->bytes);
    }
  self->bytes = larger;
  self->capacity = capacity;
}

void
sally_wiped_text_append (SallyWipedText *self, const char *text, gssize length)
{
  gsize n_bytes = length < 0 ? strlen (text) : (gsize) length;

  g_return_if_fail (self != NULL);

  make_room (self, n_bytes);
  if (n_bytes > 0)
    memcpy (self->bytes + self->length, text, n_bytes);
  self->length += n_bytes;
}

void
sally_wiped_text_append_secret (SallyWipedText *self, SallySecret *secret)
{
  gsize length;
  const char *bytes = sally_secret_peek (secret, &length);

  sally_wiped_text_append (self, bytes, (gssize) length);
}

void
sally_wiped_text_append_base64 (SallyWipedText *self, GBytes *bytes)
{
  gsize length;
  const guchar *data = g_bytes_get_data (bytes, &length);
  int state = 0;
  int save = 0;
  gsize written;

  g_return_if_fail (self != NULL);

  make_room (self, length / 3 * 4 + 8);
  written = g_base64_encode_step (data, length, FALSE, (char *) self->bytes + self->length, &state,
                                  &save);
  written +=
      g_base64_encode_close (FALSE, (char *) self->bytes + self->length + written, &state, &save);
  self->length += written;
}

void
sally_wiped_text_append_hex (SallyWipedText *self, const guint8 *bytes, gsize length)
{
  static const char digits[] = "0123456789abcdef";

  g_return_if_fail (self != NULL);

  make_room (self, length * 2);
  for (gsize i = 0; i < length; i++)
    {
      self->bytes[self->length++] = (guint8) digits[bytes[i] >> 4];
      self->bytes[self->length++] = (guint8) digits[bytes[i] & 0x0F];
    }
}

void
sally_wiped_text_append_json (SallyWipedText *self, const char *text)
{
  g_return_if_fail (self != NULL && text != NULL);

  sally_wiped_text_append (self, "\"", 1);
  for (const char *c = text; *c != '\0'; c++)
    {
      char escaped[8];

      if (*c == '"' || *c == '\\')
        g_snprintf (escaped, sizeof escaped, "\\%c", *c);
      else if ((guchar) *c < 0x20)
        g_snprintf (escaped, sizeof escaped, "\\u%04x", (guint) *c);
      else
        g_snprintf (escaped, sizeof escaped, "%c", *c);
      sally_wiped_text_append (self, escaped, -1);
    }
  sally_wiped_text_append (self, "\"", 1);
}

GBytes *
sally_wiped_text_steal (SallyWipedText *self)
{
  GBytes *bytes;

  g_return_val_if_fail (self != NULL, NULL);

  make_room (self, 1);
  bytes = take (self->bytes, self->length, self->capacity);
  self->bytes = NULL;
  self->length = self->capacity = 0;
  return bytes;
}
