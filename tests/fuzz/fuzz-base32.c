/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is decoded encodes to text that decodes to the same. */
#include "config.h"

#include "otp/base32.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SallySecret) key = NULL;
  g_autoptr (SallySecret) text = NULL;
  g_autoptr (SallySecret) again = NULL;
  gsize length;
  const char *bytes;

  key = sally_base32_decode ((const char *) data, (gssize) size, NULL);
  if (key == NULL)
    return 0;
  text = sally_base32_encode (key);
  bytes = sally_secret_peek (text, &length);
  again = sally_base32_decode (bytes, (gssize) length, NULL);
  g_assert_true (sally_secret_equal (key, again));
  return 0;
}
