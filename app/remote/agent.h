/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's answers to the engine's questions during one sign-in (Agent1 of engine.xml). */
#pragma once

#include "login/doctor.h"
#include "model/server.h"
#include "remote/connection-services.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a sign-in is waiting for, as the agent sees it. */
typedef enum
{
  SALLY_AGENT_CHECKING_KEY,
  SALLY_AGENT_WAITING_FOR_CODE,
  SALLY_AGENT_SIGNING_IN,
} SallyAgentStage;

/* Properties, read-only: stage, wait-until (monotonic µs, 0: not waiting). Main thread. */
#define SALLY_TYPE_AGENT (sally_agent_get_type ())
G_DECLARE_FINAL_TYPE (SallyAgent, sally_agent, SALLY, AGENT, GObject)

/* `turn` (nullable) is this sign-in's turn with the account; NULL for recipes without a time-based
 * code. `facts` learn what happens. `cancellable` ends all that the agent is waiting for. */
SallyAgent *sally_agent_new (SallyServer *server,
                             SallyConnectionServices *services,
                             SallyLedgerTurn *turn,
                             SallySignInFacts *facts,
                             GCancellable *cancellable) G_GNUC_WARN_UNUSED_RESULT;

/* Makes it reachable for the engine at the other end of `connection`, until the object is disposed
 * of. */
gboolean sally_agent_export (SallyAgent *self, GDBusConnection *connection, GError **error);
void sally_agent_unexport (SallyAgent *self);

SallyAgentStage sally_agent_get_stage (SallyAgent *self);
gint64 sally_agent_get_wait_until (SallyAgent *self);

/* The sign-in worked: the new value of the server's property "prompts", NULL if it may stay. */
char *sally_agent_dup_new_pin (SallyAgent *self);

/* The first error that one of its answers was: the engine passes it on only as a message. */
const GError *sally_agent_get_error (SallyAgent *self);

G_END_DECLS
