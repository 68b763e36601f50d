/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/passphrase.h"

#include "backup/cipher.h"
#include "base/error.h"

#include <glib/gi18n.h>
#include <openssl/rand.h>
#include <string.h>

/* "sallyport-passphrase 1 SALT HASH", both base64. Passes, memory and lanes belong to the version:
 * RFC 9106 section 4, the second recommended option. */
#define MARK       "sallyport-passphrase 1 "
#define PASSES     3
#define MEMORY_KIB 65536
#define LANES      4
#define SALT_BYTES 16

static SallySecret *
derive (SallySecret *passphrase, const guchar *salt, gsize length, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (salt, length);

  return sally_cipher_argon2id (passphrase, bytes, PASSES, MEMORY_KIB, LANES, error);
}

SallySecret *
sally_passphrase_make (SallySecret *passphrase, GError **error)
{
  guchar salt[SALT_BYTES];
  g_autoptr (SallySecret) hash = NULL;
  g_autofree char *salt_text = NULL;
  g_autofree char *hash_text = NULL;
  g_autofree char *text = NULL;
  SallySecret *verifier;
  const char *bytes;
  gsize length;

  g_return_val_if_fail (passphrase != NULL, NULL);

  if (RAND_bytes (salt, sizeof salt) != 1)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_FAILED,
                           _ ("No random numbers can be had from the system"));
      return NULL;
    }
  hash = derive (passphrase, salt, sizeof salt, error);
  if (hash == NULL)
    return NULL;
  bytes = sally_secret_peek (hash, &length);
  salt_text = g_base64_encode (salt, sizeof salt);
  hash_text = g_base64_encode ((const guchar *) bytes, length);
  text = g_strconcat (MARK, salt_text, " ", hash_text, NULL);
  verifier = sally_secret_new (text, -1);
  sally_secret_wipe (hash_text, strlen (hash_text));
  sally_secret_wipe (text, strlen (text));
  return verifier;
}

gboolean
sally_passphrase_check (SallySecret *verifier, SallySecret *passphrase, GError **error)
{
  const char *text;
  g_auto (GStrv) parts = NULL;
  g_autofree guchar *salt = NULL;
  g_autofree guchar *expected = NULL;
  g_autoptr (SallySecret) expected_hash = NULL;
  g_autoptr (SallySecret) hash = NULL;
  gsize salt_length = 0;
  gsize length = 0;

  g_return_val_if_fail (verifier != NULL && passphrase != NULL, FALSE);

  text = sally_secret_peek (verifier, NULL);
  if (g_str_has_prefix (text, MARK))
    parts = g_strsplit (text + strlen (MARK), " ", 2);
  if (parts != NULL && g_strv_length (parts) == 2)
    {
      salt = g_base64_decode (parts[0], &salt_length);
      expected = g_base64_decode (parts[1], &length);
    }
  if (salt_length != SALT_BYTES || length != SALLY_CIPHER_KEY_BYTES)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("What the keyring holds to check the passphrase is damaged"));
      return FALSE;
    }
  expected_hash = sally_secret_new ((const char *) expected, (gssize) length);
  sally_secret_wipe (expected, length);
  hash = derive (passphrase, salt, salt_length, error);
  if (hash == NULL)
    return FALSE;
  if (sally_secret_equal (hash, expected_hash))
    return TRUE;
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG,
                       _ ("This is not the passphrase"));
  return FALSE;
}
