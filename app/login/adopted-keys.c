/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/adopted-keys.h"

gboolean
sally_adopt_keys (SallyHostTrust *trust,
                  const char *host,
                  guint port,
                  GPtrArray *keys,
                  gboolean *is_adopted,
                  GError **error)
{
  g_auto (GStrv) known = NULL;

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (trust), FALSE);
  g_return_val_if_fail (keys != NULL && is_adopted != NULL, FALSE);

  *is_adopted = FALSE;
  known = sally_host_trust_dup_fingerprints (trust, host, port);
  if (known[0] != NULL)
    return TRUE;
  for (guint i = 0; i < keys->len; i++)
    {
      g_auto (GStrv) words = g_strsplit (keys->pdata[i], " ", 2);

      if (g_strv_length (words) != 2 ||
          !sally_host_trust_add (trust, host, port, words[0], words[1], error))
        return FALSE;
      *is_adopted = TRUE;
    }
  return TRUE;
}
