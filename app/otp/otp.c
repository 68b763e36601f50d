/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "otp/otp.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <openssl/evp.h>
#include <string.h>

#define STEAM_DIGITS   5
#define STEAM_PERIOD_S 30

static const char steam_alphabet[] = "23456789BCDFGHJKMNPQRTVWXY";

static const char *const type_names[] = { "totp", "hotp", "steam" };
static const char *const algorithm_names[] = { "SHA1", "SHA256", "SHA512" };

G_DEFINE_ENUM_TYPE (SallyOtpType,
                    sally_otp_type,
                    G_DEFINE_ENUM_VALUE (SALLY_OTP_TOTP, "totp"),
                    G_DEFINE_ENUM_VALUE (SALLY_OTP_HOTP, "hotp"),
                    G_DEFINE_ENUM_VALUE (SALLY_OTP_STEAM, "steam"))

G_DEFINE_ENUM_TYPE (SallyOtpAlgorithm,
                    sally_otp_algorithm,
                    G_DEFINE_ENUM_VALUE (SALLY_OTP_SHA1, "sha1"),
                    G_DEFINE_ENUM_VALUE (SALLY_OTP_SHA256, "sha256"),
                    G_DEFINE_ENUM_VALUE (SALLY_OTP_SHA512, "sha512"))

gboolean
sally_otp_parameters_validate (const SallyOtpParameters *parameters, GError **error)
{
  g_return_val_if_fail (parameters != NULL, FALSE);

  if ((guint) parameters->type > SALLY_OTP_STEAM ||
      (guint) parameters->algorithm > SALLY_OTP_SHA512)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("This type of one-time code is not known"));
      return FALSE;
    }
  if (parameters->type == SALLY_OTP_STEAM)
    return TRUE;
  if (parameters->digits < SALLY_OTP_MIN_DIGITS || parameters->digits > SALLY_OTP_MAX_DIGITS)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("A code cannot have %u digits: %d to %d are possible"), parameters->digits,
                   SALLY_OTP_MIN_DIGITS, SALLY_OTP_MAX_DIGITS);
      return FALSE;
    }
  if (parameters->period_s < 1 || parameters->period_s > SALLY_OTP_MAX_PERIOD_S)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("A code cannot be valid for %u seconds: 1 to %d are possible"),
                   parameters->period_s, SALLY_OTP_MAX_PERIOD_S);
      return FALSE;
    }
  return TRUE;
}

const char *
sally_otp_type_to_string (SallyOtpType type)
{
  g_return_val_if_fail ((guint) type < G_N_ELEMENTS (type_names), NULL);

  return type_names[type];
}

gboolean
sally_otp_type_from_string (const char *name, SallyOtpType *type)
{
  g_return_val_if_fail (name != NULL && type != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (g_ascii_strcasecmp (name, type_names[i]) == 0)
      {
        *type = (SallyOtpType) i;
        return TRUE;
      }
  return FALSE;
}

const char *
sally_otp_algorithm_to_string (SallyOtpAlgorithm algorithm)
{
  g_return_val_if_fail ((guint) algorithm < G_N_ELEMENTS (algorithm_names), NULL);

  return algorithm_names[algorithm];
}

/* "HMAC-SHA-256", "HmacSHA256", "Algorithm.sha256", "sha_256" are all met: only letters and digits
 * count, and two words before the name do not. */
gboolean
sally_otp_algorithm_from_string (const char *name, SallyOtpAlgorithm *algorithm)
{
  static const char *const prefixes[] = { "ALGORITHM", "HMAC" };
  g_autoptr (GString) letters = g_string_new (NULL);
  const char *bare;

  g_return_val_if_fail (name != NULL && algorithm != NULL, FALSE);

  for (const char *c = name; *c != '\0'; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (letters, g_ascii_toupper (*c));
    else if (strchr ("-_. ", *c) == NULL)
      return FALSE;

  bare = letters->str;
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (bare, prefixes[i]))
      bare += strlen (prefixes[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (algorithm_names); i++)
    if (g_str_equal (bare, algorithm_names[i]))
      {
        *algorithm = (SallyOtpAlgorithm) i;
        return TRUE;
      }
  return FALSE;
}

guint
sally_otp_period_s (const SallyOtpParameters *parameters)
{
  g_return_val_if_fail (parameters != NULL, STEAM_PERIOD_S);

  return parameters->type == SALLY_OTP_STEAM ? STEAM_PERIOD_S : parameters->period_s;
}

/* RFC 4226 section 5.3: 31 bits of the HMAC, from where its last nibble points. */
static guint32
truncated_hmac (SallyOtpAlgorithm algorithm, SallySecret *key, guint64 counter)
{
  guchar mac[EVP_MAX_MD_SIZE];
  gsize mac_length = 0;
  gsize key_length;
  const guchar *key_bytes = (const guchar *) sally_secret_peek (key, &key_length);
  guint64 message = GUINT64_TO_BE (counter);
  const guchar *at;
  guint32 value;

  /* OpenSSL wipes the key schedule that it makes here. */
  if (EVP_Q_mac (NULL, "HMAC", NULL, algorithm_names[algorithm], NULL, key_bytes, key_length,
                 (const guchar *) &message, sizeof message, mac, sizeof mac, &mac_length) == NULL)
    g_error ("HMAC-%s is not available", algorithm_names[algorithm]);

  at = mac + (mac[mac_length - 1] & 0x0F);
  value =
      ((guint32) (at[0] & 0x7F) << 24) | ((guint32) at[1] << 16) | ((guint32) at[2] << 8) | at[3];
  sally_secret_wipe (mac, sizeof mac);
  return value;
}

SallySecret *
sally_otp_code_at_counter (const SallyOtpParameters *parameters, SallySecret *key, guint64 counter)
{
  SallySecret *code;
  char *out;
  guint32 value;

  g_return_val_if_fail (parameters != NULL, NULL);
  g_return_val_if_fail (key != NULL && sally_secret_get_length (key) > 0, NULL);
  g_return_val_if_fail (sally_otp_parameters_validate (parameters, NULL), NULL);

  if (parameters->type == SALLY_OTP_STEAM)
    {
      const guint n_letters = sizeof steam_alphabet - 1;

      value = truncated_hmac (SALLY_OTP_SHA1, key, counter);
      code = sally_secret_new_sized (STEAM_DIGITS, &out);
      for (guint i = 0; i < STEAM_DIGITS; i++, value /= n_letters)
        out[i] = steam_alphabet[value % n_letters];
    }
  else
    {
      value = truncated_hmac (parameters->algorithm, key, counter);
      code = sally_secret_new_sized (parameters->digits, &out);
      for (guint i = parameters->digits; i > 0; i--, value /= 10)
        out[i - 1] = (char) ('0' + value % 10);
    }
  sally_secret_wipe (&value, sizeof value);
  return code;
}

guint64
sally_otp_step (const SallyOtpParameters *parameters, gint64 unix_time_s)
{
  guint period_s = sally_otp_period_s (parameters);

  g_return_val_if_fail (period_s > 0, 0);

  return (guint64) MAX (unix_time_s, 0) / period_s;
}

guint
sally_otp_remaining_s (const SallyOtpParameters *parameters, gint64 unix_time_s)
{
  guint period_s = sally_otp_period_s (parameters);

  g_return_val_if_fail (period_s > 0, 1);

  return period_s - (guint) ((guint64) MAX (unix_time_s, 0) % period_s);
}

SallySecret *
sally_otp_code_at_time (const SallyOtpParameters *parameters, SallySecret *key, gint64 unix_time_s)
{
  return sally_otp_code_at_counter (parameters, key, sally_otp_step (parameters, unix_time_s));
}
