/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file that libsecret keeps behind the portal, looked at before libsecret does. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* libsecret ends the program where its file is cut off. SALLY_ERROR_KEYRING_DAMAGED if it is, also
 * by a bit; a file that is not there is none. What is inside is not judged. Blocks. */
gboolean sally_secret_file_check (const char *path, GError **error);

/* Where libsecret keeps it. */
char *sally_secret_file_dup_path (void);

/* The same for the file that sally_secret_file_dup_path names, on a thread. */
void sally_secret_file_check_async (GAsyncReadyCallback callback, gpointer user_data);
gboolean sally_secret_file_check_finish (GAsyncResult *result, GError **error);

G_END_DECLS
