/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A remote directory as a GListModel of SallyRemoteFile, filled page by page. */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

/* Properties: connection, path (raw bytes as a string property would lie: see get_path),
 * display-path, is-loading, error (boxed GError, nullable). In the server's order; views sort. A
 * reload keeps the objects of entries that stay. Main thread only. */
#define SALLY_TYPE_DIRECTORY (sally_directory_get_type ())
G_DECLARE_FINAL_TYPE (SallyDirectory, sally_directory, SALLY, DIRECTORY, GObject)

/* Starts to load at once. */
SallyDirectory *
sally_directory_new (SallyConnection *connection, const char *path) G_GNUC_WARN_UNUSED_RESULT;

SallyConnection *sally_directory_get_connection (SallyDirectory *self);
const char *sally_directory_get_path (SallyDirectory *self);         /* raw bytes */
const char *sally_directory_get_display_path (SallyDirectory *self); /* UTF-8 */
gboolean sally_directory_get_is_loading (SallyDirectory *self);
const GError *sally_directory_get_error (SallyDirectory *self);

/* Loads anew, what is under way first coming to its end: many calls in a row cost two listings. */
void sally_directory_reload (SallyDirectory *self);

/* The entry of that raw name, borrowed, or NULL. */
SallyRemoteFile *sally_directory_find (SallyDirectory *self, const char *raw_name);

G_END_DECLS
