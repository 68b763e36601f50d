/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting in tests: for an answer or a condition, with a deadline, never by sleeping. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define AWAIT_DEADLINE_MS 60000

/* Runs the main context until `condition` holds; fails the test at the deadline. */
void await_condition (gboolean (*condition) (gpointer data), gpointer data);

/* A GAsyncReadyCallback: `user_data` is a GAsyncResult ** that holds NULL. */
void await_ready (GObject *source, GAsyncResult *result, gpointer user_data);

/* Runs the main context until await_ready has been called for `result`. Borrowed; g_clear_object
 * it. */
GAsyncResult *await_result (GAsyncResult **result);

/* A new folder (owned name), and its removal with all that is in it. */
char *await_make_directory (void);
void await_remove_directory (char *path);

G_END_DECLS
