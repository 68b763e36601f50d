/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Host keys that another program of the same person has come to trust, taken over. */
#pragma once

#include "login/host-trust.h"

G_BEGIN_DECLS

/* Trusts `keys` (element-type utf8, "TYPE SHA256:FINGERPRINT") as if each had been met, but only if
 * nothing is trusted for the host so far. `is_adopted` (out) says whether they were. */
gboolean sally_adopt_keys (SallyHostTrust *trust,
                           const char *host,
                           guint port,
                           GPtrArray *keys,
                           gboolean *is_adopted,
                           GError **error);

G_END_DECLS
