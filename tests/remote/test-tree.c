/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole folders up and down, against a real server. */
#include "config.h"

#include "base/error.h"
#include "remote/tree.h"
#include "tests/support/await.h"
#include "tests/support/client.h"
#include "tests/support/relay.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  SallyRig *rig;
  TestClient *client;
  SallyServer *server;
  SallyConnection *connection;
  char *folder; /* local */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->rig = sally_rig_start ("openssh-password", NULL);
  fixture->client = test_client_new ();
  fixture->server = test_client_make_server (fixture->client, fixture->rig, "password");
  fixture->connection = sally_connection_new (fixture->server, fixture->client->services);
  error = test_client_open (fixture->connection);
  g_assert_no_error (error);
  fixture->folder = await_make_directory ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_client_disconnect (fixture->connection);
  sally_transfer_queue_clear_ended (fixture->client->queue);
  g_clear_object (&fixture->connection);
  g_clear_object (&fixture->server);
  test_client_free (fixture->client);
  sally_rig_stop (fixture->rig);
  await_remove_directory (fixture->folder);
}

static void
write_file (const char *folder, const char *name, gsize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *contents = g_malloc (size + 1);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    contents[i] = (char) g_test_rand_int ();
  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_file_set_contents (path, contents, (gssize) size, &error);
  g_assert_no_error (error);
}

static gboolean
run (SallyTree *tree, SallyTreeResult *counts, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_tree_run_async (tree, NULL, await_ready, &result);
  return sally_tree_run_finish (tree, await_result (&result), counts, error);
}

static void
assert_same_trees (const char *a, const char *b)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *differences = NULL;
  const char *const argv[] = { "diff", "-r", a, b, NULL };
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &differences, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (differences, ==, "");
  g_assert_cmpint (status, ==, 0);
}

static void
test_up_and_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *source = g_build_filename (fixture->folder, "source", NULL);
  g_autofree char *back = g_build_filename (fixture->folder, "back", NULL);
  g_autofree char *empty = g_build_filename (source, "empty folder", NULL);
  g_autofree char *link = g_build_filename (source, "link", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "tree", NULL);
  g_autoptr (SallyTree) up = NULL;
  g_autoptr (SallyTree) down = NULL;
  g_autoptr (GError) error = NULL;
  SallyTreeResult counts;

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("many/%02u.bin", i);

      write_file (source, name, (gsize) g_test_rand_int_range (0, 9000));
    }
  write_file (source, "nothing", 0);
  write_file (source, "deep/er/and/deeper still/ümläut \xF0\x9F\x94\x91.txt", 300000);
  write_file (source, "-leading dash", 1);
  g_assert_cmpint (g_mkdir (empty, 0755), ==, 0);
  g_assert_cmpint (symlink ("/etc", link), ==, 0);

  up = sally_tree_new_upload (fixture->client->queue, fixture->connection, source, remote,
                              SALLY_CONFLICT_FAIL);
  g_assert_true (run (up, &counts, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (counts.n_files, ==, 63);
  g_assert_cmpuint (counts.n_failed, ==, 0);
  g_assert_cmpuint (counts.n_left_out, ==, 1);

  down = sally_tree_new_download (fixture->client->queue, fixture->connection, remote,
                                  fixture->folder, "back", SALLY_CONFLICT_FAIL);
  g_assert_true (run (down, &counts, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (counts.n_files, ==, 63);
  g_assert_cmpuint (counts.n_failed, ==, 0);
  g_assert_cmpint (unlink (link), ==, 0);
  assert_same_trees (source, back);
}

/* A second time onto the same target: the folders are merged, and each file is as the conflict
 * says. */
static void
test_merge (Fixture *fixture, gconstpointer data)
{
  g_autofree char *source = g_build_filename (fixture->folder, "source", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "tree", NULL);
  g_autoptr (GError) error = NULL;
  SallyTreeResult counts;
  const SallyConflict conflicts[] = { SALLY_CONFLICT_FAIL, SALLY_CONFLICT_FAIL,
                                      SALLY_CONFLICT_REPLACE };
  const guint failures[] = { 0, 2, 0 };

  write_file (source, "a/one", 10);
  write_file (source, "two", 20);
  for (guint i = 0; i < G_N_ELEMENTS (conflicts); i++)
    {
      g_autoptr (SallyTree) up = sally_tree_new_upload (fixture->client->queue, fixture->connection,
                                                        source, remote, conflicts[i]);

      g_assert_true (run (up, &counts, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (counts.n_failed, ==, failures[i]);
    }
}

static void
make_link (const char *folder, const char *name, const char *target)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
assert_link (const char *folder, const char *name, const char *target)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *found = g_file_read_link (path, NULL);

  g_assert_cmpstr (found, ==, target);
}

static void
assert_there (const char *folder, const char *name, GFileTest test, gboolean is_there)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_file_test (path, test), ==, is_there);
}

/* What a folder with links looks like at the other end, for each setting. */
static const struct
{
  SallyLinks links;
  gboolean has_outside[2]; /* up, down */
} link_table[] = {
  { SALLY_LINKS_SAFE, { FALSE, TRUE } },
  { SALLY_LINKS_FOLLOW, { TRUE, TRUE } },
};

static void
make_tree_with_links (const char *folder)
{
  write_file (folder, "inner/file", 100);
  write_file (folder, "inner/deeper/other", 100);
  make_link (folder, "file-link", "inner/file");
  make_link (folder, "folder-link", "inner/deeper");
  make_link (folder, "outside", "../outside/file");
  make_link (folder, "outside-folder", "../outside");
  make_link (folder, "circle", ".");
  make_link (folder, "inner/deeper/up", "../../inner");
}

static void
assert_followed (const char *folder, gboolean has_outside)
{
  assert_there (folder, "file-link", G_FILE_TEST_IS_SYMLINK, FALSE);
  assert_there (folder, "file-link", G_FILE_TEST_IS_REGULAR, TRUE);
  assert_there (folder, "folder-link", G_FILE_TEST_IS_SYMLINK, FALSE);
  assert_there (folder, "folder-link/other", G_FILE_TEST_IS_REGULAR, TRUE);
  assert_there (folder, "outside", G_FILE_TEST_IS_REGULAR, has_outside);
  assert_there (folder, "outside-folder/file", G_FILE_TEST_IS_REGULAR, has_outside);
  assert_there (folder, "circle", G_FILE_TEST_EXISTS, FALSE);
}

static void
test_links_are_followed (Fixture *fixture, gconstpointer data)
{
  const char *home = sally_rig_get_home (fixture->rig);
  g_autofree char *there = g_build_filename (home, "tree", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "tree", NULL);
  g_autofree char *source = g_build_filename (fixture->folder, "source", NULL);

  write_file (fixture->folder, "outside/file", 10);
  make_tree_with_links (source);
  for (guint i = 0; i < G_N_ELEMENTS (link_table); i++)
    {
      g_autofree char *sent = g_strdup_printf ("%s%u", remote, i);
      g_autofree char *arrived = g_strdup_printf ("%s%u", there, i);
      g_autoptr (SallyTree) up = NULL;
      g_autoptr (GError) error = NULL;
      SallyTreeResult counts;

      sally_transfer_queue_set_links (fixture->client->queue, link_table[i].links);
      up = sally_tree_new_upload (fixture->client->queue, fixture->connection, source, sent,
                                  SALLY_CONFLICT_FAIL);
      g_assert_true (run (up, &counts, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (counts.n_failed, ==, 0);
      assert_followed (arrived, link_table[i].has_outside[0]);
    }
}

static void
test_remote_links_are_followed (Fixture *fixture, gconstpointer data)
{
  const char *home = sally_rig_get_home (fixture->rig);
  g_autofree char *there = g_build_filename (home, "links", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "links", NULL);

  write_file (home, "outside/file", 10);
  make_tree_with_links (there);
  for (guint i = 0; i < G_N_ELEMENTS (link_table); i++)
    {
      g_autofree char *name = g_strdup_printf ("links%u", i);
      g_autofree char *arrived = g_build_filename (fixture->folder, name, NULL);
      g_autoptr (SallyTree) down = NULL;
      g_autoptr (GError) error = NULL;
      SallyTreeResult counts;

      sally_transfer_queue_set_links (fixture->client->queue, link_table[i].links);
      down = sally_tree_new_download (fixture->client->queue, fixture->connection, remote,
                                      fixture->folder, name, SALLY_CONFLICT_FAIL);
      g_assert_true (run (down, &counts, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (counts.n_failed, ==, 0);
      assert_followed (arrived, link_table[i].has_outside[1]);
    }
}

static void
test_links_are_skipped (Fixture *fixture, gconstpointer data)
{
  g_autofree char *there = g_build_filename (sally_rig_get_home (fixture->rig), "tree", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "tree", NULL);
  g_autofree char *source = g_build_filename (fixture->folder, "source", NULL);
  g_autoptr (SallyTree) up = NULL;
  g_autoptr (GError) error = NULL;
  SallyTreeResult counts;

  make_tree_with_links (source);
  sally_transfer_queue_set_links (fixture->client->queue, SALLY_LINKS_SKIP);
  up = sally_tree_new_upload (fixture->client->queue, fixture->connection, source, remote,
                              SALLY_CONFLICT_FAIL);
  g_assert_true (run (up, &counts, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (counts.n_files, ==, 2);
  g_assert_cmpuint (counts.n_left_out, ==, 6);
  assert_there (there, "inner/file", G_FILE_TEST_IS_REGULAR, TRUE);
  assert_there (there, "file-link", G_FILE_TEST_EXISTS, FALSE);
}

/* Up as they are, down only those that stay in the folder; a second time they are there already. */
static void
test_links_are_recreated (Fixture *fixture, gconstpointer data)
{
  g_autofree char *there = g_build_filename (sally_rig_get_home (fixture->rig), "tree", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "tree", NULL);
  g_autofree char *source = g_build_filename (fixture->folder, "source", NULL);
  g_autofree char *back = g_build_filename (fixture->folder, "back", NULL);
  g_autofree char *changed = g_build_filename (source, "circle", NULL);

  make_tree_with_links (source);
  sally_transfer_queue_set_links (fixture->client->queue, SALLY_LINKS_RECREATE);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (SallyTree) up = NULL;
      g_autoptr (SallyTree) down = NULL;
      g_autoptr (GError) error = NULL;
      SallyTreeResult counts;

      /* The last time one of them leads elsewhere. */
      if (i == 2)
        {
          g_assert_cmpint (unlink (changed), ==, 0);
          make_link (source, "circle", "inner");
        }
      up = sally_tree_new_upload (fixture->client->queue, fixture->connection, source, remote,
                                  SALLY_CONFLICT_REPLACE);
      g_assert_true (run (up, &counts, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (counts.n_links, ==, 6);
      assert_link (there, "outside", "../outside/file");
      assert_link (there, "circle", i == 2 ? "inner" : ".");

      down = sally_tree_new_download (fixture->client->queue, fixture->connection, remote,
                                      fixture->folder, "back", SALLY_CONFLICT_REPLACE);
      g_assert_true (run (down, &counts, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (counts.n_links, ==, 4);
      g_assert_cmpuint (counts.n_left_out, ==, 2);
      assert_link (back, "file-link", "inner/file");
      assert_link (back, "inner/deeper/up", "../../inner");
      assert_link (back, "circle", i == 2 ? "inner" : ".");
      assert_there (back, "outside", G_FILE_TEST_IS_SYMLINK, FALSE);
    }
}

static void
assert_attributes (const char *folder, const char *name, guint mode, gint64 mtime)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, mode);
  g_assert_cmpint (info.st_mtime, ==, mtime);
}

static void
set_attributes (const char *folder, const char *name, guint mode, gint64 mtime)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  const struct timespec times[2] = { { .tv_sec = mtime }, { .tv_sec = mtime } };

  g_assert_cmpint (chmod (path, mode), ==, 0);
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

/* Of files and of folders, whose time every file in them changes. */
static void
test_attributes_are_kept (Fixture *fixture, gconstpointer data)
{
  g_autofree char *there = g_build_filename (sally_rig_get_home (fixture->rig), "tree", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "tree", NULL);
  g_autofree char *source = g_build_filename (fixture->folder, "source", NULL);
  g_autofree char *back = g_build_filename (fixture->folder, "back", NULL);
  g_autofree char *bare = g_build_filename (fixture->folder, "bare", NULL);
  g_autofree char *bare_file = g_build_filename (bare, "private", "file", NULL);
  g_autoptr (SallyTree) up = NULL;
  g_autoptr (SallyTree) down = NULL;
  g_autoptr (SallyTree) without = NULL;
  g_autoptr (GError) error = NULL;
  struct stat info;

  write_file (source, "private/file", 10);
  set_attributes (source, "private/file", 0640, 1500000000);
  set_attributes (source, "private", 0700, 1400000000);
  set_attributes (source, "", 0750, 1300000000);

  up = sally_tree_new_upload (fixture->client->queue, fixture->connection, source, remote,
                              SALLY_CONFLICT_FAIL);
  g_assert_true (run (up, NULL, &error));
  assert_attributes (there, "private/file", 0640, 1500000000);
  assert_attributes (there, "private", 0700, 1400000000);
  assert_attributes (there, "", 0750, 1300000000);

  down = sally_tree_new_download (fixture->client->queue, fixture->connection, remote,
                                  fixture->folder, "back", SALLY_CONFLICT_FAIL);
  g_assert_true (run (down, NULL, &error));
  assert_attributes (back, "private/file", 0640, 1500000000);
  assert_attributes (back, "private", 0700, 1400000000);
  assert_attributes (back, "", 0750, 1300000000);

  sally_transfer_queue_set_keeps (fixture->client->queue, FALSE, FALSE);
  without = sally_tree_new_download (fixture->client->queue, fixture->connection, remote,
                                     fixture->folder, "bare", SALLY_CONFLICT_FAIL);
  g_assert_true (run (without, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat (bare_file, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0644);
  g_assert_cmpint (info.st_mtime, >, 1600000000);
}

/* One folder that may not be read does not keep the others. */
static void
test_one_folder_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *there = g_build_filename (sally_rig_get_home (fixture->rig), "tree", NULL);
  g_autofree char *locked = g_build_filename (there, "b", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "tree", NULL);
  g_autofree char *back = g_build_filename (fixture->folder, "back", NULL);
  g_autoptr (SallyTree) down = NULL;
  g_autoptr (GError) error = NULL;
  SallyTreeResult counts;

  write_file (there, "a/one", 10);
  write_file (there, "b/two", 10);
  write_file (there, "c/three", 10);
  g_assert_cmpint (chmod (locked, 0), ==, 0);
  down = sally_tree_new_download (fixture->client->queue, fixture->connection, remote,
                                  fixture->folder, "back", SALLY_CONFLICT_FAIL);
  g_assert_false (run (down, &counts, &error));
  g_assert_cmpint (chmod (locked, 0755), ==, 0);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_PERMISSION);
  g_assert_nonnull (strstr (error->message, "tree/b"));
  g_assert_cmpuint (counts.n_refused, ==, 1);
  assert_there (back, "a/one", G_FILE_TEST_IS_REGULAR, TRUE);
  assert_there (back, "c/three", G_FILE_TEST_IS_REGULAR, TRUE);
}

/* A link of ours where a folder should come would lead the files elsewhere. */
static void
test_local_link_is_not_followed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *elsewhere = g_build_filename (fixture->folder, "elsewhere", NULL);
  g_autofree char *planted = g_build_filename (fixture->folder, "outbox", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "outbox", NULL);
  g_autoptr (SallyTree) down = NULL;
  g_autoptr (GDir) directory = NULL;
  g_autoptr (GError) error = NULL;
  SallyTreeResult counts;

  g_assert_cmpint (g_mkdir (elsewhere, 0755), ==, 0);
  g_assert_cmpint (symlink (elsewhere, planted), ==, 0);
  down = sally_tree_new_download (fixture->client->queue, fixture->connection, remote,
                                  fixture->folder, "outbox", SALLY_CONFLICT_REPLACE);
  g_assert_false (run (down, &counts, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS);
  directory = g_dir_open (elsewhere, 0, NULL);
  g_assert_null (g_dir_read_name (directory));
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyTree) down =
      sally_tree_new_download (fixture->client->queue, fixture->connection, "/no/such/folder",
                               fixture->folder, "folder", SALLY_CONFLICT_FAIL);
  g_autoptr (GError) error = NULL;

  g_assert_false (run (down, NULL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND);
}

/* How often the line is cut while folders are still being made. */
#define N_CUTS    3
#define N_FOLDERS 400

static void
test_lost_lines (Fixture *fixture, gconstpointer data)
{
  g_autofree char *there = g_build_filename (sally_rig_get_home (fixture->rig), "tree", NULL);
  g_autofree char *source = g_build_filename (fixture->folder, "source", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "tree", NULL);
  g_autoptr (SallyConnection) connection = NULL;
  g_autoptr (SallyTree) up = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SallyTreeResult counts;
  GSubprocess *relay;
  guint n_cuts = 0;
  guint port;

  for (guint i = 0; i < N_FOLDERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u/%03u/file", i % 20, i);

      write_file (source, name, 3000);
    }
  relay = sally_relay_start (fixture->rig, NULL, &port);
  g_object_set (fixture->server, "port", port, NULL);
  sally_transfer_queue_set_max_attempts (fixture->client->queue, 5);
  connection = sally_connection_new (fixture->server, fixture->client->services);
  error = test_client_open (connection);
  g_assert_no_error (error);

  up = sally_tree_new_upload (fixture->client->queue, connection, source, remote,
                              SALLY_CONFLICT_REPLACE);
  sally_tree_run_async (up, NULL, await_ready, &result);
  while (result == NULL)
    {
      guint n_begun = g_list_model_get_n_items (G_LIST_MODEL (fixture->client->queue));

      if (n_cuts < N_CUTS && n_begun >= (n_cuts + 1) * N_FOLDERS / (N_CUTS + 1))
        {
          g_subprocess_send_signal (relay, SIGUSR1);
          n_cuts++;
        }
      g_main_context_iteration (NULL, TRUE);
    }
  sally_tree_run_finish (up, result, &counts, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_cuts, ==, N_CUTS);
  g_assert_cmpuint (counts.n_files, ==, N_FOLDERS);
  g_assert_cmpuint (counts.n_failed, ==, 0);
  assert_same_trees (source, there);
  test_client_disconnect (connection);
  sally_transfer_queue_clear_ended (fixture->client->queue);
  sally_relay_stop (relay);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autofree char *source = g_build_filename (fixture->folder, "source", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "tree", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SallyTree) up = NULL;
  g_autoptr (GError) error = NULL;

  write_file (source, "large", 30 * 1024 * 1024);
  up = sally_tree_new_upload (fixture->client->queue, fixture->connection, source, remote,
                              SALLY_CONFLICT_FAIL);
  sally_tree_run_async (up, cancellable, await_ready, &result);
  while (g_list_model_get_n_items (G_LIST_MODEL (fixture->client->queue)) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  g_assert_false (sally_tree_run_finish (up, await_result (&result), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/tree/up-and-down", Fixture, NULL, set_up, test_up_and_down, tear_down);
  g_test_add ("/tree/merge", Fixture, NULL, set_up, test_merge, tear_down);
  g_test_add ("/tree/links-are-followed", Fixture, NULL, set_up, test_links_are_followed,
              tear_down);
  g_test_add ("/tree/remote-links-are-followed", Fixture, NULL, set_up,
              test_remote_links_are_followed, tear_down);
  g_test_add ("/tree/links-are-skipped", Fixture, NULL, set_up, test_links_are_skipped, tear_down);
  g_test_add ("/tree/links-are-recreated", Fixture, NULL, set_up, test_links_are_recreated,
              tear_down);
  g_test_add ("/tree/attributes-are-kept", Fixture, NULL, set_up, test_attributes_are_kept,
              tear_down);
  g_test_add ("/tree/one-folder-is-refused", Fixture, NULL, set_up, test_one_folder_is_refused,
              tear_down);
  g_test_add ("/tree/local-link-is-not-followed", Fixture, NULL, set_up,
              test_local_link_is_not_followed, tear_down);
  g_test_add ("/tree/missing", Fixture, NULL, set_up, test_missing, tear_down);
  g_test_add ("/tree/lost-lines", Fixture, NULL, set_up, test_lost_lines, tear_down);
  g_test_add ("/tree/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  return g_test_run ();
}
