/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "transfers/transfer-row.h"

#include "transfers/transfer-words.h"

#include <glib/gi18n.h>

struct _SallyTransferRow
{
  GtkListBoxRow parent_instance;

  GtkImage *icon;
  GtkLabel *name_label;
  GtkProgressBar *bar;
  GtkLabel *words_label;
  GtkWidget *order_button;
  GtkWidget *pause_button;
  GtkWidget *resume_button;
  GtkWidget *cancel_button;
  GtkWidget *retry_button;
  GtkWidget *folder_button;

  SallyTransfer *transfer;
  SallyTransferQueue *queue;
};

G_DEFINE_FINAL_TYPE (SallyTransferRow, sally_transfer_row, GTK_TYPE_LIST_BOX_ROW)

static void
set_style (SallyTransferRow *self, const char *style, gboolean is_set)
{
  if (is_set)
    gtk_widget_add_css_class (GTK_WIDGET (self), style);
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), style);
}

static const char *
get_icon_name (SallyTransfer *transfer)
{
  switch (sally_transfer_get_state (transfer))
    {
    case SALLY_TRANSFER_FINISHED:
      return "object-select-symbolic";
    case SALLY_TRANSFER_FAILED:
      return "dialog-warning-symbolic";
    case SALLY_TRANSFER_PAUSED:
      return "media-playback-pause-symbolic";
    default:
      return sally_transfer_get_is_upload (transfer) ? "sally-upload-symbolic"
                                                     : "sally-download-symbolic";
    }
}

/* A button that is there only while its action makes sense. */
static void
offer (SallyTransferRow *self, GtkWidget *button, const char *action, gboolean is_offered)
{
  gtk_widget_set_visible (button, is_offered);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, is_offered);
}

static void
offer_order (SallyTransferRow *self, gboolean is_offered)
{
  gtk_widget_set_visible (self->order_button, is_offered);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "transfer.next", is_offered);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "transfer.earlier", is_offered);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "transfer.later", is_offered);
}

static void
update (SallyTransferRow *self)
{
  SallyTransferState state = sally_transfer_get_state (self->transfer);
  gboolean is_active = sally_transfer_is_active (self->transfer);
  gboolean is_paused = state == SALLY_TRANSFER_PAUSED;
  gboolean is_finished = state == SALLY_TRANSFER_FINISHED;
  g_autofree char *words = sally_transfer_words (self->transfer);
  double fraction = 0;

  g_object_get (self->transfer, "fraction", &fraction, NULL);
  gtk_image_set_from_icon_name (self->icon, get_icon_name (self->transfer));
  gtk_progress_bar_set_fraction (self->bar, fraction);
  gtk_label_set_text (self->words_label, words);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), is_active || is_paused);
  offer_order (self, state == SALLY_TRANSFER_QUEUED);
  offer (self, self->pause_button, "transfer.pause", is_active);
  offer (self, self->resume_button, "transfer.resume", is_paused);
  offer (self, self->cancel_button, "transfer.cancel", is_active || is_paused);
  offer (self, self->retry_button, "transfer.retry",
         state == SALLY_TRANSFER_FAILED || state == SALLY_TRANSFER_CANCELLED);
  offer (self, self->folder_button, "transfer.show-folder",
         is_finished && !sally_transfer_get_is_upload (self->transfer));
  set_style (self, "failed", state == SALLY_TRANSFER_FAILED);
  set_style (self, "finished", is_finished);
}

static void
on_cancel (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyTransferRow *self = SALLY_TRANSFER_ROW (widget);

  sally_transfer_queue_cancel (self->queue, self->transfer);
}

static void
on_pause (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyTransferRow *self = SALLY_TRANSFER_ROW (widget);

  sally_transfer_queue_pause (self->queue, self->transfer);
}

static void
on_resume (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyTransferRow *self = SALLY_TRANSFER_ROW (widget);

  sally_transfer_queue_resume (self->queue, self->transfer);
}

static void
on_move (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyTransferRow *self = SALLY_TRANSFER_ROW (widget);
  SallyTransferMove move = SALLY_TRANSFER_MOVE_LATER;

  if (g_str_equal (action_name, "transfer.next"))
    move = SALLY_TRANSFER_MOVE_NEXT;
  else if (g_str_equal (action_name, "transfer.earlier"))
    move = SALLY_TRANSFER_MOVE_EARLIER;
  sally_transfer_queue_move (self->queue, self->transfer, move);
}

/* Space on the row: whichever of the two makes sense. */
static gboolean
on_toggle (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  return gtk_widget_activate_action (widget, "transfer.pause", NULL) ||
         gtk_widget_activate_action (widget, "transfer.resume", NULL);
}

static void
on_retry (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyTransferRow *self = SALLY_TRANSFER_ROW (widget);

  sally_transfer_queue_retry (self->queue, self->transfer);
}

static void
on_show_folder (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyTransferRow *self = SALLY_TRANSFER_ROW (widget);
  g_autoptr (GFile) file = g_file_new_for_path (sally_transfer_get_local_path (self->transfer));
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (file);

  gtk_file_launcher_open_containing_folder (launcher, GTK_WINDOW (gtk_widget_get_root (widget)),
                                            NULL, NULL, NULL);
}

static void
sally_transfer_row_dispose (GObject *object)
{
  SallyTransferRow *self = SALLY_TRANSFER_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_TRANSFER_ROW);
  g_clear_object (&self->transfer);
  g_clear_object (&self->queue);

  G_OBJECT_CLASS (sally_transfer_row_parent_class)->dispose (object);
}

static void
sally_transfer_row_class_init (SallyTransferRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_transfer_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/transfers/transfer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, bar);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, words_label);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, order_button);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, pause_button);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, resume_button);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, folder_button);

  gtk_widget_class_install_action (widget_class, "transfer.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "transfer.pause", NULL, on_pause);
  gtk_widget_class_install_action (widget_class, "transfer.resume", NULL, on_resume);
  gtk_widget_class_install_action (widget_class, "transfer.next", NULL, on_move);
  gtk_widget_class_install_action (widget_class, "transfer.earlier", NULL, on_move);
  gtk_widget_class_install_action (widget_class, "transfer.later", NULL, on_move);
  gtk_widget_class_install_action (widget_class, "transfer.retry", NULL, on_retry);
  gtk_widget_class_install_action (widget_class, "transfer.show-folder", NULL, on_show_folder);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_space, 0, on_toggle, NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "transfer.cancel", NULL);
}

static void
sally_transfer_row_init (SallyTransferRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sally_transfer_row_new (SallyTransfer *transfer, SallyTransferQueue *queue)
{
  SallyTransferRow *self;
  g_autofree char *label = NULL;
  const char *name;

  g_return_val_if_fail (SALLY_IS_TRANSFER (transfer), NULL);
  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (queue), NULL);

  self = g_object_new (SALLY_TYPE_TRANSFER_ROW, NULL);
  self->transfer = g_object_ref (transfer);
  self->queue = g_object_ref (queue);
  name = sally_transfer_get_name (transfer);
  gtk_label_set_text (self->name_label, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), name);
  label = g_strdup_printf (sally_transfer_get_is_upload (transfer) ? _ ("Upload of %s")
                                                                   : _ ("Download of %s"),
                           name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->words_label, NULL, -1);
  g_signal_connect_object (transfer, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
