/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture of the screen, taken by the desktop after it has asked the person. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Through org.freedesktop.portal.Screenshot, interactively: an area can be chosen where the desktop
 * offers it. `parent` is a window in the portal's words ("x11:...", "wayland:..."), or "". */
void sally_screen_shot_async (const char *parent,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/* A file that is the caller's to delete: it may show secrets. G_IO_ERROR_CANCELLED if the person
 * said no, SALLY_ERROR_FAILED where the desktop cannot. */
GFile *sally_screen_shot_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
