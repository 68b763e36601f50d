/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/sync-dialog.h"

#include "base/text.h"
#include "browser/sync-item.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SallySyncDialog
{
  AdwDialog parent_instance;

  GtkStack *start_stack;
  GtkStack *stack;
  GtkWidget *compare_button;
  GtkWidget *begin_button;
  GtkLabel *message_label;
  GtkLabel *summary_label;
  GtkListView *list_view;
  AdwStatusPage *comparing_page;
  AdwActionRow *remote_row;
  AdwActionRow *local_row;
  AdwComboRow *direction_row;
  AdwComboRow *compare_row;
  AdwSwitchRow *delete_row;

  SallyTransferQueue *queue;
  SallyConnection *connection;
  char *remote;
  char *local; /* NULL: none chosen */
  SallySync *sync;
  GCancellable *cancellable; /* of the comparison */
};

G_DEFINE_FINAL_TYPE (SallySyncDialog, sally_sync_dialog, ADW_TYPE_DIALOG)

static guint begin_signal;

static void
show_page (SallySyncDialog *self, const char *name)
{
  gboolean is_first = g_str_equal (name, "wishes");

  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_stack_set_visible_child_name (self->start_stack, is_first ? "cancel" : "back");
  gtk_widget_set_visible (self->compare_button, is_first);
  gtk_widget_set_visible (self->begin_button, g_str_equal (name, "plan"));
  adw_dialog_set_default_widget (ADW_DIALOG (self),
                                 is_first ? self->compare_button : self->begin_button);
}

static void
show_error (SallySyncDialog *self, const char *message)
{
  gtk_label_set_text (self->message_label, message);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), *message != '\0');
  if (*message != '\0')
    gtk_accessible_announce (GTK_ACCESSIBLE (self), message,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
stop (SallySyncDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->sync);
}

static void
on_back (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallySyncDialog *self = SALLY_SYNC_DIALOG (widget);

  stop (self);
  show_page (self, "wishes");
}

/* "3 to copy, 1 folder to make, 2 to delete". */
static char *
summarize (GPtrArray *steps)
{
  guint counts[SALLY_SYNC_BLOCKED + 1] = { 0 };
  guint n_deleted;
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < steps->len; i++)
    counts[((const SallySyncStep *) steps->pdata[i])->kind]++;
  n_deleted = counts[SALLY_SYNC_DELETE_FILE] + counts[SALLY_SYNC_DELETE_FOLDER];
  if (counts[SALLY_SYNC_COPY] > 0)
    g_ptr_array_add (parts, g_strdup_printf (ngettext ("%u file to copy", "%u files to copy",
                                                       counts[SALLY_SYNC_COPY]),
                                             counts[SALLY_SYNC_COPY]));
  if (counts[SALLY_SYNC_MAKE_FOLDER] > 0)
    g_ptr_array_add (parts, g_strdup_printf (ngettext ("%u folder to make", "%u folders to make",
                                                       counts[SALLY_SYNC_MAKE_FOLDER]),
                                             counts[SALLY_SYNC_MAKE_FOLDER]));
  if (n_deleted > 0)
    g_ptr_array_add (parts, g_strdup_printf (ngettext ("%u to delete", "%u to delete", n_deleted),
                                             n_deleted));
  if (counts[SALLY_SYNC_BLOCKED] > 0)
    g_ptr_array_add (parts, g_strdup_printf (ngettext ("%u left alone", "%u left alone",
                                                       counts[SALLY_SYNC_BLOCKED]),
                                             counts[SALLY_SYNC_BLOCKED]));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (", ", (char **) parts->pdata);
}

static gboolean
is_upload (SallySyncDialog *self)
{
  return adw_combo_row_get_selected (self->direction_row) == 0;
}

static void
show_plan (SallySyncDialog *self, GPtrArray *steps)
{
  g_autofree char *summary = summarize (steps);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GListStore *list = g_list_store_new (SALLY_TYPE_SYNC_ITEM);
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (G_LIST_MODEL (list));

  for (guint i = 0; i < steps->len; i++)
    g_ptr_array_add (items, sally_sync_item_new (steps->pdata[i], is_upload (self)));
  g_list_store_splice (list, 0, 0, items->pdata, items->len);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (selection));
  gtk_label_set_text (self->summary_label, summary);
  show_page (self, steps->len > 0 ? "plan" : "same");
}

static void
on_planned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallySyncDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  GPtrArray *steps = sally_sync_plan_finish (SALLY_SYNC (source), result, &error);

  if (self->stack == NULL || self->sync != SALLY_SYNC (source))
    return;
  if (steps != NULL)
    show_plan (self, steps);
  else
    {
      show_error (self, error->message);
      stop (self);
      show_page (self, "wishes");
    }
}

static void
on_progress (SallySyncDialog *self, guint n_done, guint n_all)
{
  /* Translators: how many files were compared, and of how many. */
  g_autofree char *words = g_strdup_printf (_ ("%u of %u files read"), n_done, n_all);

  adw_status_page_set_description (self->comparing_page, words);
}

static void
on_compare (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallySyncDialog *self = SALLY_SYNC_DIALOG (widget);
  /* The rows stand in the order of the enumeration. */
  const SallySyncOptions options = {
    .deletes = adw_switch_row_get_active (self->delete_row),
    .compare = (SallySyncCompare) adw_combo_row_get_selected (self->compare_row),
  };

  stop (self);
  show_error (self, "");
  adw_status_page_set_description (self->comparing_page, NULL);
  show_page (self, "comparing");
  self->cancellable = g_cancellable_new ();
  self->sync = sally_sync_new (self->queue, self->connection, is_upload (self), self->local,
                               self->remote, &options);
  g_signal_connect_object (self->sync, "progress", G_CALLBACK (on_progress), self,
                           G_CONNECT_SWAPPED);
  sally_sync_plan_async (self->sync, self->cancellable, on_planned, g_object_ref (self));
}

static void
on_begin (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallySyncDialog *self = SALLY_SYNC_DIALOG (widget);
  g_autoptr (SallySync) sync = g_steal_pointer (&self->sync);

  g_signal_emit (self, begin_signal, 0, sync);
  adw_dialog_close (ADW_DIALOG (self));
}

static void
on_folder_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallySyncDialog) self = user_data;
  g_autoptr (GFile) folder =
      gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, NULL);
  g_autofree char *shown = NULL;

  if (folder == NULL || g_file_peek_path (folder) == NULL || self->stack == NULL)
    return;
  g_set_str (&self->local, g_file_peek_path (folder));
  shown = g_filename_display_name (self->local);
  adw_action_row_set_subtitle (self->local_row, shown);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sync.compare", TRUE);
}

static void
on_choose (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_autoptr (GtkFileDialog) chooser = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (chooser, _ ("Folder to Synchronize"));
  gtk_file_dialog_select_folder (chooser, GTK_WINDOW (gtk_widget_get_root (widget)), NULL,
                                 on_folder_chosen, g_object_ref (widget));
}

static void
sally_sync_dialog_closed (AdwDialog *dialog)
{
  stop (SALLY_SYNC_DIALOG (dialog));
}

static void
sally_sync_dialog_dispose (GObject *object)
{
  SallySyncDialog *self = SALLY_SYNC_DIALOG (object);

  stop (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_SYNC_DIALOG);
  g_clear_object (&self->queue);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->remote, g_free);
  g_clear_pointer (&self->local, g_free);

  G_OBJECT_CLASS (sally_sync_dialog_parent_class)->dispose (object);
}

static void
sally_sync_dialog_class_init (SallySyncDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_sync_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = sally_sync_dialog_closed;

  begin_signal = g_signal_new ("begin", SALLY_TYPE_SYNC_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, SALLY_TYPE_SYNC);

  g_type_ensure (SALLY_TYPE_SYNC_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/browser/sync-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, start_stack);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, compare_button);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, begin_button);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, message_label);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, summary_label);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, list_view);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, comparing_page);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, remote_row);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, local_row);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, direction_row);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, compare_row);
  gtk_widget_class_bind_template_child (widget_class, SallySyncDialog, delete_row);

  gtk_widget_class_install_action (widget_class, "sync.choose", NULL, on_choose);
  gtk_widget_class_install_action (widget_class, "sync.compare", NULL, on_compare);
  gtk_widget_class_install_action (widget_class, "sync.begin", NULL, on_begin);
  gtk_widget_class_install_action (widget_class, "sync.back", NULL, on_back);
}

static void
sally_sync_dialog_init (SallySyncDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sync.compare", FALSE);
}

AdwDialog *
sally_sync_dialog_new (SallyTransferQueue *queue, SallyConnection *connection, const char *remote)
{
  SallySyncDialog *self;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (queue), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (remote != NULL, NULL);

  self = g_object_new (SALLY_TYPE_SYNC_DIALOG, NULL);
  self->queue = g_object_ref (queue);
  self->connection = g_object_ref (connection);
  self->remote = g_strdup (remote);
  shown = sally_text_from_name (remote, strlen (remote));
  adw_action_row_set_subtitle (self->remote_row, shown);
  return ADW_DIALOG (self);
}
