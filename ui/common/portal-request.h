/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question to the desktop's portal that a person answers, maybe much later. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SALLY_PORTAL_BUS_NAME "org.freedesktop.portal.Desktop"
#define SALLY_PORTAL_PATH     "/org/freedesktop/portal/desktop"

/* Calls a method that answers through org.freedesktop.portal.Request. `parent` is a window in the
 * portal's words ("x11:...", "wayland:...") or ""; NULL: the method takes none. `options` (a{sv})
 * may be NULL and is taken if floating. If `cancellable` is cancelled, so is the question. */
void sally_portal_request_async (const char *interface,
                                 const char *method,
                                 const char *parent,
                                 GVariant *options,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/* What was answered (a{sv}). G_IO_ERROR_CANCELLED if the person said no, SALLY_ERROR_FAILED with
 * the desktop's reason alone where it cannot: the caller's sentence goes around it. */
GVariant *
sally_portal_request_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
