/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "camera/camera-access.h"

#include "base/error.h"
#include "common/portal-request.h"
#include "remote/flatpak-spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>

#define CAMERA "org.freedesktop.portal.Camera"

struct _SallyCameraAccess
{
  GObject parent_instance;

  GDBusProxy *portal; /* NULL until it has been looked for */
  GCancellable *cancellable;
  gboolean is_present;
};

G_DEFINE_FINAL_TYPE (SallyCameraAccess, sally_camera_access, G_TYPE_OBJECT)

typedef enum
{
  PROP_IS_PRESENT = 1,
} SallyCameraAccessProperty;

static GParamSpec *properties[PROP_IS_PRESENT + 1];

/* PipeWire's own name for the socket of a user's session. */
static char *
dup_socket_path (void)
{
  return g_build_filename (g_get_user_runtime_dir (), "pipewire-0", NULL);
}

/* NULL: no portal has cameras. */
static GVariant *
get_portal_word (SallyCameraAccess *self)
{
  return self->portal != NULL ? g_dbus_proxy_get_cached_property (self->portal, "IsCameraPresent")
                              : NULL;
}

static gboolean
has_own_way (void)
{
  g_autofree char *path = dup_socket_path ();

  return !sally_flatpak_is_inside () && g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
update (SallyCameraAccess *self)
{
  g_autoptr (GVariant) word = get_portal_word (self);
  gboolean is_present;

  if (word != NULL)
    is_present =
        g_variant_is_of_type (word, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (word);
  else
    is_present = has_own_way ();
  if (self->is_present == is_present)
    return;
  self->is_present = is_present;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_PRESENT]);
}

static void
on_portal (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusProxy) portal = g_dbus_proxy_new_for_bus_finish (result, &error);
  SallyCameraAccess *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_set_object (&self->portal, portal);
  if (portal != NULL)
    {
      g_signal_connect_object (portal, "g-properties-changed", G_CALLBACK (update), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (portal, "notify::g-name-owner", G_CALLBACK (update), self,
                               G_CONNECT_SWAPPED);
    }
  update (self);
}

static void
sally_camera_access_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SallyCameraAccessProperty) id)
    {
    case PROP_IS_PRESENT:
      g_value_set_boolean (value, SALLY_CAMERA_ACCESS (object)->is_present);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_camera_access_dispose (GObject *object)
{
  SallyCameraAccess *self = SALLY_CAMERA_ACCESS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->portal);

  G_OBJECT_CLASS (sally_camera_access_parent_class)->dispose (object);
}

static void
sally_camera_access_finalize (GObject *object)
{
  g_clear_object (&SALLY_CAMERA_ACCESS (object)->cancellable);

  G_OBJECT_CLASS (sally_camera_access_parent_class)->finalize (object);
}

static void
sally_camera_access_class_init (SallyCameraAccessClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sally_camera_access_get_property;
  object_class->dispose = sally_camera_access_dispose;
  object_class->finalize = sally_camera_access_finalize;

  properties[PROP_IS_PRESENT] =
      g_param_spec_boolean ("is-present", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sally_camera_access_init (SallyCameraAccess *self)
{
  self->cancellable = g_cancellable_new ();
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_NONE, NULL,
                            SALLY_PORTAL_BUS_NAME, SALLY_PORTAL_PATH, CAMERA, self->cancellable,
                            on_portal, self);
}

SallyCameraAccess *
sally_camera_access_new (void)
{
  return g_object_new (SALLY_TYPE_CAMERA_ACCESS, NULL);
}

gboolean
sally_camera_access_get_is_present (SallyCameraAccess *self)
{
  g_return_val_if_fail (SALLY_IS_CAMERA_ACCESS (self), FALSE);

  return self->is_present;
}

static void
return_failure (GTask *task, GError *error)
{
  g_autoptr (GError) reason = error;

  g_dbus_error_strip_remote_error (reason);
  if (g_task_return_error_if_cancelled (task))
    return;
  g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_FAILED,
                           _ ("The desktop does not give access to the camera: %s"),
                           reason->message);
}

static void
on_remote_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GUnixFDList) descriptors = NULL;
  GError *error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_proxy_call_with_unix_fd_list_finish (G_DBUS_PROXY (source), &descriptors, result,
                                                  &error);
  gint32 index = -1;
  int fd = -1;

  if (reply != NULL)
    {
      g_variant_get (reply, "(h)", &index);
      if (descriptors != NULL && index >= 0 && index < g_unix_fd_list_get_length (descriptors))
        fd = g_unix_fd_list_get (descriptors, index, &error);
      else
        error = g_error_new_literal (SALLY_ERROR, SALLY_ERROR_FAILED, _ ("it refused"));
    }
  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    return_failure (task, error);
}

static void
on_allowed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyCameraAccess *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) results = sally_portal_request_finish (result, &error);
  GVariantDict options;

  if (results == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      return_failure (task, error);
      return;
    }
  g_clear_error (&error);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (results == NULL || self->portal == NULL)
    {
      g_task_return_new_error_literal (
          task, SALLY_ERROR, SALLY_ERROR_FAILED,
          _ ("Sallyport may not use the camera: allow it in the desktop’s settings, under Apps or "
             "Privacy, and try again"));
      return;
    }
  g_variant_dict_init (&options, NULL);
  g_dbus_proxy_call_with_unix_fd_list (self->portal, "OpenPipeWireRemote",
                                       g_variant_new ("(@a{sv})", g_variant_dict_end (&options)),
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                       g_task_get_cancellable (task), on_remote_opened,
                                       g_object_ref (task));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  int fd;

  if (connection == NULL)
    {
      return_failure (task, error);
      return;
    }
  /* The connection closes its own with itself. */
  fd = fcntl (g_socket_get_fd (g_socket_connection_get_socket (connection)), F_DUPFD_CLOEXEC, 3);
  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    return_failure (task,
                    g_error_new_literal (SALLY_ERROR, SALLY_ERROR_FAILED, g_strerror (errno)));
}

void
sally_camera_access_open_async (SallyCameraAccess *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GVariant) word = NULL;
  GTask *task;

  g_return_if_fail (SALLY_IS_CAMERA_ACCESS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_camera_access_open_async);
  g_task_set_check_cancellable (task, FALSE);
  word = get_portal_word (self);
  if (word == NULL && has_own_way ())
    {
      g_autoptr (GSocketClient) client = g_socket_client_new ();
      g_autofree char *path = dup_socket_path ();
      g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

      g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address), cancellable,
                                     on_connected, task);
      return;
    }
  sally_portal_request_async (CAMERA, "AccessCamera", NULL, NULL, cancellable, on_allowed, task);
}

int
sally_camera_access_open_finish (SallyCameraAccess *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return (int) g_task_propagate_int (G_TASK (result), error);
}
