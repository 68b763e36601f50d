/* SPDX-License-Identifier: GPL-3.0-or-later */
/* otpauth:// URIs (the Key URI format), read leniently, written canonically. */
#pragma once

#include "base/secret.h"
#include "otp/otp.h"

G_BEGIN_DECLS

#define SALLY_OTP_URI_MAX_BYTES 8192

/* What a URI says. Unknown parameters are kept, percent-decoded, as alternating name and value. */
typedef struct
{
  char *issuer; /* never NULL, may be "" */
  char *label;  /* never NULL, may be "" */
  SallyOtpParameters parameters;
  guint64 counter; /* HOTP only */
  SallySecret *key;
  GPtrArray *unknown; /* (element-type utf8), even length, never NULL */
} SallyOtpUri;

SallyOtpUri *sally_otp_uri_new (void);
void sally_otp_uri_free (SallyOtpUri *self);

/* Accepts otpauth://{totp,hotp,steam}/..., steam://KEY, and the odd forms listed in
 * tests/unit/test-otp-uri.c. `issuer=` wins over the label's prefix. SALLY_ERROR_INVALID with a
 * sentence otherwise; the message never holds the key. `text` is a secret since it holds the key.
 */
SallyOtpUri *sally_otp_uri_parse (SallySecret *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether this can be stored: sensible parameters, a key of 1 to SALLY_OTP_MAX_KEY_BYTES bytes,
 * valid UTF-8, and a canonical URI that fits. SALLY_ERROR_INVALID with a sentence otherwise. What
 * sally_otp_uri_parse gives is valid. */
gboolean sally_otp_uri_validate (const SallyOtpUri *self, GError **error);

/* The canonical URI, every part percent-encoded, defaults left out, unknown parameters last. Only
 * for what sally_otp_uri_validate accepts. */
SallySecret *sally_otp_uri_build (const SallyOtpUri *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyOtpUri, sally_otp_uri_free)

G_END_DECLS
