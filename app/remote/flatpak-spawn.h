/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs in a sandbox of their own, when we are in one: the Flatpak portal
 * (org.freedesktop.portal.Flatpak). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether we run in a Flatpak. */
gboolean sally_flatpak_is_inside (void);

/* Starts `program` of the same Flatpak in the narrowest sandbox there is: no network, no files, no
 * display, no bus, and nothing of our environment but `environment`. It outlives us, which a child
 * would not: a sandbox, and what it was given as standard output, stay open for as long as one
 * process lives there. `descriptor` is duplicated and becomes `target_descriptor`. An error of
 * g_dbus_connection_call if there is no portal. Main thread. */
void sally_flatpak_spawn_async (const char *program,
                                const char *const *environment,
                                int descriptor,
                                int target_descriptor,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean sally_flatpak_spawn_finish (GAsyncResult *result, GError **error);

G_END_DECLS
