/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Bitwarden's JSON and CSV share. */
#pragma once

#include "backup/draft.h"

G_BEGIN_DECLS

/* The value of a login's field for codes: an address, or a bare key; nothing if it is empty.
 * `names` are the item's, as kept_issuer and kept_label. */
void sally_bitwarden_add (SallyBackup *backup, const char *totp, const SallyBackupDraft *names);

G_END_DECLS
