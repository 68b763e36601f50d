/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "common/portal-request.h"

#include "base/error.h"

#include <glib/gi18n.h>

#define REQUEST "org.freedesktop.portal.Request"

/* Response codes of org.freedesktop.portal.Request. */
#define RESPONSE_SUCCESS   0
#define RESPONSE_CANCELLED 1

typedef struct
{
  char *interface;
  char *method;
  char *parent;
  GVariant *options;
  GDBusConnection *bus;
  char *path; /* of the request */
  guint subscription_id;
  gulong cancelled_id;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_object (&request->bus);
  g_clear_pointer (&request->options, g_variant_unref);
  g_free (request->interface);
  g_free (request->method);
  g_free (request->parent);
  g_free (request->path);
  g_free (request);
}

/* Ends it with `results` or `error` (taken), unless it has ended: the subscription held it. */
static void
conclude (GTask *task, GVariant *results, GError *error)
{
  Request *request = g_task_get_task_data (task);
  guint subscription_id = g_steal_handle_id (&request->subscription_id);

  if (subscription_id == 0)
    {
      g_clear_error (&error);
      return;
    }
  g_clear_signal_handler (&request->cancelled_id, g_task_get_cancellable (task));
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_variant_ref (results), (GDestroyNotify) g_variant_unref);
  g_dbus_connection_signal_unsubscribe (request->bus, subscription_id);
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
  g_autoptr (GVariant) results = NULL;
  GError *error = NULL;
  guint32 response;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  if (response == RESPONSE_CANCELLED)
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  else if (response != RESPONSE_SUCCESS)
    error = g_error_new_literal (SALLY_ERROR, SALLY_ERROR_FAILED, _ ("it refused"));
  conclude (user_data, results, error);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    return;
  g_dbus_error_strip_remote_error (error);
  conclude (task, NULL, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_FAILED, error->message));
}

static void
on_cancelled (GCancellable *cancellable, GTask *task)
{
  Request *request = g_task_get_task_data (task);

  g_dbus_connection_call (request->bus, SALLY_PORTAL_BUS_NAME, request->path, REQUEST, "Close",
                          NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  conclude (task, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled")));
}

/* The portal's promise: the request's path is made of our unique name and our token, so that its
 * answer can be listened to before it is asked. */
static char *
make_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);

  g_strdelimit (sender, ".", '_');
  return g_strdup_printf (SALLY_PORTAL_PATH "/request/%s/%s", sender, token);
}

static GVariant *
make_arguments (const Request *request, const char *token)
{
  GVariantDict options;

  g_variant_dict_init (&options, request->options);
  g_variant_dict_insert (&options, "handle_token", "s", token);
  if (request->parent != NULL)
    return g_variant_new ("(s@a{sv})", request->parent, g_variant_dict_end (&options));
  return g_variant_new ("(@a{sv})", g_variant_dict_end (&options));
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autofree char *token = g_strdup_printf ("sallyport%u", g_random_int ());
  g_autoptr (GError) error = NULL;

  request->bus = g_bus_get_finish (result, &error);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (request->bus == NULL)
    {
      g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_FAILED, error->message);
      return;
    }
  request->path = make_path (request->bus, token);
  request->subscription_id =
      g_dbus_connection_signal_subscribe (request->bus, SALLY_PORTAL_BUS_NAME, REQUEST, "Response",
                                          request->path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                          on_response, g_object_ref (task), g_object_unref);
  if (cancellable != NULL)
    request->cancelled_id =
        g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
  g_dbus_connection_call (request->bus, SALLY_PORTAL_BUS_NAME, SALLY_PORTAL_PATH,
                          request->interface, request->method, make_arguments (request, token),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_called,
                          g_object_ref (task));
}

void
sally_portal_request_async (const char *interface,
                            const char *method,
                            const char *parent,
                            GVariant *options,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;
  Request *request;

  g_return_if_fail (interface != NULL);
  g_return_if_fail (method != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_portal_request_async);
  g_task_set_check_cancellable (task, FALSE);
  request = g_new0 (Request, 1);
  request->interface = g_strdup (interface);
  request->method = g_strdup (method);
  request->parent = g_strdup (parent);
  request->options = options != NULL ? g_variant_ref_sink (options) : NULL;
  g_task_set_task_data (task, request, request_free);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus, task);
}

GVariant *
sally_portal_request_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
