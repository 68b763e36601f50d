/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether there is a camera, and the way to it: the desktop asks the person. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Through org.freedesktop.portal.Camera. Where no portal has that, outside a sandbox, it is the
 * user's own PipeWire, and whether a camera is behind it shows only then. Property: is-present,
 * which follows what is plugged in. */
#define SALLY_TYPE_CAMERA_ACCESS (sally_camera_access_get_type ())
G_DECLARE_FINAL_TYPE (SallyCameraAccess, sally_camera_access, SALLY, CAMERA_ACCESS, GObject)

SallyCameraAccess *sally_camera_access_new (void) G_GNUC_WARN_UNUSED_RESULT;

gboolean sally_camera_access_get_is_present (SallyCameraAccess *self);

/* The first time a person may be asked. */
void sally_camera_access_open_async (SallyCameraAccess *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);

/* A connection to PipeWire, which is the caller's to close; -1 with a sentence.
 * G_IO_ERROR_CANCELLED only if `cancellable` was. */
int sally_camera_access_open_finish (SallyCameraAccess *self, GAsyncResult *result, GError **error);

G_END_DECLS
