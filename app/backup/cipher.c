/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"

#include "backup/wiped.h"
#include "base/error.h"

#include <argon2.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <string.h>
#include <sys/random.h>

/* AES-256-GCM of an honest file has 12 bytes, of OTPClient 16. */
#define MAX_NONCE_BYTES 64

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_KDF, EVP_KDF_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_KDF_CTX, EVP_KDF_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

static gboolean
set_too_costly (GError **error)
{
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("The file asks for more work or memory to be opened than any known "
                          "program would: it is damaged, or was made to do harm"));
  return FALSE;
}

static gboolean
set_wrong (GError **error)
{
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG,
                       _ ("The password does not open this file, or the file is damaged"));
  return FALSE;
}

/* The parameters of a derivation, a password and a salt among them. */
static SallySecret *
derive (const char *name, OSSL_PARAM *parameters, gsize length, GError **error)
{
  g_autoptr (EVP_KDF) kdf = EVP_KDF_fetch (NULL, name, NULL);
  g_autoptr (EVP_KDF_CTX) context = kdf != NULL ? EVP_KDF_CTX_new (kdf) : NULL;
  g_autoptr (SallySecret) key = NULL;
  char *bytes;

  key = sally_secret_new_sized (length, &bytes);
  if (context != NULL && EVP_KDF_derive (context, (guchar *) bytes, length, parameters) == 1)
    return g_steal_pointer (&key);
  /* Too little memory above all: scrypt wants its in one piece. */
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_FAILED,
               _ ("The key of the file could not be computed: %s. Is there enough free memory?"),
               ERR_reason_error_string (ERR_peek_last_error ()) != NULL
                   ? ERR_reason_error_string (ERR_peek_last_error ())
                   : name);
  ERR_clear_error ();
  return NULL;
}

static OSSL_PARAM
octets (const char *name, gconstpointer bytes, gsize length)
{
  static char nothing[] = "";

  return OSSL_PARAM_construct_octet_string (name, length > 0 ? (gpointer) bytes : nothing, length);
}

static OSSL_PARAM
password_parameter (SallySecret *password)
{
  gsize length;
  const char *bytes = sally_secret_peek (password, &length);

  return octets (OSSL_KDF_PARAM_PASSWORD, bytes, length);
}

static OSSL_PARAM
bytes_parameter (const char *name, GBytes *bytes)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);

  return octets (name, data, length);
}

SallySecret *
sally_cipher_pbkdf2 (
    const char *digest, SallySecret *password, GBytes *salt, guint64 iterations, GError **error)
{
  int no_lower_bounds = 1;
  OSSL_PARAM parameters[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_KDF_PARAM_DIGEST, (char *) digest, 0),
    password_parameter (password),
    bytes_parameter (OSSL_KDF_PARAM_SALT, salt),
    OSSL_PARAM_construct_uint64 (OSSL_KDF_PARAM_ITER, &iterations),
    OSSL_PARAM_construct_int (OSSL_KDF_PARAM_PKCS5, &no_lower_bounds),
    OSSL_PARAM_construct_end (),
  };

  if (iterations < 1 || iterations > SALLY_CIPHER_MAX_PBKDF2_ITERATIONS ||
      g_bytes_get_size (salt) > SALLY_CIPHER_MAX_SALT_BYTES)
    return set_too_costly (error), NULL;
  return derive ("PBKDF2", parameters, SALLY_CIPHER_KEY_BYTES, error);
}

SallySecret *
sally_cipher_scrypt (
    SallySecret *password, GBytes *salt, guint64 n, guint64 r, guint64 p, GError **error)
{
  guint32 r32 = (guint32) r;
  guint32 p32 = (guint32) p;
  guint64 max_memory = SALLY_CIPHER_MAX_MEMORY_BYTES + 64 * 1024 * 1024;
  OSSL_PARAM parameters[] = {
    password_parameter (password),
    bytes_parameter (OSSL_KDF_PARAM_SALT, salt),
    OSSL_PARAM_construct_uint64 (OSSL_KDF_PARAM_SCRYPT_N, &n),
    OSSL_PARAM_construct_uint32 (OSSL_KDF_PARAM_SCRYPT_R, &r32),
    OSSL_PARAM_construct_uint32 (OSSL_KDF_PARAM_SCRYPT_P, &p32),
    OSSL_PARAM_construct_uint64 (OSSL_KDF_PARAM_SCRYPT_MAXMEM, &max_memory),
    OSSL_PARAM_construct_end (),
  };

  if (n < 2 || r < 1 || p < 1 || r > G_MAXUINT16 || p > G_MAXUINT16 ||
      n > SALLY_CIPHER_MAX_MEMORY_BYTES / 128 / r ||
      n * r * 128 > SALLY_CIPHER_MAX_SCRYPT_WORK / p ||
      g_bytes_get_size (salt) > SALLY_CIPHER_MAX_SALT_BYTES)
    return set_too_costly (error), NULL;
  return derive ("SCRYPT", parameters, SALLY_CIPHER_KEY_BYTES, error);
}

/* Not through EVP_KDF: OpenSSL's Argon2 takes its memory from the secure heap where there is one,
 * and base/secret.c makes one of a mebibyte. libargon2 wipes its memory. */
SallySecret *
sally_cipher_argon2id (SallySecret *password,
                       GBytes *salt,
                       guint64 passes,
                       guint64 memory_kib,
                       guint64 lanes,
                       GError **error)
{
  gsize password_length;
  gsize salt_length;
  const char *password_bytes = sally_secret_peek (password, &password_length);
  gconstpointer salt_bytes = g_bytes_get_data (salt, &salt_length);
  g_autoptr (SallySecret) key = NULL;
  char *bytes;
  int result;

  if (passes < 1 || passes > SALLY_CIPHER_MAX_ARGON2_PASSES || lanes < 1 ||
      lanes > SALLY_CIPHER_MAX_ARGON2_LANES || memory_kib < 8 * lanes ||
      memory_kib > SALLY_CIPHER_MAX_MEMORY_BYTES / 1024 || salt_length < ARGON2_MIN_SALT_LENGTH ||
      salt_length > SALLY_CIPHER_MAX_SALT_BYTES)
    return set_too_costly (error), NULL;
  key = sally_secret_new_sized (SALLY_CIPHER_KEY_BYTES, &bytes);
  result =
      argon2id_hash_raw ((guint32) passes, (guint32) memory_kib, (guint32) lanes, password_bytes,
                         password_length, salt_bytes, salt_length, bytes, SALLY_CIPHER_KEY_BYTES);
  if (result == ARGON2_OK)
    return g_steal_pointer (&key);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_FAILED,
               _ ("The key of the file could not be computed: %s. Is there enough free memory?"),
               argon2_error_message (result));
  return NULL;
}

static SallySecret *
hash (gconstpointer data, gsize length)
{
  char *bytes;
  SallySecret *result = sally_secret_new_sized (SALLY_CIPHER_KEY_BYTES, &bytes);

  if (EVP_Q_digest (NULL, "SHA256", NULL, data, length, (guchar *) bytes, NULL) != 1)
    g_error ("SHA-256 is not available");
  return result;
}

SallySecret *
sally_cipher_sha256 (SallySecret *password)
{
  gsize length;
  const char *bytes = sally_secret_peek (password, &length);

  return hash (bytes, length);
}

GBytes *
sally_cipher_sha256_bytes (GBytes *bytes)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);
  g_autoptr (SallySecret) result = hash (data, length);

  return g_bytes_new (sally_secret_peek (result, NULL), SALLY_CIPHER_KEY_BYTES);
}

SallySecret *
sally_cipher_hkdf_expand (SallySecret *key, const char *info)
{
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  gsize length;
  const char *bytes = sally_secret_peek (key, &length);
  OSSL_PARAM parameters[] = {
    OSSL_PARAM_construct_int (OSSL_KDF_PARAM_MODE, &mode),
    OSSL_PARAM_construct_utf8_string (OSSL_KDF_PARAM_DIGEST, (char *) "SHA256", 0),
    octets (OSSL_KDF_PARAM_KEY, bytes, length),
    octets (OSSL_KDF_PARAM_INFO, info, strlen (info)),
    OSSL_PARAM_construct_end (),
  };
  SallySecret *expanded = derive ("HKDF", parameters, SALLY_CIPHER_KEY_BYTES, NULL);

  if (expanded == NULL)
    g_error ("HKDF is not available");
  return expanded;
}

/* A context for AES-256 whose key and nonce are set; NULL if the nonce cannot be one. */
static EVP_CIPHER_CTX *
begin (const EVP_CIPHER *cipher, SallySecret *key, GBytes *nonce, gboolean seals)
{
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  static const guint8 zeros[16] = { 0 };
  gsize nonce_length = sizeof zeros;
  const guchar *nonce_bytes = nonce != NULL ? g_bytes_get_data (nonce, &nonce_length) : zeros;

  g_assert (sally_secret_get_length (key) == SALLY_CIPHER_KEY_BYTES);
  if (context == NULL)
    g_error ("out of memory");
  if (nonce_length == 0 || nonce_length > MAX_NONCE_BYTES ||
      EVP_CipherInit_ex2 (context, cipher, NULL, NULL, seals, NULL) != 1)
    return NULL;
  if (EVP_CIPHER_get_mode (cipher) == EVP_CIPH_GCM_MODE)
    {
      if (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_IVLEN, (int) nonce_length, NULL) != 1)
        return NULL;
    }
  else if (nonce_length != (gsize) EVP_CIPHER_get_iv_length (cipher))
    return NULL;
  if (EVP_CipherInit_ex2 (context, NULL, (const guchar *) sally_secret_peek (key, NULL),
                          nonce_bytes, seals, NULL) != 1)
    return NULL;
  return g_steal_pointer (&context);
}

static gboolean
update (EVP_CIPHER_CTX *context, guint8 *out, GBytes *bytes, gsize length, int *written)
{
  gconstpointer data = g_bytes_get_data (bytes, NULL);

  *written = 0;
  return length == 0 || EVP_CipherUpdate (context, out, written, data, (int) length) == 1;
}

GBytes *
sally_cipher_open_gcm (
    SallySecret *key, GBytes *nonce, GBytes *associated, GBytes *sealed, GError **error)
{
  g_autoptr (EVP_CIPHER_CTX) context = begin (EVP_aes_256_gcm (), key, nonce, FALSE);
  gsize length;
  const guint8 *data = g_bytes_get_data (sealed, &length);
  g_autoptr (GBytes) plain = NULL;
  guint8 *out;
  int written;
  int last;

  if (context == NULL || length < SALLY_CIPHER_TAG_BYTES || length > G_MAXINT)
    return set_wrong (error), NULL;
  length -= SALLY_CIPHER_TAG_BYTES;
  plain = sally_wiped_new (length, &out);
  if ((associated != NULL &&
       !update (context, NULL, associated, g_bytes_get_size (associated), &written)) ||
      !update (context, out, sealed, length, &written) ||
      EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_TAG, SALLY_CIPHER_TAG_BYTES,
                           (gpointer) (data + length)) != 1 ||
      EVP_CipherFinal_ex (context, out + written, &last) != 1)
    return set_wrong (error), NULL;
  return g_steal_pointer (&plain);
}

GBytes *
sally_cipher_seal_gcm (SallySecret *key, GBytes *nonce, GBytes *associated, GBytes *plain)
{
  g_autoptr (EVP_CIPHER_CTX) context = begin (EVP_aes_256_gcm (), key, nonce, TRUE);
  gsize length = g_bytes_get_size (plain);
  g_autoptr (GBytes) sealed = NULL;
  guint8 *out;
  int written;
  int last;

  g_return_val_if_fail (context != NULL && length <= G_MAXINT - SALLY_CIPHER_TAG_BYTES, NULL);

  sealed = sally_wiped_new (length + SALLY_CIPHER_TAG_BYTES, &out);
  if ((associated != NULL &&
       !update (context, NULL, associated, g_bytes_get_size (associated), &written)) ||
      !update (context, out, plain, length, &written) ||
      EVP_CipherFinal_ex (context, out + written, &last) != 1 ||
      EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_GET_TAG, SALLY_CIPHER_TAG_BYTES, out + length) !=
          1)
    g_error ("AES-256-GCM is not available");
  return g_steal_pointer (&sealed);
}

GBytes *
sally_cipher_open_cbc (SallySecret *key, GBytes *iv, GBytes *sealed, GError **error)
{
  g_autoptr (EVP_CIPHER_CTX) context = begin (EVP_aes_256_cbc (), key, iv, FALSE);
  gsize length = g_bytes_get_size (sealed);
  g_autoptr (GBytes) room = NULL;
  guint8 *out;
  int written;
  int last;

  if (context == NULL || length == 0 || length % 16 != 0 || length > G_MAXINT - 16)
    return set_wrong (error), NULL;
  room = sally_wiped_new (length + 16, &out);
  if (!update (context, out, sealed, length, &written) ||
      EVP_CipherFinal_ex (context, out + written, &last) != 1)
    {
      ERR_clear_error ();
      return set_wrong (error), NULL;
    }
  return g_bytes_new_from_bytes (room, 0, (gsize) (written + last));
}

gboolean
sally_cipher_check_hmac (SallySecret *key, GBytes *first, GBytes *second, GBytes *mac)
{
  gsize first_length;
  gsize second_length;
  gsize key_length;
  gsize mac_length = 0;
  gconstpointer first_data = g_bytes_get_data (first, &first_length);
  gconstpointer second_data = g_bytes_get_data (second, &second_length);
  const char *key_bytes = sally_secret_peek (key, &key_length);
  g_autoptr (GByteArray) message = g_byte_array_new ();
  guint8 computed[EVP_MAX_MD_SIZE];

  g_byte_array_append (message, first_data, (guint) first_length);
  g_byte_array_append (message, second_data, (guint) second_length);
  if (EVP_Q_mac (NULL, "HMAC", NULL, "SHA256", NULL, key_bytes, key_length, message->data,
                 message->len, computed, sizeof computed, &mac_length) == NULL)
    g_error ("HMAC-SHA256 is not available");
  return g_bytes_get_size (mac) == mac_length &&
         CRYPTO_memcmp (computed, g_bytes_get_data (mac, NULL), mac_length) == 0;
}

GBytes *
sally_cipher_random (gsize length)
{
  guint8 *out;
  GBytes *bytes = sally_wiped_new (length, &out);

  /* From the kernel: OpenSSL's own generator leaves one behind in each thread of a pool. */
  for (gsize done = 0; done < length;)
    {
      ssize_t n_read = getrandom (out + done, length - done, 0);

      if (n_read < 0 && errno != EINTR)
        g_error ("there are no random bytes");
      done += n_read > 0 ? (gsize) n_read : 0;
    }
  return bytes;
}
