/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: may I try again? After two refusals in a row only a person may go on. */
#pragma once

#include "model/server.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Refusals in a row after which no program goes on by itself: services that lock an account do so
 * after three to ten, and OpenSSH's PerSourcePenalties refuse an address after the third. */
#define SALLY_GUARD_LIMIT 2

typedef struct
{
  guint n_refusals;       /* in a row, up to now */
  gint64 last_refusal_us; /* of the last one, as g_get_real_time() counts; 0 if there is none */
} SallyGuardState;

typedef enum
{
  SALLY_GUARD_GO,
  SALLY_GUARD_ONLY_A_PERSON,
} SallyGuardVerdict;

/* Pure. Time does not mend it: a service that locks an account forgets nothing over night either.
 */
SallyGuardVerdict sally_guard_decide (const SallyGuardState *state);

/* What the state is after a refusal, and after a person's word that one more attempt may be made:
 * if that is refused too, only a person may go on again. Pure. */
SallyGuardState sally_guard_add_refusal (const SallyGuardState *state, gint64 now_us);
SallyGuardState sally_guard_add_permission (const SallyGuardState *state);

/* Whose refusals count together: the server's host and port, the user, and what they sign in with
 * (recipe, account, key file), as a hash, which is a plain file name. So another account or recipe
 * begins anew, and two profiles of one login do not. */
char *sally_guard_dup_identity (SallyServer *server);

/* The records: $XDG_STATE_HOME/sallyport/guard/ (or `directory`), one small file an identity, which
 * is also the lock; it holds a number and a time. One that cannot be read counts as held. Main
 * thread. */
#define SALLY_TYPE_GUARD (sally_guard_get_type ())
G_DECLARE_FINAL_TYPE (SallyGuard, sally_guard, SALLY, GUARD, GObject)

SallyGuard *sally_guard_new (const char *directory) G_GNUC_WARN_UNUSED_RESULT;

/* As it is on disk now. */
SallyGuardState sally_guard_get_state (SallyGuard *self, SallyServer *server);

/* The deliberate act of a person: one more attempt, if only a person may go on. */
gboolean sally_guard_allow (SallyGuard *self, SallyServer *server, GError **error);

/* Begins anew: the saved password was changed. */
gboolean sally_guard_clear (SallyGuard *self, SallyServer *server, GError **error);

/* One attempt to sign in, from before the first byte to its outcome. Attempts of one identity are
 * made one after the other, in all programs: the lock ends with the object, or with the process. */
#define SALLY_TYPE_GUARD_TURN (sally_guard_turn_get_type ())
G_DECLARE_FINAL_TYPE (SallyGuardTurn, sally_guard_turn, SALLY, GUARD_TURN, GObject)

/* Waits for the turn. LOCAL_* errors if the record cannot be opened. */
void sally_guard_begin_async (SallyGuard *self,
                              SallyServer *server,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
SallyGuardTurn *sally_guard_begin_finish (SallyGuard *self,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

SallyGuardState sally_guard_turn_get_state (SallyGuardTurn *self);

/* The outcome, which the record keeps. What cannot be written is lost: the next attempt finds out
 * whether the disk is there. Without either call nothing changes: it was the network, a host key,
 * or the person. */
void sally_guard_turn_refused (SallyGuardTurn *self);
void sally_guard_turn_succeeded (SallyGuardTurn *self);
void sally_guard_turn_allow (SallyGuardTurn *self);

G_END_DECLS
