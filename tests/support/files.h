/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files to move in tests, the moving, and the engine that does it. */
#pragma once

#include "tests/support/client.h"

G_BEGIN_DECLS

/* A file of `size` bytes that look random and differ from one `seed` to another. */
void files_make (const char *path, gsize size, guint seed);

/* Fails the test unless both hold the same bytes. */
void files_assert_same (const char *path, const char *other);

/* Fails the test unless `digest` is the file's, in hexadecimal digits. */
void files_assert_sha256 (const char *path, const char *digest);

/* Entries of the folder, hidden ones too. */
guint files_count (const char *folder);

/* Waits for the transfer's end; NULL if it worked. */
GError *files_wait (TestClient *client, SallyTransfer *transfer) G_GNUC_WARN_UNUSED_RESULT;

/* One transfer from its begin to its end; NULL if it worked. */
GError *files_download (TestClient *client,
                        SallyConnection *connection,
                        const char *remote_path,
                        const char *directory,
                        const char *name,
                        SallyConflict conflict) G_GNUC_WARN_UNUSED_RESULT;
GError *files_upload (TestClient *client,
                      SallyConnection *connection,
                      const char *local_path,
                      const char *remote_path,
                      SallyConflict conflict) G_GNUC_WARN_UNUSED_RESULT;

/* Runs the main context until some bytes of the transfer have moved. */
void files_await_moving (SallyTransfer *transfer);

/* The process id of the one engine that this process, or `parent` if it is not 0, has started; 0 if
 * there is none. */
GPid files_find_engine (GPid parent);

/* Waits until it has ended. */
void files_await_no_engine (void);

/* A line of /proc/PID/status without its name ("VmHWM" -> "1234 kB"); NULL once it has ended. */
char *files_dup_status (GPid pid, const char *field);

G_END_DECLS
