/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "otp/base32.h"
#include "otp/otp-uri.h"

#include <string.h>

#define KEY "GEZDGNBVGY3TQOJQ"

static SallyOtpUri *
parse (const char *text, GError **error)
{
  g_autoptr (SallySecret) secret = sally_secret_new (text, -1);

  return sally_otp_uri_parse (secret, error);
}

static SallyOtpUri *
parse_valid (const char *text)
{
  g_autoptr (GError) error = NULL;
  SallyOtpUri *uri = parse (text, &error);

  if (error != NULL)
    g_error ("%s: %s", text, error->message);
  return uri;
}

static void
test_names (void)
{
  static const struct
  {
    const char *uri;
    const char *issuer;
    const char *label;
  } table[] = {
    { "otpauth://totp/ACME:alice?secret=" KEY "&issuer=ACME", "ACME", "alice" },
    { "otpauth://totp/ACME%20Co:alice@example.org?secret=" KEY "&issuer=ACME%20Co", "ACME Co",
      "alice@example.org" },
    { "otpauth://totp/Mega%20Corporation:user@domain?secret=" KEY "&issuer=Microsoft", "Microsoft",
      "user@domain" },
    { "otpauth://totp/ACME%3Aalice?secret=" KEY, "ACME", "alice" },
    { "otpauth://totp/ACME:%20%20alice?secret=" KEY, "ACME", "alice" },
    { "otpauth://totp/ACME:%20alice%3Aadmin?secret=" KEY, "ACME", "alice:admin" },
    { "otpauth://totp/A%3AB:alice?secret=" KEY "&issuer=A%3AB", "A:B", "alice" },
    { "otpauth://totp/:cool@example.org?secret=" KEY, "", "cool@example.org" },
    { "otpauth://totp/:cool@example.org?secret=" KEY "&issuer=Cool", "Cool", "cool@example.org" },
    { "otpauth://totp/ACME:?secret=" KEY, "ACME", "" },
    { "otpauth://totp?secret=" KEY, "", "" },
    { "otpauth://totp/?secret=" KEY, "", "" },
    { "otpauth://totp/?secret=" KEY "&issuer=Only", "Only", "" },
    { "otpauth://totp/%E4%B8%96%E7%95%8C:%E7%94%A8%E6%88%B7?secret=" KEY, "世界", "用户" },
    { "otpauth://totp/a+b@x.org?secret=" KEY "&issuer=Air+Canada", "Air Canada", "a+b@x.org" },
    { "otpauth://totp/Mongo Atlas:Acc !@#444?secret=" KEY "&issuer=Mongo Atlas", "Mongo Atlas",
      "Acc !@#444" },
    { "otpauth://totp/x?secret=" KEY "&issuer=a#b@c!", "a#b@c!", "x" },
    { "otpauth://totp/user@host/with#hash?secret=" KEY, "", "user@host/with#hash" },
    { "OTPAUTH://TOTP/x?SECRET=" KEY "&ISSUER=Loud", "Loud", "x" },
    { "  otpauth://totp/x?secret=" KEY "\n", "", "x" },
    { "otpauth://totp/ACME:x?secret=" KEY "&issuer=", "ACME", "x" },
    { "otpauth://totp/a%0Ab?secret=" KEY, "", "a b" },
    { "steam://" KEY, "Steam", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyOtpUri) uri = parse_valid (table[i].uri);

      g_assert_cmpstr (uri->issuer, ==, table[i].issuer);
      g_assert_cmpstr (uri->label, ==, table[i].label);
      g_assert_cmpstr (sally_secret_peek (uri->key, NULL), ==, "1234567890");
    }
}

static void
test_values (void)
{
  static const struct
  {
    const char *uri;
    SallyOtpParameters parameters;
    guint64 counter;
  } table[] = {
    { "otpauth://totp/x?secret=" KEY, SALLY_OTP_PARAMETERS_DEFAULT, 0 },
    { "otpauth://totp/x?secret=" KEY "&ALGORITHM=sha512&Digits=8&PERIOD=60",
      { SALLY_OTP_TOTP, SALLY_OTP_SHA512, 8, 60 },
      0 },
    { "otpauth://totp/x?secret=" KEY "&algorithm=HMAC-SHA-256",
      { SALLY_OTP_TOTP, SALLY_OTP_SHA256, 6, 30 },
      0 },
    { "otpauth://totp/x?secret=" KEY "&digits=5", { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 5, 30 }, 0 },
    { "otpauth://totp/x?secret=" KEY "&digits=10", { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 10, 30 }, 0 },
    { "otpauth://totp/x?secret=" KEY "&period=15", { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6, 15 }, 0 },
    { "otpauth://totp/x?secret=" KEY "&period=86400",
      { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6, 86400 },
      0 },
    { "otpauth://totp/x?secret=" KEY "&digits=7&digits=8",
      { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 8, 30 },
      0 },
    { "otpauth://hotp/x?secret=" KEY, { SALLY_OTP_HOTP, SALLY_OTP_SHA1, 6, 30 }, 0 },
    { "otpauth://hotp/x?secret=" KEY "&counter=18446744073709551615",
      { SALLY_OTP_HOTP, SALLY_OTP_SHA1, 6, 30 },
      G_MAXUINT64 },
    { "otpauth://steam/Steam:x?secret=" KEY "&digits=9&period=six",
      { SALLY_OTP_STEAM, SALLY_OTP_SHA1, 5, 30 },
      0 },
    { "otpauth://totp/Steam:x?secret=" KEY "&encoder=steam&digits=0",
      { SALLY_OTP_STEAM, SALLY_OTP_SHA1, 5, 30 },
      0 },
    { "otpauth://totp/Steam:x?secret=" KEY "&steam",
      { SALLY_OTP_STEAM, SALLY_OTP_SHA1, 5, 30 },
      0 },
    /* The name alone makes no Steam account. */
    { "otpauth://totp/Steam:x?secret=" KEY "&issuer=Steam", SALLY_OTP_PARAMETERS_DEFAULT, 0 },
    { "steam://" KEY "/", { SALLY_OTP_STEAM, SALLY_OTP_SHA1, 5, 30 }, 0 },
    { "otpauth://totp/x?&&secret=" KEY "&", SALLY_OTP_PARAMETERS_DEFAULT, 0 },
    { "otpauth://totp/x?secret=" KEY "&secret=gezd%20gnbv+gy3t-qojq====",
      SALLY_OTP_PARAMETERS_DEFAULT, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyOtpUri) uri = parse_valid (table[i].uri);

      g_assert_cmpint (uri->parameters.type, ==, table[i].parameters.type);
      g_assert_cmpint (uri->parameters.algorithm, ==, table[i].parameters.algorithm);
      g_assert_cmpuint (uri->parameters.digits, ==, table[i].parameters.digits);
      g_assert_cmpuint (uri->parameters.period_s, ==, table[i].parameters.period_s);
      g_assert_cmpuint (uri->counter, ==, table[i].counter);
    }
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *uri;
    const char *says;
  } table[] = {
    { "", "otpauth://" },
    { "https://example.org/", "otpauth://" },
    { "otpauth:totp/x?secret=" KEY, "otpauth://" },
    { "otpauth://" KEY, "type" },
    { "otpauth://yandex/x?secret=" KEY, "type" },
    { "otpauth://totp/x", "no key" },
    { "otpauth://totp/x?secret=", "empty" },
    { "otpauth://totp/x?secret=GEZD0NBV", "“0”" },
    { "otpauth://totp/x?secret=" KEY "&secret=MZXW6YTB", "two different keys" },
    { "otpauth://totp/x?secret=" KEY "&digits=0", "0 digits" },
    { "otpauth://totp/x?secret=" KEY "&digits=-1", "digits=-1" },
    { "otpauth://totp/x?secret=" KEY "&digits=11", "11 digits" },
    { "otpauth://totp/x?secret=" KEY "&digits=six", "digits=six" },
    { "otpauth://totp/x?secret=" KEY "&period=0", "0 seconds" },
    { "otpauth://totp/x?secret=" KEY "&period=-30", "period=-30" },
    { "otpauth://totp/x?secret=" KEY "&period=90000", "90000 seconds" },
    { "otpauth://hotp/x?secret=" KEY "&counter=-1", "counter=-1" },
    { "otpauth://hotp/x?secret=" KEY "&counter=18446744073709551616", "counter=184" },
    { "otpauth://hotp/x?secret=" KEY "&counter=ten", "counter=ten" },
    { "otpauth://totp/x?secret=" KEY "&algorithm=MD5", "MD5" },
    { "otpauth://totp/%ZZ?secret=" KEY, "%" },
    { "otpauth://totp/x%2?secret=" KEY, "%" },
    { "otpauth://totp/a%00b?secret=" KEY, "zero byte" },
    { "otpauth://totp/x?secret=" KEY "&issuer=a%00", "zero byte" },
    { "otpauth://totp/%FF?secret=" KEY, "UTF-8" },
    { "otpauth://totp/x?secret=" KEY "&image=%FF", "UTF-8" },
    { "otpauth-migration://offline?data=AAAA", "Google" },
    { "motp://x?secret=" KEY, "motp" },
    { "phonefactor://activate", "push" },
    { "FIDO:/1234", "passkey" },
    { "steam://", "empty" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (table[i].uri, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
      if (strstr (error->message, table[i].says) == NULL)
        g_error ("%s: %s", table[i].uri, error->message);
      g_assert_null (strstr (error->message, KEY));
    }
}

static void
test_refuses_what_is_too_long (void)
{
  g_autofree char *label = g_strnfill (4000, ' ');
  g_autofree char *text = g_strconcat ("otpauth://totp/x", label, "x?secret=" KEY, NULL);
  g_autoptr (GString) many = g_string_new ("otpauth://totp/x?secret=" KEY);
  g_autoptr (GError) error = NULL;

  /* 4 KiB that percent-encoding makes 12. */
  g_assert_null (parse (text, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  g_clear_error (&error);

  for (guint i = 0; i < 100; i++)
    g_string_append_printf (many, "&a%u=b", i);
  g_assert_null (parse (many->str, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
}

static void
test_builds_canonically (void)
{
  static const struct
  {
    const char *uri;
    const char *canonical;
  } table[] = {
    { "otpauth://totp/x?secret=gezd-gnbv-gy3t-qojq&algorithm=SHA1&digits=6&period=30",
      "otpauth://totp/x?secret=" KEY },
    { "otpauth://totp/a+b@x.org?secret=" KEY "&issuer=Air+Canada",
      "otpauth://totp/Air%20Canada:a%2Bb%40x.org?secret=" KEY "&issuer=Air%20Canada" },
    { "otpauth://totp/x?icon=star%20&secret=" KEY "&digits=8&lock=&period=60&algorithm=sha256",
      "otpauth://totp/x?secret=" KEY "&algorithm=SHA256&digits=8&period=60&icon=star&lock=" },
    { "otpauth://hotp/x?secret=" KEY, "otpauth://hotp/x?secret=" KEY "&counter=0" },
    { "steam://" KEY, "otpauth://steam/Steam:?secret=" KEY "&issuer=Steam" },
    { "otpauth://totp/:a:b?secret=" KEY, "otpauth://totp/:a%3Ab?secret=" KEY },
    { "otpauth://totp/A%3AB:a:b?secret=" KEY "&issuer=A:B",
      "otpauth://totp/A%3AB:a%3Ab?secret=" KEY "&issuer=A%3AB" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyOtpUri) uri = parse_valid (table[i].uri);
      g_autoptr (SallySecret) built = sally_otp_uri_build (uri);
      g_autoptr (SallyOtpUri) again = sally_otp_uri_parse (built, NULL);
      g_autoptr (SallySecret) built_again = sally_otp_uri_build (again);

      g_assert_cmpstr (sally_secret_peek (built, NULL), ==, table[i].canonical);
      g_assert_true (sally_secret_equal (built, built_again));
      g_assert_cmpstr (again->issuer, ==, uri->issuer);
      g_assert_cmpstr (again->label, ==, uri->label);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/otp-uri/names", test_names);
  g_test_add_func ("/otp-uri/values", test_values);
  g_test_add_func ("/otp-uri/refuses-and-keeps-the-key-quiet", test_refuses);
  g_test_add_func ("/otp-uri/refuses-what-is-too-long", test_refuses_what_is_too_long);
  g_test_add_func ("/otp-uri/builds-canonically", test_builds_canonically);
  return g_test_run ();
}
