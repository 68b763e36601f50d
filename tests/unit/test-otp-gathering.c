/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "otp/otp-gathering.h"

#include "otp/otp-migration.h"

#define ACCOUNT "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example"
#define DAMAGED "otpauth://totp/Example:alice?secret=1"
#define STEAM   "steam://GEZDGNBV"

/* Enough for several parts. */
#define N_ACCOUNTS 40

static SallyOtpGathered
add (SallyOtpGathering *gathering, const char *text)
{
  g_autoptr (SallySecret) secret = sally_secret_new (text, -1);

  return sally_otp_gathering_add (gathering, secret);
}

static GPtrArray *
make_export (gint32 batch_id)
{
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_otp_uri_free);
  GPtrArray *parts;

  for (guint i = 0; i < N_ACCOUNTS; i++)
    {
      g_autofree char *text =
          g_strdup_printf ("otpauth://totp/Firm:user%u?secret=GEZDGNBVGY3TQOJQ&issuer=Firm", i);
      g_autoptr (SallySecret) secret = sally_secret_new (text, -1);

      g_ptr_array_add (uris, sally_otp_uri_parse (secret, NULL));
    }
  parts = sally_otp_migration_build (uris, batch_id);
  g_assert_cmpuint (parts->len, >, 2);
  return parts;
}

static void
assert_parts (SallyOtpGathering *gathering, guint n_read, guint n_parts)
{
  guint actual_read, actual_parts;

  sally_otp_gathering_get_parts (gathering, &actual_read, &actual_parts);
  g_assert_cmpuint (actual_read, ==, n_read);
  g_assert_cmpuint (actual_parts, ==, n_parts);
}

static void
test_accounts (void)
{
  static const struct
  {
    const char *text;
    SallyOtpGathered gathered;
  } rows[] = {
    { ACCOUNT, SALLY_OTP_GATHERED_NEW },
    { ACCOUNT, SALLY_OTP_GATHERED_KNOWN },
    { " OTPAUTH://totp/b?secret=GEZDGNBV", SALLY_OTP_GATHERED_NEW },
    { DAMAGED, SALLY_OTP_GATHERED_NEW },
    { STEAM, SALLY_OTP_GATHERED_NEW },
    { "https://example.org/otpauth://totp/x", SALLY_OTP_GATHERED_FOREIGN },
    { "WIFI:S:net;T:WPA;P:word;;", SALLY_OTP_GATHERED_FOREIGN },
    { "otpauth", SALLY_OTP_GATHERED_FOREIGN },
  };
  g_autoptr (SallyOtpGathering) gathering = sally_otp_gathering_new ();
  g_autoptr (GPtrArray) texts = NULL;

  g_assert_false (sally_otp_gathering_is_complete (gathering));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (add (gathering, rows[i].text), ==, rows[i].gathered);
    }
  g_assert_true (sally_otp_gathering_is_complete (gathering));
  assert_parts (gathering, 0, 0);
  texts = sally_otp_gathering_ref_texts (gathering);
  g_assert_cmpuint (texts->len, ==, 4);
  g_assert_cmpstr (sally_secret_peek (texts->pdata[0], NULL), ==, ACCOUNT);
  g_assert_cmpstr (sally_secret_peek (texts->pdata[3], NULL), ==, STEAM);
}

/* What is no account leaves nothing behind. */
static void
test_foreign_alone (void)
{
  g_autoptr (SallyOtpGathering) gathering = sally_otp_gathering_new ();

  add (gathering, "Good morning");
  g_assert_cmpuint (sally_otp_gathering_get_n_texts (gathering), ==, 0);
  g_assert_false (sally_otp_gathering_is_complete (gathering));
}

/* In whatever order, and each part as often as the camera sees it. */
static void
test_parts (void)
{
  g_autoptr (SallyOtpGathering) gathering = sally_otp_gathering_new ();
  g_autoptr (GPtrArray) parts = make_export (-5);

  for (guint i = parts->len; i > 0; i--)
    {
      g_assert_false (sally_otp_gathering_is_complete (gathering));
      g_assert_cmpint (sally_otp_gathering_add (gathering, parts->pdata[i - 1]), ==,
                       SALLY_OTP_GATHERED_NEW);
      g_assert_cmpint (sally_otp_gathering_add (gathering, parts->pdata[i - 1]), ==,
                       SALLY_OTP_GATHERED_KNOWN);
      assert_parts (gathering, parts->len - i + 1, parts->len);
    }
  g_assert_true (sally_otp_gathering_is_complete (gathering));
}

/* Who begins anew on the phone is not kept waiting for the rest of the first try. */
static void
test_begun_anew (void)
{
  g_autoptr (SallyOtpGathering) gathering = sally_otp_gathering_new ();
  g_autoptr (GPtrArray) first = make_export (1);
  g_autoptr (GPtrArray) second = make_export (2);

  sally_otp_gathering_add (gathering, first->pdata[0]);
  for (guint i = 0; i < second->len; i++)
    sally_otp_gathering_add (gathering, second->pdata[i]);
  assert_parts (gathering, second->len, second->len);
  g_assert_true (sally_otp_gathering_is_complete (gathering));
  g_assert_cmpuint (sally_otp_gathering_get_n_texts (gathering), ==, second->len + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/otp-gathering/accounts", test_accounts);
  g_test_add_func ("/otp-gathering/foreign-codes-are-not-kept", test_foreign_alone);
  g_test_add_func ("/otp-gathering/all-parts", test_parts);
  g_test_add_func ("/otp-gathering/begun-anew", test_begun_anew);
  return g_test_run ();
}
