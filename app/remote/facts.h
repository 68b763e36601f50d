/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the facts of a sign-in come from, and where they are kept: for login/doctor.h. */
#pragma once

#include "login/doctor.h"
#include "model/server.h"

G_BEGIN_DECLS

/* The facts that are known before the first byte: the profile, the time, the clock. */
SallySignInFacts *sally_facts_begin (SallyServer *server) G_GNUC_WARN_UNUSED_RESULT;

/* Adds what the engine reports (engine.xml, Report); what it does not know is passed over. */
void sally_facts_add_report (SallySignInFacts *facts, GVariant *report);

/* The sign-in is over (`error` NULL: it worked): its trace is kept, one a server, in
 * $XDG_STATE_HOME/sallyport/traces/, for whoever asks later. */
void sally_facts_end (SallySignInFacts *facts, SallyServer *server, const GError *error);

/* The trace of the last sign-in, by whichever program; NULL if none was kept. */
char *sally_facts_dup_last_trace (SallyServer *server);

G_END_DECLS
