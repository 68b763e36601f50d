/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in and sharing one sign-in, against a real sshd with PAM. */
#include "config.h"

#include "base/error.h"
#include "remote/connection.h"
#include "tests/support/await.h"
#include "tests/support/client.h"

#include <string.h>

static void
open_and_close (const char *rig_name, const char *recipe, const char *method)
{
  g_autoptr (SallyRig) rig = sally_rig_start (rig_name, NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, recipe);
  g_autoptr (SallyConnection) connection = sally_connection_new (server, client->services);
  g_autoptr (GError) error = test_client_open (connection);
  g_autoptr (GVariant) info = NULL;
  g_autofree char *start = NULL;
  const char *used = NULL, *fingerprint = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (sally_connection_get_state (connection), ==, SALLY_CONNECTION_READY);
  info = sally_connection_dup_info (connection);
  g_assert_true (g_variant_lookup (info, "methods", "&s", &used));
  g_assert_cmpstr (used, ==, method);
  g_assert_true (g_variant_lookup (info, "host-key-fingerprint", "&s", &fingerprint));
  g_assert_cmpstr (fingerprint, ==, sally_rig_get_host_key (rig));
  start = sally_connection_dup_start_directory (connection);
  g_assert_cmpstr (start, ==, sally_rig_get_start (rig));
  g_assert_cmpuint (test_person_get_n_host_keys (client->person), ==, 1);
  g_assert_cmpuint (test_person_get_n_prompts (client->person), ==, 0);
  g_assert_cmpuint (sally_rig_count_accepted (rig), ==, 1);

  test_client_disconnect (connection);
  g_assert_cmpuint (sally_connection_get_state (connection), ==, SALLY_CONNECTION_CLOSED);
  g_clear_object (&connection);
  test_client_free (client);
}

static void
test_password (void)
{
  open_and_close ("openssh-password", "password", "password");
}

static void
test_password_and_code (void)
{
  open_and_close ("openssh-combined", "password+code", "password");
}

static void
test_key (void)
{
  open_and_close ("openssh-key", "key", "publickey");
}

static void
test_key_then_code (void)
{
  open_and_close ("openssh-key-code", "key,code", "publickey,keyboard-interactive");
}

/* The second client finds the engine of the first, and its own host key question never comes. */
static void
test_attach (void)
{
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-combined", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, "password+code");
  g_autoptr (SallyConnection) first = sally_connection_new (server, client->services);
  g_autoptr (SallyConnection) second = sally_connection_new (server, client->services);
  g_autoptr (GAsyncResult) first_result = NULL;
  g_autoptr (GAsyncResult) second_result = NULL;
  g_autoptr (GError) error = NULL;

  sally_connection_open_async (first, FALSE, NULL, await_ready, &first_result);
  sally_connection_open_async (second, FALSE, NULL, await_ready, &second_result);
  g_assert_true (sally_connection_open_finish (first, await_result (&first_result), &error));
  g_assert_no_error (error);
  g_assert_true (sally_connection_open_finish (second, await_result (&second_result), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sally_rig_count_accepted (rig), ==, 1);
  g_assert_cmpuint (test_person_get_n_host_keys (client->person), ==, 1);

  /* One leaves, the other stays; and a third still finds the engine. */
  sally_connection_detach (first);
  g_clear_object (&first);
  first = sally_connection_new (server, client->services);
  error = test_client_open (first);
  g_assert_no_error (error);
  g_assert_cmpuint (sally_rig_count_accepted (rig), ==, 1);

  test_client_disconnect (second);
  g_clear_object (&second);
  g_clear_object (&first);
  test_client_free (client);
}

static void
test_attach_only_finds_nobody (void)
{
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-password", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, "password");
  g_autoptr (SallyConnection) connection = sally_connection_new (server, client->services);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_connection_open_async (connection, TRUE, NULL, await_ready, &result);
  g_assert_false (sally_connection_open_finish (connection, await_result (&result), &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_UNREACHABLE);
  g_assert_cmpuint (sally_rig_count_log (rig, "Connection from"), ==, 0);
  g_clear_object (&connection);
  test_client_free (client);
}

/* One attempt, and no second one by another method. */
static void
test_wrong_password (void)
{
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-password", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, "password");
  g_autoptr (SallyConnection) connection = NULL;
  g_autoptr (SallySecret) wrong = sally_secret_new ("not it", -1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_keyring_store_async (client->keyring, SALLY_KEYRING_PASSWORD, sally_server_get_id (server),
                             wrong, NULL, await_ready, &result);
  g_assert_true (sally_keyring_store_finish (client->keyring, await_result (&result), &error));
  connection = sally_connection_new (server, client->services);
  error = test_client_open (connection);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED);
  g_assert_cmpuint (sally_rig_count_log (rig, "Failed password"), ==, 1);
  g_assert_cmpuint (sally_rig_count_log (rig, "Failed keyboard-interactive"), ==, 0);
  g_clear_object (&connection);
  test_client_free (client);
}

static void
store_password (TestClient *client, SallyServer *server, const char *text)
{
  g_autoptr (SallySecret) password = sally_secret_new (text, -1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_keyring_store_async (client->keyring, SALLY_KEYRING_PASSWORD, sally_server_get_id (server),
                             password, NULL, await_ready, &result);
  g_assert_true (sally_keyring_store_finish (client->keyring, await_result (&result), &error));
}

/* Nothing is sent any more, not even a connection is made, until a person says so; then once. */
static void
test_held_after_two_refusals (void)
{
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-password", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, "password");
  g_autoptr (SallySecret) password = sally_rig_dup_password (rig);
  g_autoptr (SallyConnection) connection = sally_connection_new (server, client->services);
  g_autoptr (GError) error = NULL;
  guint n_connections;

  store_password (client, server, "not it");
  for (guint i = 0; i < 2; i++)
    {
      error = test_client_open (connection);
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED);
      g_clear_error (&error);
    }
  g_assert_cmpuint (sally_rig_count_log (rig, "Failed password"), ==, 2);
  n_connections = sally_rig_count_log (rig, "Connection from");

  for (guint i = 0; i < 3; i++)
    {
      error = test_client_open (connection);
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_HELD);
      g_clear_error (&error);
    }
  g_assert_cmpuint (test_person_get_n_attempts (client->person), ==, 3);
  g_assert_cmpuint (sally_rig_count_log (rig, "Connection from"), ==, n_connections);

  test_person_set_allows_attempts (client->person, TRUE);
  error = test_client_open (connection);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED);
  g_clear_error (&error);
  test_person_set_allows_attempts (client->person, FALSE);
  error = test_client_open (connection);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_HELD);
  g_clear_error (&error);
  g_assert_cmpuint (sally_rig_count_log (rig, "Failed password"), ==, 3);

  /* A new password begins anew. */
  store_password (client, server, sally_secret_peek (password, NULL));
  g_assert_true (sally_guard_clear (client->guard, server, &error));
  error = test_client_open (connection);
  g_assert_no_error (error);
  test_client_disconnect (connection);
  g_clear_object (&connection);
  test_client_free (client);
}

static void
test_missing_password_is_asked (void)
{
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-password", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, "password");
  g_autoptr (SallySecret) password = sally_rig_dup_password (rig);
  g_autoptr (SallyConnection) connection = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_keyring_remove_async (client->keyring, SALLY_KEYRING_PASSWORD, sally_server_get_id (server),
                              NULL, await_ready, &result);
  g_assert_true (sally_keyring_remove_finish (client->keyring, await_result (&result), &error));

  connection = sally_connection_new (server, client->services);
  error = test_client_open (connection);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON);
  g_assert_cmpuint (sally_rig_count_log (rig, "Failed password"), ==, 0);
  g_clear_error (&error);

  test_person_add_answer (client->person, sally_secret_peek (password, NULL));
  error = test_client_open (connection);
  g_assert_no_error (error);
  test_client_disconnect (connection);
  g_clear_object (&connection);
  test_client_free (client);
}

static void
test_host_key_not_trusted (void)
{
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-password", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, "password");
  g_autoptr (SallyConnection) connection = sally_connection_new (server, client->services);
  g_autoptr (GError) error = NULL;

  test_person_set_accepts_host_keys (client->person, FALSE);
  error = test_client_open (connection);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_HOST_KEY_UNKNOWN);
  g_assert_cmpuint (sally_rig_count_log (rig, "Failed password"), ==, 0);
  g_clear_object (&connection);
  test_client_free (client);
}

static void
test_host_key_changed (void)
{
  const char *const others[] = { "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL };
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-password", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, "password");
  g_autoptr (SallyConnection) connection = sally_connection_new (server, client->services);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      sally_host_trust_pin (client->trust, "127.0.0.1", sally_rig_get_port (rig), others, &error));
  g_assert_no_error (error);
  error = test_client_open (connection);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_HOST_KEY_CHANGED);
  g_assert_nonnull (strstr (error->message, sally_rig_get_host_key (rig)));
  g_assert_cmpuint (test_person_get_n_host_keys (client->person), ==, 0);
  g_clear_object (&connection);
  test_client_free (client);
}

static void
test_unreachable (void)
{
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-password", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, "password");
  g_autoptr (SallyConnection) connection = sally_connection_new (server, client->services);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&rig, sally_rig_stop);
  error = test_client_open (connection);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_UNREACHABLE);
  g_clear_object (&connection);
  test_client_free (client);
}

/* Whoever follows the steps of the connection sees those of the one before it. */
static void
note_steps (SallyConnection *connection, GParamSpec *pspec, guint *steps)
{
  SallyConnection *jump = sally_connection_get_jump (connection);

  if (sally_connection_get_state (connection) != SALLY_CONNECTION_OPENING_JUMP)
    return;
  g_assert_nonnull (jump);
  g_assert_cmpstr (sally_server_get_name (sally_connection_get_server (jump)), ==, "bastion");
  *steps |= 1u << sally_connection_get_state (jump);
}

/* Two engines, two sign-ins, and the inner server is reached from the jump host only. */
static void
test_jump_host (void)
{
  g_autoptr (SallyRig) outer = sally_rig_start ("openssh-combined", NULL);
  g_autoptr (SallyRig) inner = sally_rig_start ("openssh-password", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) bastion = test_client_make_server (client, outer, "password+code");
  g_autoptr (SallyServer) server = test_client_make_server (client, inner, "password");
  g_autoptr (SallyConnection) connection = NULL;
  g_autoptr (SallyConnection) jump = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SallyRemoteAttributes attributes;
  guint steps = 0;

  g_object_set (bastion, "name", "bastion", NULL);
  g_object_set (server, "name", "inner", "jump", "bastion", NULL);
  sally_server_store_save_async (client->servers, bastion, NULL, await_ready, &result);
  g_assert_true (sally_server_store_save_finish (client->servers, await_result (&result), &error));
  g_clear_object (&result);

  connection = sally_connection_new (server, client->services);
  g_signal_connect (connection, "notify::state", G_CALLBACK (note_steps), &steps);
  error = test_client_open (connection);
  g_assert_no_error (error);
  g_assert_cmpuint (sally_rig_count_accepted (outer), ==, 1);
  g_assert_cmpuint (sally_rig_count_accepted (inner), ==, 1);
  g_assert_cmpuint (steps & (1u << SALLY_CONNECTION_CHECKING_KEY), !=, 0);
  g_assert_cmpuint (steps & (1u << SALLY_CONNECTION_WAITING_FOR_CODE), !=, 0);
  g_assert_null (sally_connection_get_jump (connection));

  sally_connection_stat_async (connection, sally_rig_get_start (inner), TRUE, NULL, await_ready,
                               &result);
  g_assert_true (
      sally_connection_stat_finish (connection, await_result (&result), &attributes, &error));
  g_assert_no_error (error);

  test_client_disconnect (connection);
  jump = sally_connection_new (bastion, client->services);
  error = test_client_open (jump);
  g_assert_no_error (error);
  test_client_disconnect (jump);
  g_assert_cmpuint (sally_rig_count_accepted (outer), ==, 1);
  g_clear_object (&jump);
  g_clear_object (&connection);
  test_client_free (client);
}

static SallyServer *
save_hop (TestClient *client, const char *name, const char *jump)
{
  SallyServer *server = sally_server_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (server, "name", name, "host", "127.0.0.1", "user", "nobody", "recipe", "password",
                "jump", jump, NULL);
  sally_server_store_save_async (client->servers, server, NULL, await_ready, &result);
  g_assert_true (sally_server_store_save_finish (client->servers, await_result (&result), &error));
  g_assert_no_error (error);
  return server;
}

static void
test_jump_in_a_circle (void)
{
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) here = save_hop (client, "here", "there");
  g_autoptr (SallyServer) there = save_hop (client, "there", "here");
  g_autoptr (SallyConnection) connection = sally_connection_new (here, client->services);
  g_autoptr (GError) error = test_client_open (connection);

  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  g_clear_object (&connection);
  test_client_free (client);
}

static void
lost_cb (SallyConnection *connection, GError *error, gboolean *is_lost)
{
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST);
  *is_lost = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static void
test_server_goes_away (void)
{
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-password", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, "password");
  g_autoptr (SallyConnection) connection = sally_connection_new (server, client->services);
  g_autoptr (GError) error = test_client_open (connection);
  gboolean is_lost = FALSE;

  g_assert_no_error (error);
  g_signal_connect (connection, "lost", G_CALLBACK (lost_cb), &is_lost);
  g_clear_pointer (&rig, sally_rig_stop);
  await_condition (is_true, &is_lost);
  g_assert_cmpuint (sally_connection_get_state (connection), ==, SALLY_CONNECTION_CLOSED);
  g_clear_object (&connection);
  test_client_free (client);
}

int
main (int argc, char **argv)
{
  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection/recipe/password", test_password);
  g_test_add_func ("/connection/recipe/password-and-code", test_password_and_code);
  g_test_add_func ("/connection/recipe/key-file", test_key);
  g_test_add_func ("/connection/recipe/key-then-code", test_key_then_code);
  g_test_add_func ("/connection/two-clients-one-sign-in", test_attach);
  g_test_add_func ("/connection/attach-only-finds-nobody", test_attach_only_finds_nobody);
  g_test_add_func ("/connection/wrong-password-is-sent-once", test_wrong_password);
  g_test_add_func ("/connection/held-after-two-refusals", test_held_after_two_refusals);
  g_test_add_func ("/connection/missing-password-is-asked", test_missing_password_is_asked);
  g_test_add_func ("/connection/host-key/not-trusted", test_host_key_not_trusted);
  g_test_add_func ("/connection/host-key/changed", test_host_key_changed);
  g_test_add_func ("/connection/unreachable", test_unreachable);
  g_test_add_func ("/connection/jump-host/two-sign-ins", test_jump_host);
  g_test_add_func ("/connection/jump-host/in-a-circle", test_jump_in_a_circle);
  g_test_add_func ("/connection/server-goes-away", test_server_goes_away);
  return g_test_run ();
}
