/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the wall promises about transfers that go on where another ended, against a real sshd. */
#include "config.h"

#include "base/error.h"
#include "remote/connection-private.h"
#include "tests/support/await.h"
#include "tests/support/files.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB   (1024 * 1024)
#define SIZE  (24 * MIB + 12345)
#define TOKEN "t0k3n"

typedef struct
{
  SallyRig *rig;
  TestClient *client;
  SallyServer *server;
  SallyConnection *connection;
  SallyWireEngine1 *engine;
  char *home;   /* as this machine sees it */
  char *remote; /* the file, as the server calls it */
  char *far;    /* the same, as this machine sees it */
  char *near;   /* the local file */

  /* of the transfer under way */
  guint64 id;
  guint64 bytes;
  guint64 prefix;
  gboolean is_finished;
  GError *error;
} Fixture;

static void
progressed (SallyWireEngine1 *engine, GVariant *moved, Fixture *self)
{
  GVariantIter iter;
  guint64 id, bytes, prefix;

  g_variant_iter_init (&iter, moved);
  while (g_variant_iter_next (&iter, "(ttt)", &id, &bytes, &prefix))
    if (id == self->id)
      {
        g_assert_cmpuint (prefix, <=, bytes);
        self->bytes = bytes;
        self->prefix = prefix;
      }
}

static void
finished (SallyWireEngine1 *engine,
          guint64 id,
          guint64 bytes,
          GVariant *attributes,
          const char *error_name,
          const char *message,
          Fixture *self)
{
  if (id != self->id)
    return;
  self->is_finished = TRUE;
  if (*error_name != '\0')
    self->error =
        sally_connection_clean_error (g_dbus_error_new_for_dbus_error (error_name, message));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->rig = sally_rig_start ("openssh-password", NULL);
  self->client = test_client_new ();
  self->server = test_client_make_server (self->client, self->rig, "password");
  self->connection = sally_connection_new (self->server, self->client->services);
  self->home = g_strdup (sally_rig_get_home (self->rig));
  self->far = g_build_filename (self->home, "inbox", "file", NULL);
  self->remote = g_build_filename (sally_rig_get_start (self->rig), "inbox", "file", NULL);
  self->near = g_build_filename (self->client->folder, "file", NULL);
  error = test_client_open (self->connection);
  g_assert_no_error (error);
  self->engine = sally_connection_get_engine (self->connection);
  g_signal_connect (self->engine, "transfer-progress", G_CALLBACK (progressed), self);
  g_signal_connect (self->engine, "transfer-finished", G_CALLBACK (finished), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_client_disconnect (self->connection);
  files_await_no_engine ();
  g_clear_error (&self->error);
  g_clear_object (&self->connection);
  g_clear_object (&self->server);
  test_client_free (self->client);
  sally_rig_stop (self->rig);
  g_free (self->home);
  g_free (self->remote);
  g_free (self->far);
  g_free (self->near);
}

static gboolean
has_finished (gpointer data)
{
  return ((Fixture *) data)->is_finished;
}

/* Borrowed; NULL if it worked. */
static const GError *
wait_for_end (Fixture *self)
{
  await_condition (has_finished, self);
  return self->error;
}

static GUnixFDList *
open_near (Fixture *self, int flags)
{
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  g_autofd int descriptor = g_open (self->near, flags, 0600);

  g_assert_cmpint (descriptor, >=, 0);
  g_assert_cmpint (g_unix_fd_list_append (descriptors, descriptor, NULL), ==, 0);
  return g_steal_pointer (&descriptors);
}

static void
begin (Fixture *self)
{
  self->id++;
  self->is_finished = FALSE;
  self->bytes = self->prefix = 0;
  g_clear_error (&self->error);
}

static void
start_download (Fixture *self, guint64 offset, guint64 size, guint64 mtime)
{
  g_autoptr (GUnixFDList) descriptors = open_near (self, O_RDWR | O_CREAT);
  g_autoptr (GError) error = NULL;
  GVariantBuilder files;

  begin (self);
  g_variant_builder_init (&files, G_VARIANT_TYPE_ARRAY);
  g_variant_builder_add (&files, "(th^aytttt)", self->id, 0, self->remote, offset, size, mtime,
                         G_MAXUINT64);
  sally_wire_engine1_call_download_sync (self->engine, g_variant_builder_end (&files), descriptors,
                                         NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
start_upload (Fixture *self, guint64 offset)
{
  g_autoptr (GUnixFDList) descriptors = open_near (self, O_RDONLY);
  g_autoptr (GError) error = NULL;
  GVariantBuilder files;

  begin (self);
  g_variant_builder_init (&files, G_VARIANT_TYPE_ARRAY);
  g_variant_builder_add (&files, "(th^aytuubst)", self->id, 0, self->remote, (guint64) SIZE, 0644,
                         1700000000, TRUE, TOKEN, offset);
  sally_wire_engine1_call_upload_sync (self->engine, g_variant_builder_end (&files), descriptors,
                                       NULL, NULL, &error);
  g_assert_no_error (error);
}

static guint64
get_mtime (const char *path)
{
  struct stat status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  return (guint64) status.st_mtime;
}

static void
cut (const char *path, guint64 length)
{
  g_assert_cmpint (truncate (path, (off_t) length), ==, 0);
}

/* Another byte at that offset. */
static void
spoil (const char *path, guint64 offset)
{
  g_autofd int descriptor = g_open (path, O_RDWR, 0);
  guint8 byte;

  g_assert_cmpint (pread (descriptor, &byte, 1, (off_t) offset), ==, 1);
  byte ^= 1;
  g_assert_cmpint (pwrite (descriptor, &byte, 1, (off_t) offset), ==, 1);
}

static void
assert_changed (Fixture *self)
{
  wait_for_end (self);
  g_assert_error (self->error, SALLY_ERROR, SALLY_ERROR_REMOTE_CHANGED);
}

static void
test_download_goes_on (Fixture *self, gconstpointer data)
{
  const guint64 offsets[] = { 1, 1000, 256 * 1024, 5 * MIB + 7, SIZE - 1, SIZE };

  files_make (self->far, SIZE, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      files_make (self->near, SIZE, 1);
      cut (self->near, offsets[i]);
      start_download (self, offsets[i], SIZE, get_mtime (self->far));
      g_assert_no_error (wait_for_end (self));
      g_assert_cmpuint (self->bytes, ==, SIZE);
      g_assert_cmpuint (self->prefix, ==, SIZE);
      files_assert_same (self->near, self->far);
    }
}

/* Beyond the overlap nothing is read again: what lies there is trusted to be ours. */
static void
test_download_reads_only_the_rest (Fixture *self, gconstpointer data)
{
  files_make (self->far, SIZE, 1);
  files_make (self->near, SIZE, 1);
  cut (self->near, 20 * MIB);
  spoil (self->near, 3 * MIB);
  start_download (self, 20 * MIB, SIZE, get_mtime (self->far));
  g_assert_no_error (wait_for_end (self));
  spoil (self->near, 3 * MIB);
  files_assert_same (self->near, self->far);
}

static void
test_download_notices_changes (Fixture *self, gconstpointer data)
{
  guint64 mtime;

  files_make (self->far, SIZE, 1);
  files_make (self->near, SIZE, 1);
  cut (self->near, 8 * MIB);
  mtime = get_mtime (self->far);

  start_download (self, 8 * MIB, SIZE - 1, mtime);
  assert_changed (self);
  start_download (self, 8 * MIB, SIZE, mtime - 1);
  assert_changed (self);
  start_download (self, SIZE + 1, SIZE, mtime);
  assert_changed (self);
  spoil (self->near, 8 * MIB - 1);
  start_download (self, 8 * MIB, SIZE, mtime);
  assert_changed (self);
  /* The local part is shorter than its owner thought. */
  cut (self->near, 8 * MIB - 100);
  start_download (self, 8 * MIB, SIZE, mtime);
  assert_changed (self);
}

static gboolean
has_prefix (gpointer data)
{
  return ((Fixture *) data)->prefix > 0;
}

static void
set_limits (Fixture *self, guint64 limit)
{
  g_autoptr (GError) error = NULL;

  sally_wire_engine1_call_set_limits_sync (self->engine, limit, limit, NULL, &error);
  g_assert_no_error (error);
}

static void
cancel (Fixture *self, gboolean keep)
{
  g_autoptr (GError) error = NULL;

  sally_wire_engine1_call_cancel_transfer_sync (self->engine, self->id, keep, NULL, &error);
  g_assert_no_error (error);
  wait_for_end (self);
  g_assert_error (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Up to somewhere in the middle: the limit sees to it that there is a middle. */
static void
upload_half (Fixture *self)
{
  set_limits (self, 8 * MIB);
  start_upload (self, 0);
  await_condition (has_prefix, self);
  cancel (self, TRUE);
  set_limits (self, 0);
  g_assert_cmpuint (self->prefix, >, 0);
  g_assert_cmpuint (self->prefix, <, SIZE);
}

static char *
dup_partial (Fixture *self)
{
  return g_build_filename (self->home, "inbox", ".file." TOKEN ".part", NULL);
}

static void
assert_whole (Fixture *self)
{
  g_autofree char *partial = dup_partial (self);

  g_assert_no_error (wait_for_end (self));
  files_assert_same (self->near, self->far);
  g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));
}

static void
test_upload_goes_on (Fixture *self, gconstpointer data)
{
  g_autofree char *partial = dup_partial (self);

  files_make (self->near, SIZE, 2);
  upload_half (self);
  g_assert_true (g_file_test (partial, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (self->far, G_FILE_TEST_EXISTS));
  start_upload (self, self->prefix);
  assert_whole (self);
  g_assert_cmpuint (get_mtime (self->far), ==, 1700000000);
}

static void
test_upload_starts_over (Fixture *self, gconstpointer data)
{
  g_autofree char *partial = dup_partial (self);
  guint64 prefix;

  files_make (self->near, SIZE, 2);
  /* nothing of it is left */
  start_upload (self, 5 * MIB);
  assert_whole (self);
  /* it was changed */
  upload_half (self);
  spoil (partial, self->prefix - 1);
  start_upload (self, self->prefix);
  assert_whole (self);
  /* it was cut: goes on from what is there */
  upload_half (self);
  prefix = self->prefix;
  cut (partial, prefix / 2);
  start_upload (self, prefix);
  assert_whole (self);
  /* a person who only wants it anew */
  upload_half (self);
  start_upload (self, 0);
  assert_whole (self);
}

static void
test_upload_leaves_nothing (Fixture *self, gconstpointer data)
{
  g_autofree char *partial = dup_partial (self);
  g_autoptr (GError) error = NULL;

  files_make (self->near, SIZE, 2);
  set_limits (self, 8 * MIB);
  start_upload (self, 0);
  await_condition (has_prefix, self);
  cancel (self, FALSE);
  g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));

  upload_half (self);
  g_assert_true (g_file_test (partial, G_FILE_TEST_EXISTS));
  sally_wire_engine1_call_discard_partial_sync (self->engine, self->remote, TOKEN, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));
  sally_wire_engine1_call_discard_partial_sync (self->engine, self->remote, TOKEN, NULL, &error);
  g_assert_no_error (error);
}

static void
test_token_is_no_path (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  sally_wire_engine1_call_discard_partial_sync (self->engine, self->remote, "../x", NULL, &error);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/resume/download-goes-on", test_download_goes_on);
  ADD ("/resume/download-reads-only-the-rest", test_download_reads_only_the_rest);
  ADD ("/resume/download-notices-changes", test_download_notices_changes);
  ADD ("/resume/upload-goes-on", test_upload_goes_on);
  ADD ("/resume/upload-starts-over", test_upload_starts_over);
  ADD ("/resume/upload-leaves-nothing", test_upload_leaves_nothing);
  ADD ("/resume/token-is-no-path", test_token_is_no_path);
#undef ADD
  return g_test_run ();
}
