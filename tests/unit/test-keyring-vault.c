/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-vault.h"

#include "base/error.h"
#include "tests/support/await.h"
#include "tests/support/keyrings.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PASSPHRASE "only a test"
#define OTHER      "another test"
#define N_WRITERS  4
#define N_ITEMS    25
#define N_KILLS    12

static char *self_path;

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static SallyKeyring *
open_vault (Fixture *fixture, const char *const *answers, TestAnswers **prompter)
{
  g_autoptr (TestAnswers) own = test_answers_new (answers);
  SallyKeyring *keyring = sally_keyring_vault_new (fixture->path, SALLY_VAULT_PROMPTER (own));

  if (prompter != NULL)
    *prompter = g_steal_pointer (&own);
  return keyring;
}

#define OPEN_VAULT(...) open_vault (fixture, (const char *const[]) { __VA_ARGS__, NULL }, NULL)

static gboolean
create (SallyKeyring *keyring, const char *text, GError **error)
{
  g_autoptr (SallySecret) passphrase = text != NULL ? sally_secret_new (text, -1) : NULL;
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_vault_create_async (SALLY_KEYRING_VAULT (keyring), passphrase, NULL, await_ready,
                                    &result);
  return sally_keyring_vault_create_finish (SALLY_KEYRING_VAULT (keyring), await_result (&result),
                                            error);
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) keyring = NULL;
  g_autoptr (GError) error = NULL;

  fixture->directory = await_make_directory ();
  fixture->path = g_build_filename (fixture->directory, "sallyport", "vault", NULL);
  keyring = sally_keyring_vault_new (fixture->path, NULL);
  g_assert_true (create (keyring, PASSPHRASE, &error));
  g_assert_no_error (error);
  g_assert_true (keyring_store (keyring, SALLY_KEYRING_ACCOUNT, "a", "account a", &error));
  g_assert_true (keyring_store (keyring, SALLY_KEYRING_PASSWORD, "a", "password a", &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_free (fixture->path);
  await_remove_directory (fixture->directory);
}

static void
test_round_trip (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (TestAnswers) prompter = NULL;
  g_autoptr (SallyKeyring) keyring =
      open_vault (fixture, (const char *const[]) { PASSPHRASE, NULL }, &prompter);
  g_autofree char *password = NULL;
  g_autofree char *accounts = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  password = keyring_lookup (keyring, SALLY_KEYRING_PASSWORD, "a", &error);
  g_assert_cmpstr (password, ==, "password a");
  g_assert_true (keyring_store (keyring, SALLY_KEYRING_ACCOUNT, "b", "old", &error));
  g_assert_true (keyring_store (keyring, SALLY_KEYRING_ACCOUNT, "b", "account b", &error));
  accounts = keyring_to_string (keyring, SALLY_KEYRING_ACCOUNT);
  g_assert_cmpstr (accounts, ==, "a=account a b=account b");
  g_assert_true (keyring_remove (keyring, SALLY_KEYRING_ACCOUNT, "a", &error));
  g_assert_true (keyring_remove (keyring, SALLY_KEYRING_ACCOUNT, "a", &error));
  g_assert_no_error (error);
  g_assert_null (keyring_lookup (keyring, SALLY_KEYRING_ACCOUNT, "a", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING);
  g_assert_cmpuint (test_answers_get_n_unlock (prompter), ==, 1);
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

static void
test_is_open_asks_nobody (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (TestAnswers) prompter = NULL;
  g_autoptr (SallyKeyring) keyring =
      open_vault (fixture, (const char *const[]) { PASSPHRASE, NULL }, &prompter);
  g_autofree char *accounts = NULL;

  g_assert_false (keyring_is_open (keyring));
  g_assert_cmpuint (test_answers_get_n_unlock (prompter), ==, 0);
  accounts = keyring_to_string (keyring, SALLY_KEYRING_ACCOUNT);
  g_assert_cmpstr (accounts, ==, "a=account a");
  g_assert_true (keyring_is_open (keyring));
  g_assert_cmpuint (test_answers_get_n_unlock (prompter), ==, 1);
}

static void
test_wrong_passphrase_is_asked_again (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (TestAnswers) prompter = NULL;
  g_autoptr (SallyKeyring) keyring =
      open_vault (fixture, (const char *const[]) { "no", "neither", PASSPHRASE, NULL }, &prompter);
  g_autofree char *accounts = keyring_to_string (keyring, SALLY_KEYRING_ACCOUNT);

  g_assert_cmpstr (accounts, ==, "a=account a");
  g_assert_cmpuint (test_answers_get_n_unlock (prompter), ==, 3);
  g_assert_cmpuint (test_answers_get_n_refused (prompter), ==, 2);
}

static void
test_wrong_passphrases_have_an_end (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) keyring = OPEN_VAULT ("1", "2", "3", "4", "5", "6", "7", "8", "9");
  g_autoptr (GError) error = NULL;

  g_assert_null (keyring_list (keyring, SALLY_KEYRING_ACCOUNT, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_PASSPHRASE);
}

/* Neither is an empty list, and each can be tried again. */
static void
test_dismissed_and_nobody_there (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) alone = sally_keyring_vault_new (fixture->path, NULL);
  g_autoptr (SallyKeyring) dismissed = open_vault (fixture, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (keyring_list (alone, SALLY_KEYRING_ACCOUNT, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  g_assert_null (keyring_list (dismissed, SALLY_KEYRING_ACCOUNT, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED);
  g_clear_error (&error);
  g_assert_false (keyring_store (dismissed, SALLY_KEYRING_ACCOUNT, "b", "x", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED);
}

static void
test_absent (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) keyring = OPEN_VAULT (PASSPHRASE);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_null (keyring_list (keyring, SALLY_KEYRING_ACCOUNT, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_ABSENT);
  g_clear_error (&error);
  g_assert_false (keyring_store (keyring, SALLY_KEYRING_ACCOUNT, "b", "x", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_ABSENT);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_a_vault_is_never_made_over_another (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) keyring = OPEN_VAULT (PASSPHRASE);
  g_autofree char *accounts = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (create (keyring, OTHER, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (create (keyring, "", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  accounts = keyring_to_string (keyring, SALLY_KEYRING_ACCOUNT);
  g_assert_cmpstr (accounts, ==, "a=account a");
}

/* A file that is cut while it is open is an error, and saving does not make it worse. */
static void
test_damage_is_never_an_empty_list (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) keyring = OPEN_VAULT (PASSPHRASE);
  g_autofree char *accounts = keyring_to_string (keyring, SALLY_KEYRING_ACCOUNT);
  g_autofree char *whole = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (fixture->path, &whole, &length, NULL));
  for (gsize cut = 0; cut < length; cut++)
    {
      g_autoptr (GError) error = NULL;
      GStatBuf status;

      g_assert_true (g_file_set_contents_full (fixture->path, whole, (gssize) cut,
                                               G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      g_assert_null (keyring_list (keyring, SALLY_KEYRING_ACCOUNT, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DAMAGED);
      g_clear_error (&error);
      g_assert_false (keyring_store (keyring, SALLY_KEYRING_ACCOUNT, "b", "x", &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DAMAGED);
      g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
      g_assert_cmpuint (status.st_size, ==, cut);
    }
  g_assert_true (g_file_set_contents (fixture->path, whole, (gssize) length, NULL));
  g_free (accounts);
  accounts = keyring_to_string (keyring, SALLY_KEYRING_ACCOUNT);
  g_assert_cmpstr (accounts, ==, "a=account a");
}

/* What waits together is done together; the answers are those of one after the other. */
static void
test_overlapping (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (TestAnswers) prompter = NULL;
  g_autoptr (SallyKeyring) keyring =
      open_vault (fixture, (const char *const[]) { PASSPHRASE, NULL }, &prompter);
  GAsyncResult *results[N_ITEMS] = { NULL };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_ITEMS; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (SallySecret) secret = sally_secret_new (text, -1);

      sally_keyring_store_async (keyring, SALLY_KEYRING_PASSPHRASE, i % 2 ? text : "same", secret,
                                 NULL, await_ready, &results[i]);
    }
  for (guint i = 0; i < N_ITEMS; i++)
    {
      g_assert_true (sally_keyring_store_finish (keyring, await_result (&results[i]), &error));
      g_object_unref (results[i]);
    }
  items = keyring_list (keyring, SALLY_KEYRING_PASSPHRASE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, N_ITEMS / 2 + 1);
  g_assert_cmpuint (test_answers_get_n_unlock (prompter), ==, 1);
  {
    g_autofree char *last = keyring_lookup (keyring, SALLY_KEYRING_PASSPHRASE, "same", NULL);

    g_assert_cmpstr (last, ==, "24");
  }
}

static void
test_cancelled (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) keyring = OPEN_VAULT (PASSPHRASE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SallySecret) secret = sally_secret_new ("x", -1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) other = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  sally_keyring_store_async (keyring, SALLY_KEYRING_ACCOUNT, "b", secret, cancellable, await_ready,
                             &result);
  sally_keyring_list_async (keyring, SALLY_KEYRING_ACCOUNT, NULL, await_ready, &other);
  g_assert_false (sally_keyring_store_finish (keyring, await_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  items = sally_keyring_list_finish (keyring, await_result (&other), NULL);
  g_assert_nonnull (items);
  g_assert_cmpuint (items->len, ==, 1);
}

static gboolean
change (SallyKeyring *keyring, const char *old, const char *new, GError **error)
{
  g_autoptr (SallySecret) old_secret = old != NULL ? sally_secret_new (old, -1) : NULL;
  g_autoptr (SallySecret) new_secret = new != NULL ? sally_secret_new (new, -1) : NULL;
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_vault_change_passphrase_async (SALLY_KEYRING_VAULT (keyring), old_secret,
                                               new_secret, NULL, await_ready, &result);
  return sally_keyring_vault_change_passphrase_finish (SALLY_KEYRING_VAULT (keyring),
                                                       await_result (&result), error);
}

static void
test_change_of_passphrase (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (TestAnswers) prompter = NULL;
  g_autoptr (SallyKeyring) other =
      open_vault (fixture, (const char *const[]) { PASSPHRASE, OTHER, NULL }, &prompter);
  g_autoptr (SallyKeyring) keyring = OPEN_VAULT (PASSPHRASE, OTHER);
  g_autoptr (SallyKeyring) late = OPEN_VAULT (PASSPHRASE);
  g_autofree char *before = keyring_to_string (other, SALLY_KEYRING_ACCOUNT);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (change (keyring, "wrong", OTHER, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_PASSPHRASE);
  g_clear_error (&error);
  /* Old and new one asked for. */
  g_assert_true (change (keyring, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (keyring_store (keyring, SALLY_KEYRING_ACCOUNT, "b", "account b", &error));
  /* A program that had it open asks anew, and has all. */
  after = keyring_to_string (other, SALLY_KEYRING_ACCOUNT);
  g_assert_cmpstr (after, ==, "a=account a b=account b");
  g_assert_cmpuint (test_answers_get_n_unlock (prompter), ==, 2);
  /* The old one is none any more. */
  g_assert_null (keyring_list (late, SALLY_KEYRING_ACCOUNT, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED);
}

/* Another program that stores `n_items` items of its own. */
static GSubprocess *
start_writer (Fixture *fixture, const char *name, guint n_items)
{
  g_autofree char *number = g_strdup_printf ("%u", n_items);
  g_autoptr (GError) error = NULL;
  GSubprocess *writer = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self_path,
                                          "--write", fixture->path, name, number, NULL);

  g_assert_no_error (error);
  return writer;
}

static int
write_items (char **arguments)
{
  g_autoptr (TestAnswers) prompter = test_answers_new ((const char *const[]) { PASSPHRASE, NULL });
  g_autoptr (SallyKeyring) keyring =
      sally_keyring_vault_new (arguments[0], SALLY_VAULT_PROMPTER (prompter));
  guint n_items = (guint) g_ascii_strtoull (arguments[2], NULL, 10);

  for (guint i = 0; i < n_items; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s-%u", arguments[1], i);
      g_autoptr (GError) error = NULL;

      if (!keyring_store (keyring, SALLY_KEYRING_ACCOUNT, id, id, &error))
        g_error ("%s", error->message);
      /* What is told here is on the disk. */
      g_print ("%s\n", id);
    }
  return 0;
}

static void
test_programs_at_once (Fixture *fixture, gconstpointer user_data)
{
  GSubprocess *writers[N_WRITERS];
  g_autoptr (SallyKeyring) keyring = OPEN_VAULT (PASSPHRASE);
  g_autoptr (GPtrArray) items = NULL;

  for (guint i = 0; i < N_WRITERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("writer%u", i);

      writers[i] = start_writer (fixture, name, N_ITEMS);
    }
  for (guint i = 0; i < N_WRITERS; i++)
    {
      g_assert_true (g_subprocess_wait_check (writers[i], NULL, NULL));
      g_object_unref (writers[i]);
    }
  items = keyring_list (keyring, SALLY_KEYRING_ACCOUNT, NULL);
  g_assert_nonnull (items);
  g_assert_cmpuint (items->len, ==, N_WRITERS * N_ITEMS + 1);
}

/* Killed while it saves, at different places: what was told to be saved is there, once. */
static void
test_killed_in_mid_save (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint kill = 0; kill < N_KILLS; kill++)
    {
      g_autofree char *name = g_strdup_printf ("round%u", kill);
      g_autoptr (GSubprocess) writer = start_writer (fixture, name, 10000);
      g_autoptr (GDataInputStream) lines =
          g_data_input_stream_new (g_subprocess_get_stdout_pipe (writer));
      g_autoptr (SallyKeyring) keyring = OPEN_VAULT (PASSPHRASE);
      g_autoptr (GHashTable) found = g_hash_table_new (g_str_hash, g_str_equal);
      g_autoptr (GPtrArray) items = NULL;
      g_autoptr (GError) error = NULL;
      GHashTableIter iter;
      gpointer id;
      char *line;

      for (guint i = 0; i <= kill; i++)
        g_hash_table_add (told, g_data_input_stream_read_line (lines, NULL, NULL, NULL));
      g_subprocess_send_signal (writer, SIGKILL);
      while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
        g_hash_table_add (told, line);
      g_subprocess_wait (writer, NULL, NULL);

      items = keyring_list (keyring, SALLY_KEYRING_ACCOUNT, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < items->len; i++)
        g_assert_true (g_hash_table_add (found, ((SallyKeyringItem *) items->pdata[i])->id));
      g_hash_table_iter_init (&iter, told);
      while (g_hash_table_iter_next (&iter, &id, NULL))
        g_assert_true (g_hash_table_contains (found, id));
    }
}

int
main (int argc, char *argv[])
{
  if (argc == 5 && g_str_equal (argv[1], "--write"))
    return write_items (argv + 2);
  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/keyring-vault/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("is-open-asks-nobody", test_is_open_asks_nobody);
  ADD ("wrong-passphrase-is-asked-again", test_wrong_passphrase_is_asked_again);
  ADD ("wrong-passphrases-have-an-end", test_wrong_passphrases_have_an_end);
  ADD ("dismissed-and-nobody-there", test_dismissed_and_nobody_there);
  ADD ("absent", test_absent);
  ADD ("a-vault-is-never-made-over-another", test_a_vault_is_never_made_over_another);
  ADD ("damage-is-never-an-empty-list", test_damage_is_never_an_empty_list);
  ADD ("overlapping", test_overlapping);
  ADD ("cancelled", test_cancelled);
  ADD ("change-of-passphrase", test_change_of_passphrase);
  ADD ("programs-at-once", test_programs_at_once);
  ADD ("killed-in-mid-save", test_killed_in_mid_save);
#undef ADD
  return g_test_run ();
}
