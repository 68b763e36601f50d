/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole folders up and down, against a real server. */
#include "config.h"

#include "base/error.h"
#include "remote/tree.h"
#include "tests/support/await.h"
#include "tests/support/client.h"

#include <glib/gstdio.h>
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

/* A remote link to a file gives the file, one to a folder is left out: it may lead in a circle. */
static void
test_remote_links (Fixture *fixture, gconstpointer data)
{
  const char *home = sally_rig_get_home (fixture->rig);
  g_autofree char *folder = g_build_filename (home, "links", NULL);
  g_autofree char *file_link = g_build_filename (folder, "file-link", NULL);
  g_autofree char *circle = g_build_filename (folder, "circle", NULL);
  g_autofree char *remote = g_build_path ("/", sally_rig_get_start (fixture->rig), "links", NULL);
  g_autofree char *got_file = g_build_filename (fixture->folder, "links", "file-link", NULL);
  g_autofree char *got_circle = g_build_filename (fixture->folder, "links", "circle", NULL);
  g_autoptr (SallyTree) down = NULL;
  g_autoptr (GError) error = NULL;
  SallyTreeResult counts;

  write_file (folder, "file", 100);
  g_assert_cmpint (chmod (folder, 0755), ==, 0);
  g_assert_cmpint (symlink ("file", file_link), ==, 0);
  g_assert_cmpint (symlink (".", circle), ==, 0);

  down = sally_tree_new_download (fixture->client->queue, fixture->connection, remote,
                                  fixture->folder, "links", SALLY_CONFLICT_FAIL);
  g_assert_true (run (down, &counts, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (counts.n_files, ==, 2);
  g_assert_cmpuint (counts.n_left_out, ==, 1);
  g_assert_true (g_file_test (got_file, G_FILE_TEST_IS_REGULAR));
  g_assert_false (g_file_test (got_circle, G_FILE_TEST_EXISTS));
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
  g_test_add ("/tree/remote-links", Fixture, NULL, set_up, test_remote_links, tear_down);
  g_test_add ("/tree/local-link-is-not-followed", Fixture, NULL, set_up,
              test_local_link_is_not_followed, tear_down);
  g_test_add ("/tree/missing", Fixture, NULL, set_up, test_missing, tear_down);
  g_test_add ("/tree/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  return g_test_run ();
}
