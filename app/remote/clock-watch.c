/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/clock-watch.h"

#include "remote/clock-notes.h"

#include <glib/gstdio.h>

#define TIME_SERVICE "org.freedesktop.timedate1"
#define TIME_PATH    "/org/freedesktop/timedate1"

struct _SallyClockWatch
{
  GObject parent_instance;

  GPtrArray *sightings; /* (element-type SallyClockSighting) */
  GFileMonitor *monitor;
  GCancellable *cancellable;
  SallyClock service_state;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SallyClockWatch, sally_clock_watch, G_TYPE_OBJECT)

static void
load (SallyClockWatch *self)
{
  g_clear_pointer (&self->sightings, g_ptr_array_unref);
  self->sightings = sally_clock_notes_load ();
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
watch_notes (SallyClockWatch *self)
{
  g_autofree char *path = sally_clock_notes_dup_path ();
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  /* Else there is nothing to watch on a new computer. */
  if (g_mkdir_with_parents (directory, 0700) == 0)
    self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, self->cancellable, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
}

/* Inside Flatpak, and on systems without that service, there is no answer, and nothing is said. */
static void
time_service_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) value = NULL;
  SallyClockWatch *self = user_data;

  if (answer == NULL)
    {
      g_debug ("the time service does not answer: %s", error->message);
      return;
    }
  g_variant_get (answer, "(v)", &value);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return;
  self->service_state = g_variant_get_boolean (value) ? SALLY_CLOCK_SYNCHRONISED : SALLY_CLOCK_FREE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
system_bus_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  SallyClockWatch *self = user_data;

  if (bus == NULL)
    {
      g_debug ("no system bus: %s", error->message);
      return;
    }
  g_dbus_connection_call (bus, TIME_SERVICE, TIME_PATH, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", TIME_SERVICE, "NTPSynchronized"),
                          G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable,
                          time_service_answered, self);
}

static void
sally_clock_watch_finalize (GObject *object)
{
  SallyClockWatch *self = SALLY_CLOCK_WATCH (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->sightings, g_ptr_array_unref);
  G_OBJECT_CLASS (sally_clock_watch_parent_class)->finalize (object);
}

static void
sally_clock_watch_class_init (SallyClockWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_clock_watch_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SALLY_TYPE_CLOCK_WATCH, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sally_clock_watch_init (SallyClockWatch *self)
{
  self->cancellable = g_cancellable_new ();
  watch_notes (self);
  load (self);
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, system_bus_ready, self);
}

SallyClockWatch *
sally_clock_watch_new (void)
{
  return g_object_new (SALLY_TYPE_CLOCK_WATCH, NULL);
}

static SallyClock
join_states (SallyClock kernel, SallyClock service)
{
  if (kernel == SALLY_CLOCK_SYNCHRONISED || service == SALLY_CLOCK_SYNCHRONISED)
    return SALLY_CLOCK_SYNCHRONISED;
  return kernel != SALLY_CLOCK_UNKNOWN ? kernel : service;
}

gboolean
sally_clock_watch_check (SallyClockWatch *self, SallyClockVerdict *verdict)
{
  SallyClockNow now;

  g_return_val_if_fail (SALLY_IS_CLOCK_WATCH (self), FALSE);

  sally_clock_notes_get_now (&now);
  now.state = join_states (now.state, self->service_state);
  return sally_clock_check (self->sightings, &now, verdict);
}
