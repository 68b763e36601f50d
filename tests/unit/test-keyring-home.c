/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-home.h"

#include "base/error.h"
#include "tests/support/await.h"
#include "tests/support/keyrings.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* Run by with-keyring: a real daemon, unlocked, on a bus of its own. */

#define PASSPHRASE "only a test"
#define ID_A       "5f0c2a9e-8d1b-4c3a-9e7f-10293847560a"
#define ID_B       "5f0c2a9e-8d1b-4c3a-9e7f-10293847560b"
#define N_KILLS    6

typedef struct
{
  char *directory;
  char *vault;
  char *note;
} Fixture;

static SallyKeyring *
open_home (Fixture *fixture)
{
  g_autoptr (TestAnswers) prompter =
      test_answers_new ((const char *const[]) { PASSPHRASE, PASSPHRASE, PASSPHRASE, NULL });
  g_autoptr (GError) error = NULL;
  SallyKeyring *home =
      sally_keyring_home_new (fixture->directory, NULL, SALLY_VAULT_PROMPTER (prompter), &error);

  g_assert_no_error (error);
  return home;
}

static gboolean
move (SallyKeyring *home, SallyKeyringStore target, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_home_move_async (SALLY_KEYRING_HOME (home), target, NULL, await_ready, &result);
  return sally_keyring_home_move_finish (SALLY_KEYRING_HOME (home), await_result (&result), error);
}

static void
start_afresh (SallyKeyring *home)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_keyring_home_start_afresh_async (SALLY_KEYRING_HOME (home), NULL, await_ready, &result);
  sally_keyring_home_start_afresh_finish (SALLY_KEYRING_HOME (home), await_result (&result), NULL,
                                          &error);
  g_assert_no_error (error);
}

static SallyKeyringStatus
examine (SallyKeyring *home)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SallyKeyringStatus status;

  sally_keyring_home_examine_async (SALLY_KEYRING_HOME (home), NULL, await_ready, &result);
  sally_keyring_home_examine_finish (SALLY_KEYRING_HOME (home), await_result (&result), &status,
                                     &error);
  g_assert_no_error (error);
  return status;
}

/* All of ours in the one keyring that the tests share. */
static void
clear_system (void)
{
  g_autoptr (SallyKeyring) system = NULL;
  g_autofree char *directory = await_make_directory ();

  /* A note of its own, so that no canary is missed. */
  g_setenv ("SALLY_KEYRING", "secret-service", TRUE);
  system = sally_keyring_home_new (directory, NULL, NULL, NULL);
  g_unsetenv ("SALLY_KEYRING");
  for (int kind = 0; kind < SALLY_KEYRING_N_KINDS; kind++)
    {
      g_autoptr (GPtrArray) items = keyring_list (system, (SallyKeyringKind) kind, NULL);

      g_assert_nonnull (items);
      for (guint i = 0; i < items->len; i++)
        g_assert_true (keyring_remove (system, (SallyKeyringKind) kind,
                                       ((SallyKeyringItem *) items->pdata[i])->id, NULL));
    }
  await_remove_directory (g_steal_pointer (&directory));
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->directory = await_make_directory ();
  fixture->vault = g_build_filename (fixture->directory, "vault", NULL);
  fixture->note = g_build_filename (fixture->directory, "keyring.conf", NULL);
  clear_system ();
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_free (fixture->vault);
  g_free (fixture->note);
  await_remove_directory (fixture->directory);
}

static void
assert_accounts (SallyKeyring *keyring, const char *expected)
{
  g_autofree char *accounts = keyring_to_string (keyring, SALLY_KEYRING_ACCOUNT);

  g_assert_cmpstr (accounts, ==, expected);
}

static void
store_account (SallyKeyring *keyring, const char *id, const char *text)
{
  g_autoptr (GError) error = NULL;

  keyring_store (keyring, SALLY_KEYRING_ACCOUNT, id, text, &error);
  g_assert_no_error (error);
}

static void
test_looking_writes_nothing (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) home = open_home (fixture);

  assert_accounts (home, "");
  g_assert_null (keyring_lookup (home, SALLY_KEYRING_PASSWORD, ID_A, NULL));
  g_assert_false (g_file_test (fixture->note, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (fixture->vault, G_FILE_TEST_EXISTS));
  g_assert_cmpint (sally_keyring_home_get_store (SALLY_KEYRING_HOME (home)), ==,
                   SALLY_KEYRING_STORE_SYSTEM);
}

/* In the system's keyring, which is unlocked, and in a vault that nobody has opened. */
static void
test_is_open_asks_nobody (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) home = open_home (fixture);
  g_autoptr (SallyKeyring) later = NULL;
  g_autoptr (GError) error = NULL;

  store_account (home, ID_A, "a");
  g_assert_true (keyring_is_open (home));
  g_assert_true (move (home, SALLY_KEYRING_STORE_VAULT, &error));
  g_assert_no_error (error);
  g_assert_true (keyring_is_open (home));
  later = open_home (fixture);
  g_assert_false (keyring_is_open (later));
  assert_accounts (later, ID_A "=a");
  g_assert_true (keyring_is_open (later));
}

static void
test_first_item_brings_a_canary (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) home = open_home (fixture);
  g_autoptr (GPtrArray) canaries = NULL;
  g_autofree char *note = NULL;

  store_account (home, ID_A, "a");
  store_account (home, ID_B, "b");
  canaries = keyring_list (home, SALLY_KEYRING_CANARY, NULL);
  g_assert_cmpuint (canaries->len, ==, 1);
  g_assert_true (g_file_get_contents (fixture->note, &note, NULL, NULL));
  g_assert_nonnull (strstr (note, ((SallyKeyringItem *) canaries->pdata[0])->id));
  g_assert_nonnull (strstr (note, "Home=secret-service"));
}

/* Every call is refused, and nothing is written, until the person has decided. */
static void
test_changed_keyring (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) home = open_home (fixture);
  g_autoptr (SallyKeyring) later = open_home (fixture);
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  store_account (home, ID_A, "a");
  clear_system ();
  /* One that was at work, and one that is new. */
  for (int i = 0; i < 2; i++)
    {
      SallyKeyring *keyring = i == 0 ? home : later;

      g_assert_null (keyring_lookup (keyring, SALLY_KEYRING_ACCOUNT, ID_A, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_CHANGED);
      g_clear_error (&error);
      g_assert_null (keyring_list (keyring, SALLY_KEYRING_ACCOUNT, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_CHANGED);
      g_clear_error (&error);
      g_assert_false (keyring_store (keyring, SALLY_KEYRING_ACCOUNT, ID_B, "b", &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_CHANGED);
      g_clear_error (&error);
      g_assert_false (keyring_remove (keyring, SALLY_KEYRING_ACCOUNT, ID_A, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_CHANGED);
      g_clear_error (&error);
      g_assert_false (move (keyring, SALLY_KEYRING_STORE_VAULT, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_CHANGED);
      g_clear_error (&error);
    }
  start_afresh (later);
  assert_accounts (later, "");
  store_account (later, ID_B, "b");
  /* The other program follows. */
  assert_accounts (home, ID_B "=b");
}

/* Going back to a keyring that has a canary takes that one, and doubles nothing. */
static void
test_afresh_takes_the_canary_that_is_there (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) home = open_home (fixture);
  g_autoptr (GPtrArray) canaries = NULL;
  g_autoptr (GError) error = NULL;

  store_account (home, ID_A, "a");
  g_assert_true (
      g_file_set_contents (fixture->note,
                           "[Keyring]\nVersion=1\nHome=secret-service\nSystemCanary=" ID_B "\n", -1,
                           NULL));
  g_assert_null (keyring_list (home, SALLY_KEYRING_ACCOUNT, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_CHANGED);
  start_afresh (home);
  assert_accounts (home, ID_A "=a");
  store_account (home, ID_A, "a2");
  canaries = keyring_list (home, SALLY_KEYRING_CANARY, NULL);
  g_assert_cmpuint (canaries->len, ==, 1);
}

/* A program that had the old home open writes to the new one after another has moved. */
static void
test_programs_follow_a_move (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) window = open_home (fixture);
  g_autoptr (SallyKeyring) command = open_home (fixture);
  g_autofree char *password = NULL;
  g_autoptr (GError) error = NULL;

  store_account (window, ID_A, "a");
  g_assert_true (keyring_store (window, SALLY_KEYRING_PASSWORD, ID_A, "secret", NULL));
  g_assert_true (move (command, SALLY_KEYRING_STORE_VAULT, &error));
  g_assert_no_error (error);
  store_account (window, ID_B, "b");
  password = keyring_lookup (window, SALLY_KEYRING_PASSWORD, ID_A, &error);
  g_assert_cmpstr (password, ==, "secret");
  assert_accounts (command, ID_A "=a " ID_B "=b");
  g_assert_true (move (window, SALLY_KEYRING_STORE_SYSTEM, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (fixture->vault, G_FILE_TEST_EXISTS));
  assert_accounts (command, ID_A "=a " ID_B "=b");
  g_assert_false (move (window, SALLY_KEYRING_STORE_SYSTEM, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_EXISTS);
}

/* What one stores while another moves is in the new home, once. */
static void
test_storing_during_a_move (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) window = open_home (fixture);
  g_autoptr (SallyKeyring) command = open_home (fixture);
  g_autoptr (SallySecret) secret = sally_secret_new ("b", -1);
  g_autoptr (GAsyncResult) moved = NULL;
  g_autoptr (GAsyncResult) stored = NULL;
  g_autoptr (GAsyncResult) own = NULL;
  g_autoptr (GError) error = NULL;

  store_account (window, ID_A, "a");
  sally_keyring_home_move_async (SALLY_KEYRING_HOME (command), SALLY_KEYRING_STORE_VAULT, NULL,
                                 await_ready, &moved);
  sally_keyring_store_async (window, SALLY_KEYRING_ACCOUNT, ID_B, secret, NULL, await_ready,
                             &stored);
  sally_keyring_store_async (command, SALLY_KEYRING_PASSWORD, ID_B, secret, NULL, await_ready,
                             &own);
  g_assert_true (
      sally_keyring_home_move_finish (SALLY_KEYRING_HOME (command), await_result (&moved), &error));
  g_assert_no_error (error);
  g_assert_true (sally_keyring_store_finish (window, await_result (&stored), &error));
  g_assert_true (sally_keyring_store_finish (command, await_result (&own), &error));
  g_assert_no_error (error);
  assert_accounts (command, ID_A "=a " ID_B "=b");
  g_assert_cmpint (examine (window).store, ==, SALLY_KEYRING_STORE_VAULT);
  g_assert_cmpint (examine (window).leaving, ==, SALLY_KEYRING_STORE_NONE);
}

/* A move whose question is closed has changed nothing. */
static void
test_dismissed_move (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (TestAnswers) nobody = test_answers_new (NULL);
  g_autoptr (SallyKeyring) home =
      sally_keyring_home_new (fixture->directory, NULL, SALLY_VAULT_PROMPTER (nobody), NULL);
  g_autoptr (GError) error = NULL;

  store_account (home, ID_A, "a");
  g_assert_false (move (home, SALLY_KEYRING_STORE_VAULT, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED);
  g_assert_false (g_file_test (fixture->vault, G_FILE_TEST_EXISTS));
  assert_accounts (home, ID_A "=a");
  store_account (home, ID_B, "b");
}

/* What is in the target already, under other ids, stays. */
static void
test_move_joins_what_is_there (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) home = open_home (fixture);
  g_autoptr (SallyKeyring) system = NULL;
  g_autoptr (GError) error = NULL;

  store_account (home, ID_A, "a");
  g_assert_true (move (home, SALLY_KEYRING_STORE_VAULT, NULL));
  g_setenv ("SALLY_KEYRING", "secret-service", TRUE);
  system = open_home (fixture);
  g_unsetenv ("SALLY_KEYRING");
  store_account (system, ID_A, "old a");
  store_account (system, ID_B, "b");
  g_assert_true (move (home, SALLY_KEYRING_STORE_SYSTEM, &error));
  g_assert_no_error (error);
  assert_accounts (home, ID_A "=a " ID_B "=b");
}

/* Killed behind the last step but one: the same once more comes to the end. */
static void
test_end_of_a_broken_move (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) home = open_home (fixture);
  g_autofree char *note = NULL;
  g_autofree char *broken = NULL;
  g_autoptr (GError) error = NULL;

  store_account (home, ID_A, "a");
  g_assert_true (g_file_get_contents (fixture->note, &note, NULL, NULL));
  broken = g_strconcat (note, "Leaving=vault\n", NULL);
  g_assert_true (g_file_set_contents (fixture->note, broken, -1, NULL));
  g_assert_cmpint (examine (home).leaving, ==, SALLY_KEYRING_STORE_VAULT);
  assert_accounts (home, ID_A "=a");
  g_assert_true (move (home, SALLY_KEYRING_STORE_SYSTEM, &error));
  g_assert_no_error (error);
  g_assert_cmpint (examine (home).leaving, ==, SALLY_KEYRING_STORE_NONE);
  assert_accounts (home, ID_A "=a");
}

static void
test_forgotten_vault_is_kept (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (SallyKeyring) home = open_home (fixture);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;

  store_account (home, ID_A, "a");
  g_assert_true (move (home, SALLY_KEYRING_STORE_VAULT, NULL));
  sally_keyring_home_start_afresh_async (SALLY_KEYRING_HOME (home), NULL, await_ready, &result);
  g_assert_true (sally_keyring_home_start_afresh_finish (SALLY_KEYRING_HOME (home),
                                                         await_result (&result), &kept, &error));
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (fixture->vault, G_FILE_TEST_EXISTS));
  assert_accounts (home, "");
  g_assert_cmpint (sally_keyring_home_get_store (SALLY_KEYRING_HOME (home)), ==,
                   SALLY_KEYRING_STORE_SYSTEM);
}

static guint32
get_daemon_pid (GDBusConnection *bus)
{
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                   "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                                   g_variant_new ("(s)", "org.freedesktop.secrets"),
                                   G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  guint32 pid = 0;

  if (answer != NULL)
    g_variant_get (answer, "(u)", &pid);
  return pid;
}

typedef struct
{
  GDBusConnection *bus;
  guint32 old_pid;
} Daemon;

/* The daemon has its name on the bus before it has opened the keyring with the password. */
static gboolean
has_open_keyring (GDBusConnection *bus)
{
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_sync (bus, "org.freedesktop.secrets",
                                   "/org/freedesktop/secrets/aliases/default",
                                   "org.freedesktop.DBus.Properties", "Get",
                                   g_variant_new ("(ss)", "org.freedesktop.Secret.Collection",
                                                  "Locked"),
                                   G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_autoptr (GVariant) is_locked = NULL;

  if (answer == NULL)
    return FALSE;
  g_variant_get (answer, "(v)", &is_locked);
  return g_variant_is_of_type (is_locked, G_VARIANT_TYPE_BOOLEAN) &&
         !g_variant_get_boolean (is_locked);
}

static gboolean
is_another (gpointer data)
{
  Daemon *daemon = data;
  guint32 pid = get_daemon_pid (daemon->bus);

  /* So that the loop turns. */
  g_main_context_wakeup (NULL);
  return pid != 0 && pid != daemon->old_pid && has_open_keyring (daemon->bus);
}

static GSubprocess *
start_daemon (GDBusConnection *bus, guint32 old_pid)
{
  static const char password[] = "a keyring for tests";
  Daemon daemon = { bus, old_pid };
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                 G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  process = g_subprocess_launcher_spawn (launcher, &error, "gnome-keyring-daemon", "--foreground",
                                         "--replace", "--unlock", "--components=secrets", NULL);
  g_assert_no_error (error);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), password, strlen (password),
                             NULL, NULL, NULL);
  g_output_stream_close (g_subprocess_get_stdin_pipe (process), NULL, NULL);
  await_condition (is_another, &daemon);
  return process;
}

/* The last one on this bus. Killed while it saves, the keyring may have the item or not; whoever
 * tries again has it once, and all that were there before. */
static void
test_daemon_killed_in_mid_save (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GSubprocess) daemon = NULL;
  g_autoptr (GString) expected = g_string_new (NULL);

  /* libsecret complains of itself when the service goes between its calls. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_default_handler (g_log_default_handler, NULL);
  {
    g_autoptr (SallyKeyring) home = open_home (fixture);

    store_account (home, "5f0c2a9e-8d1b-4c3a-9e7f-000000000000", "first");
    g_string_append (expected, "5f0c2a9e-8d1b-4c3a-9e7f-000000000000=first");
  }
  for (guint i = 1; i <= N_KILLS; i++)
    {
      g_autoptr (SallyKeyring) home = open_home (fixture);
      g_autofree char *id = g_strdup_printf ("5f0c2a9e-8d1b-4c3a-9e7f-%012u", i);
      g_autoptr (SallySecret) secret = sally_secret_new (id, -1);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      guint32 pid = get_daemon_pid (bus);

      sally_keyring_store_async (home, SALLY_KEYRING_ACCOUNT, id, secret, NULL, await_ready,
                                 &result);
      /* Each time a little later: looking, the canary, the item, reading it back. */
      for (guint turns = 0; turns < i * 6 && result == NULL; turns++)
        g_main_context_iteration (NULL, TRUE);
      kill ((pid_t) pid, SIGKILL);
      sally_keyring_store_finish (home, await_result (&result), &error);
      if (error != NULL)
        g_assert_cmpint (sally_error_exit_code (error), ==, 7);
      g_clear_object (&daemon);
      daemon = start_daemon (bus, pid);

      g_clear_error (&error);
      keyring_store (home, SALLY_KEYRING_ACCOUNT, id, id, &error);
      g_assert_no_error (error);
      g_string_append_printf (expected, " %s=%s", id, id);
      assert_accounts (home, expected->str);
    }
  g_subprocess_force_exit (daemon);
}

int
main (int argc, char *argv[])
{
  g_unsetenv ("SALLY_KEYRING");
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                        \
  g_test_add ("/keyring-home/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("looking-writes-nothing", test_looking_writes_nothing);
  ADD ("is-open-asks-nobody", test_is_open_asks_nobody);
  ADD ("first-item-brings-a-canary", test_first_item_brings_a_canary);
  ADD ("changed-keyring", test_changed_keyring);
  ADD ("afresh-takes-the-canary-that-is-there", test_afresh_takes_the_canary_that_is_there);
  ADD ("programs-follow-a-move", test_programs_follow_a_move);
  ADD ("storing-during-a-move", test_storing_during_a_move);
  ADD ("dismissed-move", test_dismissed_move);
  ADD ("move-joins-what-is-there", test_move_joins_what_is_there);
  ADD ("end-of-a-broken-move", test_end_of_a_broken_move);
  ADD ("forgotten-vault-is-kept", test_forgotten_vault_is_kept);
  ADD ("daemon-killed-in-mid-save", test_daemon_killed_in_mid_save);
#undef ADD
  return g_test_run ();
}
