/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/ledger.h"

#include "base/error.h"
#include "tests/support/await.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ACCOUNT "5f0c2a9e-8d1b-4c3a-9e7f-102938475601"

typedef struct
{
  char *directory;
  char *record;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = await_make_directory ();
  fixture->record = g_build_filename (fixture->directory, ACCOUNT, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->record);
  await_remove_directory (fixture->directory);
}

static SallyLedgerTurn *
begin (SallyLedger *ledger, const char *account)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SallyLedgerTurn *turn;

  sally_ledger_begin_async (ledger, account, NULL, await_ready, &result);
  turn = sally_ledger_begin_finish (ledger, await_result (&result), &error);
  g_assert_no_error (error);
  return turn;
}

static gboolean
spend (SallyLedgerTurn *turn, guint period_s, guint64 *step, GError **error)
{
  const SallyOtpParameters parameters = { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6, period_s };
  g_autoptr (GAsyncResult) result = NULL;

  sally_ledger_turn_spend_async (turn, &parameters, 0, NULL, await_ready, &result);
  return sally_ledger_turn_spend_finish (turn, await_result (&result), step, error);
}

static void
test_wait (void)
{
  static const struct
  {
    gint64 last_step;
    gint64 now_ms;
    guint period_s;
    guint min_life_s;
    gint64 wait_ms;
  } table[] = {
    { -1, 0, 30, 3, 0 },
    { -1, 26999, 30, 3, 0 },
    { -1, 27000, 30, 3, 0 },
    { -1, 27001, 30, 3, 2999 },
    { 0, 0, 30, 3, 30000 },
    { 0, 29999, 30, 3, 1 },
    { 0, 30000, 30, 3, 0 },
    { 1, 30000, 30, 3, 30000 },
    { 0, 58000, 30, 3, 2000 },
    /* The code of the next step was sent (another clock): only the one after it will do. */
    { 1, 15000, 30, 3, 45000 },
    { 10, 15000, 30, 3, 315000 },
    { -1, 29999, 30, 0, 0 },
    { -1, 0, 1, 3, 0 },
    { -1, 500, 1, 3, 0 },
    { 0, 500, 1, 3, 500 },
    { -1, 0, 30, 100, 0 },
    { -1, 1001, 30, 100, 28999 },
    { -1, -5000, 30, 3, 0 },
    { G_MAXINT64, 0, 30, 3, G_MAXINT64 },
    { 56666666, G_GINT64_CONSTANT (1700000000000), 30, 3, 10000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      gint64 wait_ms = sally_ledger_wait_ms (table[i].last_step, table[i].now_ms, table[i].period_s,
                                             table[i].min_life_s);

      if (wait_ms != table[i].wait_ms)
        g_error ("row %" G_GSIZE_FORMAT ": %" G_GINT64_FORMAT " ms", i, wait_ms);
    }
}

static void
test_never_the_same_step (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyLedger) first = sally_ledger_new (fixture->directory);
  g_autoptr (SallyLedger) second = sally_ledger_new (fixture->directory);
  guint64 last = 0;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (SallyLedgerTurn) turn = begin (i % 2 == 0 ? first : second, ACCOUNT);
      g_autoptr (GError) error = NULL;
      guint64 step = 0;

      g_assert_true (spend (turn, 1, &step, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (step, >, last);
      g_assert_cmpint (sally_ledger_turn_get_wait_until (turn), ==, 0);
      last = step;
    }
}

static void
test_record_outlives_the_turn (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyLedger) ledger = sally_ledger_new (fixture->directory);
  SallyLedgerTurn *turn = begin (ledger, ACCOUNT);
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;
  guint64 step;
  GStatBuf status;

  g_assert_true (spend (turn, 30, &step, NULL));
  g_object_unref (turn);
  g_assert_true (g_file_get_contents (fixture->record, &text, NULL, NULL));
  expected = g_strdup_printf ("%020" G_GUINT64_FORMAT " 30\n", step);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (g_stat (fixture->record, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

static void
on_turn (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_ptr_array_add (user_data, sally_ledger_begin_finish (SALLY_LEDGER (source), result, NULL));
}

static gboolean
has_turns (gpointer data)
{
  GPtrArray **turns = data;

  return turns[0]->len > 0 || turns[1]->len > 0;
}

static void
test_turn_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyLedger) ledger = sally_ledger_new (fixture->directory);
  g_autoptr (GPtrArray) second = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) third = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (SallyLedgerTurn) first = begin (ledger, ACCOUNT);
  g_autoptr (SallyLedgerTurn) other_account = NULL;
  GPtrArray *both[] = { second, third };

  sally_ledger_begin_async (ledger, ACCOUNT, NULL, on_turn, second);
  sally_ledger_begin_async (ledger, ACCOUNT, NULL, on_turn, third);
  /* Another account waits for nobody. */
  other_account = begin (ledger, "another-account");
  g_assert_nonnull (other_account);
  g_assert_cmpuint (second->len + third->len, ==, 0);

  g_clear_object (&first);
  await_condition (has_turns, both);
  g_assert_cmpuint (second->len, ==, 1);
  g_assert_cmpuint (third->len, ==, 0);
  g_ptr_array_set_size (second, 0);
  await_condition (has_turns, both);
  g_assert_cmpuint (third->len, ==, 1);
}

static void
test_waiting_can_be_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyLedger) ledger = sally_ledger_new (fixture->directory);
  g_autoptr (SallyLedgerTurn) first = begin (ledger, ACCOUNT);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_ledger_begin_async (ledger, ACCOUNT, cancellable, await_ready, &result);
  g_cancellable_cancel (cancellable);
  g_assert_null (sally_ledger_begin_finish (ledger, await_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_spending_can_be_cancelled (Fixture *fixture, gconstpointer data)
{
  const SallyOtpParameters parameters = { SALLY_OTP_TOTP, SALLY_OTP_SHA1, 6, 86400 };
  g_autoptr (SallyLedger) ledger = sally_ledger_new (fixture->directory);
  g_autoptr (SallyLedgerTurn) turn = begin (ledger, ACCOUNT);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (spend (turn, 86400, NULL, &error));
  sally_ledger_turn_spend_async (turn, &parameters, 0, cancellable, await_ready, &result);
  g_assert_cmpint (sally_ledger_turn_get_wait_until (turn), >, g_get_monotonic_time ());
  g_cancellable_cancel (cancellable);
  g_assert_false (sally_ledger_turn_spend_finish (turn, await_result (&result), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (sally_ledger_turn_get_wait_until (turn), ==, 0);
}

/* A program that is killed while it has the turn keeps nobody waiting. */
static void
test_killed_holder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyLedger) ledger = sally_ledger_new (fixture->directory);
  g_autoptr (SallyLedgerTurn) turn = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofd int ready_read = -1;
  int ends[2];
  char byte;
  pid_t child;

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  ready_read = ends[0];
  child = fork ();
  if (child == 0)
    {
      int fd = open (fixture->record, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

      if (fd < 0 || flock (fd, LOCK_EX) != 0 || write (ends[1], "r", 1) != 1)
        _exit (1);
      for (;;)
        pause ();
    }
  close (ends[1]);
  g_assert_cmpint (read (ready_read, &byte, 1), ==, 1);

  sally_ledger_begin_async (ledger, ACCOUNT, NULL, await_ready, &result);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (result);
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  turn = sally_ledger_begin_finish (ledger, await_result (&result), &error);
  g_assert_no_error (error);
  g_assert_nonnull (turn);
}

static void
test_clock_gone_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyLedger) ledger = sally_ledger_new (fixture->directory);
  g_autoptr (SallyLedgerTurn) turn = NULL;
  g_autofree char *record =
      g_strdup_printf ("%" G_GINT64_FORMAT " 30\n", g_get_real_time () / G_USEC_PER_SEC / 30 + 10);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->record, record, -1, NULL));
  turn = begin (ledger, ACCOUNT);
  g_assert_false (spend (turn, 30, NULL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, fixture->record));
}

/* An edited period: a step of 60 s is twice as long as one of 30. */
static void
test_other_period (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyLedger) ledger = sally_ledger_new (fixture->directory);
  g_autoptr (SallyLedgerTurn) turn = NULL;
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *record = g_strdup_printf ("%" G_GINT64_FORMAT " 1\n", now_s - 1);
  g_autoptr (GError) error = NULL;
  guint64 step;

  g_assert_true (g_file_set_contents (fixture->record, record, -1, NULL));
  turn = begin (ledger, ACCOUNT);
  g_assert_true (spend (turn, 2, &step, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (step, >, (guint64) (now_s - 1) / 2);
}

static void
test_damaged_record_counts_as_sent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyLedger) ledger = sally_ledger_new (fixture->directory);
  g_autoptr (SallyLedgerTurn) turn = NULL;
  guint64 now_s = (guint64) (g_get_real_time () / G_USEC_PER_SEC);
  guint64 step;

  g_assert_true (g_file_set_contents (fixture->record, "\xFF\xFE what", -1, NULL));
  turn = begin (ledger, ACCOUNT);
  g_assert_true (spend (turn, 1, &step, NULL));
  g_assert_cmpuint (step, >, now_s);
}

static void
test_refuses_paths (Fixture *fixture, gconstpointer data)
{
  static const char *const ids[] = { "", "..", "../x", "a/b", ".hidden", "a b" };
  g_autoptr (SallyLedger) ledger = sally_ledger_new (fixture->directory);

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      sally_ledger_begin_async (ledger, ids[i], NULL, await_ready, &result);
      g_assert_null (sally_ledger_begin_finish (ledger, await_result (&result), &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
    }
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/wait", test_wait);
  ADD ("/ledger/never-the-same-step", test_never_the_same_step);
  ADD ("/ledger/record-outlives-the-turn", test_record_outlives_the_turn);
  ADD ("/ledger/turn-order", test_turn_order);
  ADD ("/ledger/waiting-can-be-cancelled", test_waiting_can_be_cancelled);
  ADD ("/ledger/spending-can-be-cancelled", test_spending_can_be_cancelled);
  ADD ("/ledger/killed-holder", test_killed_holder);
  ADD ("/ledger/clock-gone-back", test_clock_gone_back);
  ADD ("/ledger/other-period", test_other_period);
  ADD ("/ledger/damaged-record-counts-as-sent", test_damaged_record_counts_as_sent);
  ADD ("/ledger/refuses-paths", test_refuses_paths);
  return g_test_run ();
}
