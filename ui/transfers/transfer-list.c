/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "transfers/transfer-list.h"

#include "transfers/transfer-row.h"
#include "transfers/transfer-words.h"

#include <glib/gi18n.h>

struct _SallyTransferList
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkListBox *list_box;
  GtkWidget *paused_box;
  GtkLabel *paused_label;
  GtkLabel *totals_label;
  GtkWidget *pause_button;
  GtkWidget *retry_button;

  SallyTransferQueue *queue;
};

G_DEFINE_FINAL_TYPE (SallyTransferList, sally_transfer_list, ADW_TYPE_BIN)

static guint
count_failed (SallyTransferList *self)
{
  guint n_failed = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queue)); i++)
    {
      g_autoptr (SallyTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      n_failed += sally_transfer_get_state (transfer) == SALLY_TRANSFER_FAILED;
    }
  return n_failed;
}

/* "3 transfers — 4.5 MB/s — about 2 minutes left" */
static void
update_totals (SallyTransferList *self)
{
  guint n_active = 0;
  guint64 speed = 0;
  gint64 seconds_left = -1;
  g_autofree char *words = NULL;

  g_object_get (self->queue, "n-active", &n_active, "speed", &speed, "seconds-left", &seconds_left,
                NULL);
  words = sally_transfers_total_words (n_active, speed, seconds_left);
  gtk_label_set_text (self->totals_label, words);
  gtk_widget_set_visible (GTK_WIDGET (self->totals_label), n_active > 1);
}

static void
update (SallyTransferList *self)
{
  guint n_transfers = g_list_model_get_n_items (G_LIST_MODEL (self->queue));
  guint n_failed = count_failed (self);
  guint n_active = 0, n_paused = 0;
  g_autofree char *paused = NULL;

  g_object_get (self->queue, "n-active", &n_active, "n-paused", &n_paused, NULL);
  paused = g_strdup_printf (ngettext ("%u transfer is paused", "%u transfers are paused", n_paused),
                            n_paused);
  gtk_label_set_text (self->paused_label, paused);
  gtk_widget_set_visible (self->paused_box, n_paused > 0);
  gtk_widget_set_visible (self->pause_button, n_active > 0);
  gtk_widget_set_visible (self->retry_button, n_failed > 0);
  gtk_stack_set_visible_child_name (self->stack, n_transfers > 0 ? "list" : "empty");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "transfers.clear",
                                 n_transfers > n_active + n_paused);
  update_totals (self);
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
on_pause_all (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_transfer_queue_pause_all (SALLY_TRANSFER_LIST (widget)->queue);
}

static void
on_resume_all (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_transfer_queue_resume_all (SALLY_TRANSFER_LIST (widget)->queue);
}

static void
on_retry_failed (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_transfer_queue_retry_failed (SALLY_TRANSFER_LIST (widget)->queue);
}

static void
on_discard_response (AdwAlertDialog *dialog, const char *response, SallyTransferList *self)
{
  if (g_str_equal (response, "discard"))
    sally_transfer_queue_discard_paused (self->queue);
}

/* What has arrived of a large file may have taken hours. */
static void
on_discard (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyTransferList *self = SALLY_TRANSFER_LIST (widget);
  AdwAlertDialog *dialog;
  guint n_paused;

  g_object_get (self->queue, "n-paused", &n_paused, NULL);
  if (n_paused == 0)
    return;
  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (
      ngettext ("Discard the Paused Transfer?", "Discard the Paused Transfers?", n_paused),
      _ ("What has arrived so far will be removed, and cannot be gone on with.")));
  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "discard", _ ("_Discard"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_discard_response), self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (dialog), widget);
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
  gtk_widget_class_bind_template_child (widget_class, SallyTransferList, paused_box);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferList, paused_label);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferList, totals_label);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferList, pause_button);
  gtk_widget_class_bind_template_child (widget_class, SallyTransferList, retry_button);
  gtk_widget_class_install_action (widget_class, "transfers.clear", NULL, on_clear);
  gtk_widget_class_install_action (widget_class, "transfers.pause-all", NULL, on_pause_all);
  gtk_widget_class_install_action (widget_class, "transfers.resume-all", NULL, on_resume_all);
  gtk_widget_class_install_action (widget_class, "transfers.retry-failed", NULL, on_retry_failed);
  gtk_widget_class_install_action (widget_class, "transfers.discard", NULL, on_discard);
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
  g_signal_connect_object (queue, "notify::n-paused", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "notify::seconds-left", G_CALLBACK (update_totals), self,
                           G_CONNECT_SWAPPED);
  update (self);
}
