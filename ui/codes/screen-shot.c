/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/screen-shot.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

#define BUS_NAME "org.freedesktop.portal.Desktop"
#define PATH     "/org/freedesktop/portal/desktop"

/* Response codes of org.freedesktop.portal.Request. */
#define RESPONSE_SUCCESS   0
#define RESPONSE_CANCELLED 1

typedef struct
{
  char *parent;
  GDBusConnection *bus;
  guint subscription_id;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  if (request->subscription_id != 0)
    g_dbus_connection_signal_unsubscribe (request->bus, request->subscription_id);
  g_clear_object (&request->bus);
  g_free (request->parent);
  g_free (request);
}

static void
return_failure (GTask *task, const char *detail)
{
  g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_FAILED,
                           _ ("The desktop did not give a picture of the screen (%s): take a "
                              "screenshot yourself and drop it here"),
                           detail);
}

static void
on_response (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *parameters,
             gpointer user_data)
{
  GTask *task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GVariant) results = NULL;
  const char *uri = NULL;
  guint32 response;

  if (request->subscription_id == 0 ||
      !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  if (response == RESPONSE_SUCCESS && g_variant_lookup (results, "uri", "&s", &uri))
    g_task_return_pointer (task, g_file_new_for_uri (uri), g_object_unref);
  else if (response == RESPONSE_CANCELLED)
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  else
    return_failure (task, _ ("it refused"));
  /* The subscription holds the task: this ends both. */
  g_dbus_connection_signal_unsubscribe (bus, g_steal_handle_id (&request->subscription_id));
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL || request->subscription_id == 0)
    return;
  g_dbus_error_strip_remote_error (error);
  return_failure (task, error->message);
  g_dbus_connection_signal_unsubscribe (request->bus,
                                        g_steal_handle_id (&request->subscription_id));
}

/* The portal's promise: the request's path is made of our unique name and our token, so that its
 * answer can be listened to before it is asked. */
static char *
make_request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);

  g_strdelimit (sender, ".", '_');
  return g_strdup_printf (PATH "/request/%s/%s", sender, token);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = g_strdup_printf ("sallyport%u", g_random_int ());
  g_autofree char *path = NULL;
  GVariantBuilder options;

  request->bus = g_bus_get_finish (result, &error);
  if (request->bus == NULL)
    {
      return_failure (task, error->message);
      return;
    }
  path = make_request_path (request->bus, token);
  request->subscription_id =
      g_dbus_connection_signal_subscribe (request->bus, BUS_NAME, "org.freedesktop.portal.Request",
                                          "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                          on_response, g_object_ref (task), g_object_unref);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "interactive", g_variant_new_boolean (TRUE));
  g_variant_builder_add (&options, "{sv}", "modal", g_variant_new_boolean (TRUE));
  g_dbus_connection_call (request->bus, BUS_NAME, PATH, "org.freedesktop.portal.Screenshot",
                          "Screenshot", g_variant_new ("(sa{sv})", request->parent, &options),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          g_task_get_cancellable (task), on_called, g_object_ref (task));
}

void
sally_screen_shot_async (const char *parent,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;
  Request *request;

  g_return_if_fail (parent != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_screen_shot_async);
  request = g_new0 (Request, 1);
  request->parent = g_strdup (parent);
  g_task_set_task_data (task, request, request_free);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus, task);
}

GFile *
sally_screen_shot_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
