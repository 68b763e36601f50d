/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a server opens with, the lists are printable text. */
#include "config.h"

#include "engine/kex-init.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (SallyKexInit) init = { NULL };
  const char *const *texts[] = { (const char *const *) &init.ident,
                                 (const char *const *) &init.key_exchanges,
                                 (const char *const *) &init.host_keys,
                                 (const char *const *) &init.ciphers,
                                 (const char *const *) &init.macs };

  sally_kex_init_parse (data, size, &init);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (*texts[i] != NULL)
      g_assert_true (g_utf8_validate (*texts[i], -1, NULL));
  return 0;
}
