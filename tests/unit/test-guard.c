/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/guard.h"

#include "tests/support/await.h"

/* A history: 'r' a refusal, 's' a success, 'p' a person's word; and whether a program may go on
 * after it. */
static const struct
{
  const char *history;
  SallyGuardVerdict verdict;
} histories[] = {
  { "", SALLY_GUARD_GO },
  { "r", SALLY_GUARD_GO },
  { "rr", SALLY_GUARD_ONLY_A_PERSON },
  { "rrr", SALLY_GUARD_ONLY_A_PERSON },
  { "rsr", SALLY_GUARD_GO },
  { "rsrr", SALLY_GUARD_ONLY_A_PERSON },
  { "rrp", SALLY_GUARD_GO },
  { "rrpr", SALLY_GUARD_ONLY_A_PERSON },
  { "rrppr", SALLY_GUARD_ONLY_A_PERSON },
  { "rrprp", SALLY_GUARD_GO },
  { "rrps", SALLY_GUARD_GO },
  { "rrpsr", SALLY_GUARD_GO },
  { "pr", SALLY_GUARD_GO },
};

static void
test_histories (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (histories); i++)
    {
      SallyGuardState state = { 0, 0 };

      for (const char *event = histories[i].history; *event != '\0'; event++)
        {
          if (*event == 'r')
            state = sally_guard_add_refusal (&state, 1000);
          else if (*event == 'p')
            state = sally_guard_add_permission (&state);
          else
            state = (SallyGuardState) { 0, 0 };
        }
      g_test_message ("%s", histories[i].history);
      g_assert_cmpint (sally_guard_decide (&state), ==, histories[i].verdict);
    }
}

typedef struct
{
  char *directory;
  SallyGuard *guard;
  SallyServer *server;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = NULL;

  fixture->directory = await_make_directory ();
  directory = g_build_filename (fixture->directory, "state", "guard", NULL);
  fixture->guard = sally_guard_new (directory);
  fixture->server = sally_server_new (NULL);
  g_object_set (fixture->server, "name", "one", "host", "h.example", "user", "u", "recipe",
                "password", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->guard);
  g_clear_object (&fixture->server);
  await_remove_directory (fixture->directory);
}

static SallyGuardTurn *
begin (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SallyGuardTurn *turn;

  sally_guard_begin_async (fixture->guard, fixture->server, NULL, await_ready, &result);
  turn = sally_guard_begin_finish (fixture->guard, await_result (&result), &error);
  g_assert_no_error (error);
  return turn;
}

static void
refuse (Fixture *fixture)
{
  g_autoptr (SallyGuardTurn) turn = begin (fixture);

  sally_guard_turn_refused (turn);
}

static SallyGuardVerdict
verdict (Fixture *fixture)
{
  SallyGuardState state = sally_guard_get_state (fixture->guard, fixture->server);

  return sally_guard_decide (&state);
}

static void
test_other_programs_see_it (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = g_build_filename (fixture->directory, "state", "guard", NULL);
  g_autoptr (SallyGuard) other = sally_guard_new (directory);
  g_autoptr (GError) error = NULL;
  SallyGuardState state;

  g_assert_cmpint (verdict (fixture), ==, SALLY_GUARD_GO);
  refuse (fixture);
  refuse (fixture);
  state = sally_guard_get_state (other, fixture->server);
  g_assert_cmpuint (state.n_refusals, ==, 2);
  g_assert_cmpint (state.last_refusal_us, >, 0);

  g_assert_true (sally_guard_allow (other, fixture->server, &error));
  g_assert_cmpint (verdict (fixture), ==, SALLY_GUARD_GO);
  refuse (fixture);
  g_assert_cmpint (verdict (fixture), ==, SALLY_GUARD_ONLY_A_PERSON);
  g_assert_true (sally_guard_clear (other, fixture->server, &error));
  refuse (fixture);
  g_assert_cmpint (verdict (fixture), ==, SALLY_GUARD_GO);
}

static void
test_success_forgets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyGuardTurn) turn = NULL;

  refuse (fixture);
  turn = begin (fixture);
  sally_guard_turn_succeeded (turn);
  g_clear_object (&turn);
  refuse (fixture);
  g_assert_cmpint (verdict (fixture), ==, SALLY_GUARD_GO);
}

static void
test_identity (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *property;
    const char *value;
    gboolean is_other;
  } changes[] = {
    { "name", "two", FALSE },       { "host", "H.Example", FALSE },
    { "group", "g", FALSE },        { "host", "i.example", TRUE },
    { "user", "v", TRUE },          { "recipe", "key", TRUE },
    { "account-id", "a-id", TRUE }, { "identity-file", "/key", TRUE },
  };
  g_autofree char *identity = sally_guard_dup_identity (fixture->server);

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (SallyServer) other = sally_server_new (NULL);
      g_autofree char *changed = NULL;

      sally_server_set_from (other, fixture->server);
      g_object_set (other, changes[i].property, changes[i].value, NULL);
      changed = sally_guard_dup_identity (other);
      g_test_message ("%s %s", changes[i].property, changes[i].value);
      g_assert_cmpint (!g_str_equal (identity, changed), ==, changes[i].is_other);
    }
  g_object_set (fixture->server, "port", 2222u, NULL);
  {
    g_autofree char *changed = sally_guard_dup_identity (fixture->server);

    g_assert_cmpstr (changed, !=, identity);
  }
}

/* The second attempt begins when the first is over, and then knows how it ended. */
static void
test_one_at_a_time (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyGuardTurn) first = NULL;
  g_autoptr (SallyGuardTurn) second = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SallyGuardState state;

  refuse (fixture);
  first = begin (fixture);
  sally_guard_begin_async (fixture->guard, fixture->server, NULL, await_ready, &result);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (result);
  sally_guard_turn_refused (first);
  g_clear_object (&first);
  second = sally_guard_begin_finish (fixture->guard, await_result (&result), &error);
  g_assert_no_error (error);
  state = sally_guard_turn_get_state (second);
  g_assert_cmpint (sally_guard_decide (&state), ==, SALLY_GUARD_ONLY_A_PERSON);
}

static void
test_damaged_record_is_held (Fixture *fixture, gconstpointer data)
{
  static const char *const contents[] = { "x", "-1 0\n", "1\n", "1 2 3\n",
                                          "99999999999999999999 0\n" };
  g_autofree char *identity = sally_guard_dup_identity (fixture->server);
  g_autofree char *path = g_build_filename (fixture->directory, "state", "guard", identity, NULL);

  refuse (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_assert_true (g_file_set_contents (path, contents[i], -1, NULL));
      g_assert_cmpint (verdict (fixture), ==, SALLY_GUARD_ONLY_A_PERSON);
      g_assert_true (sally_guard_allow (fixture->guard, fixture->server, NULL));
      g_assert_cmpint (verdict (fixture), ==, SALLY_GUARD_GO);
    }
}

static void
test_record_says_nothing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *identity = sally_guard_dup_identity (fixture->server);
  g_autofree char *path = g_build_filename (fixture->directory, "state", "guard", identity, NULL);
  g_autofree char *text = NULL;

  refuse (fixture);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_regex_match_simple ("^[0-9]+ [0-9]+\n$", text, 0, 0));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/guard/histories", test_histories);
  ADD ("/guard/other-programs-see-it", test_other_programs_see_it);
  ADD ("/guard/success-forgets", test_success_forgets);
  ADD ("/guard/identity", test_identity);
  ADD ("/guard/one-at-a-time", test_one_at_a_time);
  ADD ("/guard/damaged-record-is-held", test_damaged_record_is_held);
  ADD ("/guard/record-says-nothing", test_record_says_nothing);
  return g_test_run ();
}
