/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secrets of one sign-in: the password from the keyring or the person, a fresh code by the
 * ledger. */
#pragma once

#include "login/answers.h"
#include "login/doctor.h"
#include "login/prompts.h"
#include "model/server.h"
#include "remote/connection-services.h"

G_BEGIN_DECLS

/* Property, read-only: wait-until (monotonic µs; 0: not waiting for a fresh code). Main thread. */
#define SALLY_TYPE_FACTORS (sally_factors_get_type ())
G_DECLARE_FINAL_TYPE (SallyFactors, sally_factors, SALLY, FACTORS, GObject)

/* `turn`: this sign-in's turn with the account, nullable where no time-based code is used. `facts`
 * learn which step's code is sent. */
SallyFactors *sally_factors_new (SallyServer *server,
                                 SallyConnectionServices *services,
                                 SallyLedgerTurn *turn,
                                 SallySignInFacts *facts) G_GNUC_WARN_UNUSED_RESULT;

/* Whether there is an account that makes the codes; else the person is asked for them. */
gboolean sally_factors_has_account (SallyFactors *self);

/* One answer a step (at most SALLY_PROMPTS_MAX_PROMPTS), in an array with a free function. The
 * password is fetched first: then the code is as fresh as can be when it is sent. A code that is
 * handed out here counts as spent. */
void sally_factors_compose_async (SallyFactors *self,
                                  const SallyLoginStep *steps,
                                  guint n_steps,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GPtrArray *sally_factors_compose_finish (SallyFactors *self,
                                         GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Looks whether one of the answers that a person typed (element-type SallySecret) is, begins with
 * or ends with a code of the account, of a step not more than SALLY_FACTORS_TYPED_STEPS away, and
 * has it written down as spent: nobody sends it once more. Nothing happens where there is no
 * time-based account, or no turn with it. */
#define SALLY_FACTORS_TYPED_STEPS 2
void sally_factors_note_typed_async (SallyFactors *self,
                                     GPtrArray *answers,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/* FALSE with `error` if it could not be written down. */
gboolean sally_factors_note_typed_finish (SallyFactors *self, GAsyncResult *result, GError **error);

gint64 sally_factors_get_wait_until (SallyFactors *self);

G_END_DECLS
