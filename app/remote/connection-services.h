/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a connection needs from the composition root (ui/application.c, cli/main.c). */
#pragma once

#include "login/guard.h"
#include "login/host-trust.h"
#include "login/ledger.h"
#include "remote/prompter.h"
#include "store/account-store.h"
#include "store/journal.h"
#include "store/server-store.h"
#include "store/settings.h"

G_BEGIN_DECLS

#define SALLY_TYPE_CONNECTION_SERVICES (sally_connection_services_get_type ())
G_DECLARE_FINAL_TYPE (
    SallyConnectionServices, sally_connection_services, SALLY, CONNECTION_SERVICES, GObject)

SallyConnectionServices *
sally_connection_services_new (SallyAccountStore *accounts,
                               SallyServerStore *servers,
                               SallyLedger *ledger,
                               SallyGuard *guard,
                               SallyHostTrust *host_trust,
                               SallyPrompter *prompter,
                               SallySettings *settings,
                               SallyJournal *journal) G_GNUC_WARN_UNUSED_RESULT;

/* Borrowed, never NULL. */
SallyAccountStore *sally_connection_services_get_accounts (SallyConnectionServices *self);
SallyServerStore *sally_connection_services_get_servers (SallyConnectionServices *self);
SallyLedger *sally_connection_services_get_ledger (SallyConnectionServices *self);
SallyGuard *sally_connection_services_get_guard (SallyConnectionServices *self);
SallyHostTrust *sally_connection_services_get_host_trust (SallyConnectionServices *self);
SallyPrompter *sally_connection_services_get_prompter (SallyConnectionServices *self);
SallySettings *sally_connection_services_get_settings (SallyConnectionServices *self);
SallyJournal *sally_connection_services_get_journal (SallyConnectionServices *self);

G_END_DECLS
