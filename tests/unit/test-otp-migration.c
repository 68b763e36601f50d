/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "otp/otp-migration.h"

#include "base/error.h"

#include <string.h>

#define SCHEME  "otpauth-migration://offline?data="
/* One account, encoded by fixtures/make-backups: key "Hello!" and four bytes, name "b:a", issuer
 * "b", SHA1, six digits, TOTP; version 1, one part, id -2. */
#define ONE     "ChoKCkhlbGxvId6tvu8SA2I6YRoBYiABKAEwAhABGAEo%2Fv%2F%2F%2F%2F%2F%2F%2F%2F%2F%2FAQ%3D%3D"
#define ONE_RAW "ChoKCkhlbGxvId6tvu8SA2I6YRoBYiABKAEwAhABGAEo/v//////////AQ"
/* HOTP, SHA512, eight digits, counter 2^40, no issuer, name "x: y"; part 2 of 3, id 7. */
#define COUNTED "ChsKBvv/v/v/vxIEeDogeSADKAIwATiAgICAgCAQARgDIAEoBw=="

static SallyOtpMigration *
parse (const char *text, GError **error)
{
  g_autoptr (SallySecret) secret = sally_secret_new (text, -1);

  return sally_otp_migration_parse (secret, error);
}

static SallyOtpUri *
make_uri (const char *text)
{
  g_autoptr (SallySecret) secret = sally_secret_new (text, -1);
  g_autoptr (GError) error = NULL;
  SallyOtpUri *uri = sally_otp_uri_parse (secret, &error);

  g_assert_no_error (error);
  return uri;
}

static void
test_reads_odd_encodings (void)
{
  static const char key[] = "Hello!\xDE\xAD\xBE\xEF";
  static const char *const texts[] = {
    SCHEME ONE,
    SCHEME ONE_RAW,
    " " SCHEME ONE_RAW "==\r\n",
    "OTPAUTH-MIGRATION://offline?data=" ONE,
    "otpauth-migration://offline?x=1&data=" ONE "&y=2",
  };
  g_autoptr (SallySecret) expected = sally_secret_new (key, sizeof key - 1);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SallyOtpMigration) migration = parse (texts[i], &error);
      SallyOtpMigrationAccount *account;

      g_assert_no_error (error);
      g_assert_cmpuint (migration->accounts->len, ==, 1);
      g_assert_cmpint (migration->batch_id, ==, -2);
      g_assert_cmpuint (migration->batch_size, ==, 1);
      account = migration->accounts->pdata[0];
      g_assert_null (account->reason);
      g_assert_cmpstr (account->uri->issuer, ==, "b");
      g_assert_cmpstr (account->uri->label, ==, "a");
      g_assert_cmpuint (account->uri->parameters.type, ==, SALLY_OTP_TOTP);
      g_assert_true (sally_secret_equal (account->uri->key, expected));
    }
}

static void
test_reads_counted_codes (void)
{
  g_autoptr (SallyOtpMigration) migration = parse (SCHEME COUNTED, NULL);
  SallyOtpMigrationAccount *account = migration->accounts->pdata[0];

  g_assert_cmpuint (account->uri->parameters.type, ==, SALLY_OTP_HOTP);
  g_assert_cmpuint (account->uri->parameters.algorithm, ==, SALLY_OTP_SHA512);
  g_assert_cmpuint (account->uri->parameters.digits, ==, 8);
  g_assert_cmpuint (account->uri->counter, ==, G_GUINT64_CONSTANT (1) << 40);
  /* Without an issuer the colon is the account's own. */
  g_assert_cmpstr (account->uri->issuer, ==, "");
  g_assert_cmpstr (account->uri->label, ==, "x: y");
  g_assert_cmpuint (migration->batch_size, ==, 3);
  g_assert_cmpuint (migration->batch_index, ==, 1);
  g_assert_cmpint (migration->batch_id, ==, 7);
}

/* What is absent is the usual; what is unknown has a reason; fields of the future are passed over.
 */
static void
test_judges_each_account (void)
{
  static const struct
  {
    const char *data;
    const char *reasons[3];
  } table[] = {
    { "CgUKA2FiYw==", { NULL } },
    { "CgcKA2FiYyAE", { "algorithm" } },
    { "CgcKA2FiYygDCgcwBwoDYWJjCggSBm5vIGtleZoGB3Vua25vd26VBjEyMzSJBjEyMzQ1Njc4",
      { "digits", "type", "0 bytes" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *text = g_strconcat (SCHEME, table[i].data, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (SallyOtpMigration) migration = parse (text, &error);

      g_assert_no_error (error);
      for (guint j = 0; j < migration->accounts->len; j++)
        {
          SallyOtpMigrationAccount *account = migration->accounts->pdata[j];

          if (table[i].reasons[j] == NULL)
            g_assert_cmpstr (account->reason, ==, NULL);
          else
            g_assert_nonnull (strstr (account->reason, table[i].reasons[j]));
        }
    }
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *text;
    const char *says;
  } table[] = {
    { "", "begin with" },
    { "otpauth://totp/a?secret=MZXW6", "begin with" },
    { "otpauth-migration://offline", "no data" },
    { "otpauth-migration://offline?data=", "no " },
    { "otpauth-migration://offline?dat=abc", "no data" },
    { SCHEME "XXXX", "damaged" },
    { SCHEME "!!!!", "base64" },
    { SCHEME "AAAA", "damaged" },
    { SCHEME "EAEYAQ==", "no account" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (table[i].text, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
      if (strstr (error->message, table[i].says) == NULL)
        g_test_fail_printf ("%s: %s", table[i].text, error->message);
    }
}

/* Cut anywhere, it is refused or says less; it never says something else. */
static void
test_cut_at_each_byte (void)
{
  for (gsize length = 0; length < strlen (SCHEME ONE_RAW); length++)
    {
      g_autofree char *text = g_strndup (SCHEME ONE_RAW, length);
      g_autoptr (SallyOtpMigration) migration = parse (text, NULL);

      g_assert_true (migration == NULL || migration->accounts->len == 1);
    }
}

static void
test_builds_parts_that_read_the_same (void)
{
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_otp_uri_free);
  g_autoptr (GPtrArray) parts = NULL;
  guint n_read = 0;

  for (guint i = 0; i < 23; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "otpauth://%s/Issuer%%20%u:a%%3Ab?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer="
          "Issuer%%20%u&algorithm=%s&digits=%u&counter=%u",
          i % 2 ? "hotp" : "totp", i, i, i % 3 ? "SHA256" : "SHA1", i % 5 ? 6U : 8U, i * 1000);

      g_ptr_array_add (uris, make_uri (text));
    }
  parts = sally_otp_migration_build (uris, -5);
  g_assert_cmpuint (parts->len, ==, 3);
  for (guint i = 0; i < parts->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SallyOtpMigration) migration = sally_otp_migration_parse (parts->pdata[i], &error);

      g_assert_no_error (error);
      g_assert_cmpint (migration->batch_id, ==, -5);
      g_assert_cmpuint (migration->batch_size, ==, 3);
      g_assert_cmpuint (migration->batch_index, ==, i);
      for (guint j = 0; j < migration->accounts->len; j++, n_read++)
        {
          SallyOtpMigrationAccount *account = migration->accounts->pdata[j];
          SallyOtpUri *uri = uris->pdata[n_read];
          g_autoptr (SallySecret) text = NULL;
          g_autoptr (SallySecret) expected = NULL;

          if (uri->parameters.type == SALLY_OTP_TOTP)
            account->uri->counter = uri->counter;
          text = sally_otp_uri_build (account->uri);
          expected = sally_otp_uri_build (uri);
          g_assert_cmpstr (sally_secret_peek (text, NULL), ==, sally_secret_peek (expected, NULL));
        }
    }
  g_assert_cmpuint (n_read, ==, 23);
}

static void
test_carries_what_google_knows (void)
{
  static const struct
  {
    const char *text;
    const char *says; /* NULL: is carried */
  } table[] = {
    { "otpauth://totp/a?secret=MZXW6", NULL },
    { "otpauth://totp/a?secret=MZXW6&digits=8&algorithm=SHA512", NULL },
    { "otpauth://hotp/a?secret=MZXW6&counter=5", NULL },
    { "otpauth://totp/a?secret=MZXW6&digits=7", "7 digits" },
    { "otpauth://totp/a?secret=MZXW6&period=60", "60 seconds" },
    { "otpauth://steam/a?secret=MZXW6", "Steam" },
    { "otpauth://hotp/a?secret=MZXW6&counter=18446744073709551615", "counter" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyOtpUri) uri = make_uri (table[i].text);
      g_autoptr (GError) error = NULL;

      g_assert_true (sally_otp_migration_can_carry (uri, &error) == (table[i].says == NULL));
      if (table[i].says != NULL)
        g_assert_nonnull (strstr (error->message, table[i].says));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/otp-migration/reads-odd-encodings", test_reads_odd_encodings);
  g_test_add_func ("/otp-migration/reads-counted-codes", test_reads_counted_codes);
  g_test_add_func ("/otp-migration/judges-each-account", test_judges_each_account);
  g_test_add_func ("/otp-migration/refuses", test_refuses);
  g_test_add_func ("/otp-migration/cut-at-each-byte", test_cut_at_each_byte);
  g_test_add_func ("/otp-migration/builds-parts-that-read-the-same",
                   test_builds_parts_that_read_the_same);
  g_test_add_func ("/otp-migration/carries-what-google-knows", test_carries_what_google_knows);
  return g_test_run ();
}
