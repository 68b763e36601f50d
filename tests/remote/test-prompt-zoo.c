/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every way a server asks, against a server that asks so. */
#include "config.h"

#include "base/error.h"
#include "tests/support/await.h"
#include "tests/support/client.h"

#include <string.h>

typedef struct
{
  SallyRig *rig;
  TestClient *client;
  SallyServer *server;
  SallyConnection *connection;
} Fixture;

static void
set_up (Fixture *fixture, const char *user, const char *recipe)
{
  fixture->rig = sally_rig_start ("prompt-zoo", "--user", user, NULL);
  fixture->client = test_client_new ();
  fixture->server = test_client_make_server (fixture->client, fixture->rig, recipe);
}

static void
tear_down (Fixture *fixture)
{
  g_clear_object (&fixture->connection);
  g_clear_object (&fixture->server);
  test_client_free (fixture->client);
  sally_rig_stop (fixture->rig);
}

/* Signs in and out again. */
static GError *
visit (Fixture *fixture)
{
  g_autoptr (SallyConnection) connection =
      sally_connection_new (fixture->server, fixture->client->services);
  GError *error = test_client_open (connection);

  if (error == NULL)
    test_client_disconnect (connection);
  return error;
}

static const struct
{
  const char *user;
  const char *recipe;
  const char *property; /* one more of the profile, or NULL */
  const char *value;
  guint n_shown; /* notices */
} animals[] = {
  { "one-prompt", "password+code", NULL, NULL, 0 },
  { "code-first-in-one", "code+password", NULL, NULL, 0 },
  { "separator", "password+code", "separator", ",", 0 },
  { "two-prompts", "password,code", NULL, NULL, 0 },
  { "two-requests", "password,code", NULL, NULL, 0 },
  { "code-first", "password,code", "code-prompt", "^verification", 0 },
  { "other-language", "password,code", NULL, NULL, 0 },
  { "echo", "password,code", NULL, NULL, 0 },
  { "notice", "password", NULL, NULL, 1 },
  { "notice-between", "password,code", NULL, NULL, 1 },
  { "late", "password,code", NULL, NULL, 0 },
  { "hostile-words", "password", NULL, NULL, 0 },
};

/* The first sign-in and one that knows the script: one attempt each, nobody asked, no code twice.
 */
static void
test_animal (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Fixture fixture = { NULL };
  g_autofree char *asked = NULL;

  set_up (&fixture, animals[i].user, animals[i].recipe);
  if (animals[i].property != NULL)
    g_object_set (fixture.server, animals[i].property, animals[i].value, NULL);
  for (guint visits = 1; visits <= 2; visits++)
    {
      g_autoptr (GError) error = visit (&fixture);

      g_assert_no_error (error);
      g_assert_cmpuint (sally_rig_count_accepted (fixture.rig), ==, visits);
      g_assert_cmpuint (test_person_get_n_prompts (fixture.client->person), ==,
                        visits * animals[i].n_shown);
      /* A second code would have to wait for its step. */
      if (strstr (animals[i].recipe, "code") != NULL)
        break;
    }
  g_assert_cmpuint (sally_rig_count_log (fixture.rig, "Failed"), ==, 0);
  g_assert_cmpuint (sally_rig_count_log (fixture.rig, "Code sent twice"), ==, 0);
  tear_down (&fixture);
}

static void
save (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_server_store_save_async (fixture->client->servers, fixture->server, NULL, await_ready,
                                 &result);
  sally_server_store_save_finish (fixture->client->servers, await_result (&result), &error);
  g_assert_no_error (error);
}

static void
change (Fixture *fixture)
{
  g_autofree char *path = sally_rig_dup_path (fixture->rig, "changed");

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}

static void
test_changing_words_are_the_same_script (void)
{
  Fixture fixture = { NULL };

  set_up (&fixture, "time", "password");
  for (guint visits = 1; visits <= 3; visits++)
    {
      g_autoptr (GError) error = visit (&fixture);

      g_assert_no_error (error);
      g_assert_cmpstr (sally_server_get_prompts (fixture.server), !=, "");
    }
  g_assert_cmpuint (test_person_get_n_prompts (fixture.client->person), ==, 0);
  tear_down (&fixture);
}

static void
test_changed_is_never_answered_alone (void)
{
  Fixture fixture = { NULL };
  g_autoptr (SallySecret) password = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *pinned = NULL;

  set_up (&fixture, "changed", "password");
  save (&fixture);
  password = sally_rig_dup_password (fixture.rig);
  error = visit (&fixture);
  g_assert_no_error (error);
  pinned = g_strdup (sally_server_get_prompts (fixture.server));
  change (&fixture);

  /* Nobody is there. */
  error = visit (&fixture);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON);
  g_clear_error (&error);
  g_assert_cmpuint (test_person_get_n_changes (fixture.client->person), ==, 1);
  g_assert_cmpstr (test_person_get_last_text (fixture.client->person), ==, "Okta password again:");

  /* Answered by hand, but not accepted for good. */
  test_person_add_answer (fixture.client->person, sally_secret_peek (password, NULL));
  error = visit (&fixture);
  g_assert_no_error (error);
  g_assert_cmpstr (sally_server_get_prompts (fixture.server), ==, pinned);
  g_assert_cmpuint (test_person_get_n_changes (fixture.client->person), ==, 2);

  /* Accepted: asked once more, then never again; and it is in the saved profile. */
  test_person_add_answer (fixture.client->person, sally_secret_peek (password, NULL));
  test_person_set_remembers (fixture.client->person, TRUE);
  error = visit (&fixture);
  g_assert_no_error (error);
  error = visit (&fixture);
  g_assert_no_error (error);
  g_assert_cmpuint (test_person_get_n_changes (fixture.client->person), ==, 3);
  g_assert_nonnull (strstr (sally_server_get_prompts (sally_server_store_get_by_id (
                                fixture.client->servers, sally_server_get_id (fixture.server))),
                            "Okta"));
  g_assert_cmpuint (sally_rig_count_log (fixture.rig, "Failed"), ==, 0);
  tear_down (&fixture);
}

/* A script that a person accepted but that did not sign in is not kept. */
static void
test_refused_script_is_not_kept (void)
{
  Fixture fixture = { NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *pinned = NULL;

  set_up (&fixture, "changed", "password");
  error = visit (&fixture);
  g_assert_no_error (error);
  pinned = g_strdup (sally_server_get_prompts (fixture.server));
  change (&fixture);
  test_person_add_answer (fixture.client->person, "not it");
  test_person_set_remembers (fixture.client->person, TRUE);
  error = visit (&fixture);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED);
  g_assert_cmpstr (sally_server_get_prompts (fixture.server), ==, pinned);
  tear_down (&fixture);
}

/* A refusal of answers counts, whoever typed them; after the second nothing is sent. */
static void
test_guard (void)
{
  Fixture fixture = { NULL };
  guint n_connections;

  set_up (&fixture, "two-prompts", "password,code");
  g_object_set (fixture.server, "separator", "", "account-id", "", NULL);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      test_person_add_answer (fixture.client->person, "000000");
      error = visit (&fixture);
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED);
    }
  n_connections = sally_rig_count_log (fixture.rig, "Connection of");
  g_assert_cmpuint (n_connections, ==, 2);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;

      test_person_add_answer (fixture.client->person, "000000");
      error = visit (&fixture);
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_HELD);
    }
  g_assert_cmpuint (sally_rig_count_log (fixture.rig, "Connection of"), ==, n_connections);
  tear_down (&fixture);
}

static void
test_eight_digits (void)
{
  Fixture fixture = { NULL };
  g_autoptr (GError) error = NULL;

  set_up (&fixture, "eight-digits", "password,code");
  g_object_set (fixture.server, "code-length", 8u, NULL);
  error = visit (&fixture);
  g_assert_no_error (error);
  g_assert_cmpuint (test_person_get_n_prompts (fixture.client->person), ==, 0);
  tear_down (&fixture);
}

/* No account makes this code: the person types it, with the server's words before their eyes, and
 * types nothing else. Where nobody is there, nothing is sent. */
static void
test_scratch_code (void)
{
  Fixture fixture = { NULL };
  g_autofree char *path = NULL;
  g_autofree char *code = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&fixture, "scratch", "password,code");
  g_object_set (fixture.server, "account-id", "", NULL);
  error = visit (&fixture);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON);
  g_clear_error (&error);
  g_assert_cmpuint (sally_rig_count_log (fixture.rig, "Connection of"), ==, 0);

  path = sally_rig_dup_path (fixture.rig, "scratch");
  g_assert_true (g_file_get_contents (path, &code, NULL, NULL));
  test_person_add_answer (fixture.client->person, code);
  error = visit (&fixture);
  g_assert_no_error (error);
  g_assert_cmpuint (test_person_get_n_prompts (fixture.client->person), ==, 1);
  g_assert_cmpstr (test_person_get_last_text (fixture.client->person), ==, "Scratch code:");
  tear_down (&fixture);
}

/* A code typed by hand is a part of one answer as well. */
static void
test_typed_code_in_one_answer (void)
{
  Fixture fixture = { NULL };
  g_autoptr (SallyAccount) account = NULL;
  g_autoptr (SallySecret) code = NULL;
  g_autoptr (GError) error = NULL;
  const char *account_id;

  set_up (&fixture, "one-prompt", "password+code");
  account_id = sally_server_get_account_id (fixture.server);
  account = g_object_ref (sally_account_store_get_by_id (fixture.client->accounts, account_id));
  code =
      sally_otp_code_at_time (sally_account_get_parameters (account),
                              sally_account_get_key (account), g_get_real_time () / G_USEC_PER_SEC);
  g_object_set (fixture.server, "account-id", "gone", NULL);
  test_person_add_answer (fixture.client->person, sally_secret_peek (code, NULL));
  error = visit (&fixture);
  g_assert_no_error (error);
  g_assert_cmpuint (test_person_get_n_prompts (fixture.client->person), ==, 1);
  tear_down (&fixture);
}

/* The record of the account's newest step that was sent; -1 if there is none. */
static gint64
read_ledger (Fixture *fixture, const char *account_id)
{
  /* All clients of a test share it. */
  g_autofree char *folder = g_path_get_dirname (fixture->client->folder);
  g_autofree char *path = g_build_filename (folder, "ledger", account_id, NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && *text != '\0'
             ? g_ascii_strtoll (text, NULL, 10)
             : -1;
}

/* A code that the person typed, asked by hand, counts as sent as well: nobody sends it again. */
static void
test_typed_code_is_spent (void)
{
  Fixture fixture = { NULL };
  g_autoptr (SallyAccount) account = NULL;
  g_autoptr (SallySecret) code = NULL;
  g_autoptr (GError) error = NULL;
  const SallyOtpParameters *parameters;
  const char *account_id;
  gint64 step;

  set_up (&fixture, "two-prompts", "password,code");
  g_object_set (fixture.server, "code-prompt", "^another prompt$", NULL);
  account_id = sally_server_get_account_id (fixture.server);
  account = g_object_ref (sally_account_store_get_by_id (fixture.client->accounts, account_id));
  parameters = sally_account_get_parameters (account);
  step = g_get_real_time () / G_USEC_PER_SEC / (gint64) sally_otp_period_s (parameters);
  code = sally_otp_code_at_counter (parameters, sally_account_get_key (account), (guint64) step);

  /* What is no code of the account changes nothing. */
  test_person_add_answer (fixture.client->person, "not a code");
  error = visit (&fixture);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED);
  g_clear_error (&error);
  g_assert_cmpint (read_ledger (&fixture, account_id), ==, -1);

  test_person_add_answer (fixture.client->person, sally_secret_peek (code, NULL));
  error = visit (&fixture);
  g_assert_no_error (error);
  g_assert_cmpuint (sally_rig_count_accepted (fixture.rig), ==, 1);
  g_assert_cmpint (read_ledger (&fixture, account_id), ==, step);
  tear_down (&fixture);
}

/* The number of prompts does not fit the recipe: none is guessed. */
static void
test_more_prompts_than_factors (void)
{
  Fixture fixture = { NULL };
  g_autoptr (GError) error = NULL;

  set_up (&fixture, "two-prompts", "password");
  error = visit (&fixture);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON);
  g_assert_cmpuint (test_person_get_n_prompts (fixture.client->person), ==, 1);
  g_assert_cmpuint (sally_rig_count_log (fixture.rig, "Failed"), ==, 0);
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (animals); i++)
    {
      g_autofree char *path = g_strdup_printf ("/prompt-zoo/asks/%s", animals[i].user);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_animal);
    }
  g_test_add_func ("/prompt-zoo/eight-digits", test_eight_digits);
  g_test_add_func ("/prompt-zoo/scratch-code", test_scratch_code);
  g_test_add_func ("/prompt-zoo/typed-code-in-one-answer", test_typed_code_in_one_answer);
  g_test_add_func ("/prompt-zoo/typed-code-is-spent", test_typed_code_is_spent);
  g_test_add_func ("/prompt-zoo/more-prompts-than-factors", test_more_prompts_than_factors);
  g_test_add_func ("/prompt-zoo/changing-words-are-the-same-script",
                   test_changing_words_are_the_same_script);
  g_test_add_func ("/prompt-zoo/changed-is-never-answered-alone",
                   test_changed_is_never_answered_alone);
  g_test_add_func ("/prompt-zoo/refused-script-is-not-kept", test_refused_script_is_not_kept);
  g_test_add_func ("/prompt-zoo/nothing-after-two-refusals", test_guard);
  return g_test_run ();
}
