/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "otp/otp-advice.h"

#include <string.h>

static const struct
{
  const char *name;
  SallyOtpParameters parameters;
  gsize key_bytes;
  const char *words; /* that the advice has; NULL: no advice */
} cases[] = {
  { "usual", { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6, 30 }, 20, NULL },
  { "eight-digits", { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 8, 30 }, 20, NULL },
  { "seven-digits", { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 7, 30 }, 20, "7 digits" },
  { "period", { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6, 60 }, 20, "60 seconds" },
  { "period-of-a-counter", { SALLY_OTP_HOTP, SALLY_OTP_SHA1, 6, 60 }, 20, NULL },
  { "sha-256", { SALLY_OTP_TOTP, SALLY_OTP_SHA256, 6, 30 }, 20, "SHA256" },
  { "sha-512", { SALLY_OTP_HOTP, SALLY_OTP_SHA512, 6, 30 }, 20, "SHA512" },
  { "steam", { SALLY_OTP_STEAM, SALLY_OTP_SHA1, 5, 30 }, 20, NULL },
  { "short-key", { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6, 30 }, 9, "short" },
  { "shortest-usual-key", { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6, 30 }, 10, NULL },
};

static void
test_case (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  char *bytes;
  g_autoptr (SallySecret) key = sally_secret_new_sized (cases[i].key_bytes, &bytes);
  g_autofree char *advice = NULL;

  memset (bytes, 'k', cases[i].key_bytes);
  advice = sally_otp_advice (&cases[i].parameters, key);
  if (cases[i].words == NULL)
    g_assert_null (advice);
  else
    g_assert_nonnull (strstr (advice, cases[i].words));
}

static void
test_all_at_once (void)
{
  const SallyOtpParameters parameters = { SALLY_OTP_TOTP, SALLY_OTP_SHA256, 7, 90 };
  g_autofree char *advice = sally_otp_advice (&parameters, NULL);

  g_assert_nonnull (strstr (advice, "7 digits"));
  g_assert_nonnull (strstr (advice, "90 seconds"));
  g_assert_nonnull (strstr (advice, "SHA256"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/otp-advice/", cases[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/otp-advice/says-all-at-once", test_all_at_once);
  return g_test_run ();
}
