/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "transfers/transfers-page.h"

#include "transfers/transfer-list.h"

struct _SallyTransfersPage
{
  AdwBin parent_instance;

  SallyTransferList *list;
};

G_DEFINE_FINAL_TYPE (SallyTransfersPage, sally_transfers_page, ADW_TYPE_BIN)

static void
sally_transfers_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SALLY_TYPE_TRANSFERS_PAGE);

  G_OBJECT_CLASS (sally_transfers_page_parent_class)->dispose (object);
}

static void
sally_transfers_page_class_init (SallyTransfersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_transfers_page_dispose;

  g_type_ensure (SALLY_TYPE_TRANSFER_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/transfers/transfers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyTransfersPage, list);
}

static void
sally_transfers_page_init (SallyTransfersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sally_transfers_page_new (SallyTransferQueue *queue)
{
  SallyTransfersPage *self = g_object_new (SALLY_TYPE_TRANSFERS_PAGE, NULL);

  sally_transfer_list_set_queue (self->list, queue);
  return GTK_WIDGET (self);
}
