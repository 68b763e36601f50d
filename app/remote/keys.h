/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which agent holds the keys of a server: the person's own, or a private one with the key file or
 * the key that we made. */
#pragma once

#include "model/server.h"
#include "remote/connection-services.h"
#include "remote/ssh-agent.h"

G_BEGIN_DECLS

/* Main thread. */
#define SALLY_TYPE_KEYS (sally_keys_get_type ())
G_DECLARE_FINAL_TYPE (SallyKeys, sally_keys, SALLY, KEYS, GObject)

SallyKeys *
sally_keys_new (SallyServer *server, SallyConnectionServices *services) G_GNUC_WARN_UNUSED_RESULT;

/* An agent that is ready to be asked. With a key of ours in the profile it is a private one, to
 * which the keyring's text of it is passed; with an identity file in the profile it is a private
 * one, whose passphrase comes from the keyring or the person, who is asked again while it is wrong
 * (at most three times); else the agent of SSH_AUTH_SOCK. SALLY_ERROR_KEY_UNAVAILABLE, LOCAL_*. */
void sally_keys_open_async (SallyKeys *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
SallySshAgent *sally_keys_open_finish (SallyKeys *self,
                                       GAsyncResult *result,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
