/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-probe.h"

/* A bus answers at once; a portal that is being started takes its time. */
#define CALL_TIMEOUT_MS 10000

static void
call (GTask *task,
      GDBusConnection *bus,
      const char *name,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *arguments,
      const char *answer,
      GAsyncReadyCallback callback)
{
  g_dbus_connection_call (bus, name, path, interface, method, arguments, G_VARIANT_TYPE (answer),
                          G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, NULL, callback, task);
}

/* libsecret's own test variable names another one. */
static const char *
service_name (void)
{
  const char *name = g_getenv ("SECRET_SERVICE_BUS_NAME");

  return name != NULL ? name : "org.freedesktop.secrets";
}

static void
finish (GTask *task)
{
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_version (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyKeyringProbe *probe = g_task_get_task_data (task);
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  probe->has_portal = answer != NULL;
  finish (task);
}

static void
on_activatable (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyKeyringProbe *probe = g_task_get_task_data (task);
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autofree const char **names = NULL;

  if (answer != NULL)
    g_variant_get (answer, "(^a&s)", &names);
  if (names != NULL && g_strv_contains (names, service_name ()))
    probe->has_service = TRUE;
  if (!probe->is_sandboxed)
    finish (task);
  else
    call (task, G_DBUS_CONNECTION (source), "org.freedesktop.portal.Desktop",
          "/org/freedesktop/portal/desktop", "org.freedesktop.DBus.Properties", "Get",
          g_variant_new ("(ss)", "org.freedesktop.portal.Secret", "version"), "(v)", on_version);
}

static void
on_has_owner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyKeyringProbe *probe = g_task_get_task_data (task);
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (answer != NULL)
    g_variant_get (answer, "(b)", &probe->is_running);
  probe->has_service = probe->is_running;
  call (task, G_DBUS_CONNECTION (source), "org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus", "ListActivatableNames", NULL, "(as)", on_activatable);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus == NULL)
    finish (task);
  else
    call (task, bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
          "NameHasOwner", g_variant_new ("(s)", service_name ()), "(b)", on_has_owner);
}

void
sally_keyring_probe_async (GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  SallyKeyringProbe *probe = g_new0 (SallyKeyringProbe, 1);

  g_task_set_source_tag (task, sally_keyring_probe_async);
  g_task_set_task_data (task, probe, g_free);
  probe->is_sandboxed =
      g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || g_getenv ("SNAP_NAME") != NULL;
  probe->has_file = g_strcmp0 (g_getenv ("SECRET_BACKEND"), "file") == 0;
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus, task);
}

void
sally_keyring_probe_finish (GAsyncResult *result, SallyKeyringProbe *probe)
{
  g_return_if_fail (g_task_is_valid (result, NULL));
  g_return_if_fail (probe != NULL);

  *probe = *(SallyKeyringProbe *) g_task_get_task_data (G_TASK (result));
  g_task_propagate_boolean (G_TASK (result), NULL);
}

gboolean
sally_keyring_is_absence (const GError *error, gboolean has_answered)
{
  g_return_val_if_fail (error != NULL, FALSE);

  if (!has_answered && error->domain == G_IO_ERROR &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR))
    return TRUE;
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_EXEC_FAILED) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_CHILD_EXITED) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_FAILED) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

gboolean
sally_keyring_uses_service (void)
{
  return g_strcmp0 (g_getenv ("SECRET_BACKEND"), "file") != 0 && g_getenv ("SNAP_NAME") == NULL &&
         !g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}
