/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "transfers/transfers-button.h"

#include "common/ring.h"
#include "transfers/transfer-list.h"
#include "transfers/transfer-words.h"

#include <glib/gi18n.h>

struct _SallyTransfersButton
{
  AdwBin parent_instance;

  GtkMenuButton *button;
  GtkStack *stack;
  SallyRing *ring;
  SallyTransferList *list;

  SallyTransferQueue *queue;
};

G_DEFINE_FINAL_TYPE (SallyTransfersButton, sally_transfers_button, ADW_TYPE_BIN)

static void
update (SallyTransfersButton *self)
{
  guint n_active = 0;
  double fraction = 0;
  gint64 seconds_left = -1;
  g_autofree char *left = NULL;
  g_autofree char *count = NULL;
  g_autofree char *tooltip = NULL;

  g_object_get (self->queue, "n-active", &n_active, "fraction", &fraction, "seconds-left",
                &seconds_left, NULL);
  gtk_stack_set_visible_child_name (self->stack, n_active > 0 ? "active" : "idle");
  sally_ring_set_fraction (self->ring, fraction);
  if (n_active == 0)
    {
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), _ ("Transfers"));
      return;
    }

  left = sally_transfer_time_words (seconds_left);
  count = g_strdup_printf (ngettext ("%u transfer", "%u transfers", n_active), n_active);
  tooltip = left != NULL ? g_strdup_printf ("%s — %s", count, left) : g_strdup (count);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tooltip);
}

static void
sally_transfers_button_dispose (GObject *object)
{
  SallyTransfersButton *self = SALLY_TRANSFERS_BUTTON (object);

  /* Before the template forgets it, which would leave the bin a child that is gone. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_TRANSFERS_BUTTON);
  g_clear_object (&self->queue);

  G_OBJECT_CLASS (sally_transfers_button_parent_class)->dispose (object);
}

static void
sally_transfers_button_class_init (SallyTransfersButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_transfers_button_dispose;

  g_type_ensure (SALLY_TYPE_RING);
  g_type_ensure (SALLY_TYPE_TRANSFER_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/transfers/transfers-button.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyTransfersButton, button);
  gtk_widget_class_bind_template_child (widget_class, SallyTransfersButton, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyTransfersButton, ring);
  gtk_widget_class_bind_template_child (widget_class, SallyTransfersButton, list);
}

static void
sally_transfers_button_init (SallyTransfersButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sally_transfers_button_set_queue (SallyTransfersButton *self, SallyTransferQueue *queue)
{
  g_return_if_fail (SALLY_IS_TRANSFERS_BUTTON (self));
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (queue));
  g_return_if_fail (self->queue == NULL);

  self->queue = g_object_ref (queue);
  sally_transfer_list_set_queue (self->list, queue);
  g_signal_connect_object (queue, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
sally_transfers_button_popup (SallyTransfersButton *self)
{
  g_return_if_fail (SALLY_IS_TRANSFERS_BUTTON (self));

  gtk_menu_button_popup (self->button);
}
