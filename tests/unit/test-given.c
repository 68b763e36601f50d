/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/given.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <string.h>

#define KEY "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"

typedef struct
{
  char *directory;
  char *first; /* a folder of XDG_CONFIG_DIRS, and another */
  char *second;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = await_make_directory ();
  fixture->first = g_build_filename (fixture->directory, "first", NULL);
  fixture->second = g_build_filename (fixture->directory, "second", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->first);
  g_free (fixture->second);
  await_remove_directory (fixture->directory);
}

static void
give (const char *base, const char *name, const char *text)
{
  g_autofree char *folder = g_build_filename (base, "sallyport", "connections", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static SallyGiven *
load (Fixture *fixture)
{
  const char *const folders[] = { fixture->first, "/nonexistent", fixture->second, NULL };

  return sally_given_load (folders);
}

#define SERVER(name, host)                                                                         \
  "[Sallyport]\nVersion=1\n[Server]\nName=" name "\nHost=" host "\nHostKeys=" KEY ";\n"

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyGiven) given = load (fixture);

  g_assert_cmpuint (given->servers->len + given->pins->len + given->problems->len, ==, 0);
}

static void
test_ids_stay (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyGiven) before = NULL;
  g_autoptr (SallyGiven) after = NULL;
  SallyServer *one, *other;

  give (fixture->second, "box.sallyport", SERVER ("Box", "a.example.org"));
  give (fixture->second, "other.sallyport", SERVER ("Box", "a.example.org"));
  before = load (fixture);
  give (fixture->first, "box.sallyport", SERVER ("Another name", "b.example.org"));
  after = load (fixture);

  g_assert_cmpuint (before->servers->len, ==, 2);
  one = before->servers->pdata[0];
  other = before->servers->pdata[1];
  g_assert_true (g_uuid_string_is_valid (sally_server_get_id (one)));
  g_assert_cmpstr (sally_server_get_id (one), !=, sally_server_get_id (other));
  /* Nobody's name is guessed, as it is where one person opens a file. */
  g_assert_cmpstr (sally_server_get_user (one), ==, "");

  g_assert_cmpuint (after->servers->len, ==, 2);
  g_assert_cmpstr (sally_server_get_name (after->servers->pdata[0]), ==, "Another name");
  g_assert_cmpstr (sally_server_get_id (after->servers->pdata[0]), ==, sally_server_get_id (one));
}

static void
test_chain (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyGiven) given = NULL;
  SallyServer *gate, *box;
  SallyGivenPins *pins;

  give (fixture->first, "box.sallyport",
        SERVER ("Box", "box.example.org") "Jump=Gate\n[Gate]\nName=Gate\nHost=gate.example.org\n"
                                          "Port=2222\nUser=u\nHostKeys=" KEY ";\n");
  given = load (fixture);
  g_assert_cmpuint (given->problems->len, ==, 0);
  g_assert_cmpuint (given->servers->len, ==, 2);
  gate = given->servers->pdata[0];
  box = given->servers->pdata[1];
  g_assert_cmpstr (sally_server_get_name (box), ==, "Box");
  g_assert_cmpstr (sally_server_get_jump (box), ==, sally_server_get_id (gate));
  g_assert_cmpstr (sally_server_get_jump (gate), ==, "");
  g_assert_cmpstr (sally_server_get_user (gate), ==, "u");
  g_assert_true (g_str_has_suffix (sally_server_get_given_by (gate), "/box.sallyport"));

  g_assert_cmpuint (given->pins->len, ==, 2);
  pins = given->pins->pdata[0];
  g_assert_cmpstr (pins->host, ==, "gate.example.org");
  g_assert_cmpuint (pins->port, ==, 2222);
  g_assert_cmpstr (pins->fingerprints[0], ==, KEY);
}

static void
test_bad_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyGiven) given = NULL;
  const char *const bad[] = { "1.sallyport", "2.sallyport", "3.sallyport", "4.sallyport" };

  give (fixture->first, bad[0], "");
  give (fixture->first, bad[1], "Host a\n  HostName a.example.org\n");
  give (fixture->first, bad[2], "[Sallyport]\nVersion=1\n[Server]\nName=No host\n");
  give (fixture->first, bad[3], SERVER ("Circle", "h") "Jump=Server\n");
  give (fixture->first, "5.sallyport", SERVER ("Good", "h"));
  give (fixture->first, "6.txt", "no connection file");
  given = load (fixture);
  g_assert_cmpuint (given->servers->len, ==, 1);
  g_assert_cmpuint (given->problems->len, ==, G_N_ELEMENTS (bad));
  for (guint i = 0; i < given->problems->len; i++)
    g_assert_nonnull (strstr (given->problems->pdata[i], bad[i]));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/given/nothing", test_nothing);
  ADD ("/given/ids-stay", test_ids_stay);
  ADD ("/given/chain", test_chain);
  ADD ("/given/bad-files", test_bad_files);
  return g_test_run ();
}
