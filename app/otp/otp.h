/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One-time codes: HOTP (RFC 4226), TOTP (RFC 6238), Steam. Pure; time is an argument. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

typedef enum
{
  SALLY_OTP_TOTP,
  SALLY_OTP_HOTP,
  SALLY_OTP_STEAM, /* 5 letters, SHA-1, 30 s; digits and period of a URI do not count */
} SallyOtpType;

typedef enum
{
  SALLY_OTP_SHA1,
  SALLY_OTP_SHA256,
  SALLY_OTP_SHA512,
} SallyOtpAlgorithm;

typedef struct
{
  SallyOtpType type;
  SallyOtpAlgorithm algorithm;
  guint digits;   /* 4 to 10 */
  guint period_s; /* 1 to 86400 */
} SallyOtpParameters;

#define SALLY_OTP_MIN_DIGITS         4
#define SALLY_OTP_MAX_DIGITS         10
#define SALLY_OTP_MAX_PERIOD_S       86400
#define SALLY_OTP_MAX_KEY_BYTES      1024
/* TOTP, SHA-1, 6 digits, 30 s: what a bare setup key means. */
#define SALLY_OTP_PARAMETERS_DEFAULT { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6, 30 }

#define SALLY_TYPE_OTP_TYPE (sally_otp_type_get_type ())
GType sally_otp_type_get_type (void);
#define SALLY_TYPE_OTP_ALGORITHM (sally_otp_algorithm_get_type ())
GType sally_otp_algorithm_get_type (void);

/* SALLY_ERROR_INVALID with a sentence that names the value and its range. */
gboolean sally_otp_parameters_validate (const SallyOtpParameters *parameters, GError **error);

/* The names used in URIs and by `sally`: "totp" "hotp" "steam"; "SHA1" "SHA256" "SHA512". Parsing
 * ignores case and takes "sha-256", "HmacSHA1", "HMAC-SHA-256" as well. */
const char *sally_otp_type_to_string (SallyOtpType type);
gboolean sally_otp_type_from_string (const char *name, SallyOtpType *type);
const char *sally_otp_algorithm_to_string (SallyOtpAlgorithm algorithm);
gboolean sally_otp_algorithm_from_string (const char *name, SallyOtpAlgorithm *algorithm);

/* The seconds of a time step that count: `period_s`, or Steam's 30. */
guint sally_otp_period_s (const SallyOtpParameters *parameters);

/* The code for `counter` (RFC 4226 section 5.3; Steam's letters for SALLY_OTP_STEAM). */
SallySecret *sally_otp_code_at_counter (const SallyOtpParameters *parameters,
                                        SallySecret *key,
                                        guint64 counter) G_GNUC_WARN_UNUSED_RESULT;

/* The time step (RFC 6238 section 4.2): floor (unix_time_s / period). Times before 1970 count as 0.
 */
guint64 sally_otp_step (const SallyOtpParameters *parameters, gint64 unix_time_s);

/* Seconds of life left in the step, 1 to period. */
guint sally_otp_remaining_s (const SallyOtpParameters *parameters, gint64 unix_time_s);

/* The code of the step in which `unix_time_s` lies. */
SallySecret *sally_otp_code_at_time (const SallyOtpParameters *parameters,
                                     SallySecret *key,
                                     gint64 unix_time_s) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
