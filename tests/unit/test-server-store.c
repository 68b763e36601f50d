/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/server-store.h"

#include "base/error.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define ID "5f0c2a9e-8d1b-4c3a-9e7f-102938475601"

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = await_make_directory ();
  fixture->path = g_build_filename (fixture->directory, "config", "servers.conf", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->path);
  await_remove_directory (fixture->directory);
}

static SallyServer *
make_server (const char *name)
{
  SallyServer *server = sally_server_new (NULL);

  g_object_set (server, "name", name, "host", "sftp.example.org", "user", "vendor", NULL);
  return server;
}

static gboolean
save (SallyServerStore *store, SallyServer *server, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_server_store_save_async (store, server, NULL, await_ready, &result);
  return sally_server_store_save_finish (store, await_result (&result), error);
}

static gboolean
remove_server (SallyServerStore *store, SallyServer *server, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_server_store_remove_async (store, server, NULL, await_ready, &result);
  return sally_server_store_remove_finish (store, await_result (&result), error);
}

static void
write_file (Fixture *fixture, const char *text)
{
  g_autofree char *directory = g_path_get_dirname (fixture->path);

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
}

static char *
read_file (Fixture *fixture)
{
  char *text;

  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  return text;
}

static char *
dup_names (SallyServerStore *store)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (G_LIST_MODEL (store), i);

      g_string_append_printf (names, "%s%s", i > 0 ? " " : "", sally_server_get_name (server));
    }
  return g_string_free_and_steal (names);
}

static void
assert_names (SallyServerStore *store, const char *expected)
{
  g_autofree char *names = dup_names (store);

  g_assert_cmpstr (names, ==, expected);
}

typedef struct
{
  SallyServerStore *store;
  const char *names;
} Expected;

static gboolean
has_names (gpointer data)
{
  Expected *expected = data;
  g_autofree char *names = dup_names (expected->store);

  return g_str_equal (names, expected->names);
}

static void
await_names (SallyServerStore *store, const char *names)
{
  await_condition (has_names, &(Expected) { store, names });
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyServerStore) store = sally_server_store_new (fixture->path);
  g_autoptr (SallyServer) b = make_server ("b; \\s=x");
  g_autoptr (SallyServer) a = make_server ("A");
  g_autoptr (SallyServerStore) again = NULL;
  g_autoptr (GError) error = NULL;
  SallyServer *read;
  GStatBuf status;

  g_object_set (b, "separator", " ", "code-length", 8u, "password-prompt", "a=b;", "code-prompt",
                "c|d", "prompts", "('x\\n', [])", NULL);
  g_object_set (b, "port", 2222, "recipe", "password+code", "account-id", "acc", "identity-file",
                "/k", "jump", "A", "start-directory", "/in box", "group", "Work", NULL);
  g_assert_true (save (store, b, &error));
  g_assert_true (save (store, a, &error));
  g_assert_no_error (error);
  assert_names (store, "A b; \\s=x");
  g_assert_true (sally_server_store_get_by_id (store, sally_server_get_id (b)) == b);
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);

  again = sally_server_store_new (fixture->path);
  g_assert_no_error (sally_server_store_get_error (again));
  read = sally_server_store_find (again, "B; \\S=X", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sally_server_get_port (read), ==, 2222);
  g_assert_cmpstr (sally_server_get_recipe (read), ==, "password+code");
  g_assert_cmpstr (sally_server_get_account_id (read), ==, "acc");
  g_assert_cmpstr (sally_server_get_separator (read), ==, " ");
  g_assert_cmpuint (sally_server_get_code_length (read), ==, 8);
  g_assert_cmpstr (sally_server_get_password_prompt (read), ==, "a=b;");
  g_assert_cmpstr (sally_server_get_code_prompt (read), ==, "c|d");
  g_assert_cmpstr (sally_server_get_prompts (read), ==, "('x\\n', [])");
  g_assert_cmpstr (sally_server_get_identity_file (read), ==, "/k");
  g_assert_cmpstr (sally_server_get_jump (read), ==, "A");
  g_assert_cmpstr (sally_server_get_start_directory (read), ==, "/in box");
  g_assert_cmpstr (sally_server_get_group (read), ==, "Work");

  g_assert_true (remove_server (again, read, &error));
  assert_names (again, "A");
}

static void
test_two_stores (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyServerStore) first = sally_server_store_new (fixture->path);
  g_autoptr (SallyServerStore) second = sally_server_store_new (fixture->path);
  g_autoptr (SallyServer) a = make_server ("a");
  g_autoptr (SallyServer) b = make_server ("b");
  g_autoptr (SallyServer) twin = make_server ("A");
  g_autoptr (GError) error = NULL;
  SallyServer *seen;

  /* Neither undoes the other's change, even before it has heard of it. */
  g_assert_true (save (first, a, NULL));
  g_assert_true (save (second, b, NULL));
  assert_names (second, "a b");
  await_names (first, "a b");
  g_assert_false (save (first, twin, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_EXISTS);

  seen = sally_server_store_get_by_id (second, sally_server_get_id (a));
  g_object_set (a, "name", "z", NULL);
  g_assert_true (save (first, a, NULL));
  assert_names (first, "b z");
  await_names (second, "b z");
  g_assert_true (sally_server_store_get_by_id (second, sally_server_get_id (a)) == seen);

  g_assert_true (remove_server (first, b, NULL));
  await_names (second, "z");
}

static void
test_unknown_is_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyServerStore) store = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  SallyServer *server;

  write_file (fixture, "# by hand\n[" ID "]\nname=old\nhost=h\nuser=u\nfuture-key=kept\n\n"
                       "[future-group]\nhost=x\nvalue=1\n");
  store = sally_server_store_new (fixture->path);
  assert_names (store, "old");
  server = sally_server_store_get_by_id (store, ID);
  g_object_set (server, "name", "new", NULL);
  g_assert_true (save (store, server, &error));
  g_assert_no_error (error);
  text = read_file (fixture);
  g_assert_nonnull (strstr (text, "# by hand"));
  g_assert_nonnull (strstr (text, "future-key=kept"));
  g_assert_nonnull (strstr (text, "[future-group]\nhost=x\nvalue=1"));
  g_assert_nonnull (strstr (text, "name=new"));
}

static void
test_bad_values (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *line;
    guint port;
  } table[] = {
    { "port=99999", 99999 }, { "port=ssh", 0 }, { "port=-1", 0 }, { "recipe=magic", 22 }
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyServerStore) store = NULL;
      g_autofree char *text =
          g_strconcat ("[" ID "]\nname=n\nhost=h\nuser=u\n", table[i].line, "\n", NULL);
      g_autoptr (GError) error = NULL;
      SallyServer *server;

      write_file (fixture, text);
      store = sally_server_store_new (fixture->path);
      server = sally_server_store_find (store, "n", NULL);
      g_assert_cmpuint (sally_server_get_port (server), ==, table[i].port);
      g_assert_false (sally_server_validate (server, NULL));
      g_assert_false (save (store, server, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
    }
}

static void
test_damaged_file_is_not_overwritten (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyServerStore) store = NULL;
  g_autoptr (SallyServer) server = make_server ("a");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  write_file (fixture, "this is no key file\n");
  store = sally_server_store_new (fixture->path);
  g_assert_error (sally_server_store_get_error (store), SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
  g_assert_false (save (store, server, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
  text = read_file (fixture);
  g_assert_cmpstr (text, ==, "this is no key file\n");
  assert_names (store, "");
}

static void
test_find (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyServerStore) store = sally_server_store_new (fixture->path);
  g_autoptr (SallyServer) a = make_server ("Customer Süd");
  g_autoptr (GError) error = NULL;

  g_assert_null (sally_server_store_find (store, "x", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (save (store, a, NULL));
  g_assert_true (sally_server_store_find (store, "CUSTOMER SÜD", NULL) == a);
  g_assert_true (sally_server_store_find (store, sally_server_get_id (a), NULL) == a);
  g_assert_null (sally_server_store_find (store, "Customer", &error));
  g_assert_nonnull (strstr (error->message, "Customer Süd"));
}

static void
test_several_are_all_or_none (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyServerStore) store = sally_server_store_new (fixture->path);
  g_autoptr (GPtrArray) servers = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (SallyServer) kept = make_server ("kept");
  g_autoptr (GError) error = NULL;

  g_assert_true (save (store, kept, NULL));
  g_ptr_array_add (servers, make_server ("one"));
  g_ptr_array_add (servers, make_server ("ONE"));
  sally_server_store_save_all_async (store, servers, NULL, await_ready, &refused);
  g_assert_false (sally_server_store_save_all_finish (store, await_result (&refused), &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_EXISTS);
  assert_names (store, "kept");

  g_object_set (servers->pdata[1], "name", "two", NULL);
  sally_server_store_save_all_async (store, servers, NULL, await_ready, &saved);
  g_assert_true (sally_server_store_save_all_finish (store, await_result (&saved), NULL));
  assert_names (store, "kept one two");
  sally_server_store_remove_all_async (store, servers, NULL, await_ready, &removed);
  g_assert_true (sally_server_store_remove_all_finish (store, await_result (&removed), NULL));
  assert_names (store, "kept");
}

static SallyServer *
make_given (const char *name)
{
  SallyServer *server = sally_server_new (ID);

  g_object_set (server, "name", name, "host", "sftp.example.org", "given-by", "box.sallyport",
                NULL);
  return server;
}

static SallyServerStore *
open_with_given (Fixture *fixture, const char *name)
{
  SallyServerStore *store = sally_server_store_new (fixture->path);
  g_autoptr (GPtrArray) given = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (given, make_given (name));
  sally_server_store_set_given (store, given);
  return store;
}

/* Only what is the person's is written down, and found again though the given changes. */
static void
test_given (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyServerStore) store = open_with_given (fixture, "Drop box");
  g_autoptr (SallyServerStore) next = NULL;
  g_autoptr (SallyServer) changed = make_given ("Drop box");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  SallyServer *server;

  g_object_set (changed, "user", "me", "group", "Work", NULL);
  g_assert_true (save (store, changed, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "user=me"));
  g_assert_null (strstr (text, "example.org"));

  next = open_with_given (fixture, "Delivery");
  server = sally_server_store_find (next, "delivery", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sally_server_get_user (server), ==, "me");
  g_assert_cmpstr (sally_server_get_group (server), ==, "Work");
  g_assert_cmpstr (sally_server_get_given_by (server), ==, "box.sallyport");
}

static void
test_given_is_fixed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyServerStore) store = open_with_given (fixture, "Drop box");
  g_autoptr (SallyServer) moved = make_given ("Drop box");
  g_autoptr (SallyServer) same_name = make_server ("drop BOX");
  g_autoptr (GError) error = NULL;

  g_object_set (moved, "user", "me", "port", 2222, NULL);
  g_assert_false (save (store, moved, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (remove_server (store, moved, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (save (store, same_name, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_EXISTS);
  assert_names (store, "Drop box");
}

/* The person's own server had the name first. */
static void
test_given_gives_way (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyServerStore) before = sally_server_store_new (fixture->path);
  g_autoptr (SallyServerStore) store = NULL;
  g_autoptr (SallyServer) mine = make_server ("Drop box");

  g_assert_true (save (before, mine, NULL));
  store = open_with_given (fixture, "Drop box");
  assert_names (store, "Drop box Drop box");
  g_assert_cmpstr (sally_server_get_id (sally_server_store_find (store, "drop box", NULL)), ==,
                   sally_server_get_id (mine));
  g_assert_cmpstr (sally_server_get_given_by (sally_server_store_find (store, ID, NULL)), ==,
                   "box.sallyport");
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/server-store/round-trip", test_round_trip);
  ADD ("/server-store/two-stores", test_two_stores);
  ADD ("/server-store/unknown-is-kept", test_unknown_is_kept);
  ADD ("/server-store/bad-values", test_bad_values);
  ADD ("/server-store/damaged-file-is-not-overwritten", test_damaged_file_is_not_overwritten);
  ADD ("/server-store/several-are-all-or-none", test_several_are_all_or_none);
  ADD ("/server-store/given", test_given);
  ADD ("/server-store/given-is-fixed", test_given_is_fixed);
  ADD ("/server-store/given-gives-way", test_given_gives_way);
  ADD ("/server-store/find", test_find);
  return g_test_run ();
}
