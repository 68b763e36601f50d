/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tests/support/files.h"

#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* How long a process takes to end, at most; and how often that is looked at. */
#define POLL_MS 10

void
files_make (const char *path, gsize size, guint seed)
{
  g_autofree guint8 *bytes = g_malloc (size + 4);
  g_autoptr (GError) error = NULL;
  guint32 state = seed * 2654435761u + 1;

  for (gsize i = 0; i < size; i += 4)
    {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      memcpy (bytes + i, &state, 4);
    }
  g_file_set_contents_full (path, (const char *) bytes, (gssize) size, G_FILE_SET_CONTENTS_NONE,
                            0644, &error);
  g_assert_no_error (error);
}

void
files_assert_same (const char *path, const char *other)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) one = g_mapped_file_new (path, FALSE, &error);
  g_autoptr (GMappedFile) two = NULL;
  gsize length;

  g_assert_no_error (error);
  two = g_mapped_file_new (other, FALSE, &error);
  g_assert_no_error (error);
  length = g_mapped_file_get_length (one);
  g_assert_cmpuint (length, ==, g_mapped_file_get_length (two));
  g_assert_true (length == 0 || memcmp (g_mapped_file_get_contents (one),
                                        g_mapped_file_get_contents (two), length) == 0);
}

void
files_assert_sha256 (const char *path, const char *digest)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &error);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *expected = NULL;

  g_assert_no_error (error);
  bytes = g_mapped_file_get_bytes (file);
  expected = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_assert_cmpstr (digest, ==, expected);
}

guint
files_count (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) directory = g_dir_open (folder, 0, &error);
  guint count = 0;

  g_assert_no_error (error);
  while (g_dir_read_name (directory) != NULL)
    count++;
  return count;
}

GError *
files_wait (TestClient *client, SallyTransfer *transfer)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sally_transfer_queue_wait_async (client->queue, transfer, NULL, await_ready, &result);
  sally_transfer_queue_wait_finish (client->queue, await_result (&result), &error);
  return error;
}

GError *
files_download (TestClient *client,
                SallyConnection *connection,
                const char *remote_path,
                const char *directory,
                const char *name,
                SallyConflict conflict)
{
  return files_wait (client, sally_transfer_queue_download (client->queue, connection, remote_path,
                                                            directory, name, conflict));
}

GError *
files_upload (TestClient *client,
              SallyConnection *connection,
              const char *local_path,
              const char *remote_path,
              SallyConflict conflict)
{
  return files_wait (client, sally_transfer_queue_upload (client->queue, connection, local_path,
                                                          remote_path, conflict));
}

static gboolean
is_moving (gpointer data)
{
  return sally_transfer_get_done (data) > 0 || !sally_transfer_is_active (data);
}

void
files_await_moving (SallyTransfer *transfer)
{
  await_condition (is_moving, transfer);
}

/* "PID (comm) STATE PPID ..."; a zombie has ended. */
static gboolean
is_engine_of (const char *pid, GPid parent)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "stat", NULL);
  g_autofree char *line = NULL;
  const char *end;
  char state;
  int found;

  if (!g_file_get_contents (path, &line, NULL, NULL) || strstr (line, "(sallyport-engin)") == NULL)
    return FALSE;
  end = strrchr (line, ')');
  return sscanf (end, ") %c %d", &state, &found) == 2 && state != 'Z' && found == parent;
}

GPid
files_find_engine (GPid parent)
{
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (processes)) != NULL)
    if (g_ascii_isdigit (*name) && is_engine_of (name, parent != 0 ? parent : getpid ()))
      return (GPid) g_ascii_strtoll (name, NULL, 10);
  return 0;
}

static gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
has_no_engine (gpointer data)
{
  return files_find_engine (0) == 0;
}

void
files_await_no_engine (void)
{
  guint tick = g_timeout_add (POLL_MS, look_again, NULL);

  await_condition (has_no_engine, NULL);
  g_source_remove (tick);
}

char *
files_dup_status (GPid pid, const char *field)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree char *key = g_strconcat ("\n", field, ":", NULL);
  g_autofree char *status = NULL;
  char *line, *value;

  if (!g_file_get_contents (path, &status, NULL, NULL) || (line = strstr (status, key)) == NULL)
    return NULL;
  line += strlen (key);
  value = g_strndup (line, strcspn (line, "\n"));
  return g_strstrip (value);
}
