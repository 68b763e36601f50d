/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "otp/otp-advice.h"

#include <glib/gi18n.h>

/* RFC 4226 section 4, R6: the shared secret must be at least 128 bits. Many services issue 80. */
#define MIN_KEY_BYTES 10

static void
add (GString *advice, const char *sentence)
{
  if (advice->len > 0)
    g_string_append_c (advice, ' ');
  g_string_append (advice, sentence);
}

char *
sally_otp_advice (const SallyOtpParameters *parameters, SallySecret *key)
{
  g_autoptr (GString) advice = g_string_new (NULL);

  g_return_val_if_fail (parameters != NULL, NULL);

  if (parameters->type != SALLY_OTP_STEAM)
    {
      if (parameters->digits != 6 && parameters->digits != 8)
        {
          g_autofree char *sentence =
              g_strdup_printf (_ ("Codes of %u digits are unusual: most services want 6."),
                               parameters->digits);

          add (advice, sentence);
        }
      if (parameters->type == SALLY_OTP_TOTP && parameters->period_s != 30)
        {
          g_autofree char *sentence =
              g_strdup_printf (_ ("A new code each %u seconds is unusual: most services use 30."),
                               parameters->period_s);

          add (advice, sentence);
        }
      if (parameters->algorithm != SALLY_OTP_SHA1)
        {
          g_autofree char *sentence = g_strdup_printf (
              _ ("Some services ask for %s and then use SHA1 all the same: if the code is "
                 "refused, try that."),
              sally_otp_algorithm_to_string (parameters->algorithm));

          add (advice, sentence);
        }
    }
  if (key != NULL && sally_secret_get_length (key) < MIN_KEY_BYTES)
    add (advice, _ ("The key is short: make sure that all of it is here."));
  return advice->len > 0 ? g_string_free_and_steal (g_steal_pointer (&advice)) : NULL;
}
