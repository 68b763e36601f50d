/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another program for the tests of sharing: signs in or attaches to the server that its arguments
 * name, says "ready", and holds on until its input ends. The password comes on its input first. */
#include "config.h"

#include "tests/support/await.h"
#include "tests/support/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* usage: sign-in PORT USER SERVER-ID FOLDER */
int
main (int argc, char **argv)
{
  TestClient *client;
  g_autoptr (SallyServer) server = NULL;
  g_autoptr (SallySecret) password = NULL;
  g_autoptr (SallyConnection) connection = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char line[128];

  g_assert_cmpint (argc, ==, 5);
  test_client_prepare_in (argv[4]);
  g_assert_nonnull (fgets (line, sizeof line, stdin));
  password = sally_secret_new (g_strchomp (line), -1);
  client = test_client_new ();
  server = sally_server_new (argv[3]);
  g_object_set (server, "name", "rig", "host", "127.0.0.1", "port",
                (guint) g_ascii_strtoull (argv[1], NULL, 10), "user", argv[2], "recipe", "password",
                NULL);
  sally_keyring_store_async (client->keyring, SALLY_KEYRING_PASSWORD, argv[3], password, NULL,
                             await_ready, &result);
  g_assert_true (sally_keyring_store_finish (client->keyring, await_result (&result), &error));
  connection = sally_connection_new (server, client->services);
  error = test_client_open (connection);
  puts (error == NULL ? "ready" : error->message);
  fflush (stdout);
  while (fgets (line, sizeof line, stdin) != NULL)
    ;
  g_clear_object (&connection);
  test_client_free (client);
  return error == NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}
