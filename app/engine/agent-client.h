/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's questions to its client (Agent1 of engine.xml), asked from the sign-in thread. */
#pragma once

#include "base/secret.h"
#include "engine/wire.h"

#include <libssh2.h>

G_BEGIN_DECLS

/* All block until the client answers, which may take as long as a person does. Sign-in thread. */

gboolean sally_agent_client_confirm_host_key (SallyWireAgent1 *agent,
                                              const char *type,
                                              GBytes *key,
                                              const char *fingerprint,
                                              GCancellable *cancellable,
                                              GError **error);

SallySecret *sally_agent_client_get_password (SallyWireAgent1 *agent,
                                              GCancellable *cancellable,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Answers to `n_prompts` prompts, in order, in an array with a free function. */
GPtrArray *sally_agent_client_get_answers (SallyWireAgent1 *agent,
                                           GBytes *name,
                                           GBytes *instruction,
                                           const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
                                           guint n_prompts,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Facts for the doctor; that they arrive is not essential. */
void sally_agent_client_report (SallyWireAgent1 *agent, GVariantDict *facts);

G_END_DECLS
