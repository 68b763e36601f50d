/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With OpenSSH's own ssh-keygen, ssh-agent and ssh-add. */
#include "config.h"

#include "base/error.h"
#include "model/ssh-key.h"
#include "remote/private-agent.h"
#include "remote/ssh-agent.h"
#include "tests/support/await.h"
#include "tests/support/client.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PASSPHRASE "test passphrase"

static char *folder;

static char *
make_key (const char *type, const char *bits, const char *passphrase)
{
  static guint count = 0;
  g_autofree char *name = g_strdup_printf ("key-%u", count++);
  char *path = g_build_filename (folder, name, NULL);
  const char *const argv[] = { "ssh-keygen", "-q",       "-t", type, "-b", bits,
                               "-N",         passphrase, "-f", path, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return path;
}

static GError *
add (SallyPrivateAgent *agent, const char *key, const char *passphrase, gboolean *wants_passphrase)
{
  g_autoptr (SallySecret) secret = passphrase != NULL ? sally_secret_new (passphrase, -1) : NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  sally_private_agent_add_async (agent, key, secret, NULL, await_ready, &result);
  sally_private_agent_add_finish (agent, await_result (&result), wants_passphrase, &error);
  return error;
}

static void
test_signs (gconstpointer data)
{
  const char *type = data;
  g_autofree char *key = make_key (type, g_str_equal (type, "rsa") ? "2048" : "256", "");
  g_autoptr (SallyPrivateAgent) agent = sally_private_agent_new ();
  g_autoptr (GError) error = add (agent, key, NULL, NULL);
  g_autoptr (SallySshAgent) client = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("to be signed", 12);
  g_autoptr (GBytes) signature = NULL;
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GAsyncResult) is_signed = NULL;
  const char *algorithm;

  g_assert_no_error (error);
  client = sally_ssh_agent_new (sally_private_agent_get_socket_path (agent));
  sally_ssh_agent_list_async (client, NULL, await_ready, &listed);
  keys = sally_ssh_agent_list_finish (client, await_result (&listed), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (keys->len, ==, 1);
  sally_ssh_agent_sign_async (client, g_ptr_array_index (keys, 0), bytes, 2, NULL, await_ready,
                              &is_signed);
  signature = sally_ssh_agent_sign_finish (client, await_result (&is_signed), &error);
  g_assert_no_error (error);
  /* The signature's algorithm comes first: SHA-2 for RSA, as was asked. */
  algorithm = g_str_equal (type, "rsa") ? "rsa-sha2-256" : type;
  g_assert_nonnull (memmem (g_bytes_get_data (signature, NULL), 24, algorithm, strlen (algorithm)));
}

static void
test_passphrase (void)
{
  g_autofree char *key = make_key ("ed25519", "256", PASSPHRASE);
  g_autoptr (SallyPrivateAgent) agent = sally_private_agent_new ();
  g_autoptr (GError) error = NULL;
  gboolean wants = FALSE;

  error = add (agent, key, NULL, &wants);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE);
  g_assert_true (wants);
  g_clear_error (&error);
  error = add (agent, key, "another", &wants);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE);
  g_assert_true (wants);
  g_assert_null (strstr (error->message, "another"));
  g_clear_error (&error);
  error = add (agent, key, PASSPHRASE, &wants);
  g_assert_no_error (error);
}

static void
test_no_key (void)
{
  g_autofree char *missing = g_build_filename (folder, "missing", NULL);
  g_autofree char *garbage = g_build_filename (folder, "garbage", NULL);
  g_autoptr (SallyPrivateAgent) agent = sally_private_agent_new ();
  g_autoptr (GError) error = add (agent, missing, NULL, NULL);
  gboolean wants = TRUE;

  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (garbage, "no key\n", -1, NULL));
  g_assert_cmpint (g_chmod (garbage, 0600), ==, 0);
  error = add (agent, garbage, NULL, &wants);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE);
  g_assert_false (wants);
}

/* A key that we made, out of memory: what the agent holds is its public half. */
static void
test_made_here (void)
{
  g_autoptr (SallySshKey) key = sally_ssh_key_generate ("made here", NULL);
  g_autoptr (SallyPrivateAgent) agent = sally_private_agent_new ();
  g_autoptr (SallySecret) garbage = sally_secret_new ("no key\n", -1);
  g_autoptr (SallySshAgent) client = NULL;
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = g_strsplit (sally_ssh_key_get_public_line (key), " ", -1);
  g_autofree guchar *blob = NULL;
  gsize length;

  sally_private_agent_add_secret_async (agent, sally_ssh_key_get_name (key),
                                        sally_ssh_key_get_private (key), NULL, await_ready, &added);
  g_assert_true (sally_private_agent_add_finish (agent, await_result (&added), NULL, &error));
  g_assert_no_error (error);
  client = sally_ssh_agent_new (sally_private_agent_get_socket_path (agent));
  sally_ssh_agent_list_async (client, NULL, await_ready, &listed);
  keys = sally_ssh_agent_list_finish (client, await_result (&listed), &error);
  g_assert_cmpuint (keys->len, ==, 1);
  blob = g_base64_decode (words[1], &length);
  g_assert_cmpmem (g_bytes_get_data (keys->pdata[0], NULL), g_bytes_get_size (keys->pdata[0]), blob,
                   length);

  sally_private_agent_add_secret_async (agent, "damaged", garbage, NULL, await_ready, &refused);
  g_assert_false (sally_private_agent_add_finish (agent, await_result (&refused), NULL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "damaged"));
}

/* ssh-agent looks every ten seconds whether its command lives: its socket is gone at once. */
static void
test_ends (void)
{
  g_autofree char *key = make_key ("ed25519", "256", "");
  SallyPrivateAgent *agent = sally_private_agent_new ();
  g_autoptr (GError) error = add (agent, key, NULL, NULL);
  g_autofree char *socket_path = g_strdup (sally_private_agent_get_socket_path (agent));
  g_autofree char *directory = g_path_get_dirname (socket_path);

  g_assert_no_error (error);
  g_assert_true (g_file_test (socket_path, G_FILE_TEST_EXISTS));
  g_assert_finalize_object (agent);
  g_assert_false (g_file_test (directory, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);
  folder = await_make_directory ();
  g_test_add_data_func ("/private-agent/signs/ed25519", "ed25519", test_signs);
  g_test_add_data_func ("/private-agent/signs/ecdsa", "ecdsa", test_signs);
  g_test_add_data_func ("/private-agent/signs/rsa", "rsa", test_signs);
  g_test_add_func ("/private-agent/made-here", test_made_here);
  g_test_add_func ("/private-agent/passphrase", test_passphrase);
  g_test_add_func ("/private-agent/no-key", test_no_key);
  g_test_add_func ("/private-agent/ends-with-its-object", test_ends);
  {
    int status = g_test_run ();

    await_remove_directory (folder);
    return status;
  }
}
