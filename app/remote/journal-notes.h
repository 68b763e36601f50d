/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes into the journal of a sign-in and of a transfer. Main thread. */
#pragma once

#include "login/doctor.h"
#include "remote/transfer.h"
#include "store/journal.h"

G_BEGIN_DECLS

/* Only one in which the server was asked to judge something, or whose host key was refused: an
 * address that cannot be reached is no sign-in. */
void sally_journal_note_sign_in (SallyJournal *journal,
                                 SallyServer *server,
                                 const SallySignInFacts *facts);

/* One that has ended; what was skipped, and what never began, is none. */
void sally_journal_note_transfer (SallyTransfer *transfer);

G_END_DECLS
