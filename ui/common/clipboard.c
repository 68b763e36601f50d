/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "common/clipboard.h"

#ifdef GDK_WINDOWING_WAYLAND
#include <gdk/wayland/gdkwayland.h>
#endif

/* Klipper's convention, which other clipboard managers have taken up. */
#define HINT_MIME_TYPE "x-kde-passwordManagerHint"
#define HINT           "secret"

struct _SallyClipboard
{
  GObject parent_instance;

  GdkClipboard *clipboard;
  SallySettings *settings;
  GdkContentProvider *provider; /* what we offered last */
  guint clear_id;
  GtkWindow *window; /* whose focus is waited for, because clearing failed without it */
};

G_DEFINE_FINAL_TYPE (SallyClipboard, sally_clipboard, G_TYPE_OBJECT)

static void try_to_clear (SallyClipboard *self);

static void
stop_waiting_for_focus (SallyClipboard *self)
{
  if (self->window != NULL)
    g_signal_handlers_disconnect_by_func (self->window, try_to_clear, self);
  g_clear_weak_pointer (&self->window);
}

static void
sally_clipboard_dispose (GObject *object)
{
  SallyClipboard *self = SALLY_CLIPBOARD (object);

  g_clear_handle_id (&self->clear_id, g_source_remove);
  stop_waiting_for_focus (self);
  g_clear_object (&self->provider);
  g_clear_object (&self->clipboard);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (sally_clipboard_parent_class)->dispose (object);
}

static void
sally_clipboard_class_init (SallyClipboardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sally_clipboard_dispose;
}

static void
sally_clipboard_init (SallyClipboard *self)
{
}

SallyClipboard *
sally_clipboard_new (GdkClipboard *clipboard, SallySettings *settings)
{
  SallyClipboard *self;

  g_return_val_if_fail (GDK_IS_CLIPBOARD (clipboard), NULL);
  g_return_val_if_fail (SALLY_IS_SETTINGS (settings), NULL);

  self = g_object_new (SALLY_TYPE_CLIPBOARD, NULL);
  self->clipboard = g_object_ref (clipboard);
  self->settings = g_object_ref (settings);
  return self;
}

static gboolean
is_ours (SallyClipboard *self)
{
  return self->provider != NULL && gdk_clipboard_is_local (self->clipboard) &&
         gdk_clipboard_get_content (self->clipboard) == self->provider;
}

gboolean
sally_clipboard_needs_focus (GtkWindow *window)
{
  g_return_val_if_fail (GTK_IS_WINDOW (window), FALSE);

#ifdef GDK_WINDOWING_WAYLAND
  return !gtk_window_is_active (window) &&
         GDK_IS_WAYLAND_DISPLAY (gtk_widget_get_display (GTK_WIDGET (window)));
#else
  return FALSE;
#endif
}

/* Then it is cleared as soon as the window has the focus. */
static gboolean
waits_for_focus (SallyClipboard *self)
{
  GtkApplication *application = GTK_APPLICATION (g_application_get_default ());
  GtkWindow *window = application != NULL ? gtk_application_get_active_window (application) : NULL;

  if (window == NULL || !sally_clipboard_needs_focus (window))
    return FALSE;
  if (self->window == NULL)
    {
      g_set_weak_pointer (&self->window, window);
      g_signal_connect_object (window, "notify::is-active", G_CALLBACK (try_to_clear), self,
                               G_CONNECT_SWAPPED);
    }
  return TRUE;
}

static void
try_to_clear (SallyClipboard *self)
{
  if (is_ours (self))
    {
      if (waits_for_focus (self))
        return;
      gdk_clipboard_set_content (self->clipboard, NULL);
    }
  stop_waiting_for_focus (self);
  g_clear_object (&self->provider);
}

static void
on_clear_timeout (gpointer user_data)
{
  SallyClipboard *self = user_data;

  self->clear_id = 0;
  sally_clipboard_clear (self);
}

void
sally_clipboard_copy_secret (SallyClipboard *self, SallySecret *secret)
{
  g_autoptr (GBytes) text = NULL;
  g_autoptr (GBytes) hint = g_bytes_new_static (HINT, strlen (HINT));
  GdkContentProvider *providers[2];
  const char *bytes;
  gsize length;
  guint clear_s;

  g_return_if_fail (SALLY_IS_CLIPBOARD (self));
  g_return_if_fail (secret != NULL);

  /* The bytes stay in the secret's own memory, which is wiped when the last user of them is gone.
   */
  bytes = sally_secret_peek (secret, &length);
  text = g_bytes_new_with_free_func (bytes, length, (GDestroyNotify) sally_secret_unref,
                                     sally_secret_ref (secret));
  providers[0] = gdk_content_provider_new_for_bytes ("text/plain;charset=utf-8", text);
  providers[1] = gdk_content_provider_new_for_bytes (HINT_MIME_TYPE, hint);

  g_clear_handle_id (&self->clear_id, g_source_remove);
  stop_waiting_for_focus (self);
  g_clear_object (&self->provider);
  self->provider = gdk_content_provider_new_union (providers, G_N_ELEMENTS (providers));
  gdk_clipboard_set_content (self->clipboard, self->provider);

  clear_s = sally_settings_get_clipboard_clear_s (self->settings);
  if (clear_s > 0)
    self->clear_id = g_timeout_add_seconds_once (clear_s, on_clear_timeout, self);
}

void
sally_clipboard_clear (SallyClipboard *self)
{
  g_return_if_fail (SALLY_IS_CLIPBOARD (self));

  g_clear_handle_id (&self->clear_id, g_source_remove);
  try_to_clear (self);
}
