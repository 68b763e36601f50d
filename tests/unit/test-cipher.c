/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"

#include "backup/wiped.h"
#include "base/error.h"

#include <string.h>

static SallySecret *
secret (const char *text)
{
  return sally_secret_new (text, -1);
}

static GBytes *
bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
assert_key (SallySecret *key, const char *expected_hex)
{
  g_autoptr (GBytes) expected = sally_wiped_from_hex (expected_hex);

  g_assert_nonnull (key);
  g_assert_cmpmem (sally_secret_peek (key, NULL), sally_secret_get_length (key),
                   g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

/* RFC 7914 section 11 (the first 32 bytes of it) and section 12 (likewise), and what the openssl
 * command gives for the rest. */
static void
test_derivations (void)
{
  g_autoptr (SallySecret) passwd = secret ("passwd");
  g_autoptr (SallySecret) password = secret ("password");
  g_autoptr (GBytes) salt = bytes ("salt");
  g_autoptr (GBytes) nacl = bytes ("NaCl");
  g_autoptr (GBytes) long_salt = bytes ("somesalt");
  g_autoptr (SallySecret) pbkdf2 = sally_cipher_pbkdf2 ("SHA256", passwd, salt, 1, NULL);
  g_autoptr (SallySecret) scrypt = sally_cipher_scrypt (password, nacl, 1024, 8, 16, NULL);
  g_autoptr (SallySecret) argon2id = sally_cipher_argon2id (password, long_salt, 2, 256, 1, NULL);

  assert_key (pbkdf2, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
  assert_key (scrypt, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162");
  /* The reference implementation's own test. */
  assert_key (argon2id, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
}

/* A hostile file cannot make us work for hours or take all memory: it is refused at once. */
static void
test_refuses_what_costs_too_much (void)
{
  static const struct
  {
    guint64 n;
    guint64 r;
    guint64 p;
  } scrypts[] = {
    { G_GUINT64_CONSTANT (1) << 40, 8, 1 },
    { 32768, 8, 1000000 },
    { 32768, G_GUINT64_CONSTANT (1) << 60, 1 },
    { 1 << 20, 8, 64 },
    { 0, 8, 1 },
    { 32768, 0, 1 },
    { 32768, 8, 0 },
    { G_MAXUINT64, G_MAXUINT64, G_MAXUINT64 },
  };
  static const struct
  {
    guint64 passes;
    guint64 memory_kib;
    guint64 lanes;
  } argons[] = {
    { 1, 4 * 1024 * 1024, 1 },
    { 17, 64, 1 },
    { 1, 64, 17 },
    { 0, 64, 1 },
    { 1, 7, 1 },
    { 1, 64, 0 },
    { G_MAXUINT64, G_MAXUINT64, G_MAXUINT64 },
  };
  g_autoptr (SallySecret) password = secret ("password");
  g_autoptr (GBytes) salt = bytes ("some salt");
  g_autoptr (GError) error = NULL;

  g_assert_null (sally_cipher_pbkdf2 ("SHA1", password, salt, 10000001, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sally_cipher_pbkdf2 ("SHA1", password, salt, 0, &error));
  g_clear_error (&error);
  for (gsize i = 0; i < G_N_ELEMENTS (scrypts); i++)
    {
      g_assert_null (
          sally_cipher_scrypt (password, salt, scrypts[i].n, scrypts[i].r, scrypts[i].p, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
      g_clear_error (&error);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (argons); i++)
    {
      g_assert_null (sally_cipher_argon2id (password, salt, argons[i].passes, argons[i].memory_kib,
                                            argons[i].lanes, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
      g_clear_error (&error);
    }
}

static void
test_seals_and_opens (void)
{
  g_autoptr (GBytes) random = sally_cipher_random (SALLY_CIPHER_KEY_BYTES);
  g_autoptr (SallySecret) key = sally_wiped_to_secret (random);
  g_autoptr (GBytes) nonce = sally_cipher_random (12);
  g_autoptr (GBytes) associated = bytes ("head");
  g_autoptr (GBytes) other = bytes ("heap");
  g_autoptr (GBytes) plain = bytes ("what is kept");
  g_autoptr (GBytes) sealed = sally_cipher_seal_gcm (key, nonce, associated, plain);
  g_autoptr (GBytes) opened = sally_cipher_open_gcm (key, nonce, associated, sealed, NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data (sealed, &length);

  g_assert_true (g_bytes_equal (opened, plain));
  g_assert_null (sally_cipher_open_gcm (key, nonce, other, sealed, NULL));
  g_assert_null (sally_cipher_open_gcm (key, nonce, NULL, sealed, NULL));
  for (gsize i = 0; i < length; i++)
    {
      g_autofree guint8 *changed = g_memdup2 (data, length);
      g_autoptr (GBytes) cut = g_bytes_new (data, i);
      g_autoptr (GBytes) changed_bytes = NULL;
      g_autoptr (GError) error = NULL;

      changed[i] ^= 1;
      changed_bytes = g_bytes_new (changed, length);
      g_assert_null (sally_cipher_open_gcm (key, nonce, associated, changed_bytes, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG);
      g_assert_null (sally_cipher_open_gcm (key, nonce, associated, cut, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cipher/derivations", test_derivations);
  g_test_add_func ("/cipher/refuses-what-costs-too-much", test_refuses_what_costs_too_much);
  g_test_add_func ("/cipher/seals-and-opens", test_seals_and_opens);
  return g_test_run ();
}
