/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-note.h"

#include "base/error.h"
#include "tests/support/await.h"

#define ID "5f0c2a9e-8d1b-4c3a-9e7f-10293847560a"

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->directory = await_make_directory ();
  fixture->path = g_build_filename (fixture->directory, "new", "keyring.conf", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_free (fixture->path);
  await_remove_directory (fixture->directory);
}

static void
fill (SallyKeyringNote *note, gpointer user_data)
{
  note->home = SALLY_KEYRING_STORE_VAULT;
  note->leaving = SALLY_KEYRING_STORE_SYSTEM;
  g_set_str (&note->canaries[SALLY_KEYRING_STORE_VAULT], ID);
}

static void
empty (SallyKeyringNote *note, gpointer user_data)
{
  sally_keyring_note_clear (note);
}

static void
test_round_trip (Fixture *fixture, gconstpointer user_data)
{
  g_auto (SallyKeyringNote) written = { 0 };
  g_auto (SallyKeyringNote) read = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sally_keyring_note_change (&written, fixture->path, fill, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sally_keyring_note_read (&read, fixture->path, &error));
  g_assert_true (sally_keyring_note_equal (&written, &read));
  g_assert_cmpint (read.home, ==, SALLY_KEYRING_STORE_VAULT);
  g_assert_cmpint (read.moving, ==, SALLY_KEYRING_STORE_NONE);
  g_assert_cmpint (read.leaving, ==, SALLY_KEYRING_STORE_SYSTEM);
  g_assert_cmpstr (read.canaries[SALLY_KEYRING_STORE_VAULT], ==, ID);
  g_assert_null (read.canaries[SALLY_KEYRING_STORE_SYSTEM]);

  g_assert_true (sally_keyring_note_change (&written, fixture->path, empty, NULL, &error));
  g_assert_true (sally_keyring_note_read (&read, fixture->path, &error));
  g_assert_no_error (error);
  g_assert_cmpint (read.home, ==, SALLY_KEYRING_STORE_NONE);
}

static void
test_missing_is_empty (Fixture *fixture, gconstpointer user_data)
{
  g_auto (SallyKeyringNote) note = { .home = SALLY_KEYRING_STORE_VAULT };
  g_autoptr (GError) error = NULL;

  g_assert_true (sally_keyring_note_read (&note, fixture->path, &error));
  g_assert_no_error (error);
  g_assert_cmpint (note.home, ==, SALLY_KEYRING_STORE_NONE);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

/* An empty note would mean that nothing is kept anywhere. */
static void
test_damaged_is_never_empty (Fixture *fixture, gconstpointer user_data)
{
  static const char *const texts[] = {
    "",
    "\n",
    "[Keyring]\n",
    "[Other]\nVersion=1\n",
    "[Keyring]\nVersion=2\n",
    "[Keyring]\nVersion=1\nHome=paper\n",
    "[Keyring]\nVersion=1\nHome=\n",
    "[Keyring]\nVersion=1\nSystemCanary=x\n",
    "[Keyring\nVersion=1\n",
    "no key file",
  };
  g_auto (SallyKeyringNote) note = { 0 };

  g_assert_true (sally_keyring_note_change (&note, fixture->path, fill, NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *kept = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (fixture->path, texts[i], -1, NULL));
      g_assert_false (sally_keyring_note_read (&note, fixture->path, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_FAILED);
      g_clear_error (&error);
      g_assert_false (sally_keyring_note_change (&note, fixture->path, fill, NULL, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_FAILED);
      g_assert_true (g_file_get_contents (fixture->path, &kept, NULL, NULL));
      g_assert_cmpstr (kept, ==, texts[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/keyring-note/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("missing-is-empty", test_missing_is_empty);
  ADD ("damaged-is-never-empty", test_damaged_is_never_empty);
#undef ADD
  return g_test_run ();
}
