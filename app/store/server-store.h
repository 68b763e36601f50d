/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The saved servers as a GListModel of SallyServer, sorted by name; kept in one key file. */
#pragma once

#include "model/server.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Property: error (boxed GError, NULL if the file could be read): an unreadable file never looks
 * like an empty list, and is never written over. Only groups whose name is a UUID and which have a
 * host are servers; values are listed as they stand, sally_server_validate judges them when they
 * are used.
 *
 * The file is read at construction, watched (another program may change it), and replaced
 * atomically (0600, under a lock, on a worker thread). Entries and keys it does not know are kept.
 * Main thread only. */
#define SALLY_TYPE_SERVER_STORE (sally_server_store_get_type ())
G_DECLARE_FINAL_TYPE (SallyServerStore, sally_server_store, SALLY, SERVER_STORE, GObject)

/* `path` NULL: $XDG_CONFIG_HOME/sallyport/servers.conf. */
SallyServerStore *sally_server_store_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* Servers (element-type SallyServer) that come from elsewhere: a person adds user, account, key,
 * start folder and group, which alone are kept in the file; the rest cannot be changed and none
 * can be removed (SALLY_ERROR_INVALID with a sentence). Each has an id that stays and says who
 * gives it (given-by). They are the store's from here on. Once, before anybody looks. */
void sally_server_store_set_given (SallyServerStore *self, GPtrArray *given);

const GError *sally_server_store_get_error (SallyServerStore *self);

/* Writes the values that `server` has at the call and then adds it to the list or, if a server of
 * its id is there, changes that one. SALLY_ERROR_INVALID (sally_server_validate) or
 * SALLY_ERROR_EXISTS (another server has the name), or a LOCAL_* error. */
void sally_server_store_save_async (SallyServerStore *self,
                                    SallyServer *server,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
sally_server_store_save_finish (SallyServerStore *self, GAsyncResult *result, GError **error);

void sally_server_store_remove_async (SallyServerStore *self,
                                      SallyServer *server,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
sally_server_store_remove_finish (SallyServerStore *self, GAsyncResult *result, GError **error);

/* The same for several (element-type SallyServer), all or none. */
void sally_server_store_save_all_async (SallyServerStore *self,
                                        GPtrArray *servers,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
sally_server_store_save_all_finish (SallyServerStore *self, GAsyncResult *result, GError **error);
void sally_server_store_remove_all_async (SallyServerStore *self,
                                          GPtrArray *servers,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean
sally_server_store_remove_all_finish (SallyServerStore *self, GAsyncResult *result, GError **error);

/* Borrowed; NULL if there is none. */
SallyServer *sally_server_store_get_by_id (SallyServerStore *self, const char *id);

/* By id or name, ignoring case. SALLY_ERROR_NOT_FOUND names what there is. Borrowed. */
SallyServer *sally_server_store_find (SallyServerStore *self, const char *name, GError **error);

G_END_DECLS
