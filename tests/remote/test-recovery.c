/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Big and small files, both ways at once, and at a random moment of it something ends that they
 * need: all arrive whole in the end, after one more sign-in, and nothing is left lying about. The
 * moments come from GTest's seed; SALLY_TEST_ROUNDS asks for more than the usual rounds. */
#include "config.h"

#include "base/error.h"
#include "tests/support/await.h"
#include "tests/support/files.h"
#include "tests/support/relay.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_ROUNDS     5
#define N_BIG        2
#define BIG_BYTES    (24 * 1024 * 1024)
#define N_SMALL      60
#define SMALL_BYTES  20000
/* The line's: slow enough that every moment can be met. */
#define MB_A_SECOND  "100"
#define MAX_ATTEMPTS 10
#define POLL_MS      2
/* Moments come up to these shares of all bytes. News of progress is some time old: only the early
 * ones are sure to come before the end. */
#define ANY_MOMENT   0.95
#define EARLY_MOMENT 0.25

typedef enum
{
  END_ENGINE,
  END_SESSION,
  END_LINE,
} Ending;

typedef struct
{
  SallyRig *rig;
  GSubprocess *relay;
  TestClient *client;
  SallyServer *server;
  SallyConnection *connection;
  char *remote; /* a folder of the user's home as this machine sees it */
  char *start;  /* and as the server calls it */
  char *local;
  guint n_accepted;
} Fixture;

static char *
make_folder (const char *parent, const char *name)
{
  char *path = g_build_filename (parent, name, NULL);

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  return path;
}

static void
make_sources (const char *folder, const char *kind, guint seed)
{
  for (guint i = 0; i < N_BIG + N_SMALL; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%u", kind, i);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      files_make (path, i < N_BIG ? BIG_BYTES : (gsize) g_test_rand_int_range (0, SMALL_BYTES),
                  seed + i);
    }
}

static void
set_up_with (Fixture *self, const char *rig, const char *recipe)
{
  g_autoptr (GError) error = NULL;
  struct stat home;
  guint port;

  self->rig = sally_rig_start (rig, NULL);
  self->client = test_client_new ();
  self->server = test_client_make_server (self->client, self->rig, recipe);
  self->relay = sally_relay_start (self->rig, MB_A_SECOND, &port);
  g_object_set (self->server, "port", port, NULL);
  self->connection = sally_connection_new (self->server, self->client->services);
  self->remote = make_folder (sally_rig_get_home (self->rig), "test");
  g_assert_cmpint (g_stat (sally_rig_get_home (self->rig), &home), ==, 0);
  g_assert_cmpint (chown (self->remote, home.st_uid, home.st_gid), ==, 0);
  self->start = g_build_filename (sally_rig_get_start (self->rig), "test", NULL);
  self->local = make_folder (self->client->folder, "local");
  make_sources (self->local, "up", 1000);
  make_sources (self->remote, "down", 2000);
  sally_transfer_queue_set_max_attempts (self->client->queue, MAX_ATTEMPTS);
  error = test_client_open (self->connection);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  set_up_with (self, "openssh-password", "password");
}

/* Password and code in one string, and no code is taken twice. */
static void
set_up_with_codes (Fixture *self, gconstpointer data)
{
  set_up_with (self, "openssh-combined", "password+code");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_client_disconnect (self->connection);
  files_await_no_engine ();
  g_clear_object (&self->connection);
  g_clear_object (&self->server);
  test_client_free (self->client);
  g_clear_pointer (&self->relay, sally_relay_stop);
  sally_rig_stop (self->rig);
  g_free (self->remote);
  g_free (self->start);
  g_free (self->local);
}

static GPtrArray *
start_all (Fixture *self)
{
  GPtrArray *transfers = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < N_BIG + N_SMALL; i++)
    {
      g_autofree char *up = g_strdup_printf ("up-%u", i);
      g_autofree char *down = g_strdup_printf ("down-%u", i);
      g_autofree char *local = g_build_filename (self->local, up, NULL);
      g_autofree char *target = g_build_filename (self->start, up, NULL);
      g_autofree char *source = g_build_filename (self->start, down, NULL);

      g_ptr_array_add (transfers, g_object_ref (sally_transfer_queue_upload (
                                      self->client->queue, self->connection, local, target,
                                      i % 2 == 0 ? SALLY_CONFLICT_REPLACE : SALLY_CONFLICT_FAIL)));
      g_ptr_array_add (transfers,
                       g_object_ref (sally_transfer_queue_download (
                           self->client->queue, self->connection, source, self->local, down,
                           i % 2 == 0 ? SALLY_CONFLICT_REPLACE : SALLY_CONFLICT_FAIL)));
    }
  return transfers;
}

/* A moment: so many bytes done, of all transfers together. */
typedef struct
{
  GPtrArray *transfers;
  guint64 bytes;
} Moment;

static gboolean
has_come (gpointer data)
{
  const Moment *moment = data;
  guint64 done = 0;

  for (guint i = 0; i < moment->transfers->len; i++)
    done += sally_transfer_get_done (g_ptr_array_index (moment->transfers, i));
  return done >= moment->bytes;
}

static gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
await_moment (GPtrArray *transfers, double last)
{
  Moment moment = { transfers,
                    (guint64) g_test_rand_int_range (0, (gint32) (2 * N_BIG * BIG_BYTES * last)) };
  guint tick = g_timeout_add (POLL_MS, look_again, NULL);

  await_condition (has_come, &moment);
  g_source_remove (tick);
}

static void
end_something (Fixture *self, Ending ending)
{
  GPid engine = files_find_engine (0);

  switch (ending)
    {
    case END_ENGINE:
      g_assert_cmpint (engine, !=, 0);
      g_assert_cmpint (kill (engine, SIGKILL), ==, 0);
      break;
    case END_SESSION:
      g_assert_cmpuint (sally_rig_kill_sessions (self->rig), >, 0);
      break;
    case END_LINE:
    default:
      g_subprocess_send_signal (self->relay, SIGUSR1);
      break;
    }
}

static gboolean
is_log_complete (gpointer data)
{
  Fixture *self = data;

  return sally_rig_count_accepted (self->rig) >= self->n_accepted;
}

static void
assert_whole (Fixture *self, GPtrArray *transfers)
{
  for (guint i = 0; i < transfers->len; i++)
    {
      SallyTransfer *transfer = g_ptr_array_index (transfers, i);
      g_autoptr (GError) error = files_wait (self->client, transfer);
      g_autofree char *name = g_path_get_basename (sally_transfer_get_local_path (transfer));
      g_autofree char *here = g_build_filename (self->local, name, NULL);
      g_autofree char *there = g_build_filename (self->remote, name, NULL);

      g_assert_no_error (error);
      g_assert_cmpuint (sally_transfer_get_state (transfer), ==, SALLY_TRANSFER_FINISHED);
      files_assert_same (here, there);
      files_assert_sha256 (here, sally_transfer_get_sha256 (transfer));
    }
  /* Sources and targets, and nothing else. */
  g_assert_cmpuint (files_count (self->local), ==, 2 * (N_BIG + N_SMALL));
  g_assert_cmpuint (files_count (self->remote), ==, 2 * (N_BIG + N_SMALL));
}

static void
remove_targets (Fixture *self)
{
  for (guint i = 0; i < N_BIG + N_SMALL; i++)
    {
      g_autofree char *up = g_strdup_printf ("up-%u", i);
      g_autofree char *down = g_strdup_printf ("down-%u", i);
      g_autofree char *there = g_build_filename (self->remote, up, NULL);
      g_autofree char *here = g_build_filename (self->local, down, NULL);

      g_assert_cmpint (g_unlink (there), ==, 0);
      g_assert_cmpint (g_unlink (here), ==, 0);
    }
}

static guint
get_n_rounds (void)
{
  const char *wanted = g_getenv ("SALLY_TEST_ROUNDS");

  return wanted != NULL ? (guint) g_ascii_strtoull (wanted, NULL, 10) : N_ROUNDS;
}

static void
test_ending (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GError) error = NULL;

  self->n_accepted = 1;
  for (guint round = 0; round < get_n_rounds (); round++)
    {
      g_autoptr (GPtrArray) transfers = start_all (self);

      await_moment (transfers, ANY_MOMENT);
      end_something (self, (Ending) GPOINTER_TO_INT (data));
      assert_whole (self, transfers);
      remove_targets (self);
      sally_transfer_queue_clear_ended (self->client->queue);
      /* Unless all was over when it came. */
      if (sally_connection_get_state (self->connection) != SALLY_CONNECTION_READY)
        {
          error = test_client_open (self->connection);
          g_assert_no_error (error);
        }
      self->n_accepted++;
      await_condition (is_log_complete, self);
    }
  g_assert_cmpuint (sally_rig_count_accepted (self->rig), ==, self->n_accepted);

  sally_transfer_store_list_async (self->client->store, await_ready, &result);
  left = sally_transfer_store_list_finish (self->client->store, await_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 0);
}

/* One more sign-in for all of them, with a code that was never sent. */
static void
test_fresh_code (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) transfers = start_all (self);

  await_moment (transfers, EARLY_MOMENT);
  end_something (self, END_SESSION);
  assert_whole (self, transfers);
  self->n_accepted = 2;
  await_condition (is_log_complete, self);
  g_assert_cmpuint (sally_rig_count_accepted (self->rig), ==, 2);
  g_assert_cmpuint (sally_rig_count_log (self->rig, "Failed password"), ==, 0);
}

/* A refusal is told to all, and costs one attempt: nobody is locked out. */
static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (SallySecret) wrong = sally_secret_new ("not the password", -1);
  g_autoptr (GPtrArray) transfers = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint n_refused = 0;

  sally_keyring_store_async (self->client->keyring, SALLY_KEYRING_PASSWORD,
                             sally_server_get_id (self->server), wrong, NULL, await_ready, &result);
  g_assert_true (
      sally_keyring_store_finish (self->client->keyring, await_result (&result), &error));
  transfers = start_all (self);
  end_something (self, END_SESSION);
  for (guint i = 0; i < transfers->len; i++)
    {
      g_autoptr (GError) reason = files_wait (self->client, g_ptr_array_index (transfers, i));

      if (reason == NULL)
        continue; /* it was quicker */
      g_assert_error (reason, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED);
      n_refused++;
    }
  g_assert_cmpuint (n_refused, >=, 2 * N_BIG);
  g_assert_cmpuint (sally_rig_count_log (self->rig, "Failed password"), ==, 1);
}

int
main (int argc, char **argv)
{
  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/recovery/engine-killed", Fixture, GINT_TO_POINTER (END_ENGINE), set_up, test_ending,
              tear_down);
  g_test_add ("/recovery/session-killed", Fixture, GINT_TO_POINTER (END_SESSION), set_up,
              test_ending, tear_down);
  g_test_add ("/recovery/line-cut", Fixture, GINT_TO_POINTER (END_LINE), set_up, test_ending,
              tear_down);
  g_test_add ("/recovery/fresh-code", Fixture, NULL, set_up_with_codes, test_fresh_code, tear_down);
  g_test_add ("/recovery/refused-sign-in-is-the-last", Fixture, NULL, set_up, test_refused,
              tear_down);
  return g_test_run ();
}
