/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is found has a canonical fingerprint and a line of the file. */
#include "config.h"

#include "login/known-hosts.h"
#include "model/fingerprint.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint ports[] = { 22, 2222 };

  for (gsize i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      g_autoptr (GPtrArray) found =
          sally_known_hosts_find ((const char *) data, size, "h.example", ports[i]);

      for (guint j = 0; j < found->len; j++)
        {
          SallyKnownHost *known = found->pdata[j];
          g_autofree char *canonical = sally_fingerprint_canonical (known->fingerprint);

          g_assert_cmpstr (canonical, ==, known->fingerprint);
          g_assert_cmpuint (known->line, >=, 1);
          g_assert_cmpuint (known->line, <=, size);
        }
    }
  return 0;
}
