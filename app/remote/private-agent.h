/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An ssh-agent of our own that holds one key, so that we never parse a private key. */
#pragma once

#include "base/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs OpenSSH's ssh-agent for as long as the object lives. Main thread. */
#define SALLY_TYPE_PRIVATE_AGENT (sally_private_agent_get_type ())
G_DECLARE_FINAL_TYPE (SallyPrivateAgent, sally_private_agent, SALLY, PRIVATE_AGENT, GObject)

SallyPrivateAgent *sally_private_agent_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Starts the agent if it is not running, and adds the key file with ssh-add: every kind of key that
 * OpenSSH knows. `passphrase` (nullable) reaches ssh-add through our askpass helper and a pipe.
 * SALLY_ERROR_LOCAL_* if the file cannot be read; SALLY_ERROR_KEY_UNAVAILABLE with ssh-add's words,
 * and `wants_passphrase` of the finish call set if it asked for one that was missing or wrong. */
void sally_private_agent_add_async (SallyPrivateAgent *self,
                                    const char *key_file,
                                    SallySecret *passphrase,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean sally_private_agent_add_finish (SallyPrivateAgent *self,
                                         GAsyncResult *result,
                                         gboolean *wants_passphrase,
                                         GError **error);

/* The same for a key in memory, which ssh-add reads from a pipe; `name` is what a message calls it.
 * It has no passphrase. */
void sally_private_agent_add_secret_async (SallyPrivateAgent *self,
                                           const char *name,
                                           SallySecret *private_key,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);

/* Where it listens; NULL until a key was added. */
const char *sally_private_agent_get_socket_path (SallyPrivateAgent *self);

G_END_DECLS
