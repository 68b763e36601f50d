/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One server as a client sees it: attaches to its engine, or starts one and signs in. */
#pragma once

#include "model/remote-file.h"
#include "model/server.h"
#include "remote/connection-services.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_CONNECTION_CLOSED,
  SALLY_CONNECTION_OPENING_JUMP,     /* see sally_connection_get_jump() */
  SALLY_CONNECTION_WAITING_FOR_TURN, /* another sign-in, here or in another program, uses the
                                        account */
  SALLY_CONNECTION_REACHING,         /* resolving and connecting */
  SALLY_CONNECTION_CHECKING_KEY,     /* key exchange and the host key question */
  SALLY_CONNECTION_WAITING_FOR_CODE, /* see wait-until */
  SALLY_CONNECTION_SIGNING_IN,
  SALLY_CONNECTION_READY,
} SallyConnectionState;

/* Properties, read-only: server, state, wait-until (monotonic µs, 0: not waiting), is-ready. State
 * is also notified when that of the jump host changes, and its wait is this one's. Signal "lost"
 * (GError) when an open connection ends unasked. Main thread only. */
#define SALLY_TYPE_CONNECTION (sally_connection_get_type ())
G_DECLARE_FINAL_TYPE (SallyConnection, sally_connection, SALLY, CONNECTION, GObject)

SallyConnection *sally_connection_new (SallyServer *server,
                                       SallyConnectionServices *services) G_GNUC_WARN_UNUSED_RESULT;

SallyServer *sally_connection_get_server (SallyConnection *self);
SallyConnectionState sally_connection_get_state (SallyConnection *self);
gint64 sally_connection_get_wait_until (SallyConnection *self);
/* While it is opened: the one to the jump host before it, borrowed; NULL if there is none. */
SallyConnection *sally_connection_get_jump (SallyConnection *self);

/* The runtime folder (0700) in which engines listen. */
char *sally_connection_dup_runtime_directory (void);

/* Attaches to a running engine of this server or starts one, under a lock, so that programs that
 * start at the same moment sign in once. `attach_only`: SALLY_ERROR_UNREACHABLE if none runs.
 * Cancelling ends a sign-in under way. Calling it while open succeeds at once. */
void sally_connection_open_async (SallyConnection *self,
                                  gboolean attach_only,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean sally_connection_open_finish (SallyConnection *self, GAsyncResult *result, GError **error);

/* Why the last attempt to open it failed, and what to do next: translated, without a final stop, ""
 * if the error says all there is. And all that is known of it, for whoever helps; NULL if no
 * sign-in was begun. */
void sally_connection_dup_diagnosis (SallyConnection *self, char **sentence, char **next_step);
char *sally_connection_dup_trace (SallyConnection *self);

/* The server to which that attempt came: this one, or a jump host before it. Borrowed. */
SallyServer *sally_connection_get_last_tried (SallyConnection *self);

/* `error` with the diagnosis behind its message, for where all of it is one text. Takes it. */
GError *sally_connection_explain (SallyConnection *self, GError *error);

/* A person said that the host key was changed on purpose: forgets the trusted ones of the host
 * whose key was refused, this server or a jump host before it. The next key is a new one. */
gboolean sally_connection_forget_host_key (SallyConnection *self, GError **error);

/* Lets go of the engine, which lingers for others. */
void sally_connection_detach (SallyConnection *self);

/* Ends the engine, for all programs. */
void sally_connection_disconnect_async (SallyConnection *self,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
sally_connection_disconnect_finish (SallyConnection *self, GAsyncResult *result, GError **error);

/* Facts about the open connection (engine.xml, property Info); NULL unless ready. */
GVariant *sally_connection_dup_info (SallyConnection *self);

/* Where browsing starts: the profile's start directory, else the server's. Raw bytes; NULL unless
 * ready. */
char *sally_connection_dup_start_directory (SallyConnection *self);

/* The operations below take raw path bytes and fail with SALLY_ERROR_REMOTE_* (the server's words
 * in the message) or SALLY_ERROR_CONNECTION_LOST. */
void sally_connection_real_path_async (SallyConnection *self,
                                       const char *path,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
char *
sally_connection_real_path_finish (SallyConnection *self, GAsyncResult *result, GError **error);

/* What a symbolic link says, raw bytes. */
void sally_connection_read_link_async (SallyConnection *self,
                                       const char *path,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
char *
sally_connection_read_link_finish (SallyConnection *self, GAsyncResult *result, GError **error);

void sally_connection_stat_async (SallyConnection *self,
                                  const char *path,
                                  gboolean follow,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean sally_connection_stat_finish (SallyConnection *self,
                                       GAsyncResult *result,
                                       SallyRemoteAttributes *attributes,
                                       GError **error);

/* Bytes a second, 0: none; for all programs that use the connection. Nothing if it is not open. */
void sally_connection_set_limits (SallyConnection *self, guint64 download, guint64 upload);

/* Called on the main thread with each page, (element-type SallyRemoteFile). */
typedef void (*SallyConnectionPageFunc) (GPtrArray *files, gpointer user_data);

/* Streams a directory; entries whose names may not touch a disk are left out and counted. */
void sally_connection_list_async (SallyConnection *self,
                                  const char *path,
                                  SallyConnectionPageFunc page_func,
                                  gpointer page_data,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean sally_connection_list_finish (SallyConnection *self,
                                       GAsyncResult *result,
                                       guint *n_unsafe,
                                       GError **error);

void sally_connection_make_directory_async (SallyConnection *self,
                                            const char *path,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
void sally_connection_remove_async (SallyConnection *self,
                                    const char *path,
                                    gboolean is_directory,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void sally_connection_rename_async (SallyConnection *self,
                                    const char *source,
                                    const char *target,
                                    gboolean replace,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void sally_connection_set_attributes_async (SallyConnection *self,
                                            const char *path,
                                            const SallyRemoteAttributes *attributes,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
/* A symbolic link that says `target`, raw bytes; nothing may be at `path`. */
void sally_connection_make_link_async (SallyConnection *self,
                                       const char *path,
                                       const char *target,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
/* Ends make_directory, remove, rename, set_attributes and make_link. */
gboolean
sally_connection_change_finish (SallyConnection *self, GAsyncResult *result, GError **error);

G_END_DECLS
