/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that fall silent, and keys that are exchanged anew while all lanes are busy. */
#include "config.h"

#include "base/error.h"
#include "tests/support/await.h"
#include "tests/support/files.h"
#include "tests/support/relay.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define MIB           (1024 * 1024)
#define REKEY_BYTES   (48 * MIB)
#define N_EACH_WAY    2
/* Three keepalives (engine/mux.c) and a good deal of patience. */
#define SILENCE_MS    120000
/* When they would have told of a line on which nothing is asked. */
#define KEEPALIVES_US (45 * G_USEC_PER_SEC)

static gboolean
is_ended (gpointer data)
{
  return sally_transfer_has_ended (data);
}

static SallyTransfer *
begin (TestClient *client, SallyConnection *connection, SallyRig *rig, guint i, gboolean is_upload)
{
  g_autofree char *name = g_strdup_printf ("%s-%u", is_upload ? "up" : "down", i);
  g_autofree char *local = g_build_filename (client->folder, name, NULL);
  g_autofree char *far = g_build_filename (sally_rig_get_home (rig), "inbox", name, NULL);
  g_autofree char *remote = g_build_filename (sally_rig_get_start (rig), "inbox", name, NULL);

  files_make (is_upload ? local : far, REKEY_BYTES, i + (is_upload ? 100 : 0));
  return g_object_ref (is_upload ? sally_transfer_queue_upload (client->queue, connection, local,
                                                                remote, SALLY_CONFLICT_FAIL)
                                 : sally_transfer_queue_download (client->queue, connection, remote,
                                                                  client->folder, name,
                                                                  SALLY_CONFLICT_FAIL));
}

static void
check (TestClient *client, SallyRig *rig, SallyTransfer *transfer)
{
  const char *name = sally_transfer_get_name (transfer);
  g_autofree char *local = g_build_filename (client->folder, name, NULL);
  g_autofree char *far = g_build_filename (sally_rig_get_home (rig), "inbox", name, NULL);

  g_assert_cmpint (sally_transfer_get_state (transfer), ==, SALLY_TRANSFER_FINISHED);
  files_assert_same (local, far);
}

/* RFC 4253 section 9: new keys after so many bytes. A library that has a packet half sent then may
 * hang for good, both ways at once most of all. */
static void
test_rekeying (void)
{
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-password", "--rekey-limit", "4M", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, "password");
  g_autoptr (SallyConnection) connection = sally_connection_new (server, client->services);
  g_autoptr (GError) error = test_client_open (connection);
  g_autoptr (GPtrArray) transfers = g_ptr_array_new_with_free_func (g_object_unref);

  g_assert_no_error (error);
  for (guint i = 0; i < N_EACH_WAY; i++)
    {
      g_ptr_array_add (transfers, begin (client, connection, rig, i, TRUE));
      g_ptr_array_add (transfers, begin (client, connection, rig, i, FALSE));
    }
  for (guint i = 0; i < transfers->len; i++)
    await_condition (is_ended, transfers->pdata[i]);
  for (guint i = 0; i < transfers->len; i++)
    check (client, rig, transfers->pdata[i]);
  g_assert_cmpuint (sally_rig_count_accepted (rig), ==, 1);
  test_client_disconnect (connection);
  files_await_no_engine ();
  g_clear_object (&connection);
  test_client_free (client);
}

static gboolean
give_up (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* The server's machine acknowledges every byte, and its program answers none. */
static void
test_silence (void)
{
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-password", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) server = test_client_make_server (client, rig, "password");
  g_autoptr (SallyConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *relay;
  g_autoptr (GAsyncResult) result = NULL;
  gboolean is_over = FALSE;
  guint port, deadline;

  relay = sally_relay_start (rig, NULL, &port);
  g_object_set (server, "port", port, NULL);
  connection = sally_connection_new (server, client->services);
  error = test_client_open (connection);
  g_assert_no_error (error);
  sally_relay_freeze (relay);
  sally_connection_stat_async (connection, "/", TRUE, NULL, await_ready, &result);
  deadline = g_timeout_add (SILENCE_MS, give_up, &is_over);
  while (result == NULL && !is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_over);
  g_source_remove (deadline);
  g_assert_false (sally_connection_stat_finish (connection, result, NULL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST);

  sally_relay_stop (relay);
  files_await_no_engine ();
  g_clear_object (&connection);
  test_client_free (client);
}

static gboolean
is_not_ready (gpointer connection)
{
  return sally_connection_get_state (connection) != SALLY_CONNECTION_READY;
}

/* Two lines, one of which stands no more: long before keepalives would tell, and while nothing is
 * asked of it, it is known; the other one stays. */
static void
test_network_change (void)
{
  g_autoptr (SallyRig) rig = sally_rig_start ("openssh-password", NULL);
  TestClient *client = test_client_new ();
  g_autoptr (SallyServer) near = test_client_make_server (client, rig, "password");
  g_autoptr (SallyServer) far = test_client_make_server (client, rig, "password");
  g_autoptr (SallyConnection) stays = sally_connection_new (near, client->services);
  g_autoptr (SallyConnection) goes = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 began_us;
  GSubprocess *relay;
  guint port;

  relay = sally_relay_start (rig, NULL, &port);
  g_object_set (far, "port", port, NULL);
  goes = sally_connection_new (far, client->services);
  error = test_client_open (stays);
  g_assert_no_error (error);
  error = test_client_open (goes);
  g_assert_no_error (error);

  sally_relay_freeze (relay);
  began_us = g_get_monotonic_time ();
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  await_condition (is_not_ready, goes);
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, KEEPALIVES_US);
  g_assert_cmpuint (sally_connection_get_state (stays), ==, SALLY_CONNECTION_READY);
  sally_connection_stat_async (stays, "/", TRUE, NULL, await_ready, &result);
  await_result (&result);
  g_assert_true (sally_connection_stat_finish (stays, result, NULL, &error));
  g_assert_no_error (error);

  sally_relay_stop (relay);
  test_client_disconnect (stays);
  files_await_no_engine ();
  g_clear_object (&stays);
  g_clear_object (&goes);
  test_client_free (client);
}

int
main (int argc, char *argv[])
{
  test_client_prepare ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line/rekeying-while-all-lanes-are-busy", test_rekeying);
  g_test_add_func ("/line/network-change-asks-for-a-sign-of-life", test_network_change);
  g_test_add_func ("/line/silence-is-noticed", test_silence);
  return g_test_run ();
}
