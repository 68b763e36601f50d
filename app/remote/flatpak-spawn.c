/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/flatpak-spawn.h"

#include <gio/gunixfdlist.h>

#define PORTAL_NAME      "org.freedesktop.portal.Flatpak"
#define PORTAL_PATH      "/org/freedesktop/portal/Flatpak"
/* The bits of its method Spawn. */
#define SPAWN_SANDBOX    (1u << 2)
#define SPAWN_NO_NETWORK (1u << 3)

typedef struct
{
  char *program;
  GStrv environment;
  GUnixFDList *descriptors;
  int target_descriptor;
} Spawn;

static void
spawn_free (Spawn *spawn)
{
  g_free (spawn->program);
  g_strfreev (spawn->environment);
  g_clear_object (&spawn->descriptors);
  g_free (spawn);
}

gboolean
sally_flatpak_is_inside (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

/* The portal's own way to clear the environment clears that of "flatpak run", too, which then finds
 * neither installation nor runtime folder. */
static GVariant *
make_arguments (const Spawn *spawn)
{
  GVariantBuilder command, descriptors, options;

  g_variant_builder_init (&command, G_VARIANT_TYPE_BYTESTRING_ARRAY);
  g_variant_builder_add (&command, "^ay", "/usr/bin/env");
  g_variant_builder_add (&command, "^ay", "-i");
  for (guint i = 0; spawn->environment[i] != NULL; i++)
    g_variant_builder_add (&command, "^ay", spawn->environment[i]);
  g_variant_builder_add (&command, "^ay", spawn->program);
  g_variant_builder_init (&descriptors, G_VARIANT_TYPE ("a{uh}"));
  g_variant_builder_add (&descriptors, "{uh}", (guint32) spawn->target_descriptor, 0);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  return g_variant_new ("(^ayaaya{uh}@a{ss}ua{sv})", "/", &command, &descriptors,
                        g_variant_new_array (G_VARIANT_TYPE ("{ss}"), NULL, 0),
                        SPAWN_SANDBOX | SPAWN_NO_NETWORK, &options);
}

static void
on_spawned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), NULL, result,
                                                       &error);

  if (reply == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Spawn *spawn = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_dbus_connection_call_with_unix_fd_list (bus, PORTAL_NAME, PORTAL_PATH, PORTAL_NAME, "Spawn",
                                            make_arguments (spawn), G_VARIANT_TYPE ("(u)"),
                                            G_DBUS_CALL_FLAGS_NONE, -1, spawn->descriptors, NULL,
                                            on_spawned, task);
}

void
sally_flatpak_spawn_async (const char *program,
                           const char *const *environment,
                           int descriptor,
                           int target_descriptor,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Spawn *spawn = g_new0 (Spawn, 1);
  GError *error = NULL;

  g_return_if_fail (program != NULL);
  g_return_if_fail (environment != NULL);

  g_task_set_source_tag (task, sally_flatpak_spawn_async);
  g_task_set_task_data (task, spawn, (GDestroyNotify) spawn_free);
  spawn->program = g_strdup (program);
  spawn->environment = g_strdupv ((GStrv) environment);
  spawn->target_descriptor = target_descriptor;
  spawn->descriptors = g_unix_fd_list_new ();
  if (g_unix_fd_list_append (spawn->descriptors, descriptor, &error) < 0)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus, task);
}

gboolean
sally_flatpak_spawn_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
