/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers that attack, break the protocol, or are merely odd: tests/rigs/hostile, a user for each.
 */
#include "config.h"

#include "base/error.h"
#include "base/text.h"
#include "remote/clock-notes.h"
#include "remote/directory.h"
#include "remote/remote-digest.h"
#include "tests/support/await.h"
#include "tests/support/files.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What an engine may ever take, whatever a server sends. */
#define MAX_ENGINE_KB 65536
#define FILE_BYTES    2000000

typedef struct
{
  TestClient *client;
  SallyServer *server;
  SallyConnection *connection;
  char *root;  /* what the user sees as "/", on this disk */
  char *local; /* an empty folder */
} Fixture;

static SallyRig *rig;

static char *
make_folder (const char *parent, const char *name)
{
  char *path = g_build_filename (parent, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  return path;
}

static void
set_up (Fixture *self, SallyRig *server_rig, const char *user)
{
  self->client = test_client_new ();
  self->server = test_client_make_server (self->client, server_rig, "password");
  g_object_set (self->server, "user", user, NULL);
  self->connection = sally_connection_new (self->server, self->client->services);
  self->root = make_folder (sally_rig_get_home (server_rig), user);
  self->local = make_folder (self->client->folder, "local");
}

static void
open_connection (Fixture *self)
{
  g_autoptr (GError) error = test_client_open (self->connection);

  g_assert_no_error (error);
}

static void
tear_down (Fixture *self)
{
  GPid engine = files_find_engine (0);

#ifndef __SANITIZE_ADDRESS__
  if (engine != 0)
    {
      g_autofree char *peak = files_dup_status (engine, "VmHWM");

      if (peak != NULL)
        g_assert_cmpuint (g_ascii_strtoull (peak, NULL, 10), <, MAX_ENGINE_KB);
    }
#endif
  if (engine != 0)
    test_client_disconnect (self->connection);
  files_await_no_engine ();
  g_clear_object (&self->connection);
  g_clear_object (&self->server);
  test_client_free (self->client);
  g_free (self->root);
  g_free (self->local);
}

static void
assert_code (const GError *error, int code)
{
  g_assert_error (error, SALLY_ERROR, code);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (sally_text_is_plain (error->message, strlen (error->message)));
}

/* How signing in ends. */
static void
test_opening (gconstpointer data)
{
  static const struct
  {
    const char *user;
    int code;
  } table[] = {
    { "bad-version", SALLY_ERROR_PROTOCOL },
    { "no-subsystem", SALLY_ERROR_NO_SFTP },
    { "no-version", SALLY_ERROR_NO_SFTP },
    { "silent-start", SALLY_ERROR_NO_SFTP },
  };
  Fixture fixtures[G_N_ELEMENTS (table)];
  GAsyncResult *results[G_N_ELEMENTS (table)] = { NULL };

  /* All at once, since the silent ones take as long as our patience. */
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      set_up (&fixtures[i], rig, table[i].user);
      sally_connection_open_async (fixtures[i].connection, FALSE, NULL, await_ready, &results[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sally_connection_open_finish (fixtures[i].connection,
                                                    await_result (&results[i]), &error));
      g_object_unref (results[i]);
      assert_code (error, table[i].code);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    tear_down (&fixtures[i]);
}

/* One STAT, and what becomes of it. */
static const struct
{
  const char *user;
  int code;
  gboolean is_lost;
} stats[] = {
  { "wrong-id", SALLY_ERROR_PROTOCOL, TRUE },
  { "length-zero", SALLY_ERROR_PROTOCOL, TRUE },
  { "length-huge", SALLY_ERROR_PROTOCOL, TRUE },
  { "length-long", SALLY_ERROR_CONNECTION_LOST, TRUE },
  { "pairs", SALLY_ERROR_PROTOCOL, FALSE },
  { "wrong-kind", SALLY_ERROR_PROTOCOL, FALSE },
  { "status-text", SALLY_ERROR_REMOTE_FAILED, FALSE },
  { "status-bare", SALLY_ERROR_REMOTE_PERMISSION, FALSE },
};

static gboolean
is_closed (gpointer data)
{
  return sally_connection_get_state (data) == SALLY_CONNECTION_CLOSED;
}

static void
test_stat (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Fixture self;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self, rig, stats[i].user);
  open_connection (&self);
  sally_connection_stat_async (self.connection, "/file", TRUE, NULL, await_ready, &result);
  g_assert_false (
      sally_connection_stat_finish (self.connection, await_result (&result), NULL, &error));
  assert_code (error, stats[i].code);
  g_assert_cmpuint (g_utf8_strlen (error->message, -1), <, SALLY_TEXT_MAX_CHARACTERS + 100);
  g_assert_null (strstr (error->message, "\x1b"));
  if (stats[i].is_lost)
    await_condition (is_closed, self.connection);
  else
    g_assert_cmpuint (sally_connection_get_state (self.connection), ==, SALLY_CONNECTION_READY);
  tear_down (&self);
}

static void
count_page (GPtrArray *files, gpointer user_data)
{
  *(guint *) user_data += files->len;
}

static gboolean
list (Fixture *self, guint *n_files, guint *n_unsafe, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  *n_files = 0;
  sally_connection_list_async (self->connection, "/", count_page, n_files, NULL, await_ready,
                               &result);
  return sally_connection_list_finish (self->connection, await_result (&result), n_unsafe, error);
}

static void
test_endless_listing (gconstpointer user)
{
  Fixture self;
  guint n_files, n_unsafe;
  g_autoptr (GError) error = NULL;

  set_up (&self, rig, user);
  open_connection (&self);
  g_assert_false (list (&self, &n_files, &n_unsafe, &error));
  assert_code (error, SALLY_ERROR_PROTOCOL);
  g_assert_cmpuint (sally_connection_get_state (self.connection), ==, SALLY_CONNECTION_READY);
  tear_down (&self);
}

static gboolean
is_loaded (gpointer data)
{
  return !sally_directory_get_is_loading (data);
}

/* Names that could leave a folder are left out; odd ones are there, and shown harmless. */
static void
test_names (void)
{
  Fixture self;
  guint n_files, n_unsafe;
  g_autoptr (SallyDirectory) directory = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self, rig, "names");
  open_connection (&self);
  g_assert_true (list (&self, &n_files, &n_unsafe, &error));
  g_assert_no_error (error);
  /* "../escape", "", "a/b", "/etc/passwd" and the NUL; what is longer than a name may be. */
  g_assert_cmpuint (n_unsafe, >=, 5);
  g_assert_cmpuint (n_files + n_unsafe, ==, 12);

  directory = sally_directory_new (self.connection, "/");
  await_condition (is_loaded, directory);
  g_assert_null (sally_directory_get_error (directory));
  g_assert_nonnull (sally_directory_find (directory, "good.txt"));
  g_assert_nonnull (sally_directory_find (directory, "invalid\xff\xfeutf8"));
  g_assert_null (sally_directory_find (directory, ".."));
  g_assert_null (sally_directory_find (directory, "nul"));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (directory)); i++)
    {
      g_autoptr (SallyRemoteFile) file = g_list_model_get_item (G_LIST_MODEL (directory), i);
      const char *raw = sally_remote_file_get_raw_name (file);
      const char *shown = sally_remote_file_get_name (file);

      g_assert_null (strchr (raw, '/'));
      g_assert_cmpstr (raw, !=, "");
      g_assert_true (sally_text_is_plain (shown, strlen (shown)));
    }
  g_clear_object (&directory);
  tear_down (&self);
}

/* Downloads that must fail, and leave nothing but what a lost line is to go on with. */
static const struct
{
  const char *user;
  int code;
} bad_downloads[] = {
  { "empty-data", SALLY_ERROR_PROTOCOL },      { "more-data", SALLY_ERROR_PROTOCOL },
  { "end-first", SALLY_ERROR_REMOTE_CHANGED }, { "size-lies", SALLY_ERROR_REMOTE_CHANGED },
  { "cut", SALLY_ERROR_CONNECTION_LOST },      { "handle-long", SALLY_ERROR_PROTOCOL },
};

static void
test_bad_download (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const gsize sizes[] = { 100, FILE_BYTES };
  Fixture self;

  set_up (&self, rig, bad_downloads[i].user);
  for (gsize j = 0; j < G_N_ELEMENTS (sizes); j++)
    {
      g_autofree char *source = g_build_filename (self.root, "file", NULL);
      g_autofree char *target = g_build_filename (self.local, "file", NULL);
      g_autoptr (GError) error = NULL;

      /* Only a second chunk is cut. */
      if (g_str_equal (bad_downloads[i].user, "cut") && sizes[j] < FILE_BYTES)
        continue;
      open_connection (&self);
      files_make (source, sizes[j], 1);
      error = files_download (self.client, self.connection, "/file", self.local, "file",
                              SALLY_CONFLICT_FAIL);
      assert_code (error, bad_downloads[i].code);
      g_assert_cmpuint (files_count (self.local), ==,
                        bad_downloads[i].code == SALLY_ERROR_CONNECTION_LOST ? 1 : 0);
      g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
    }
  tear_down (&self);
}

/* Uploads that must fail: neither the file nor a part of it stays, and what was there stands. */
static void
test_bad_upload (gconstpointer user)
{
  Fixture self;
  g_autofree char *source = NULL;
  g_autofree char *target = NULL;
  g_autofree char *before = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self, rig, user);
  open_connection (&self);
  source = g_build_filename (self.local, "file", NULL);
  target = g_build_filename (self.root, "file", NULL);
  before = g_build_filename (self.local, "before", NULL);
  files_make (source, FILE_BYTES, 1);
  files_make (target, 50, 2);
  files_make (before, 50, 2);
  error = files_upload (self.client, self.connection, source, "/file", SALLY_CONFLICT_REPLACE);
  assert_code (error, SALLY_ERROR_REMOTE_FAILED);
  g_assert_nonnull (strstr (error->message, g_str_equal (user, "close-fails") ? "disk full, sorry"
                                                                              : "quota reached"));
  files_assert_same (target, before);
  g_assert_cmpuint (files_count (self.root), ==, 1);
  tear_down (&self);
}

static const struct
{
  const char *user;
  const char *proof; /* NULL: what arrived is not what was sent */
} proofs[] = {
  { "honest", SALLY_REMOTE_DIGEST_READ_BACK },
  { "check-file", SALLY_REMOTE_DIGEST_CHECK_FILE },
  { "check-file-later", SALLY_REMOTE_DIGEST_CHECK_FILE },
  /* Another algorithm than the one that was asked for. */
  { "check-file-md5", SALLY_REMOTE_DIGEST_READ_BACK },
  { "flips-bit", NULL },
  { "grows", NULL },
  { "never-ends", NULL },
};

/* A server that goes on giving is not read for long: its file and a few requests under way. */
#define MAX_READS 64

/* What the server has is compared with what was sent. */
static void
test_proof (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *source = NULL;
  g_autofree char *reads = g_strdup_printf ("%s READ", proofs[i].user);
  g_autoptr (GError) error = NULL;
  SallyTransfer *transfer;
  Fixture self;

  set_up (&self, rig, proofs[i].user);
  open_connection (&self);
  source = g_build_filename (self.local, "file", NULL);
  files_make (source, FILE_BYTES, 1);
  sally_transfer_queue_set_verifies (self.client->queue, TRUE);
  transfer = sally_transfer_queue_upload (self.client->queue, self.connection, source, "/file",
                                          SALLY_CONFLICT_FAIL);
  error = files_wait (self.client, transfer);
  if (proofs[i].proof != NULL)
    g_assert_no_error (error);
  else
    assert_code (error, SALLY_ERROR_REMOTE_CHANGED);
  g_assert_cmpstr (sally_transfer_get_proof (transfer), ==, proofs[i].proof);
  if (g_strcmp0 (proofs[i].proof, SALLY_REMOTE_DIGEST_CHECK_FILE) == 0)
    g_assert_cmpuint (sally_rig_count_log (rig, reads), ==, 0);
  g_assert_cmpuint (sally_rig_count_log (rig, reads), <=, MAX_READS);
  tear_down (&self);
}

/* The beginning that is there under the final name is not sent again. */
static void
test_resume_upload (void)
{
  g_autofree char *source = NULL;
  g_autofree char *target = NULL;
  g_autoptr (GError) error = NULL;
  guint n_whole, n_rest;
  Fixture self;

  set_up (&self, rig, "well-meaning");
  open_connection (&self);
  source = g_build_filename (self.local, "file", NULL);
  target = g_build_filename (self.root, "file", NULL);
  files_make (source, FILE_BYTES, 1);
  n_whole = sally_rig_count_log (rig, "well-meaning WRITE");
  error = files_upload (self.client, self.connection, source, "/other", SALLY_CONFLICT_FAIL);
  g_assert_no_error (error);
  n_whole = sally_rig_count_log (rig, "well-meaning WRITE") - n_whole;

  files_make (target, FILE_BYTES, 1);
  g_assert_cmpint (truncate (target, FILE_BYTES - FILE_BYTES / 4), ==, 0);
  n_rest = sally_rig_count_log (rig, "well-meaning WRITE");
  error = files_upload (self.client, self.connection, source, "/file", SALLY_CONFLICT_RESUME);
  g_assert_no_error (error);
  n_rest = sally_rig_count_log (rig, "well-meaning WRITE") - n_rest;
  files_assert_same (source, target);
  g_assert_cmpuint (n_rest, >, 0);
  g_assert_cmpuint (n_rest, <, n_whole / 2);
  g_assert_cmpuint (files_count (self.root), ==, 2);

  /* Another file's beginning is none: it is noticed, and the file is sent whole. */
  files_make (target, FILE_BYTES / 2, 9);
  error = files_upload (self.client, self.connection, source, "/file", SALLY_CONFLICT_RESUME);
  g_assert_no_error (error);
  files_assert_same (source, target);
  tear_down (&self);
}

/* Odd but right: every byte arrives, both ways, also in the place of another file. */
static void
test_odd (gconstpointer user)
{
  const gsize sizes[] = { 0, 1, 33000, FILE_BYTES };
  gboolean is_slow = g_str_equal (user, "limits-tiny");
  Fixture self;

  set_up (&self, rig, user);
  open_connection (&self);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gsize size = is_slow ? sizes[i] / 10 : sizes[i];
      g_autofree char *sent = g_build_filename (self.local, "sent", NULL);
      g_autofree char *target = g_build_filename (self.root, "file", NULL);
      g_autofree char *received = g_build_filename (self.local, "received", NULL);
      g_autoptr (GError) error = NULL;

      files_make (sent, size, (guint) i);
      error = files_upload (self.client, self.connection, sent, "/file", SALLY_CONFLICT_REPLACE);
      g_assert_no_error (error);
      files_assert_same (sent, target);
      error = files_download (self.client, self.connection, "/file", self.local, "received",
                              SALLY_CONFLICT_REPLACE);
      g_assert_no_error (error);
      files_assert_same (sent, received);
      g_assert_cmpuint (files_count (self.local), ==, 2);
      g_assert_cmpuint (files_count (self.root), ==, 1);
    }
  tear_down (&self);
}

/* Many files at once over the person's channel alone. */
static void
test_one_channel (void)
{
  enum
  {
    N = 40
  };
  Fixture self;
  SallyTransfer *transfers[N];

  set_up (&self, rig, "one-channel");
  open_connection (&self);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("file-%u", i);
      g_autofree char *source = g_build_filename (self.root, name, NULL);
      g_autofree char *path = g_strconcat ("/", name, NULL);

      files_make (source, i * 10000, i);
      transfers[i] = sally_transfer_queue_download (self.client->queue, self.connection, path,
                                                    self.local, name, SALLY_CONFLICT_FAIL);
    }
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GError) error = files_wait (self.client, transfers[i]);
      g_autofree char *name = g_strdup_printf ("file-%u", i);
      g_autofree char *source = g_build_filename (self.root, name, NULL);
      g_autofree char *target = g_build_filename (self.local, name, NULL);

      g_assert_no_error (error);
      files_assert_same (source, target);
    }
  tear_down (&self);
}

/* AWS Transfer: no temporary name, no SETSTAT, no attributes. */
static void
test_aws (void)
{
  g_autoptr (SallyRig) aws = sally_rig_start ("hostile", "--ident", "AWS_SFTP_1.1", NULL);
  Fixture self;
  g_autofree char *source = NULL;
  g_autofree char *target = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&self, aws, "aws");
  open_connection (&self);
  source = g_build_filename (self.local, "file", NULL);
  target = g_build_filename (self.root, "file", NULL);
  files_make (source, FILE_BYTES, 1);
  error = files_upload (self.client, self.connection, source, "/file", SALLY_CONFLICT_FAIL);
  g_assert_no_error (error);
  files_assert_same (source, target);
  g_assert_cmpuint (sally_rig_count_log (aws, "aws OPEN /file"), ==, 1);
  g_assert_cmpuint (sally_rig_count_log (aws, "aws RENAME"), ==, 0);
  g_assert_cmpuint (sally_rig_count_log (aws, "aws FSETSTAT"), ==, 0);
  g_assert_cmpuint (sally_rig_count_log (aws, "aws FSTAT"), ==, 1);
  g_assert_cmpuint (sally_rig_count_log (aws, ".part"), ==, 0);
  tear_down (&self);
}

/* Users whose server has a clock of its own, and what is read off it. */
static const struct
{
  const char *user;
  gboolean is_clock;
  gint64 offset_s;
} clocks[] = {
  { "clock+0", TRUE, 0 },
  { "clock-43", TRUE, -43 },
  { "clock+90", TRUE, 90 },
  { "clock+63072000", FALSE, 0 },
  { "clock-at-0", FALSE, 0 },
  { "clock-at-1", FALSE, 0 },
  { "clock-at-4294967295", FALSE, 0 },
  { "no-fstat", FALSE, 0 },
};

/* The first upload tells, the file is none the worse, and what makes no sense is not told. */
static void
test_clock (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Fixture self;
  g_autofree char *source = NULL;
  g_autofree char *target = NULL;
  g_autofree char *fstat = g_strconcat (clocks[i].user, " FSTAT", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) info = NULL;
  g_autoptr (GPtrArray) sightings = NULL;
  g_autofree char *notes = sally_clock_notes_dup_path ();
  const SallyClockSighting *sighting;
  gint64 offset_s;
  guint32 accuracy_s;
  guint n_stats;

  g_unlink (notes);
  set_up (&self, rig, clocks[i].user);
  open_connection (&self);
  source = g_build_filename (self.local, "file", NULL);
  target = g_build_filename (self.root, "timed", NULL);
  files_make (source, FILE_BYTES, 1);
  error = files_upload (self.client, self.connection, source, "/timed", SALLY_CONFLICT_FAIL);
  g_assert_no_error (error);
  files_assert_same (source, target);
  info = sally_connection_dup_info (self.connection);
  g_assert_cmpint (g_variant_lookup (info, "clock-offset", "x", &offset_s), ==, clocks[i].is_clock);
  sightings = sally_clock_notes_load ();
  sighting = sally_clock_notes_find (sightings, self.server);
  g_assert_cmpint (sighting != NULL, ==, clocks[i].is_clock);
  if (clocks[i].is_clock)
    {
      g_assert_true (g_variant_lookup (info, "clock-accuracy", "u", &accuracy_s));
      g_assert_cmpint (ABS (offset_s - clocks[i].offset_s), <=, accuracy_s);
      g_assert_cmpint (sighting->offset_s, ==, offset_s);
      g_assert_cmpuint (sighting->accuracy_s, ==, accuracy_s);

      /* What is known is not asked for again: one for the size is left. */
      n_stats = sally_rig_count_log (rig, fstat);
      error = files_upload (self.client, self.connection, source, "/timed", SALLY_CONFLICT_REPLACE);
      g_assert_no_error (error);
      g_assert_cmpuint (sally_rig_count_log (rig, fstat), ==, n_stats + 1);
    }
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  static const char *const odd_users[] = {
    "honest",           "short-reads",     "reorder",         "no-fsetstat",
    "no-fstat",         "no-posix-rename", "limits-zero",     "limits-huge",
    "limits-truncated", "limits-tiny",     "extension-flood",
  };
  static const char *const endless_users[] = { "endless", "empty-names", "count-lies" };
  static const char *const bad_upload_users[] = { "close-fails", "write-fails" };
  int status;

  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);
  rig = sally_rig_start ("hostile", NULL);

  g_test_add_data_func ("/hostile/opening", NULL, test_opening);
  for (gsize i = 0; i < G_N_ELEMENTS (stats); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/stat/", stats[i].user, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_stat);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (endless_users); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/listing/", endless_users[i], NULL);

      g_test_add_data_func (path, endless_users[i], test_endless_listing);
    }
  g_test_add_func ("/hostile/listing/names", test_names);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_downloads); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/download/", bad_downloads[i].user, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_bad_download);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad_upload_users); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/upload/", bad_upload_users[i], NULL);

      g_test_add_data_func (path, bad_upload_users[i], test_bad_upload);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (proofs); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/proof/", proofs[i].user, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_proof);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (odd_users); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/odd/", odd_users[i], NULL);

      g_test_add_data_func (path, odd_users[i], test_odd);
    }
  g_test_add_func ("/hostile/resume-upload", test_resume_upload);
  g_test_add_func ("/hostile/odd/one-channel", test_one_channel);
  g_test_add_func ("/hostile/odd/aws", test_aws);
  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/clock/", clocks[i].user, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_clock);
    }
  status = g_test_run ();
  sally_rig_stop (rig);
  return status;
}
