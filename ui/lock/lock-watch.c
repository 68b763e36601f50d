/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lock/lock-watch.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define PORTAL_NAME      "org.freedesktop.portal.Desktop"
#define PORTAL_PATH      "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Inhibit"
/* session-state of its StateChanged. */
#define PORTAL_QUERY_END 2
#define LOGIND_NAME      "org.freedesktop.login1"
#define LOGIND_PATH      "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"
/* In which the window is drawn anew, dialogs that fade out included; logind allows 5 s. */
#define DRAW_MS          500

struct _SallyLockWatch
{
  GObject parent_instance;

  GDBusConnection *session;
  GDBusConnection *system;
  GArray *session_ids; /* (element-type guint) of subscriptions */
  guint system_id;
  gboolean delays_sleep;
  gboolean is_asking; /* logind for the inhibitor */
  int inhibitor;      /* -1 */
  guint release_id;
};

G_DEFINE_FINAL_TYPE (SallyLockWatch, sally_lock_watch, G_TYPE_OBJECT)

static guint away_signal;

/* Each is its bus name and its interface. */
static const char *const screen_savers[] = {
  "org.gnome.ScreenSaver", "org.freedesktop.ScreenSaver", "org.cinnamon.ScreenSaver",
  "org.mate.ScreenSaver",  "org.xfce.ScreenSaver",
};

static void
release (SallyLockWatch *self)
{
  g_clear_handle_id (&self->release_id, g_source_remove);
  g_clear_fd (&self->inhibitor, NULL);
}

static void
on_drawn (gpointer user_data)
{
  SallyLockWatch *self = user_data;

  self->release_id = 0;
  release (self);
}

static void
on_inhibited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyLockWatch) self = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, result,
                                                       &error);
  int handle = -1;

  self->is_asking = FALSE;
  if (reply == NULL)
    {
      g_debug ("Sleep will not wait for the lock: %s", error->message);
      return;
    }
  g_variant_get (reply, "(h)", &handle);
  if (!self->delays_sleep || fds == NULL || handle >= g_unix_fd_list_get_length (fds))
    return;
  release (self);
  self->inhibitor = g_unix_fd_list_get (fds, handle, NULL);
}

static void
inhibit (SallyLockWatch *self)
{
  if (!self->delays_sleep || self->system == NULL || self->inhibitor >= 0 || self->is_asking)
    return;
  self->is_asking = TRUE;
  g_dbus_connection_call_with_unix_fd_list (
      self->system, LOGIND_NAME, LOGIND_PATH, LOGIND_INTERFACE, "Inhibit",
      g_variant_new ("(ssss)", "sleep", _ ("Sallyport"), _ ("It locks its window first"), "delay"),
      G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, on_inhibited,
      g_object_ref (self));
}

void
sally_lock_watch_set_delays_sleep (SallyLockWatch *self, gboolean delays_sleep)
{
  g_return_if_fail (SALLY_IS_LOCK_WATCH (self));

  self->delays_sleep = delays_sleep;
  if (delays_sleep)
    inhibit (self);
  else
    release (self);
}

/* PrepareForSleep: once before, and once behind. */
static void
on_sleep (GDBusConnection *bus,
          const char *sender,
          const char *path,
          const char *interface,
          const char *signal,
          GVariant *parameters,
          gpointer user_data)
{
  SallyLockWatch *self = user_data;
  gboolean begins;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  if (!begins)
    {
      inhibit (self);
      return;
    }
  g_signal_emit (self, away_signal, 0);
  if (self->inhibitor >= 0 && self->release_id == 0)
    self->release_id = g_timeout_add_once (DRAW_MS, on_drawn, self);
}

static void
on_active_changed (GDBusConnection *bus,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *signal,
                   GVariant *parameters,
                   gpointer user_data)
{
  gboolean is_active;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &is_active);
  if (is_active)
    g_signal_emit (user_data, away_signal, 0);
}

static void
on_portal_state (GDBusConnection *bus,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *signal,
                 GVariant *parameters,
                 gpointer user_data)
{
  g_autoptr (GVariant) state = NULL;
  const char *session;
  gboolean is_active = FALSE;
  guint32 session_state = 0;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa{sv})")))
    return;
  g_variant_get (parameters, "(&o@a{sv})", &session, &state);
  /* The end of the session waits for whoever listens. */
  if (g_variant_lookup (state, "session-state", "u", &session_state) &&
      session_state == PORTAL_QUERY_END)
    g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "QueryEndResponse",
                            g_variant_new ("(o)", session), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                            -1, NULL, NULL, NULL);
  if (g_variant_lookup (state, "screensaver-active", "b", &is_active) && is_active)
    g_signal_emit (user_data, away_signal, 0);
}

static void
subscribe (SallyLockWatch *self,
           const char *name,
           const char *interface,
           const char *signal,
           GDBusSignalCallback callback)
{
  guint id = g_dbus_connection_signal_subscribe (self->session, name, interface, signal, NULL, NULL,
                                                 G_DBUS_SIGNAL_FLAGS_NONE, callback, self, NULL);

  g_array_append_val (self->session_ids, id);
}

/* Where there is no portal, nothing comes of it. */
static void
ask_portal (SallyLockWatch *self)
{
  GVariantBuilder options;

  subscribe (self, PORTAL_NAME, PORTAL_INTERFACE, "StateChanged", on_portal_state);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "session_handle_token",
                         g_variant_new_string ("sallyport"));
  g_dbus_connection_call (self->session, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE,
                          "CreateMonitor", g_variant_new ("(sa{sv})", "", &options), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

/* A desktop without that bus has nothing to say. */
static void
on_session_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyLockWatch) self = user_data;

  self->session = g_bus_get_finish (result, NULL);
  if (self->session == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (screen_savers); i++)
    subscribe (self, screen_savers[i], screen_savers[i], "ActiveChanged", on_active_changed);
  ask_portal (self);
}

static void
on_system_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyLockWatch) self = user_data;

  self->system = g_bus_get_finish (result, NULL);
  if (self->system == NULL)
    return;
  self->system_id =
      g_dbus_connection_signal_subscribe (self->system, LOGIND_NAME, LOGIND_INTERFACE,
                                          "PrepareForSleep", LOGIND_PATH, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_sleep, self, NULL);
  inhibit (self);
}

static void
sally_lock_watch_dispose (GObject *object)
{
  SallyLockWatch *self = SALLY_LOCK_WATCH (object);

  sally_lock_watch_set_delays_sleep (self, FALSE);
  for (guint i = 0; i < self->session_ids->len; i++)
    g_dbus_connection_signal_unsubscribe (self->session,
                                          g_array_index (self->session_ids, guint, i));
  g_array_set_size (self->session_ids, 0);
  if (self->system_id != 0)
    g_dbus_connection_signal_unsubscribe (self->system, g_steal_handle_id (&self->system_id));
  g_clear_object (&self->session);
  g_clear_object (&self->system);

  G_OBJECT_CLASS (sally_lock_watch_parent_class)->dispose (object);
}

static void
sally_lock_watch_finalize (GObject *object)
{
  g_array_unref (SALLY_LOCK_WATCH (object)->session_ids);

  G_OBJECT_CLASS (sally_lock_watch_parent_class)->finalize (object);
}

static void
sally_lock_watch_class_init (SallyLockWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sally_lock_watch_dispose;
  object_class->finalize = sally_lock_watch_finalize;

  away_signal = g_signal_new ("away", SALLY_TYPE_LOCK_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 0);
}

static void
sally_lock_watch_init (SallyLockWatch *self)
{
  self->inhibitor = -1;
  self->session_ids = g_array_new (FALSE, FALSE, sizeof (guint));
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_session_bus, g_object_ref (self));
  g_bus_get (G_BUS_TYPE_SYSTEM, NULL, on_system_bus, g_object_ref (self));
}

SallyLockWatch *
sally_lock_watch_new (void)
{
  return g_object_new (SALLY_TYPE_LOCK_WATCH, NULL);
}
