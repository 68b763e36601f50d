/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress of a transfer in words: "12.1 of 30 MB — 4.5 MB/s — about 3 minutes left". Pure. */
#pragma once

#include "remote/transfer.h"

G_BEGIN_DECLS

/* What stands under a transfer's bar, in whichever state it is. */
char *sally_transfer_words (SallyTransfer *transfer);

/* "about 3 minutes left"; NULL for a negative (unknown) time. */
char *sally_transfer_time_words (gint64 seconds_left);

/* "3 transfers — 4.5 MB/s — about 2 minutes left", as far as it is known. */
char *sally_transfers_total_words (guint n_active, guint64 speed, gint64 seconds_left);

/* "12.1 of 30 MB": both in the unit of the larger. */
char *sally_transfer_size_words (guint64 done, guint64 size);

G_END_DECLS
