/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "remote/directory.h"
#include "tests/support/await.h"
#include "tests/support/files.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define N_FILES 3000

typedef struct
{
  SallyRig *rig;
  TestClient *client;
  SallyServer *server;
  SallyConnection *connection;
  char *remote; /* the folder as this machine sees it, and as the server calls it */
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->rig = sally_rig_start ("openssh-password", NULL);
  self->client = test_client_new ();
  self->server = test_client_make_server (self->client, self->rig, "password");
  self->connection = sally_connection_new (self->server, self->client->services);
  self->remote = g_build_filename (sally_rig_get_home (self->rig), "test", NULL);
  self->path = g_build_filename (sally_rig_get_start (self->rig), "test", NULL);
  g_assert_cmpint (g_mkdir (self->remote, 0755), ==, 0);
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
  g_free (self->path);
}

static void
make_file (Fixture *self, const char *name, gsize size)
{
  g_autofree char *path = g_build_filename (self->remote, name, NULL);

  files_make (path, size, 1);
}

static gboolean
is_loaded (gpointer data)
{
  return !sally_directory_get_is_loading (data);
}

static SallyDirectory *
load (Fixture *self, const char *path)
{
  SallyDirectory *directory = sally_directory_new (self->connection, path);

  g_assert_true (sally_directory_get_is_loading (directory));
  await_condition (is_loaded, directory);
  return directory;
}

static void
count_change (GListModel *model, guint position, guint removed, guint added, guint *n)
{
  (*n)++;
}

static void
test_pages (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyDirectory) directory = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_changes = 0;

  for (guint i = 0; i < N_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("file %u", i);

      make_file (self, name, i % 7);
    }
  directory = sally_directory_new (self->connection, self->path);
  g_signal_connect (directory, "items-changed", G_CALLBACK (count_change), &n_changes);
  await_condition (is_loaded, directory);
  g_assert_null (sally_directory_get_error (directory));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (directory)), ==, N_FILES);
  g_assert_cmpuint (n_changes, >=, 3);
  for (guint i = 0; i < N_FILES; i++)
    {
      g_autoptr (SallyRemoteFile) file = g_list_model_get_item (G_LIST_MODEL (directory), i);
      const char *name = sally_remote_file_get_raw_name (file);

      g_assert_true (g_hash_table_add (names, (gpointer) name));
      g_assert_true (sally_directory_find (directory, name) == file);
    }
  g_assert_cmpuint (
      sally_remote_file_get_attributes (sally_directory_find (directory, "file 2999"))->size, ==,
      2999 % 7);
}

static void
test_reload (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyDirectory) directory = NULL;
  g_autoptr (SallyRemoteFile) stays = NULL;
  g_autoptr (SallyRemoteFile) grows = NULL;
  g_autofree char *gone = g_build_filename (self->remote, "goes", NULL);
  guint n_changes = 0;

  make_file (self, "stays", 1);
  make_file (self, "grows", 1);
  make_file (self, "goes", 1);
  directory = load (self, self->path);
  stays = g_object_ref (sally_directory_find (directory, "stays"));
  grows = g_object_ref (sally_directory_find (directory, "grows"));

  /* Nothing has changed, so nothing is told. */
  g_signal_connect (directory, "items-changed", G_CALLBACK (count_change), &n_changes);
  sally_directory_reload (directory);
  await_condition (is_loaded, directory);
  g_assert_cmpuint (n_changes, ==, 0);

  make_file (self, "grows", 2);
  make_file (self, "comes", 1);
  g_assert_cmpint (g_unlink (gone), ==, 0);
  /* The second one waits until the first has come to its end. */
  sally_directory_reload (directory);
  sally_directory_reload (directory);
  await_condition (is_loaded, directory);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (directory)), ==, 3);
  g_assert_true (sally_directory_find (directory, "stays") == stays);
  g_assert_true (sally_directory_find (directory, "grows") != grows);
  g_assert_cmpuint (
      sally_remote_file_get_attributes (sally_directory_find (directory, "grows"))->size, ==, 2);
  g_assert_null (sally_directory_find (directory, "goes"));
  g_assert_nonnull (sally_directory_find (directory, "comes"));
}

static void
make_link (Fixture *self, const char *target, const char *name)
{
  g_autofree char *path = g_build_filename (self->remote, name, NULL);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
test_links (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyDirectory) directory = NULL;
  g_autofree char *folder = g_build_filename (self->remote, "folder", NULL);

  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  make_file (self, "file", 1);
  make_link (self, "folder", "to-folder");
  make_link (self, "file", "to-file");
  make_link (self, "nowhere", "dangling");
  make_link (self, "circle", "circle");
  /* Names of all lengths: each is asked about as it is. */
  make_link (self, "folder", "x");
  make_link (self, "folder", "a name of sixteen bytes and many more, for good measure");
  directory = load (self, self->path);
  g_assert_null (sally_directory_get_error (directory));
  g_assert_true (sally_remote_file_is_enterable (sally_directory_find (directory, "folder")));
  g_assert_true (sally_remote_file_is_enterable (sally_directory_find (directory, "to-folder")));
  g_assert_true (sally_remote_file_is_enterable (sally_directory_find (directory, "x")));
  g_assert_true (sally_remote_file_is_enterable (
      sally_directory_find (directory, "a name of sixteen bytes and many more, for good measure")));
  g_assert_false (sally_remote_file_is_enterable (sally_directory_find (directory, "to-file")));
  g_assert_false (sally_remote_file_is_enterable (sally_directory_find (directory, "dangling")));
  g_assert_false (sally_remote_file_is_enterable (sally_directory_find (directory, "circle")));
  g_assert_false (sally_remote_file_is_enterable (sally_directory_find (directory, "file")));
}

static void
test_errors (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyDirectory) missing = NULL;
  g_autoptr (SallyDirectory) locked = NULL;
  g_autofree char *locked_folder = g_build_filename (self->remote, "locked", NULL);
  g_autofree char *missing_path = g_build_filename (self->path, "missing", NULL);
  g_autofree char *locked_path = g_build_filename (self->path, "locked", NULL);

  g_assert_cmpint (g_mkdir (locked_folder, 0000), ==, 0);
  missing = load (self, missing_path);
  g_assert_error (sally_directory_get_error (missing), SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (missing)), ==, 0);
  locked = load (self, locked_path);
  g_assert_error (sally_directory_get_error (locked), SALLY_ERROR, SALLY_ERROR_REMOTE_PERMISSION);

  /* An error goes when a reload works. */
  g_assert_cmpint (g_chmod (locked_folder, 0755), ==, 0);
  sally_directory_reload (locked);
  await_condition (is_loaded, locked);
  g_assert_null (sally_directory_get_error (locked));
}

static void
test_detach_while_loading (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyDirectory) directory = sally_directory_new (self->connection, self->path);
  g_autoptr (GError) error = NULL;

  sally_connection_detach (self->connection);
  await_condition (is_loaded, directory);
  g_assert_error (sally_directory_get_error (directory), SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST);
  error = test_client_open (self->connection);
  g_assert_no_error (error);
  sally_directory_reload (directory);
  await_condition (is_loaded, directory);
  g_assert_null (sally_directory_get_error (directory));
}

static void
test_freed_while_loading (Fixture *self, gconstpointer data)
{
  SallyDirectory *directory = sally_directory_new (self->connection, self->path);
  g_autoptr (SallyDirectory) other = NULL;

  g_assert_finalize_object (directory);
  other = load (self, self->path);
  g_assert_null (sally_directory_get_error (other));
}

int
main (int argc, char **argv)
{
  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/directory/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/directory/reload", Fixture, NULL, set_up, test_reload, tear_down);
  g_test_add ("/directory/links", Fixture, NULL, set_up, test_links, tear_down);
  g_test_add ("/directory/errors", Fixture, NULL, set_up, test_errors, tear_down);
  g_test_add ("/directory/detach-while-loading", Fixture, NULL, set_up, test_detach_while_loading,
              tear_down);
  g_test_add ("/directory/freed-while-loading", Fixture, NULL, set_up, test_freed_while_loading,
              tear_down);
  return g_test_run ();
}
