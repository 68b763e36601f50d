/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each test server starts, speaks SSH, has what it promises, and is gone afterwards. */

#include "config.h"

#include "tests/support/rig.h"

#include <gio/gio.h>

typedef struct
{
  const char *name;
  gboolean has_password;
  gboolean has_seed;
  gboolean has_key;
} RigCase;

static const RigCase rig_cases[] = {
  { "dropbear", TRUE, FALSE, TRUE },
  { "openssh-certificate", FALSE, FALSE, TRUE },
  { "openssh-chain", TRUE, TRUE, FALSE },
  { "openssh-combined", TRUE, TRUE, FALSE },
  { "openssh-key", FALSE, FALSE, TRUE },
  { "openssh-key-code", FALSE, TRUE, TRUE },
  { "openssh-password", TRUE, FALSE, FALSE },
  { "prompt-zoo", TRUE, TRUE, FALSE },
  { "proftpd", TRUE, TRUE, TRUE },
};

static GSocketConnection *
connect_to (guint16 port, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_timeout (client, 10);
  return g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, error);
}

static void
test_rig (gconstpointer data)
{
  const RigCase *rig_case = data;
  SallyRig *rig = sally_rig_start (rig_case->name, NULL);
  g_autoptr (SallySecret) password = sally_rig_dup_password (rig);
  g_autoptr (SallySecret) seed = sally_rig_dup_seed (rig);
  g_autofree char *key = sally_rig_dup_path (rig, "key");
  g_autofree char *state = sally_rig_dup_path (rig, "");
  g_autofree char *readme = g_build_filename (sally_rig_get_home (rig), "README.txt", NULL);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketConnection) refused = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = sally_rig_get_port (rig);
  char banner[8] = "";

  g_assert_cmpint (password != NULL, ==, rig_case->has_password);
  g_assert_cmpint (seed != NULL, ==, rig_case->has_seed);
  g_assert_cmpint (g_file_test (key, G_FILE_TEST_EXISTS), ==, rig_case->has_key);
  g_assert_true (g_file_test (readme, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_str_has_prefix (sally_rig_get_host_key (rig), "SHA256:"));

  connection = connect_to (port, &error);
  g_assert_no_error (error);
  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), banner,
                           sizeof banner - 1, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (banner, ==, "SSH-2.0");
  g_assert_cmpuint (sally_rig_count_accepted (rig), ==, 0);
  g_assert_cmpuint (sally_rig_count_log (rig, "Server listening on 127.0.0.1"), ==, 1);

  sally_rig_stop (rig);
  refused = connect_to (port, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_false (g_file_test (state, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rig_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/rig/%s", rig_cases[i].name);

      g_test_add_data_func (path, &rig_cases[i], test_rig);
    }
  return g_test_run ();
}
