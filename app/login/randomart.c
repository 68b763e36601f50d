/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/randomart.h"

#include <string.h>

#define SHA256_BYTES 32
#define WIDTH        17
#define HEIGHT       9
/* How often a field was visited, then where the way began and ended. */
#define MARKS        " .o+=*BOX@%&#/^SE"
#define START_MARK   (sizeof MARKS - 3)
#define END_MARK     (sizeof MARKS - 2)

static void
digest_of (const guint8 *blob, gsize length, guint8 digest[SHA256_BYTES])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize digest_length = SHA256_BYTES;

  g_checksum_update (checksum, blob, (gssize) length);
  g_checksum_get_digest (checksum, digest, &digest_length);
}

char *
sally_fingerprint_new (const guint8 *blob, gsize length)
{
  guint8 digest[SHA256_BYTES];
  g_autofree char *base64 = NULL;

  g_return_val_if_fail (blob != NULL || length == 0, NULL);

  digest_of (blob, length, digest);
  base64 = g_base64_encode (digest, sizeof digest);
  *strchrnul (base64, '=') = '\0';
  return g_strconcat ("SHA256:", base64, NULL);
}

/* One string of RFC 4251 section 5; NULL if it is not there whole. */
static const guint8 *
take_string (const guint8 **blob, gsize *length, gsize *size)
{
  const guint8 *string;
  guint32 big_endian;

  if (*length < sizeof big_endian)
    return NULL;
  memcpy (&big_endian, *blob, sizeof big_endian);
  *size = GUINT32_FROM_BE (big_endian);
  if (*size > *length - sizeof big_endian)
    return NULL;
  string = *blob + sizeof big_endian;
  *blob = string + *size;
  *length -= sizeof big_endian + *size;
  return string;
}

/* RFC 4253 section 6.6: "ssh-rsa", exponent, modulus. */
static guint
rsa_bits (const guint8 *blob, gsize length)
{
  const guint8 *modulus = NULL;
  gsize size = 0;

  for (guint i = 0; i < 3; i++)
    {
      modulus = take_string (&blob, &length, &size);
      if (modulus == NULL)
        return 0;
    }
  while (size > 0 && *modulus == 0)
    {
      modulus++;
      size--;
    }
  return size > 0 && size < G_MAXUINT / 8 ? (guint) (size - 1) * 8 + g_bit_storage (*modulus) : 0;
}

static char *
make_title (const guint8 *blob, gsize length)
{
  static const struct
  {
    const char *type;
    const char *title;
  } titles[] = {
    { "ssh-ed25519", "[ED25519 256]" },
    { "ecdsa-sha2-nistp256", "[ECDSA 256]" },
    { "ecdsa-sha2-nistp384", "[ECDSA 384]" },
    { "ecdsa-sha2-nistp521", "[ECDSA 521]" },
  };
  const guint8 *cursor = blob;
  gsize left = length;
  gsize size;
  const guint8 *type = take_string (&cursor, &left, &size);
  guint bits;

  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (titles); i++)
    if (size == strlen (titles[i].type) && memcmp (type, titles[i].type, size) == 0)
      return g_strdup (titles[i].title);
  bits = rsa_bits (blob, length);
  if (type != NULL && size == strlen ("ssh-rsa") && memcmp (type, "ssh-rsa", size) == 0 &&
      bits > 0 && bits < 1000000)
    return g_strdup_printf ("[RSA %u]", bits);
  return g_strdup ("");
}

/* "+---[words]---+", the words in the middle, or a little left of it. */
static void
append_frame (GString *art, const char *words)
{
  gsize length = strlen (words);
  gsize left = (WIDTH - length) / 2;

  g_string_append_c (art, '+');
  for (gsize i = 0; i < left; i++)
    g_string_append_c (art, '-');
  g_string_append (art, words);
  for (gsize i = left + length; i < WIDTH; i++)
    g_string_append_c (art, '-');
  g_string_append_c (art, '+');
}

/* The bishop steps diagonally, two bits a step, lowest first, and slides along the walls. */
static void
walk (const guint8 digest[SHA256_BYTES], guint8 field[HEIGHT][WIDTH])
{
  int x = WIDTH / 2;
  int y = HEIGHT / 2;

  for (guint i = 0; i < SHA256_BYTES * 4; i++)
    {
      guint bits = digest[i / 4] >> (i % 4 * 2);

      x = CLAMP (x + ((bits & 1) != 0 ? 1 : -1), 0, WIDTH - 1);
      y = CLAMP (y + ((bits & 2) != 0 ? 1 : -1), 0, HEIGHT - 1);
      if (field[y][x] < START_MARK - 1)
        field[y][x]++;
    }
  field[HEIGHT / 2][WIDTH / 2] = START_MARK;
  field[y][x] = END_MARK;
}

char *
sally_randomart_new (const guint8 *blob, gsize length)
{
  guint8 field[HEIGHT][WIDTH] = { { 0 } };
  guint8 digest[SHA256_BYTES];
  g_autofree char *title = NULL;
  g_autoptr (GString) art = g_string_new (NULL);

  g_return_val_if_fail (blob != NULL || length == 0, NULL);

  digest_of (blob, length, digest);
  walk (digest, field);
  title = make_title (blob, length);
  append_frame (art, title);
  for (guint y = 0; y < HEIGHT; y++)
    {
      g_string_append (art, "\n|");
      for (guint x = 0; x < WIDTH; x++)
        g_string_append_c (art, MARKS[field[y][x]]);
      g_string_append_c (art, '|');
    }
  g_string_append_c (art, '\n');
  append_frame (art, "[SHA256]");
  return g_string_free_and_steal (g_steal_pointer (&art));
}
