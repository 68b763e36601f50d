/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all versions of FreeOTP share: the description of a token. */
#pragma once

#include "backup/draft.h"

G_BEGIN_DECLS

/* Fills in all but the key. Borrows from `token`, which is nullable. */
void sally_freeotp_read_token (JsonObject *token, SallyBackupDraft *draft);

G_END_DECLS
