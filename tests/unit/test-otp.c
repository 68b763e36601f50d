/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "otp/base32.h"
#include "otp/otp.h"

#include <string.h>

#define KEY_20 "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
#define KEY_32 "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA===="
#define KEY_64                                                                                     \
  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQO" \
  "JQG"                                                                                            \
  "EZDGNA="

static SallySecret *
decode (const char *key)
{
  g_autoptr (GError) error = NULL;
  SallySecret *bytes = sally_base32_decode (key, -1, &error);

  g_assert_no_error (error);
  return bytes;
}

static void
assert_code_at_time (const SallyOtpParameters *parameters,
                     const char *key,
                     gint64 time,
                     const char *expected)
{
  g_autoptr (SallySecret) bytes = decode (key);
  g_autoptr (SallySecret) code = sally_otp_code_at_time (parameters, bytes, time);

  g_assert_cmpstr (sally_secret_peek (code, NULL), ==, expected);
}

static void
assert_code_at_counter (const char *key, guint64 counter, const char *expected)
{
  const SallyOtpParameters parameters = { SALLY_OTP_HOTP, SALLY_OTP_SHA1, 6, 30 };
  g_autoptr (SallySecret) bytes = decode (key);
  g_autoptr (SallySecret) code = sally_otp_code_at_counter (&parameters, bytes, counter);

  g_assert_cmpstr (sally_secret_peek (code, NULL), ==, expected);
}

/* RFC 4226 appendix D */
static void
test_hotp (void)
{
  static const char *const codes[] = { "755224", "287082", "359152", "969429", "338314",
                                       "254676", "287922", "162583", "399871", "520489" };

  for (guint64 counter = 0; counter < G_N_ELEMENTS (codes); counter++)
    assert_code_at_counter (KEY_20, counter, codes[counter]);
  assert_code_at_counter ("BASE32SECRET3232", 0, "260182");
  assert_code_at_counter ("BASE32SECRET3232", 1, "055283");
  assert_code_at_counter ("BASE32SECRET3232", 1401, "316439");
}

/* RFC 6238 appendix B */
static void
test_totp (void)
{
  static const struct
  {
    gint64 time;
    const char *sha1;
    const char *sha256;
    const char *sha512;
  } table[] = {
    { 59, "94287082", "46119246", "90693936" },
    { 1111111109, "07081804", "68084774", "25091201" },
    { 1111111111, "14050471", "67062674", "99943326" },
    { 1234567890, "89005924", "91819424", "93441116" },
    { 2000000000, "69279037", "90698825", "38618901" },
    { G_GINT64_CONSTANT (20000000000), "65353130", "77737706", "47863826" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      SallyOtpParameters parameters = { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 8, 30 };

      assert_code_at_time (&parameters, KEY_20, table[i].time, table[i].sha1);
      parameters.algorithm = SALLY_OTP_SHA256;
      assert_code_at_time (&parameters, KEY_32, table[i].time, table[i].sha256);
      parameters.algorithm = SALLY_OTP_SHA512;
      assert_code_at_time (&parameters, KEY_64, table[i].time, table[i].sha512);
    }
}

static void
test_totp_in_the_wild (void)
{
  static const struct
  {
    const char *key;
    gint64 time;
    guint digits;
    guint period_s;
    SallyOtpAlgorithm algorithm;
    const char *code;
  } table[] = {
    { KEY_20, 1234567890, 6, 30, SALLY_OTP_SHA1, "005924" },
    { KEY_20, 1111111109, 6, 30, SALLY_OTP_SHA1, "081804" },
    { KEY_20, 1234567890, 10, 30, SALLY_OTP_SHA1, "0689005924" },
    { KEY_20, 1111111109, 6, 60, SALLY_OTP_SHA1, "360094" },
    { "hxdm vjec jjws rb3h wizr 4ifu gftm xboz", 1506268800, 6, 30, SALLY_OTP_SHA1, "488431" },
    { "wrn3pqx5uqxqvnqr", 1297553958, 6, 30, SALLY_OTP_SHA1, "102705" },
    { "GEZDGNBV", 0, 6, 30, SALLY_OTP_SHA1, "734055" },
    { "GEZDGNBV", 30, 6, 30, SALLY_OTP_SHA1, "662488" },
    { "GEZDGNBV", 0, 6, 30, SALLY_OTP_SHA256, "918961" },
    { "GEZDGNBV", 9000, 6, 30, SALLY_OTP_SHA256, "934470" },
    { "GEZDGNBV", 0, 6, 30, SALLY_OTP_SHA512, "816660" },
    { "GEZDGNBV", 9000, 6, 30, SALLY_OTP_SHA512, "524153" },
    { "ABCDEFGH", 170, 6, 30, SALLY_OTP_SHA1, "451564" },
    { "ABCDEFGH", 200, 6, 30, SALLY_OTP_SHA1, "028307" },
    { "ABCDEFGH", 230, 6, 30, SALLY_OTP_SHA1, "681610" },
    { "GEZDGNBV", -1, 6, 30, SALLY_OTP_SHA1, "734055" },
    { "GEZDGNBV", G_MININT64, 6, 30, SALLY_OTP_SHA1, "734055" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const SallyOtpParameters parameters = { SALLY_OTP_TOTP, table[i].algorithm, table[i].digits,
                                              table[i].period_s };

      assert_code_at_time (&parameters, table[i].key, table[i].time, table[i].code);
    }
}

static void
test_steam (void)
{
  /* Digits and period do not count: the five letters are the same whatever they say. */
  static const SallyOtpParameters parameters = { SALLY_OTP_STEAM, SALLY_OTP_SHA512, 8, 60 };
  static const struct
  {
    const char *key;
    gint64 time;
    const char *code;
  } table[] = {
    { "63BEDWCQZKTQWPESARIERL5DTTQFCJTK", 1511200518, "FR8RV" },
    { "63BEDWCQZKTQWPESARIERL5DTTQFCJTK", 1511200714, "9P3VP" },
    { "ON2XAZLSMR2XAZLSONSWG4TFOQ======", 3000030, "YRGQJ" },
    { "BASE32SECRET3232", 0, "2TC8B" },
    { "BASE32SECRET3232", 30, "YKKK4" },
    { "BASE32SECRET3232", 60, "M4HQB" },
    { "BASE32SECRET3232", 90, "DTVB3" },
    { "BASE32SECRET3232", 1662883100, "N3G63" },
    { "BASE32SECRET3232", 946681223, "7VP3X" },
    { "FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW", 0, "C5V56" },
    { "FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW", 30, "QJY8Y" },
    { "FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW", 60, "R3WQY" },
    { "FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW", 90, "JG3T3" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    assert_code_at_time (&parameters, table[i].key, table[i].time, table[i].code);
}

static SallySecret *
make_key (const char *bytes, gsize length, gsize zeros)
{
  char *out;
  SallySecret *key = sally_secret_new_sized (length + zeros, &out);

  memcpy (out, bytes, length);
  return key;
}

/* HMAC pads a short key with zeros (RFC 2104 section 2), and hashes one that is longer than a
 * block. */
static void
test_odd_keys (void)
{
  const SallyOtpParameters parameters = SALLY_OTP_PARAMETERS_DEFAULT;
  g_autofree char *long_bytes = g_strnfill (200, 'k');
  g_autoptr (SallySecret) zeros = make_key ("", 0, 20);
  g_autoptr (SallySecret) one_zero = make_key ("", 0, 1);
  g_autoptr (SallySecret) padded = make_key ("12345678901234567890", 20, 44);
  g_autoptr (SallySecret) plain = make_key ("12345678901234567890", 20, 0);
  g_autoptr (SallySecret) long_65 = make_key (long_bytes, 65, 0);
  g_autoptr (SallySecret) long_200 = make_key (long_bytes, 200, 0);
  g_autoptr (SallySecret) code_zeros = sally_otp_code_at_time (&parameters, zeros, 59);
  g_autoptr (SallySecret) code_one_zero = sally_otp_code_at_time (&parameters, one_zero, 59);
  g_autoptr (SallySecret) code_padded = sally_otp_code_at_time (&parameters, padded, 59);
  g_autoptr (SallySecret) code_plain = sally_otp_code_at_time (&parameters, plain, 59);
  g_autoptr (SallySecret) code_65 = sally_otp_code_at_time (&parameters, long_65, 59);
  g_autoptr (SallySecret) code_200 = sally_otp_code_at_time (&parameters, long_200, 59);

  g_assert_true (sally_secret_equal (code_zeros, code_one_zero));
  g_assert_true (sally_secret_equal (code_padded, code_plain));
  g_assert_cmpstr (sally_secret_peek (code_plain, NULL), ==, "287082");
  g_assert_false (sally_secret_equal (code_65, code_200));
  g_assert_cmpuint (sally_secret_get_length (code_200), ==, 6);
}

/* A key with a zero byte within is not cut there. */
static void
test_key_with_nul (void)
{
  const SallyOtpParameters parameters = SALLY_OTP_PARAMETERS_DEFAULT;
  g_autoptr (SallySecret) key = decode ("LLFTSZYMUGKHEDQBAAACAZAMUFKKVFLS");
  g_autoptr (SallySecret) cut = sally_secret_new (sally_secret_peek (key, NULL), -1);
  g_autoptr (SallySecret) code = sally_otp_code_at_time (&parameters, key, 59);
  g_autoptr (SallySecret) code_cut = sally_otp_code_at_time (&parameters, cut, 59);

  g_assert_cmpuint (sally_secret_get_length (key), ==, 20);
  g_assert_cmpuint (sally_secret_get_length (cut), <, 20);
  g_assert_false (sally_secret_equal (code, code_cut));
}

static void
test_far_counters (void)
{
  const SallyOtpParameters parameters = { SALLY_OTP_HOTP, SALLY_OTP_SHA1, 10, 30 };
  static const guint64 counters[] = { 0, G_GUINT64_CONSTANT (1) << 31, G_GUINT64_CONSTANT (1) << 32,
                                      G_MAXINT64, G_MAXUINT64 };
  g_autoptr (GHashTable) codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (SallySecret) key = decode (KEY_20);

  for (gsize i = 0; i < G_N_ELEMENTS (counters); i++)
    {
      g_autoptr (SallySecret) code = sally_otp_code_at_counter (&parameters, key, counters[i]);
      const char *digits = sally_secret_peek (code, NULL);

      /* 31 bits in ten digits begin with 0, 1 or 2. */
      g_assert_cmpuint (strspn (digits, "0123456789"), ==, 10);
      g_assert_cmpint (digits[0], <=, '2');
      g_assert_true (g_hash_table_add (codes, g_strdup (digits)));
    }
}

static void
test_steps (void)
{
  static const struct
  {
    gint64 time;
    guint period_s;
    guint64 step;
    guint remaining_s;
  } table[] = {
    { 0, 30, 0, 30 },
    { 29, 30, 0, 1 },
    { 30, 30, 1, 30 },
    { 59, 60, 0, 1 },
    { 7, 7, 1, 7 },
    { 5, 1, 5, 1 },
    { -5, 30, 0, 30 },
    { G_GINT64_CONSTANT (1) << 31, 30, 71582788, 22 },
    { G_GINT64_CONSTANT (1) << 32, 30, 143165576, 14 },
    { G_GINT64_CONSTANT (20000000000), 30, 666666666, 10 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const SallyOtpParameters parameters = { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6,
                                              table[i].period_s };

      g_assert_cmpuint (sally_otp_step (&parameters, table[i].time), ==, table[i].step);
      g_assert_cmpuint (sally_otp_remaining_s (&parameters, table[i].time), ==,
                        table[i].remaining_s);
    }
}

static void
test_parameters (void)
{
  static const struct
  {
    SallyOtpParameters parameters;
    const char *says;
  } table[] = {
    { { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 4, 1 }, NULL },
    { { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 10, 86400 }, NULL },
    { { SALLY_OTP_STEAM, SALLY_OTP_SHA1, 99, 0 }, NULL },
    { { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 3, 30 }, "3 digits" },
    { { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 11, 30 }, "11 digits" },
    { { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 0, 30 }, "0 digits" },
    { { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6, 0 }, "0 seconds" },
    { { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6, 90000 }, "90000 seconds" },
    { { SALLY_OTP_TOTP, (SallyOtpAlgorithm) 7, 6, 30 }, "not known" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean is_valid = sally_otp_parameters_validate (&table[i].parameters, &error);

      g_assert_cmpint (is_valid, ==, table[i].says == NULL);
      if (!is_valid)
        {
          g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
          g_assert_nonnull (strstr (error->message, table[i].says));
        }
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    int algorithm; /* -1: none */
  } table[] = {
    { "SHA1", SALLY_OTP_SHA1 },
    { "sha512", SALLY_OTP_SHA512 },
    { "SHA-256", SALLY_OTP_SHA256 },
    { "HmacSHA1", SALLY_OTP_SHA1 },
    { "HMAC-SHA-256", SALLY_OTP_SHA256 },
    { "Algorithm.sha1", SALLY_OTP_SHA1 },
    { "MD5", -1 },
    { "SHA3", -1 },
    { "", -1 },
    { "SHA1!", -1 },
    { "SHA224", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      SallyOtpAlgorithm algorithm;
      gboolean is_known = sally_otp_algorithm_from_string (table[i].name, &algorithm);

      g_assert_cmpint (is_known, ==, table[i].algorithm >= 0);
      if (is_known)
        g_assert_cmpint ((int) algorithm, ==, table[i].algorithm);
    }
  for (guint i = SALLY_OTP_TOTP; i <= SALLY_OTP_STEAM; i++)
    {
      SallyOtpType type;

      g_assert_true (sally_otp_type_from_string (sally_otp_type_to_string (i), &type));
      g_assert_cmpuint (type, ==, i);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/otp/hotp/rfc-4226-appendix-d", test_hotp);
  g_test_add_func ("/otp/totp/rfc-6238-appendix-b", test_totp);
  g_test_add_func ("/otp/totp/in-the-wild", test_totp_in_the_wild);
  g_test_add_func ("/otp/steam", test_steam);
  g_test_add_func ("/otp/odd-keys", test_odd_keys);
  g_test_add_func ("/otp/key-with-nul", test_key_with_nul);
  g_test_add_func ("/otp/far-counters", test_far_counters);
  g_test_add_func ("/otp/steps", test_steps);
  g_test_add_func ("/otp/parameters", test_parameters);
  g_test_add_func ("/otp/names", test_names);
  return g_test_run ();
}
