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
    default:
      return sally_transfer_get_is_upload (transfer) ? "sally-upload-symbolic"
                                                     : "sally-download-symbolic";
    }
}

static void
update (SallyTransferRow *self)
{
  SallyTransferState state = sally_transfer_get_state (self->transfer);
  gboolean is_active = sally_transfer_is_active (self->transfer);
  gboolean is_upload = sally_transfer_get_is_upload (self->transfer);
  gboolean is_finished = state == SALLY_TRANSFER_FINISHED;
  g_autofree char *words = sally_transfer_words (self->transfer);
  double fraction = 0;

  g_object_get (self->transfer, "fraction", &fraction, NULL);
  gtk_image_set_from_icon_name (self->icon, get_icon_name (self->transfer));
  gtk_progress_bar_set_fraction (self->bar, fraction);
  gtk_label_set_text (self->words_label, words);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), is_active);
  gtk_widget_set_visible (self->cancel_button, is_active);
  gtk_widget_set_visible (self->retry_button, !is_active && !is_finished);
  gtk_widget_set_visible (self->folder_button, is_finished && !is_upload);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "transfer.cancel", is_active);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "transfer.retry", !is_active && !is_finished);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "transfer.show-folder",
                                 is_finished && !is_upload);
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
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferRow, folder_button);

  gtk_widget_class_install_action (widget_class, "transfer.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "transfer.retry", NULL, on_retry);
  gtk_widget_class_install_action (widget_class, "transfer.show-folder", NULL, on_show_folder);
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
