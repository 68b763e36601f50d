/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/fingerprint.h"

#include <string.h>

#define FINGERPRINT_PREFIX     "SHA256:"
/* Base64 of 32 bytes without its one '='. */
#define FINGERPRINT_CHARACTERS 43
#define SHA256_BYTES           32

char *
sally_fingerprint_canonical (const char *text)
{
  g_autoptr (GString) base64 = g_string_new (NULL);
  g_autofree guchar *bytes = NULL;
  g_autofree char *encoded = NULL;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isspace (*c))
      g_string_append_c (base64, *c);
  if (g_ascii_strncasecmp (base64->str, FINGERPRINT_PREFIX, strlen (FINGERPRINT_PREFIX)) == 0)
    g_string_erase (base64, 0, (gssize) strlen (FINGERPRINT_PREFIX));
  if (g_str_has_suffix (base64->str, "="))
    g_string_truncate (base64, base64->len - 1);
  if (base64->len != FINGERPRINT_CHARACTERS)
    return NULL;
  for (gsize i = 0; i < base64->len; i++)
    if (!g_ascii_isalnum (base64->str[i]) && base64->str[i] != '+' && base64->str[i] != '/')
      return NULL;

  g_string_append_c (base64, '=');
  bytes = g_base64_decode (base64->str, &length);
  if (length != SHA256_BYTES)
    return NULL;
  encoded = g_base64_encode (bytes, length);
  encoded[FINGERPRINT_CHARACTERS] = '\0';
  return g_strconcat (FINGERPRINT_PREFIX, encoded, NULL);
}
