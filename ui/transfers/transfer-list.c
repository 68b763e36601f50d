/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "transfers/transfer-list.h"

#include "transfers/transfer-row.h"

struct _SallyTransferList
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkListBox *list_box;

  SallyTransferQueue *queue;
};

G_DEFINE_FINAL_TYPE (SallyTransferList, sally_transfer_list, ADW_TYPE_BIN)

static void
update (SallyTransferList *self)
{
  guint n_transfers = g_list_model_get_n_items (G_LIST_MODEL (self->queue));
  guint n_active = 0;

  g_object_get (self->queue, "n-active", &n_active, NULL);
  gtk_stack_set_visible_child_name (self->stack, n_transfers > 0 ? "list" : "empty");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "transfers.clear", n_transfers > n_active);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  SallyTransferList *self = user_data;

  return sally_transfer_row_new (SALLY_TRANSFER (item), self->queue);
}

static void
on_clear (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_transfer_queue_clear_ended (SALLY_TRANSFER_LIST (widget)->queue);
}

static void
sally_transfer_list_dispose (GObject *object)
{
  SallyTransferList *self = SALLY_TRANSFER_LIST (object);

  /* Before the template forgets it, which would leave the bin a child that is gone. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_TRANSFER_LIST);
  g_clear_object (&self->queue);

  G_OBJECT_CLASS (sally_transfer_list_parent_class)->dispose (object);
}

static void
sally_transfer_list_class_init (SallyTransferListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_transfer_list_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/transfers/transfer-list.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyTransferList, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferList, list_box);
  gtk_widget_class_install_action (widget_class, "transfers.clear", NULL, on_clear);
}

static void
sally_transfer_list_init (SallyTransferList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sally_transfer_list_set_queue (SallyTransferList *self, SallyTransferQueue *queue)
{
  g_return_if_fail (SALLY_IS_TRANSFER_LIST (self));
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (queue));
  g_return_if_fail (self->queue == NULL);

  self->queue = g_object_ref (queue);
  gtk_list_box_bind_model (self->list_box, G_LIST_MODEL (queue), create_row, self, NULL);
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "notify::n-active", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
