/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/putty-keys.h"

#include <string.h>

#define ED25519           "ssh-ed25519"
#define ED25519_BYTES     32
#define ECDSA_PREFIX      "ecdsa-sha2-"
/* RSA with 16384 bits has 2048 bytes. */
#define MAX_NUMBER_BYTES  2100
/* A host has one key of each type; as many are kept of it as may be pinned. */
#define MAX_KEYS_OF_HOST  16
#define FINGERPRINT_BYTES 32

static const struct
{
  const char *curve;
  guint field_bytes;
} curves[] = { { "nistp256", 32 }, { "nistp384", 48 }, { "nistp521", 66 } };

/* "0x1F..." as the bytes of the number, the highest first, none of them 0 in front; NULL if it is
 * no number. */
static GByteArray *
parse_number (const char *text)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize length;

  if (!g_str_has_prefix (text, "0x"))
    return NULL;
  text += 2;
  while (*text == '0')
    text++;
  length = strlen (text);
  if (length > 2 * MAX_NUMBER_BYTES)
    return NULL;
  for (gsize i = 0; i < length; i++)
    {
      const guint8 nothing = 0;
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return NULL;
      /* An odd number of digits begins with half a byte. */
      if (i == 0 || (length - i) % 2 == 0)
        g_byte_array_append (bytes, &nothing, 1);
      bytes->data[bytes->len - 1] = (guint8) (bytes->data[bytes->len - 1] << 4 | digit);
    }
  return g_steal_pointer (&bytes);
}

static void
put_string (GByteArray *blob, const void *bytes, gsize length)
{
  guint32 big_endian = GUINT32_TO_BE ((guint32) length);

  g_byte_array_append (blob, (const guint8 *) &big_endian, sizeof big_endian);
  g_byte_array_append (blob, bytes, (guint) length);
}

static void
put_text (GByteArray *blob, const char *text)
{
  put_string (blob, text, strlen (text));
}

/* RFC 4251 section 5: a number whose highest bit is set gets a zero in front. */
static void
put_mpint (GByteArray *blob, const GByteArray *number)
{
  g_autoptr (GByteArray) padded = g_byte_array_new ();
  const guint8 zero = 0;

  if (number->len > 0 && (number->data[0] & 0x80) != 0)
    g_byte_array_append (padded, &zero, 1);
  g_byte_array_append (padded, number->data, number->len);
  put_string (blob, padded->data, padded->len);
}

/* RFC 4253 section 6.6. */
static gboolean
put_rsa (GByteArray *blob, char **parts)
{
  g_autoptr (GByteArray) exponent = parse_number (parts[0]);
  g_autoptr (GByteArray) modulus = parts[1] != NULL ? parse_number (parts[1]) : NULL;

  if (exponent == NULL || modulus == NULL || exponent->len == 0 || modulus->len == 0)
    return FALSE;
  put_text (blob, "ssh-rsa");
  put_mpint (blob, exponent);
  put_mpint (blob, modulus);
  return TRUE;
}

/* PuTTY keeps the point; RFC 8032 section 5.1.2 keeps y, the lowest byte first, and x's last bit.
 */
static gboolean
put_ed25519 (GByteArray *blob, char **parts)
{
  g_autoptr (GByteArray) x = parse_number (parts[0]);
  g_autoptr (GByteArray) y = parts[1] != NULL ? parse_number (parts[1]) : NULL;
  guint8 point[ED25519_BYTES] = { 0 };

  if (x == NULL || y == NULL || x->len > ED25519_BYTES || y->len == 0 || y->len > ED25519_BYTES)
    return FALSE;
  for (guint i = 0; i < y->len; i++)
    point[i] = y->data[y->len - 1 - i];
  if (x->len > 0 && (x->data[x->len - 1] & 1) != 0)
    point[ED25519_BYTES - 1] |= 0x80;
  put_text (blob, ED25519);
  put_string (blob, point, sizeof point);
  return TRUE;
}

/* RFC 5656 section 3.1: the point is not compressed, its numbers as wide as the field. */
static gboolean
put_ecdsa (GByteArray *blob, const char *type, char **parts)
{
  guint8 point[1 + 2 * 66] = { 4 };

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      guint width = curves[i].field_bytes;
      g_autoptr (GByteArray) x = NULL;
      g_autoptr (GByteArray) y = NULL;

      if (!g_str_equal (type + strlen (ECDSA_PREFIX), curves[i].curve) ||
          !g_str_equal (parts[0], curves[i].curve) || g_strv_length (parts) != 3)
        continue;
      x = parse_number (parts[1]);
      y = parse_number (parts[2]);
      if (x == NULL || y == NULL || x->len > width || y->len > width)
        return FALSE;
      memcpy (point + 1 + width - x->len, x->data, x->len);
      memcpy (point + 1 + 2 * width - y->len, y->data, y->len);
      put_text (blob, type);
      put_text (blob, curves[i].curve);
      put_string (blob, point, 1 + 2 * (gsize) width);
      return TRUE;
    }
  return FALSE;
}

char *
sally_putty_key_describe (const char *type, const char *value)
{
  g_autoptr (GByteArray) blob = g_byte_array_new ();
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_auto (GStrv) parts = NULL;
  g_autofree char *base64 = NULL;
  guint8 digest[FINGERPRINT_BYTES];
  gsize digest_length = sizeof digest;
  gboolean ok = FALSE;

  g_return_val_if_fail (type != NULL, NULL);
  g_return_val_if_fail (value != NULL, NULL);

  parts = g_strsplit (value, ",", 4);
  if (parts[0] == NULL)
    return NULL;
  if (g_str_equal (type, "rsa2"))
    ok = put_rsa (blob, parts);
  else if (g_str_equal (type, ED25519))
    ok = put_ed25519 (blob, parts);
  else if (g_str_has_prefix (type, ECDSA_PREFIX))
    ok = put_ecdsa (blob, type, parts);
  if (!ok)
    return NULL;
  g_checksum_update (checksum, blob->data, blob->len);
  g_checksum_get_digest (checksum, digest, &digest_length);
  base64 = g_base64_encode (digest, digest_length);
  *strchr (base64, '=') = '\0';
  return g_strdup_printf ("%s SHA256:%s", g_str_equal (type, "rsa2") ? "ssh-rsa" : type, base64);
}

static void
give (SallyProfiles *profiles, const char *host, guint port, const char *key)
{
  for (guint i = 0; i < profiles->entries->len; i++)
    {
      SallyProfile *profile = profiles->entries->pdata[i];

      if (g_ascii_strcasecmp (sally_server_get_host (profile->server), host) == 0 &&
          sally_server_get_port (profile->server) == port &&
          profile->known_keys->len < MAX_KEYS_OF_HOST)
        g_ptr_array_add (profile->known_keys, g_strdup (key));
    }
}

void
sally_putty_keys_apply (SallyProfiles *profiles, const SallySection *section)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, section->values);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      g_autofree char *unescaped = sally_profiles_unescape (name);
      g_autofree char *key = NULL;
      char *at = strchr (unescaped, '@');
      char *colon = at != NULL ? strchr (at, ':') : NULL;
      guint64 port;

      if (colon == NULL)
        continue;
      *at = *colon = '\0';
      if (!g_ascii_string_to_unsigned (at + 1, 10, 1, G_MAXUINT16, &port, NULL))
        continue;
      key = sally_putty_key_describe (unescaped, value);
      if (key != NULL)
        give (profiles, colon + 1, (guint) port, key);
    }
}
