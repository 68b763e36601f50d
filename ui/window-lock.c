/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the lock hides of the window. */
#include "config.h"

#include "ui/window-private.h"

#include "keyring/vault-dialog.h"
#include "lock/lock-page.h"

#include <glib/gi18n.h>

/* All of it, for each shows or changes something. */
static const char *const lockable_actions[] = {
  "win.add-server",     "win.import-servers", "win.add-account",    "win.show-codes",
  "win.show-transfers", "win.show-history",   "win.search",         "win.paste",
  "win.import",         "win.export",         "win.toggle-sidebar", "win.lock",
};

/* The question for the vault's passphrase is one of those: without an answer nothing could unlock
 * the window. */
static gboolean
names_nothing (AdwDialog *dialog)
{
  return SALLY_IS_VAULT_DIALOG (dialog) ||
         g_object_get_data (G_OBJECT (dialog), SALLY_DIALOG_NAMES_NOTHING) != NULL;
}

static void
close_dialogs (SallyWindow *self, gboolean all)
{
  g_autoptr (GListModel) dialogs =
      adw_application_window_get_dialogs (ADW_APPLICATION_WINDOW (self));

  for (guint i = g_list_model_get_n_items (dialogs); i > 0; i--)
    {
      g_autoptr (AdwDialog) dialog = g_list_model_get_item (dialogs, i - 1);

      if (dialog != NULL && (all || !names_nothing (dialog)))
        adw_dialog_force_close (dialog);
    }
}

/* File choosers and the like, which would go on with what the lock was to end; not those that went
 * with their dialogs a moment ago, and must not hear of it twice. */
static void
close_windows (SallyWindow *self)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = g_list_model_get_n_items (windows); i > 0; i--)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i - 1);

      if (window != NULL && gtk_window_get_transient_for (window) == GTK_WINDOW (self) &&
          gtk_widget_get_visible (GTK_WIDGET (window)))
        gtk_window_close (window);
    }
}

static gboolean
on_dialog_is_unwanted (gpointer user_data)
{
  SallyWindow *self = user_data;

  self->unwanted_id = 0;
  if (sally_lock_get_is_locked (self->lock))
    close_dialogs (self, FALSE);
  return G_SOURCE_REMOVE;
}

/* What was begun before it was locked may end in a dialog: it goes before it is drawn. */
static void
on_visible_dialog (SallyWindow *self)
{
  if (sally_lock_get_is_locked (self->lock) && self->unwanted_id == 0)
    self->unwanted_id = g_idle_add_full (G_PRIORITY_HIGH, on_dialog_is_unwanted, self, NULL);
}

static void
update_lock (SallyWindow *self)
{
  gboolean is_locked = sally_lock_get_is_locked (self->lock);

  for (gsize i = 0; i < G_N_ELEMENTS (lockable_actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), lockable_actions[i], !is_locked);
  /* What a stack only covers is still told to whoever asks as a screen reader does. */
  gtk_widget_set_visible (GTK_WIDGET (self->toasts), !is_locked);
  gtk_stack_set_visible_child_name (self->cover, is_locked ? "locked" : "open");
  gtk_window_set_title (GTK_WINDOW (self), is_locked ? _ ("Sallyport") : self->title);
  if (!is_locked)
    return;
  sally_clipboard_clear (self->clipboard);
  close_dialogs (self, TRUE);
  close_windows (self);
  sally_lock_page_reset (SALLY_LOCK_PAGE (self->lock_page));
}

static gboolean
on_event (GtkEventControllerLegacy *controller, GdkEvent *event, SallyWindow *self)
{
  sally_lock_touch (self->lock);
  return GDK_EVENT_PROPAGATE;
}

/* Over a dialog the window's own shortcuts do not work. */
static gboolean
on_lock_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  if (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (widget)) == NULL)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_activate_action (widget, "win.lock", NULL);
  return GDK_EVENT_STOP;
}

/* Before all others, and also what dialogs and popovers get, which keep it to themselves. */
static void
add_controller (SallyWindow *self, GtkEventController *controller)
{
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_event_controller_set_propagation_limit (controller, GTK_LIMIT_NONE);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
add_lock_key (SallyWindow *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_l, GDK_CONTROL_MASK),
                        gtk_callback_action_new (on_lock_key, NULL, NULL)));
  add_controller (self, keys);
}

static void
on_lock (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyWindow *self = SALLY_WINDOW (widget);

  if (!sally_lock_lock (self->lock))
    sally_window_show_message (self, _ ("Set a passphrase in the preferences first"));
}

void
sally_window_install_lock (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.lock", NULL, on_lock);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_l, GDK_CONTROL_MASK, "win.lock", NULL);
}

void
sally_window_set_up_lock (SallyWindow *self)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  self->lock_page = sally_lock_page_new (self->lock);
  gtk_stack_add_named (self->cover, self->lock_page, "locked");
  g_signal_connect_object (events, "event", G_CALLBACK (on_event), self, G_CONNECT_DEFAULT);
  add_controller (self, events);
  add_lock_key (self);
  g_signal_connect_object (self, "notify::visible-dialog", G_CALLBACK (on_visible_dialog), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (self->lock, "notify::is-locked", G_CALLBACK (update_lock), self,
                           G_CONNECT_SWAPPED);
  update_lock (self);
}
