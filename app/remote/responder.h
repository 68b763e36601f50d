/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers what a server asks during one sign-in: by the recipe, or by the person. */
#pragma once

#include "login/doctor.h"
#include "login/prompts.h"
#include "remote/connection-services.h"

G_BEGIN_DECLS

/* Properties, read-only: needs-code (a code is being waited for or made), wait-until (monotonic µs;
 * 0: not waiting for a fresh code). Main thread. */
#define SALLY_TYPE_RESPONDER (sally_responder_get_type ())
G_DECLARE_FINAL_TYPE (SallyResponder, sally_responder, SALLY, RESPONDER, GObject)

/* `turn`: this sign-in's turn with the account, nullable where no time-based code is used. `facts`
 * learn what is answered. */
SallyResponder *sally_responder_new (SallyServer *server,
                                     SallyConnectionServices *services,
                                     SallyLedgerTurn *turn,
                                     SallySignInFacts *facts) G_GNUC_WARN_UNUSED_RESULT;

/* One answer a prompt, in an array with a free function (transfer container). Nothing saved is sent
 * to a script that differs from the pinned one: from there on the person answers all of it, or
 * SALLY_ERROR_SIGN_IN_NEEDS_PERSON says what has changed. SSH's "password" method counts as one
 * prompt, whose text is ours. */
void sally_responder_answer_async (SallyResponder *self,
                                   const SallyPromptRequest *request,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
GPtrArray *sally_responder_answer_finish (SallyResponder *self,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean sally_responder_get_needs_code (SallyResponder *self);
gint64 sally_responder_get_wait_until (SallyResponder *self);

/* The sign-in worked: the value for the server's property "prompts", or NULL if it may stay as it
 * is. */
char *sally_responder_dup_new_pin (SallyResponder *self);

G_END_DECLS
