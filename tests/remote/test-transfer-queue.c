/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files up and down, against a real sshd: whole, or not there. */
#include "config.h"

#include "base/error.h"
#include "remote/connection.h"
#include "tests/support/await.h"
#include "tests/support/files.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1024 * 1024)

typedef struct
{
  SallyRig *rig;
  TestClient *client;
  SallyServer *server;
  SallyConnection *connection;
  char *remote; /* a folder of the user's home as this machine sees it */
  char *start;  /* and as the server calls it */
  char *local;
} Fixture;

static char *
make_folder (const char *parent, const char *name)
{
  char *path = g_build_filename (parent, name, NULL);

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  return path;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  struct stat home;

  self->rig = sally_rig_start ("openssh-password", NULL);
  self->client = test_client_new ();
  self->server = test_client_make_server (self->client, self->rig, "password");
  self->connection = sally_connection_new (self->server, self->client->services);
  self->remote = make_folder (sally_rig_get_home (self->rig), "test");
  g_assert_cmpint (g_stat (sally_rig_get_home (self->rig), &home), ==, 0);
  g_assert_cmpint (chown (self->remote, home.st_uid, home.st_gid), ==, 0);
  self->start = g_build_filename (sally_rig_get_start (self->rig), "test", NULL);
  self->local = make_folder (self->client->folder, "local");
  error = test_client_open (self->connection);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_client_disconnect (self->connection);
  files_await_no_engine ();
  g_clear_object (&self->connection);
  g_clear_object (&self->server);
  test_client_free (self->client);
  sally_rig_stop (self->rig);
  g_free (self->remote);
  g_free (self->start);
  g_free (self->local);
}

static GError *
upload (Fixture *self, const char *name, const char *remote_name, SallyConflict conflict)
{
  g_autofree char *source = g_build_filename (self->local, name, NULL);
  g_autofree char *target = g_build_filename (self->start, remote_name, NULL);

  return files_upload (self->client, self->connection, source, target, conflict);
}

static GError *
download (Fixture *self, const char *remote_name, const char *name, SallyConflict conflict)
{
  g_autofree char *source = g_build_filename (self->start, remote_name, NULL);

  return files_download (self->client, self->connection, source, self->local, name, conflict);
}

static void
make_local (Fixture *self, const char *name, gsize size, guint seed)
{
  g_autofree char *path = g_build_filename (self->local, name, NULL);

  files_make (path, size, seed);
}

static void
make_remote (Fixture *self, const char *name, gsize size, guint seed)
{
  g_autofree char *path = g_build_filename (self->remote, name, NULL);

  files_make (path, size, seed);
}

static void
assert_same (Fixture *self, const char *name, const char *remote_name)
{
  g_autofree char *one = g_build_filename (self->local, name, NULL);
  g_autofree char *two = g_build_filename (self->remote, remote_name, NULL);

  files_assert_same (one, two);
}

static void
test_sizes (Fixture *self, gconstpointer data)
{
  const gsize sizes[] = { 0, 1, 4096, 261119, 261120, 261121, 5 * MIB, 64 * MIB };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;

      make_local (self, "sent", sizes[i], (guint) i);
      error = upload (self, "sent", "file", SALLY_CONFLICT_REPLACE);
      g_assert_no_error (error);
      assert_same (self, "sent", "file");
      error = download (self, "file", "received", SALLY_CONFLICT_REPLACE);
      g_assert_no_error (error);
      assert_same (self, "received", "file");
    }
  g_assert_cmpuint (files_count (self->local), ==, 2);
  g_assert_cmpuint (files_count (self->remote), ==, 1);
}

static void
test_names (Fixture *self, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (255, 'n');
  const char *const names[] = { "with spaces ", "Grüße aus Köln", "line\nbreak", "bad\xff\xfe",
                                ".hidden",      longest,          "-rf",         "a'b\"c`d$e\\f" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->local, names[i], NULL);
      g_autoptr (GError) error = NULL;

      make_local (self, names[i], 1000, (guint) i);
      error = upload (self, names[i], names[i], SALLY_CONFLICT_FAIL);
      g_assert_no_error (error);
      assert_same (self, names[i], names[i]);
      g_unlink (path);
      error = download (self, names[i], names[i], SALLY_CONFLICT_FAIL);
      g_assert_no_error (error);
      assert_same (self, names[i], names[i]);
    }
  g_assert_cmpuint (files_count (self->remote), ==, G_N_ELEMENTS (names));
}

static void
test_conflicts_local (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  make_remote (self, "a.txt", 1000, 1);
  make_local (self, "a.txt", 500, 2);
  make_local (self, "copy", 500, 2);
  error = download (self, "a.txt", "a.txt", SALLY_CONFLICT_FAIL);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS);
  g_clear_error (&error);
  error = download (self, "a.txt", "a.txt", SALLY_CONFLICT_KEEP_BOTH);
  g_assert_no_error (error);
  assert_same (self, "a (2).txt", "a.txt");
  error = download (self, "a.txt", "a.txt", SALLY_CONFLICT_KEEP_BOTH);
  g_assert_no_error (error);
  assert_same (self, "a (3).txt", "a.txt");
  {
    g_autofree char *kept = g_build_filename (self->local, "a.txt", NULL);
    g_autofree char *copy = g_build_filename (self->local, "copy", NULL);

    files_assert_same (kept, copy);
  }
  error = download (self, "a.txt", "a.txt", SALLY_CONFLICT_REPLACE);
  g_assert_no_error (error);
  assert_same (self, "a.txt", "a.txt");
  g_assert_cmpuint (files_count (self->local), ==, 4);
}

static void
test_conflicts_remote (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  make_local (self, "a.txt", 1000, 1);
  make_local (self, "old", 500, 2);
  make_remote (self, "a.txt", 500, 2);
  error = upload (self, "a.txt", "a.txt", SALLY_CONFLICT_FAIL);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_EXISTS);
  g_clear_error (&error);
  error = upload (self, "a.txt", "a.txt", SALLY_CONFLICT_KEEP_BOTH);
  g_assert_no_error (error);
  assert_same (self, "a.txt", "a (2).txt");
  assert_same (self, "old", "a.txt");
  error = upload (self, "a.txt", "a.txt", SALLY_CONFLICT_REPLACE);
  g_assert_no_error (error);
  assert_same (self, "a.txt", "a.txt");
  g_assert_cmpuint (files_count (self->remote), ==, 2);
}

static void
test_attributes (Fixture *self, gconstpointer data)
{
  const struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1234567890 } };
  g_autofree char *sent = g_build_filename (self->local, "sent", NULL);
  g_autofree char *file = g_build_filename (self->remote, "file", NULL);
  g_autofree char *received = g_build_filename (self->local, "received", NULL);
  g_autoptr (GError) error = NULL;
  struct stat info;

  make_local (self, "sent", 10, 1);
  g_assert_cmpint (g_chmod (sent, 04750), ==, 0);
  g_assert_cmpint (utimensat (AT_FDCWD, sent, times, 0), ==, 0);
  error = upload (self, "sent", "file", SALLY_CONFLICT_FAIL);
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (file, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0750);
  g_assert_cmpint (info.st_mtime, ==, 1234567890);

  g_assert_cmpint (g_chmod (file, 06755), ==, 0);
  error = download (self, "file", "received", SALLY_CONFLICT_FAIL);
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (received, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0755 & ~022);
  g_assert_cmpint (info.st_mtime, ==, 1234567890);
}

/* Starts a transfer that takes a while, and waits until it is under way. */
static SallyTransfer *
start_big (Fixture *self, gboolean is_upload)
{
  g_autofree char *local = g_build_filename (self->local, "big", NULL);
  g_autofree char *remote = g_build_filename (self->start, "big", NULL);
  SallyTransfer *transfer;

  if (is_upload)
    {
      make_local (self, "big", 256 * MIB, 1);
      transfer = sally_transfer_queue_upload (self->client->queue, self->connection, local, remote,
                                              SALLY_CONFLICT_FAIL);
    }
  else
    {
      make_remote (self, "big", 256 * MIB, 1);
      transfer = sally_transfer_queue_download (self->client->queue, self->connection, remote,
                                                self->local, "big", SALLY_CONFLICT_FAIL);
    }
  files_await_moving (transfer);
  g_assert_cmpuint (sally_transfer_get_state (transfer), ==, SALLY_TRANSFER_RUNNING);
  return transfer;
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  gboolean is_upload = GPOINTER_TO_INT (data);
  SallyTransfer *transfer = start_big (self, is_upload);
  g_autoptr (GError) error = NULL;

  sally_transfer_queue_cancel (self->client->queue, transfer);
  error = files_wait (self->client, transfer);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (sally_transfer_get_state (transfer), ==, SALLY_TRANSFER_CANCELLED);
  g_assert_cmpuint (files_count (self->local), ==, is_upload ? 1 : 0);
  g_assert_cmpuint (files_count (self->remote), ==, is_upload ? 0 : 1);
}

static void
test_cancel_queued (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->start, "a", NULL);
  SallyTransfer *transfer;
  g_autoptr (GError) error = NULL;

  make_remote (self, "a", 10, 1);
  transfer = sally_transfer_queue_download (self->client->queue, self->connection, path,
                                            self->local, "a", SALLY_CONFLICT_FAIL);
  g_assert_cmpuint (sally_transfer_get_state (transfer), ==, SALLY_TRANSFER_QUEUED);
  sally_transfer_queue_cancel (self->client->queue, transfer);
  error = files_wait (self->client, transfer);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (files_count (self->local), ==, 0);
}

static gboolean
is_empty (gpointer data)
{
  return files_count (data) == 0;
}

static gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
await_empty (char *folder)
{
  guint tick = g_timeout_add (10, look_again, NULL);

  await_condition (is_empty, folder);
  g_source_remove (tick);
}

static gboolean
is_closed (gpointer data)
{
  return sally_connection_get_state (data) == SALLY_CONNECTION_CLOSED;
}

/* What stands under the final name is whole: here nothing does. What has arrived is kept. */
static void
assert_lost (Fixture *self, SallyTransfer *transfer, gboolean is_upload)
{
  g_autofree char *target = g_build_filename (is_upload ? self->remote : self->local, "big", NULL);
  g_autoptr (GError) error = files_wait (self->client, transfer);

  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST);
  await_condition (is_closed, self->connection);
  g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
}

static void
assert_whole (Fixture *self, SallyTransfer *transfer)
{
  g_autoptr (GError) error = files_wait (self->client, transfer);

  g_assert_no_error (error);
  assert_same (self, "big", "big");
  g_assert_cmpuint (files_count (self->local), ==, 1);
  g_assert_cmpuint (files_count (self->remote), ==, 1);
}

/* Whoever tries again goes on from where it broke off. */
static void
test_engine_killed (Fixture *self, gconstpointer data)
{
  gboolean is_upload = GPOINTER_TO_INT (data);
  SallyTransfer *transfer = start_big (self, is_upload);
  GPid engine = files_find_engine (0);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (engine, !=, 0);
  g_assert_cmpint (kill (engine, SIGKILL), ==, 0);
  assert_lost (self, transfer, is_upload);
  error = test_client_open (self->connection);
  g_assert_no_error (error);
  assert_whole (self, sally_transfer_queue_retry (self->client->queue, transfer));
}

static void
test_server_killed (Fixture *self, gconstpointer data)
{
  gboolean is_upload = GPOINTER_TO_INT (data);
  SallyTransfer *transfer = start_big (self, is_upload);

  sally_rig_kill_server (self->rig);
  assert_lost (self, transfer, is_upload);
}

static gboolean
is_paused (gpointer data)
{
  return sally_transfer_get_state (data) == SALLY_TRANSFER_PAUSED;
}

/* Closed on purpose: it is not opened again behind the person's back. */
static void
test_detach_while_running (Fixture *self, gconstpointer data)
{
  SallyTransfer *transfer = start_big (self, GPOINTER_TO_INT (data));
  g_autoptr (GError) error = NULL;

  sally_transfer_queue_set_max_attempts (self->client->queue, 5);
  sally_connection_detach (self->connection);
  await_condition (is_paused, transfer);
  g_assert_cmpuint (sally_connection_get_state (self->connection), ==, SALLY_CONNECTION_CLOSED);
  error = test_client_open (self->connection);
  g_assert_no_error (error);
  sally_transfer_queue_resume (self->client->queue, transfer);
  assert_whole (self, transfer);
}

static guint64
get_partial_size (const char *folder)
{
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;
  struct stat info;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_suffix (name, ".part") && g_stat (path, &info) == 0)
        return (guint64) info.st_size;
    }
  return 0;
}

/* What was there before the pause is not moved again: the first progress says so. */
static void
test_pause (Fixture *self, gconstpointer data)
{
  gboolean is_upload = GPOINTER_TO_INT (data);
  SallyTransfer *transfer = start_big (self, is_upload);
  guint64 kept;

  sally_transfer_queue_pause (self->client->queue, transfer);
  await_condition (is_paused, transfer);
  g_assert_cmpuint (get_partial_size (is_upload ? self->remote : self->local), >, 0);
  kept = sally_transfer_get_done (transfer);
  g_assert_cmpuint (kept, <, 256 * MIB);
  sally_transfer_queue_resume (self->client->queue, transfer);
  g_assert_true (sally_transfer_is_active (transfer));
  assert_whole (self, transfer);
}

static void
test_cancel_paused (Fixture *self, gconstpointer data)
{
  gboolean is_upload = GPOINTER_TO_INT (data);
  SallyTransfer *transfer = start_big (self, is_upload);

  sally_transfer_queue_pause (self->client->queue, transfer);
  await_condition (is_paused, transfer);
  sally_transfer_queue_discard_paused (self->client->queue);
  g_assert_cmpuint (sally_transfer_get_state (transfer), ==, SALLY_TRANSFER_CANCELLED);
  await_empty (is_upload ? self->remote : self->local);
}

/* 1 MiB of room for 5 MiB. */
static void
test_local_disk_full (Fixture *self, gconstpointer data)
{
  g_autofree char *small = make_folder (self->local, "small");
  g_autofree char *source = g_build_filename (self->start, "file", NULL);
  g_autoptr (GError) error = NULL;

  if (mount ("small", small, "tmpfs", 0, "size=1m") != 0)
    {
      g_test_skip ("no file system can be mounted here");
      return;
    }
  make_remote (self, "file", 5 * MIB, 1);
  error =
      files_download (self->client, self->connection, source, small, "file", SALLY_CONFLICT_FAIL);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_NO_SPACE);
  g_assert_cmpuint (files_count (small), ==, 0);
  g_assert_cmpint (umount2 (small, MNT_DETACH), ==, 0);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *locked = make_folder (self->remote, "locked");
  g_autofree char *folder = make_folder (self->remote, "folder");
  g_autofree char *local_folder = make_folder (self->local, "local-folder");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_chmod (locked, 0555), ==, 0);
  make_local (self, "file", 100, 1);
  make_remote (self, "file", 100, 1);

  error = upload (self, "file", "locked/file", SALLY_CONFLICT_FAIL);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_PERMISSION);
  g_clear_error (&error);
  error = upload (self, "file", "nowhere/file", SALLY_CONFLICT_FAIL);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND);
  g_clear_error (&error);
  error = upload (self, "file", "folder", SALLY_CONFLICT_FAIL);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_EXISTS);
  g_clear_error (&error);
  error = upload (self, "file", "folder", SALLY_CONFLICT_REPLACE);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED);
  g_clear_error (&error);
  error = upload (self, "local-folder", "x", SALLY_CONFLICT_FAIL);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
  g_clear_error (&error);
  error = upload (self, "missing", "x", SALLY_CONFLICT_FAIL);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND);
  g_clear_error (&error);

  error = download (self, "folder", "x", SALLY_CONFLICT_FAIL);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED);
  g_clear_error (&error);
  error = download (self, "missing", "x", SALLY_CONFLICT_FAIL);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND);
  /* The name once, not twice. */
  g_assert_cmpstr (strstr (error->message, "missing"), ==, strrchr (error->message, 'm'));
  g_clear_error (&error);
  error = download (self, "file", "local-folder", SALLY_CONFLICT_REPLACE);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS);

  g_assert_cmpuint (files_count (self->remote), ==, 3);
  g_assert_cmpuint (files_count (self->local), ==, 2);
  g_assert_cmpuint (files_count (folder), ==, 0);
}

static void
test_source_changes (Fixture *self, gconstpointer data)
{
  gboolean is_upload = GPOINTER_TO_INT (data);
  const SallyError code = is_upload ? SALLY_ERROR_LOCAL_CHANGED : SALLY_ERROR_REMOTE_CHANGED;
  SallyTransfer *transfer = start_big (self, is_upload);
  g_autofree char *source = g_build_filename (is_upload ? self->local : self->remote, "big", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (truncate (source, 1000), ==, 0);
  error = files_wait (self->client, transfer);
  g_assert_error (error, SALLY_ERROR, code);
  g_assert_cmpuint (files_count (is_upload ? self->remote : self->local), ==, 0);
}

/* The size stays, the bytes do not. */
static void
test_source_is_rewritten (Fixture *self, gconstpointer data)
{
  SallyTransfer *transfer = start_big (self, TRUE);
  g_autofree char *source = g_build_filename (self->local, "big", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (utimensat (AT_FDCWD, source, NULL, 0), ==, 0);
  error = files_wait (self->client, transfer);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_CHANGED);
  g_assert_cmpuint (files_count (self->remote), ==, 0);
}

static void
test_many (Fixture *self, gconstpointer data)
{
  enum
  {
    N = 500
  };
  g_autoptr (GPtrArray) transfers = g_ptr_array_new ();

  for (guint pass = 0; pass < 2; pass++)
    {
      g_ptr_array_set_size (transfers, 0);
      for (guint i = 0; i < N; i++)
        {
          g_autofree char *name = g_strdup_printf ("file-%u", i);
          g_autofree char *back = g_strdup_printf ("back-%u", i);
          g_autofree char *local = g_build_filename (self->local, name, NULL);
          g_autofree char *remote = g_build_filename (self->start, name, NULL);

          if (pass == 0)
            {
              make_local (self, name, 1000 + i, i);
              g_ptr_array_add (transfers,
                               sally_transfer_queue_upload (self->client->queue, self->connection,
                                                            local, remote, SALLY_CONFLICT_FAIL));
            }
          else
            g_ptr_array_add (transfers,
                             sally_transfer_queue_download (self->client->queue, self->connection,
                                                            remote, self->local, back,
                                                            SALLY_CONFLICT_FAIL));
        }
      for (guint i = 0; i < N; i++)
        {
          g_autoptr (GError) error = files_wait (self->client, g_ptr_array_index (transfers, i));

          g_assert_no_error (error);
        }
    }
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("file-%u", i);
      g_autofree char *back = g_strdup_printf ("back-%u", i);

      assert_same (self, name, name);
      assert_same (self, back, name);
    }
  g_assert_cmpuint (files_count (self->remote), ==, N);
  g_assert_cmpuint (sally_rig_count_accepted (self->rig), ==, 1);
}

static void
note_name (SallyTransferQueue *queue, SallyTransfer *transfer, GString *names)
{
  g_string_append (names, sally_transfer_get_name (transfer));
}

/* One at a time, in the order that was wished; the list shows the newest first, and follows. */
static void
test_order (Fixture *self, gconstpointer data)
{
  SallyTransferQueue *queue = self->client->queue;
  const char *const names[] = { "a", "b", "c", "d", "e" };
  SallyTransfer *transfers[G_N_ELEMENTS (names)];
  g_autoptr (GString) ended = g_string_new (NULL);
  g_autoptr (GString) listed = g_string_new (NULL);

  sally_transfer_queue_set_max_files (queue, 1);
  g_signal_connect (queue, "finished", G_CALLBACK (note_name), ended);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->start, names[i], NULL);

      make_remote (self, names[i], i == 0 ? 64 * MIB : 10, (guint) i);
      transfers[i] = sally_transfer_queue_download (queue, self->connection, path, self->local,
                                                    names[i], SALLY_CONFLICT_FAIL);
    }
  files_await_moving (transfers[0]);
  sally_transfer_queue_move (queue, transfers[4], SALLY_TRANSFER_MOVE_NEXT);    /* e b c d */
  sally_transfer_queue_move (queue, transfers[1], SALLY_TRANSFER_MOVE_LATER);   /* e c b d */
  sally_transfer_queue_move (queue, transfers[3], SALLY_TRANSFER_MOVE_EARLIER); /* e c d b */
  sally_transfer_queue_move (queue, transfers[0], SALLY_TRANSFER_MOVE_LATER);   /* it runs */
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (SallyTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (queue), i);

      g_string_append (listed, sally_transfer_get_name (transfer));
    }
  g_assert_cmpstr (listed->str, ==, "bdcea");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = files_wait (self->client, transfers[i]);

      g_assert_no_error (error);
    }
  g_assert_cmpstr (ended->str, ==, "aecdb");
  g_signal_handlers_disconnect_by_data (queue, ended);
}

typedef struct
{
  guint n_asked;
  SallyConflict answer;
} Answers;

static void
answer (SallyTransferQueue *queue, SallyTransfer *transfer, gboolean is_remote, Answers *answers)
{
  answers->n_asked++;
  g_assert_cmpint (is_remote, ==, sally_transfer_get_is_upload (transfer));
  sally_transfer_queue_answer (queue, transfer, answers->answer, answers->n_asked > 1);
}

/* The second answer is for all that are left. */
static void
test_ask (Fixture *self, gconstpointer data)
{
  SallyTransferQueue *queue = self->client->queue;
  gboolean is_upload = GPOINTER_TO_INT (data);
  Answers answers = { 0, SALLY_CONFLICT_SKIP };
  SallyTransfer *transfers[5];

  g_signal_connect (queue, "conflict", G_CALLBACK (answer), &answers);
  for (guint i = 0; i < G_N_ELEMENTS (transfers); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autofree char *remote = g_build_filename (self->start, name, NULL);
      g_autofree char *local = g_build_filename (self->local, name, NULL);

      make_local (self, name, 100, i);
      make_remote (self, name, 200, i);
      transfers[i] = is_upload
                         ? sally_transfer_queue_upload (queue, self->connection, local, remote,
                                                        SALLY_CONFLICT_ASK)
                         : sally_transfer_queue_download (queue, self->connection, remote,
                                                          self->local, name, SALLY_CONFLICT_ASK);
    }
  for (guint i = 0; i < G_N_ELEMENTS (transfers); i++)
    {
      g_autoptr (GError) error = files_wait (self->client, transfers[i]);

      g_assert_no_error (error);
      g_assert_cmpuint (sally_transfer_get_state (transfers[i]), ==, SALLY_TRANSFER_SKIPPED);
    }
  g_assert_cmpuint (answers.n_asked, ==, 2);
  g_signal_handlers_disconnect_by_data (queue, &answers);
}

typedef struct
{
  guint64 last;
  guint n;
} Progress;

static void
done_changed (SallyTransfer *transfer, GParamSpec *pspec, Progress *progress)
{
  g_assert_cmpuint (sally_transfer_get_done (transfer), >=, progress->last);
  progress->last = sally_transfer_get_done (transfer);
  progress->n++;
}

static void
test_progress (Fixture *self, gconstpointer data)
{
  SallyTransfer *transfer = start_big (self, GPOINTER_TO_INT (data));
  Progress progress = { 0 };
  g_autoptr (GError) error = NULL;

  g_signal_connect (transfer, "notify::done", G_CALLBACK (done_changed), &progress);
  error = files_wait (self->client, transfer);
  g_assert_no_error (error);
  g_assert_cmpuint (progress.last, ==, 256 * MIB);
  g_assert_cmpuint (progress.n, >, 0);
  g_assert_cmpuint (sally_transfer_get_size (transfer), ==, 256 * MIB);
  g_signal_handlers_disconnect_by_data (transfer, &progress);
}

/* One after the other, on lanes that stand idle: nothing waits for a tick. */
static void
test_quick_succession (Fixture *self, gconstpointer data)
{
  gint64 begin;

  make_remote (self, "file", 0, 1);
  begin = g_get_monotonic_time ();
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GError) error = download (self, "file", "file", SALLY_CONFLICT_REPLACE);

      g_assert_no_error (error);
    }
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 20 * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *self, gconstpointer data);
    gboolean both_ways;
  } table[] = {
    { "sizes", test_sizes, FALSE },
    { "names", test_names, FALSE },
    { "conflict/local", test_conflicts_local, FALSE },
    { "conflict/remote", test_conflicts_remote, FALSE },
    { "attributes-are-kept", test_attributes, FALSE },
    { "cancel/running", test_cancel, TRUE },
    { "cancel/queued", test_cancel_queued, FALSE },
    { "lost/engine-killed", test_engine_killed, TRUE },
    { "lost/server-killed", test_server_killed, TRUE },
    { "lost/detached", test_detach_while_running, TRUE },
    { "order", test_order, FALSE },
    { "conflict/asked", test_ask, TRUE },
    { "pause/resumed", test_pause, TRUE },
    { "pause/discarded", test_cancel_paused, TRUE },
    { "local-disk-full", test_local_disk_full, FALSE },
    { "refused", test_refused, FALSE },
    { "source/truncated", test_source_changes, TRUE },
    { "source/rewritten", test_source_is_rewritten, FALSE },
    { "many-at-once", test_many, FALSE },
    { "progress", test_progress, TRUE },
    { "quick-succession", test_quick_succession, FALSE },
  };

  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);
  /* For the small file system of a test; harmless where it is not allowed. */
  if (unshare (CLONE_NEWNS) == 0)
    mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    for (gint way = 0; way <= (table[i].both_ways ? 1 : 0); way++)
      {
        g_autofree char *path = g_strconcat ("/transfer-queue/", table[i].name,
                                             !table[i].both_ways ? ""
                                             : way == 1          ? "/upload"
                                                                 : "/download",
                                             NULL);

        g_test_add (path, Fixture, GINT_TO_POINTER (way), set_up, table[i].func, tear_down);
      }
  return g_test_run ();
}
