/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sign-in for several programs, and what becomes of the engine when they end. */
#include "config.h"

#include "base/error.h"
#include "remote/connection.h"
#include "tests/support/await.h"
#include "tests/support/files.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define POLL_MS 10

typedef struct
{
  SallyRig *rig;
  TestClient *client;
  SallyServer *server;
  guint n_programs;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  const char *user = data;

  self->rig = sally_rig_start (user != NULL ? "hostile" : "openssh-password", NULL);
  self->client = test_client_new ();
  self->server = test_client_make_server (self->client, self->rig, "password");
  if (user != NULL)
    g_object_set (self->server, "user", user, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->server);
  test_client_free (self->client);
  sally_rig_stop (self->rig);
}

/* tests/remote/sign-in.c, for the same server. */
static GSubprocess *
start_program (Fixture *self)
{
  g_autofree char *name = g_strdup_printf ("program-%u", self->n_programs++);
  g_autofree char *folder = g_build_filename (self->client->folder, name, NULL);
  g_autofree char *port = g_strdup_printf ("%u", sally_server_get_port (self->server));
  g_autoptr (SallySecret) password = sally_rig_dup_password (self->rig);
  g_autofree char *line = g_strconcat (sally_secret_peek (password, NULL), "\n", NULL);
  g_autoptr (GError) error = NULL;
  GSubprocess *program;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  program =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                        g_getenv ("SALLY_TEST_SIGN_IN"), port, sally_server_get_user (self->server),
                        sally_server_get_id (self->server), folder, NULL);
  g_assert_no_error (error);
  g_assert_true (g_output_stream_write_all (g_subprocess_get_stdin_pipe (program), line,
                                            strlen (line), NULL, NULL, &error));
  return program;
}

static void
await_program (GSubprocess *program)
{
  g_autoptr (GDataInputStream) lines =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (program));
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *line = NULL;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, await_ready, &result);
  line = g_data_input_stream_read_line_finish (lines, await_result (&result), NULL, NULL);
  g_assert_cmpstr (line, ==, "ready");
}

static void
end_program (GSubprocess *program)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_output_stream_close (g_subprocess_get_stdin_pipe (program), NULL, NULL);
  g_subprocess_wait_check_async (program, NULL, await_ready, &result);
  g_subprocess_wait_check_finish (program, await_result (&result), &error);
  g_assert_no_error (error);
  g_object_unref (program);
}

static void
test_same_instant (Fixture *self, gconstpointer data)
{
  GSubprocess *programs[3];
  g_autoptr (SallyConnection) connection =
      sally_connection_new (self->server, self->client->services);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    programs[i] = start_program (self);
  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    await_program (programs[i]);
  g_assert_cmpuint (sally_rig_count_accepted (self->rig), ==, 1);

  /* All have left, one of them the engine's starter: it is still there. */
  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    end_program (programs[i]);
  error = test_client_open (connection);
  g_assert_no_error (error);
  g_assert_cmpuint (sally_rig_count_accepted (self->rig), ==, 1);
  g_assert_cmpuint (test_person_get_n_host_keys (self->client->person), ==, 0);
  test_client_disconnect (connection);
}

/* Two calls on one object, as a double click makes them. */
static void
test_opened_twice (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyConnection) connection =
      sally_connection_new (self->server, self->client->services);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  sally_connection_open_async (connection, FALSE, NULL, await_ready, &first);
  sally_connection_open_async (connection, FALSE, NULL, await_ready, &second);
  g_assert_true (sally_connection_open_finish (connection, await_result (&first), NULL));
  g_assert_true (sally_connection_open_finish (connection, await_result (&second), NULL));
  g_assert_cmpuint (sally_connection_get_state (connection), ==, SALLY_CONNECTION_READY);
  g_assert_cmpuint (sally_rig_count_accepted (self->rig), ==, 1);
  test_client_disconnect (connection);
  files_await_no_engine ();
}

static void
test_no_linger (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyConnection) first = sally_connection_new (self->server, self->client->services);
  g_autoptr (SallyConnection) second = sally_connection_new (self->server, self->client->services);
  g_autoptr (GError) error = NULL;

  g_settings_set_uint (sally_settings_get_gsettings (self->client->settings), "linger-minutes", 0);
  error = test_client_open (first);
  g_assert_no_error (error);
  error = test_client_open (second);
  g_assert_no_error (error);
  sally_connection_detach (first);
  g_assert_cmpint (files_find_engine (0), !=, 0);
  sally_connection_detach (second);
  files_await_no_engine ();

  error = test_client_open (first);
  g_assert_no_error (error);
  g_assert_cmpuint (sally_rig_count_accepted (self->rig), ==, 2);
  test_client_disconnect (first);
  g_settings_reset (sally_settings_get_gsettings (self->client->settings), "linger-minutes");
}

/* What the engine shows to others of the machine. */
static void
test_engine_is_closed (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyConnection) connection =
      sally_connection_new (self->server, self->client->services);
  g_autoptr (SallySecret) password = sally_rig_dup_password (self->rig);
  g_autoptr (GError) error = test_client_open (connection);
  GPid engine = files_find_engine (0);
  g_autofree char *seccomp = NULL;
  g_autofree char *privileges = NULL;
  g_autofree char *folder = g_strdup_printf ("/proc/%d/fd", engine);
  g_autoptr (GDir) descriptors = NULL;
  const char *const files[] = { "environ", "cmdline" };
  const char *name;

  g_assert_no_error (error);
  g_assert_cmpint (engine, !=, 0);
  seccomp = files_dup_status (engine, "Seccomp");
  privileges = files_dup_status (engine, "NoNewPrivs");
  g_assert_cmpstr (seccomp, ==, "2");
  g_assert_cmpstr (privileges, ==, "1");

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strdup_printf ("/proc/%d/%s", engine, files[i]);
      g_autofree char *bytes = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      g_assert_null (g_strstr_len (bytes, (gssize) length, sally_secret_peek (password, NULL)));
      g_assert_null (memmem (bytes, length, "HOME=", 5));
    }
  {
    g_autofree char *path = g_strdup_printf ("/proc/%d/limits", engine);
    g_autofree char *limits = NULL;

    g_assert_true (g_file_get_contents (path, &limits, NULL, NULL));
    g_assert_true (
        g_regex_match_simple ("^Max core file size +0 +0 ", limits, G_REGEX_MULTILINE, 0));
  }

  descriptors = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (descriptors)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      /* Standard input and output lead nowhere. */
      if (g_ascii_strtoll (name, NULL, 10) <= 2)
        continue;
      g_assert_true (g_str_has_prefix (target, "socket:") || g_str_has_prefix (target, "pipe:") ||
                     g_str_has_prefix (target, "anon_inode:[eventfd"));
    }
  test_client_disconnect (connection);
}

static gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
has_engine (gpointer data)
{
  return files_find_engine (*(GPid *) data) != 0;
}

static gboolean
has_ended (gpointer data)
{
  g_autofree char *state = files_dup_status (*(GPid *) data, "State");

  return state == NULL || *state == 'Z';
}

static gboolean
is_silent (gpointer data)
{
  return sally_rig_count_log (data, "REALPATH") > 0;
}

/* The program is killed between the password and the first answer: its engine does not stay, half
 * signed in and deaf, and the next program signs in for itself. */
static void
test_killed_while_signing_in (Fixture *self, gconstpointer data)
{
  g_autoptr (GSubprocess) program = start_program (self);
  GPid pid = (GPid) g_ascii_strtoll (g_subprocess_get_identifier (program), NULL, 10);
  g_autoptr (SallyConnection) connection =
      sally_connection_new (self->server, self->client->services);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint tick = g_timeout_add (POLL_MS, look_again, NULL);
  GPid engine;

  await_condition (has_engine, &pid);
  engine = files_find_engine (pid);
  await_condition (is_silent, self->rig);
  g_subprocess_force_exit (program);
  g_subprocess_wait_async (program, NULL, await_ready, &result);
  await_result (&result);
  error = test_client_open (connection);
  g_assert_no_error (error);
  g_assert_cmpuint (sally_rig_count_accepted (self->rig), ==, 2);
  await_condition (has_ended, &engine);
  g_source_remove (tick);
  test_client_disconnect (connection);
}

int
main (int argc, char **argv)
{
  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sharing/same-instant", Fixture, NULL, set_up, test_same_instant, tear_down);
  g_test_add ("/sharing/opened-twice", Fixture, NULL, set_up, test_opened_twice, tear_down);
  g_test_add ("/sharing/no-linger", Fixture, NULL, set_up, test_no_linger, tear_down);
  g_test_add ("/sharing/engine-is-closed", Fixture, NULL, set_up, test_engine_is_closed, tear_down);
  g_test_add ("/sharing/killed-while-signing-in", Fixture, "silent-once", set_up,
              test_killed_while_signing_in, tear_down);
  return g_test_run ();
}
