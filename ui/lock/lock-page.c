/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lock/lock-page.h"

struct _SallyLockPage
{
  AdwBin parent_instance;

  GtkEditable *passphrase_row;
  GtkLabel *message_label;

  SallyLock *lock;
};

G_DEFINE_FINAL_TYPE (SallyLockPage, sally_lock_page, ADW_TYPE_BIN)

static void
show_message (SallyLockPage *self, const char *message)
{
  gtk_label_set_text (self->message_label, message);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), *message != '\0');
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyLockPage) self = user_data;
  g_autoptr (GError) error = NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lock.unlock", TRUE);
  if (sally_lock_unlock_finish (SALLY_LOCK (source), result, &error))
    return;
  show_message (self, error->message);
  gtk_widget_grab_focus (GTK_WIDGET (self->passphrase_row));
}

static void
unlock (SallyLockPage *self)
{
  g_autoptr (SallySecret) passphrase =
      sally_secret_new (gtk_editable_get_text (self->passphrase_row), -1);

  if (sally_secret_get_length (passphrase) == 0)
    return;
  gtk_editable_set_text (self->passphrase_row, "");
  show_message (self, "");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lock.unlock", FALSE);
  sally_lock_unlock_async (self->lock, passphrase, on_unlocked, g_object_ref (self));
}

static void
on_unlock (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  unlock (SALLY_LOCK_PAGE (widget));
}

static void
sally_lock_page_dispose (GObject *object)
{
  SallyLockPage *self = SALLY_LOCK_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_LOCK_PAGE);
  g_clear_object (&self->lock);

  G_OBJECT_CLASS (sally_lock_page_parent_class)->dispose (object);
}

static void
sally_lock_page_class_init (SallyLockPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_lock_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, SALLY_RESOURCES "/lock/lock-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyLockPage, passphrase_row);
  gtk_widget_class_bind_template_child (widget_class, SallyLockPage, message_label);
  gtk_widget_class_bind_template_callback (widget_class, unlock);
  gtk_widget_class_install_action (widget_class, "lock.unlock", NULL, on_unlock);
}

static void
sally_lock_page_init (SallyLockPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sally_lock_page_new (SallyLock *lock)
{
  SallyLockPage *self;

  g_return_val_if_fail (SALLY_IS_LOCK (lock), NULL);

  self = g_object_new (SALLY_TYPE_LOCK_PAGE, NULL);
  self->lock = g_object_ref (lock);
  return GTK_WIDGET (self);
}

void
sally_lock_page_reset (SallyLockPage *self)
{
  g_return_if_fail (SALLY_IS_LOCK_PAGE (self));

  gtk_editable_set_text (self->passphrase_row, "");
  show_message (self, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->passphrase_row));
}
