/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deleting whole folders on a real server. The server's files are made and looked at here, where
 * they lie. */
#include "config.h"

#include "base/error.h"
#include "remote/removal.h"
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
  struct stat owner; /* of the server's user */
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
  g_assert_cmpint (stat (sally_rig_get_home (fixture->rig), &fixture->owner), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_client_disconnect (fixture->connection);
  g_clear_object (&fixture->connection);
  g_clear_object (&fixture->server);
  test_client_free (fixture->client);
  sally_rig_stop (fixture->rig);
}

static char *
dup_local (Fixture *fixture, const char *name)
{
  return g_build_filename (sally_rig_get_home (fixture->rig), name, NULL);
}

static void
make_folder (Fixture *fixture, const char *name)
{
  g_autofree char *path = dup_local (fixture, name);

  g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
  g_assert_cmpint (chown (path, fixture->owner.st_uid, fixture->owner.st_gid), ==, 0);
}

static void
make_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = dup_local (fixture, name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "x", 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (chown (path, fixture->owner.st_uid, fixture->owner.st_gid), ==, 0);
}

static void
make_link (Fixture *fixture, const char *name, const char *target)
{
  g_autofree char *path = dup_local (fixture, name);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static gboolean
is_there (Fixture *fixture, const char *name)
{
  g_autofree char *path = dup_local (fixture, name);
  struct stat info;

  return lstat (path, &info) == 0;
}

static SallyRemoval *
removal_new (Fixture *fixture, const char *const *names)
{
  SallyRemoval *removal = sally_removal_new (fixture->connection);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path =
          g_build_path ("/", sally_rig_get_start (fixture->rig), names[i], NULL);

      sally_removal_add (removal, path);
    }
  return removal;
}

static gboolean
run (Fixture *fixture, const char *const *names, SallyRemovalResult *counts, GError **error)
{
  g_autoptr (SallyRemoval) removal = removal_new (fixture, names);
  g_autoptr (GAsyncResult) result = NULL;

  sally_removal_run_async (removal, NULL, await_ready, &result);
  return sally_removal_run_finish (removal, await_result (&result), counts, error);
}

static void
test_tree (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SallyRemovalResult counts;

  make_folder (fixture, "tree");
  make_folder (fixture, "tree/empty");
  make_folder (fixture, "tree/deep");
  make_folder (fixture, "tree/deep/deeper");
  make_file (fixture, "tree/deep/deeper/ümläut \xF0\x9F\x94\x91");
  make_file (fixture, "tree/deep/.hidden");
  make_folder (fixture, "tree/many");
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *name = g_strdup_printf ("tree/many/%u", i);

      make_file (fixture, name);
    }
  make_file (fixture, "alone");
  make_file (fixture, "other");

  g_assert_true (run (fixture, (const char *[]) { "tree", "alone", NULL }, &counts, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (counts.n_removed, ==, 300 + 2 + 5 + 1);
  g_assert_cmpuint (counts.n_failed, ==, 0);
  g_assert_cmpuint (counts.n_kept, ==, 0);
  g_assert_false (is_there (fixture, "tree"));
  g_assert_false (is_there (fixture, "alone"));
  g_assert_true (is_there (fixture, "other"));
}

/* A link to a folder goes, and what it points to stays: inside a folder, and by itself. */
static void
test_links (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SallyRemovalResult counts;

  make_folder (fixture, "precious");
  make_file (fixture, "precious/file");
  make_folder (fixture, "tree");
  make_link (fixture, "tree/outside", "../precious");
  make_link (fixture, "tree/circle", ".");
  make_link (fixture, "tree/broken", "nowhere");
  make_link (fixture, "alone", "precious");

  g_assert_true (run (fixture, (const char *[]) { "tree", "alone", NULL }, &counts, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (counts.n_removed, ==, 5);
  g_assert_false (is_there (fixture, "tree"));
  g_assert_false (is_there (fixture, "alone"));
  g_assert_true (is_there (fixture, "precious/file"));
}

/* What belongs to somebody else stays with the folders above it; the rest goes. */
static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  g_autofree char *foreign = dup_local (fixture, "tree/a/foreign");
  g_autoptr (GError) error = NULL;
  SallyRemovalResult counts;

  make_folder (fixture, "tree");
  make_folder (fixture, "tree/a");
  make_folder (fixture, "tree/a/foreign");
  make_file (fixture, "tree/a/foreign/one");
  make_file (fixture, "tree/a/foreign/two");
  make_file (fixture, "tree/a/mine");
  make_folder (fixture, "tree/b");
  make_file (fixture, "tree/b/mine");
  g_assert_cmpint (chown (foreign, 0, 0), ==, 0);

  g_assert_false (run (fixture, (const char *[]) { "tree", "not there", NULL }, &counts, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "2 others"));
  g_assert_cmpuint (counts.n_failed, ==, 3);
  g_assert_cmpuint (counts.n_kept, ==, 3);
  g_assert_cmpuint (counts.n_removed, ==, 3);
  g_assert_true (is_there (fixture, "tree/a/foreign/one"));
  g_assert_false (is_there (fixture, "tree/a/mine"));
  g_assert_false (is_there (fixture, "tree/b"));
}

static void
test_too_deep (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) name = g_string_new ("0");
  g_autoptr (GError) error = NULL;

  make_folder (fixture, name->str);
  for (guint i = 1; i <= SALLY_TREE_MAX_DEPTH; i++)
    {
      g_string_append_printf (name, "/%u", i);
      make_folder (fixture, name->str);
    }
  g_assert_false (run (fixture, (const char *[]) { "0", NULL }, NULL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED);
  g_assert_true (is_there (fixture, name->str));
}

static gboolean
first_is_gone (gpointer data)
{
  return !is_there (data, "tree/first/file");
}

/* One folder is gone when it is cancelled; of the other, which has much in it, most is left. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  const char *const names[] = { "tree/first", "tree/second", NULL };
  g_autoptr (SallyRemoval) removal = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  make_folder (fixture, "tree");
  make_folder (fixture, "tree/first");
  make_file (fixture, "tree/first/file");
  make_folder (fixture, "tree/second");
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *name = g_strdup_printf ("tree/second/%u", i);

      make_file (fixture, name);
    }

  removal = removal_new (fixture, names);
  sally_removal_run_async (removal, cancellable, await_ready, &result);
  await_condition (first_is_gone, fixture);
  g_cancellable_cancel (cancellable);
  g_assert_false (sally_removal_run_finish (removal, await_result (&result), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (is_there (fixture, "tree/second"));
}

int
main (int argc, char **argv)
{
  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/removal/tree", Fixture, NULL, set_up, test_tree, tear_down);
  g_test_add ("/removal/links-are-not-followed", Fixture, NULL, set_up, test_links, tear_down);
  g_test_add ("/removal/refusals-keep-their-folders", Fixture, NULL, set_up, test_refusals,
              tear_down);
  g_test_add ("/removal/too-deep", Fixture, NULL, set_up, test_too_deep, tear_down);
  g_test_add ("/removal/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  return g_test_run ();
}
