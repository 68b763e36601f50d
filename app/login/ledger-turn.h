/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What login/ledger.c hands to login/ledger-turn.c: for these two files only. */
#pragma once

#include "login/ledger.h"

G_BEGIN_DECLS

/* `fd` is the open, locked record, which the turn closes; `on_end` is called when it has. */
SallyLedgerTurn *sally_ledger_turn_new (int fd, const char *path, GObject *owner, GCallback on_end)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
