/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/clock-notes.h"
#include "remote/clock-watch.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>

static const char interface_xml[] = "<node><interface name='org.freedesktop.timedate1'>"
                                    "<property name='NTPSynchronized' type='b' access='read'/>"
                                    "</interface></node>";

static guint n_questions;

static GVariant *
get_property (GDBusConnection *connection,
              const char *sender,
              const char *object_path,
              const char *interface_name,
              const char *property_name,
              GError **error,
              gpointer user_data)
{
  n_questions++;
  return g_variant_new_boolean (TRUE);
}

/* The time service, which says that the network sets the clock. */
static GDBusConnection *
start_service (GTestDBus *bus)
{
  static const GDBusInterfaceVTable vtable = { NULL, get_property, NULL, { 0 } };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface_xml, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  GDBusConnection *connection =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);

  g_assert_no_error (error);
  g_dbus_connection_register_object (connection, "/org/freedesktop/timedate1", node->interfaces[0],
                                     &vtable, NULL, NULL, &error);
  g_assert_no_error (error);
  answer = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "RequestName",
                                        g_variant_new ("(su)", "org.freedesktop.timedate1", 0),
                                        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static void
note (const char *host, gint64 offset_s)
{
  g_autoptr (SallyServer) server = sally_server_new (NULL);
  g_autoptr (GVariant) info = NULL;
  GVariantDict dict;

  g_object_set (server, "name", host, "host", host, NULL);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "clock-offset", "x", offset_s);
  g_variant_dict_insert (&dict, "clock-accuracy", "u", 2);
  g_variant_dict_insert (&dict, "clock-time", "x", g_get_real_time () / G_USEC_PER_SEC);
  info = g_variant_ref_sink (g_variant_dict_end (&dict));
  sally_clock_notes_add (server, info);
}

static void
forget (void)
{
  g_autofree char *path = sally_clock_notes_dup_path ();

  g_unlink (path);
}

static gboolean
is_off (gpointer data)
{
  SallyClockVerdict verdict;

  return sally_clock_watch_check (data, &verdict);
}

static gboolean
is_right (gpointer data)
{
  return !is_off (data);
}

/* What another program learns shows without being asked for. */
static void
test_notes_are_followed (void)
{
  g_autoptr (SallyClockWatch) watch = NULL;

  forget ();
  watch = sally_clock_watch_new ();
  g_assert_false (is_off (watch));
  note ("one", 43);
  note ("two", 43);
  await_condition (is_off, watch);
  note ("one", 0);
  note ("two", 0);
  await_condition (is_right, watch);
}

static gboolean
was_asked (gpointer data)
{
  return n_questions > 0;
}

/* One server alone is not believed where the time service says that the network sets the clock. */
static void
test_time_service (void)
{
  g_autoptr (GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GDBusConnection) service = NULL;
  g_autoptr (SallyClockWatch) watch = NULL;

  g_test_dbus_up (bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (bus), TRUE);
  service = start_service (bus);
  forget ();
  note ("one", 43);
  watch = sally_clock_watch_new ();
  await_condition (was_asked, NULL);
  await_condition (is_right, watch);
  note ("two", 44);
  await_condition (is_off, watch);

  g_clear_object (&watch);
  g_dbus_connection_close_sync (service, NULL, NULL);
  g_test_dbus_stop (bus);
}

/* Ended before an answer comes: nothing is touched then. */
static void
test_early_end (void)
{
  g_autoptr (SallyClockWatch) watch = sally_clock_watch_new ();

  g_clear_object (&watch);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

int
main (int argc, char **argv)
{
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/clock-watch/early-end", test_early_end);
  g_test_add_func ("/clock-watch/notes-are-followed", test_notes_are_followed);
  g_test_add_func ("/clock-watch/time-service", test_time_service);
  return g_test_run ();
}
