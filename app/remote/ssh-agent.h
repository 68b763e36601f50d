/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's side of the SSH agent protocol (draft-ietf-sshm-ssh-agent): list keys, sign. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Keys that are read from an agent; more could not be offered anyway (MaxAuthTries). */
#define SALLY_SSH_AGENT_MAX_KEYS 64

#define SALLY_TYPE_SSH_AGENT (sally_ssh_agent_get_type ())
G_DECLARE_FINAL_TYPE (SallySshAgent, sally_ssh_agent, SALLY, SSH_AGENT, GObject)

/* `socket_path`: where the agent listens. Main thread. */
SallySshAgent *sally_ssh_agent_new (const char *socket_path) G_GNUC_WARN_UNUSED_RESULT;

/* The public keys as SSH wire blobs, (element-type GBytes). SALLY_ERROR_KEY_UNAVAILABLE if the
 * agent cannot be reached or answers nonsense. Section 3.5. */
void sally_ssh_agent_list_async (SallySshAgent *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GPtrArray *sally_ssh_agent_list_finish (SallySshAgent *self,
                                        GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The SSH signature blob over `data`. Section 3.6. The agent may ask the person, for as long as
 * they like. */
void sally_ssh_agent_sign_async (SallySshAgent *self,
                                 GBytes *key,
                                 GBytes *data,
                                 guint32 flags,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GBytes *sally_ssh_agent_sign_finish (SallySshAgent *self,
                                     GAsyncResult *result,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
