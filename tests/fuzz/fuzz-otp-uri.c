/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is accepted is valid, and its canonical form is accepted again. */
#include "config.h"

#include "otp/otp-uri.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SallySecret) text = NULL;
  g_autoptr (SallyOtpUri) uri = NULL;
  g_autoptr (SallySecret) canonical = NULL;
  g_autoptr (SallyOtpUri) again = NULL;

  if (size > SALLY_SECRET_MAX_BYTES)
    return 0;
  text = sally_secret_new ((const char *) data, (gssize) size);
  uri = sally_otp_uri_parse (text, NULL);
  if (uri == NULL)
    return 0;
  g_assert_true (sally_otp_uri_validate (uri, NULL));
  canonical = sally_otp_uri_build (uri);
  again = sally_otp_uri_parse (canonical, NULL);
  g_assert_nonnull (again);
  return 0;
}
