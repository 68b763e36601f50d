/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How one program tells the user's others that it has changed something they share: a small file
 * that each writes and all watch. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Signal "changed": another program, or another notice of this one, has posted; several posts may
 * be told at once. Main thread. */
#define SALLY_TYPE_CHANGE_NOTICE (sally_change_notice_get_type ())
G_DECLARE_FINAL_TYPE (SallyChangeNotice, sally_change_notice, SALLY, CHANGE_NOTICE, GObject)

/* What is at `path` needs not be there yet, nor its folder: without the folder nothing is heard. */
SallyChangeNotice *sally_change_notice_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* `callback` is called when the others can know; a program that ended before would not have told
 * them. FALSE where it cannot be written: they learn of it when they look themselves. */
void sally_change_notice_post_async (SallyChangeNotice *self,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
sally_change_notice_post_finish (SallyChangeNotice *self, GAsyncResult *result, GError **error);

G_END_DECLS
