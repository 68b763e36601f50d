/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/account-import.h"

#include "backup/merge.h"
#include "backup/wiped.h"
#include "base/error.h"
#include "base/text.h"
#include "codes/account-dialog.h"
#include "codes/import-row.h"
#include "qr/qr.h"

#include <glib/gi18n.h>
#include <string.h>

/* What is read sooner is shown without a dialog that flashes up before it. */
#define PATIENCE_MS   250
/* More pictures than any export has parts. */
#define MAX_ADDRESSES 1000
#define ADDRESS       "otpauth"

struct _SallyAccountImport
{
  AdwDialog parent_instance;

  GtkStack *stack;
  GtkWidget *password_row;
  GtkLabel *password_message;
  GtkLabel *summary_label;
  GtkWidget *another_button;
  GtkNoSelection *selection;
  AdwStatusPage *error_page;

  SallyAccountStore *accounts;
  GtkWidget *parent; /* weak */
  GCancellable *cancellable;
  guint present_id;
  gboolean is_presented;
  guint n_reading;
  gboolean has_pictures;

  GPtrArray *addresses; /* (element-type SallySecret) from pictures */
  GBytes *bytes;        /* what is being read */
  SallyBackup *backup;
  GPtrArray *items; /* (element-type SallyMergeItem) of the backup */
  GListStore *rows; /* (element-type SallyImportItem) of the items */
  SallyAccountBatch *batch;
};

G_DEFINE_FINAL_TYPE (SallyAccountImport, sally_account_import, ADW_TYPE_DIALOG)

typedef enum
{
  SIGNAL_IMPORTED,
  N_SIGNALS,
} SallyAccountImportSignal;

static guint signals[N_SIGNALS];

static void
present (SallyAccountImport *self)
{
  g_clear_handle_id (&self->present_id, g_source_remove);
  if (self->is_presented || self->parent == NULL)
    return;
  self->is_presented = TRUE;
  adw_dialog_present (ADW_DIALOG (self), self->parent);
}

static void
on_patience_over (gpointer user_data)
{
  SallyAccountImport *self = user_data;

  self->present_id = 0;
  present (self);
}

static void
show (SallyAccountImport *self, const char *page)
{
  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "import.apply", FALSE);
  if (!g_str_equal (page, "reading"))
    present (self);
  else if (!self->is_presented && self->present_id == 0)
    self->present_id = g_timeout_add_once (PATIENCE_MS, on_patience_over, self);
}

void
sally_account_import_show_error (SallyAccountImport *self, const GError *error)
{
  g_autofree char *escaped = NULL;

  g_return_if_fail (SALLY_IS_ACCOUNT_IMPORT (self));
  g_return_if_fail (error != NULL);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  escaped = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (self->error_page, escaped);
  show (self, "error");
}

static guint
count_chosen (SallyAccountImport *self)
{
  guint n_chosen = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++)
    {
      g_autoptr (SallyImportItem) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      n_chosen += sally_import_item_get_chosen (row) ? 1 : 0;
    }
  return n_chosen;
}

static void
update_apply (SallyAccountImport *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "import.apply", count_chosen (self) > 0);
}

static void
append_count (GString *text, const char *format, guint n)
{
  if (n == 0)
    return;
  if (text->len > 0)
    g_string_append (text, " · ");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_string_append_printf (text, format, n);
#pragma GCC diagnostic pop
}

static void
update_summary (SallyAccountImport *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint counts[SALLY_MERGE_UNREADABLE + 1] = { 0 };

  for (guint i = 0; i < self->items->len; i++)
    counts[((SallyMergeItem *) self->items->pdata[i])->status]++;
  append_count (text, ngettext ("%u is new", "%u are new", counts[SALLY_MERGE_NEW]),
                counts[SALLY_MERGE_NEW]);
  append_count (text,
                ngettext ("%u is already there", "%u are already there", counts[SALLY_MERGE_SAME]),
                counts[SALLY_MERGE_SAME]);
  append_count (text, ngettext ("%u differs", "%u differ", counts[SALLY_MERGE_DIFFERS]),
                counts[SALLY_MERGE_DIFFERS]);
  append_count (text,
                ngettext ("%u cannot be read", "%u cannot be read", counts[SALLY_MERGE_UNREADABLE]),
                counts[SALLY_MERGE_UNREADABLE]);
  for (guint i = 0; i < self->backup->notices->len; i++)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "",
                            (const char *) self->backup->notices->pdata[i]);
  gtk_label_set_text (self->summary_label, text->str);
}

static void
clear_backup (SallyAccountImport *self)
{
  g_list_store_remove_all (self->rows);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->backup, sally_backup_free);
}

/* What one address says is looked at more closely, in the dialog in which it could have been typed.
 */
static gboolean
hand_over_single (SallyAccountImport *self)
{
  SallyMergeItem *item = self->items->len == 1 ? self->items->pdata[0] : NULL;

  if (item == NULL || item->status != SALLY_MERGE_NEW || self->backup->notices->len > 0 ||
      !g_str_equal (self->backup->format->name, "uris") || self->parent == NULL)
    return FALSE;
  adw_dialog_present (sally_account_dialog_new_for_uri (self->accounts, item->entry->uri),
                      self->parent);
  g_clear_handle_id (&self->present_id, g_source_remove);
  if (self->is_presented)
    adw_dialog_force_close (ADW_DIALOG (self));
  return TRUE;
}

static void
show_list (SallyAccountImport *self)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  self->items = sally_merge (G_LIST_MODEL (self->accounts), self->backup);
  if (self->items->len == 0)
    {
      g_autoptr (GError) error =
          g_error_new_literal (SALLY_ERROR, SALLY_ERROR_INVALID, _ ("No account is in it"));

      sally_account_import_show_error (self, error);
      return;
    }
  if (hand_over_single (self))
    return;
  for (guint i = 0; i < self->items->len; i++)
    {
      SallyImportItem *row = sally_import_item_new (self->items->pdata[i]);

      g_signal_connect_object (row, "notify::chosen", G_CALLBACK (update_apply), self,
                               G_CONNECT_SWAPPED);
      g_ptr_array_add (rows, row);
    }
  g_list_store_splice (self->rows, 0, 0, rows->pdata, rows->len);
  update_summary (self);
  gtk_widget_set_visible (self->another_button,
                          self->has_pictures ||
                              g_str_equal (self->backup->format->name, "migration"));
  show (self, "list");
  update_apply (self);
}

static void
ask_password (SallyAccountImport *self, const char *message)
{
  gtk_label_set_text (self->password_message, message);
  gtk_widget_set_visible (GTK_WIDGET (self->password_message), *message != '\0');
  gtk_editable_set_text (GTK_EDITABLE (self->password_row), "");
  show (self, "password");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "import.open", FALSE);
  gtk_widget_grab_focus (self->password_row);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyAccountImport) self = user_data;
  g_autoptr (GError) error = NULL;
  SallyBackup *backup = sally_backup_read_finish (result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    g_clear_pointer (&backup, sally_backup_free);
  else if (backup != NULL)
    {
      clear_backup (self);
      self->backup = backup;
      show_list (self);
    }
  else if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_NEEDED))
    ask_password (self, "");
  else if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG))
    ask_password (self, error->message);
  else
    sally_account_import_show_error (self, error);
}

static void
read_bytes (SallyAccountImport *self, SallySecret *password)
{
  show (self, "reading");
  sally_backup_read_async (self->bytes, NULL, password, self->cancellable, on_read,
                           g_object_ref (self));
}

/* All addresses that pictures gave as one list, so that parts of an export meet. */
static void
read_addresses (SallyAccountImport *self)
{
  g_autoptr (SallyWipedText) text = sally_wiped_text_new ();

  for (guint i = 0; i < self->addresses->len; i++)
    {
      sally_wiped_text_append_secret (text, self->addresses->pdata[i]);
      sally_wiped_text_append (text, "\n", 1);
    }
  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->bytes = sally_wiped_text_steal (text);
  read_bytes (self, NULL);
}

static void
add_addresses (SallyAccountImport *self, GPtrArray *texts)
{
  for (guint i = 0; i < texts->len && self->addresses->len < MAX_ADDRESSES; i++)
    g_ptr_array_add (self->addresses, sally_secret_ref (texts->pdata[i]));
}

void
sally_account_import_add_texts (SallyAccountImport *self, GPtrArray *texts)
{
  g_return_if_fail (SALLY_IS_ACCOUNT_IMPORT (self));
  g_return_if_fail (texts != NULL && texts->len > 0);

  add_addresses (self, texts);
  read_addresses (self);
}

static void
on_picture_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyAccountImport) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) texts = sally_qr_read_finish (result, &error);

  self->n_reading--;
  if (texts != NULL)
    add_addresses (self, texts);
  if (self->n_reading > 0 || g_cancellable_is_cancelled (self->cancellable))
    return;
  if (self->addresses->len > 0)
    read_addresses (self);
  else
    sally_account_import_show_error (self, error);
}

void
sally_account_import_add_bytes (SallyAccountImport *self, GBytes *bytes)
{
  gconstpointer data;
  gsize length;

  g_return_if_fail (SALLY_IS_ACCOUNT_IMPORT (self));
  g_return_if_fail (bytes != NULL);

  data = g_bytes_get_data (bytes, &length);
  if (sally_qr_picture_kind (data, length) != NULL)
    {
      self->n_reading++;
      self->has_pictures = TRUE;
      show (self, "reading");
      sally_qr_read_async (bytes, self->cancellable, on_picture_read, g_object_ref (self));
      return;
    }
  /* Parts of an export may come one after the other as text, too. */
  if (length <= SALLY_SECRET_MAX_BYTES && length >= strlen (ADDRESS) &&
      self->addresses->len < MAX_ADDRESSES &&
      g_ascii_strncasecmp (data, ADDRESS, strlen (ADDRESS)) == 0)
    {
      g_ptr_array_add (self->addresses, sally_secret_new (data, (gssize) length));
      read_addresses (self);
      return;
    }
  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->bytes = g_bytes_ref (bytes);
  read_bytes (self, NULL);
}

static void
load_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  GBytes *bytes = sally_backup_load (task_data, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyAccountImport *self = SALLY_ACCOUNT_IMPORT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);

  if (bytes != NULL)
    sally_account_import_add_bytes (self, bytes);
  else
    sally_account_import_show_error (self, error);
}

void
sally_account_import_add_file (SallyAccountImport *self, GFile *file)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (SALLY_IS_ACCOUNT_IMPORT (self));
  g_return_if_fail (G_IS_FILE (file));

  if (g_file_peek_path (file) == NULL)
    {
      error = g_error_new_literal (SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED,
                                   _ ("Only files of this computer can be read: copy it here"));
      sally_account_import_show_error (self, error);
      return;
    }
  show (self, "reading");
  task = g_task_new (self, self->cancellable, on_loaded, NULL);
  g_task_set_source_tag (task, sally_account_import_add_file);
  g_task_set_task_data (task, g_file_get_path (file), g_free);
  g_task_run_in_thread (task, load_thread);
}

static void
on_open (SallyAccountImport *self)
{
  g_autoptr (SallySecret) password =
      sally_secret_new (gtk_editable_get_text (GTK_EDITABLE (self->password_row)), -1);

  if (sally_secret_get_length (password) == 0)
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->password_row), "");
  read_bytes (self, password);
}

static void
on_open_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  on_open (SALLY_ACCOUNT_IMPORT (widget));
}

static void
on_password_changed (SallyAccountImport *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "import.open",
                                 *gtk_editable_get_text (GTK_EDITABLE (self->password_row)) !=
                                     '\0');
}

static void
on_row_activated (SallyAccountImport *self, guint position)
{
  g_autoptr (SallyImportItem) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);

  g_object_set (row, "chosen", !sally_import_item_get_chosen (row), NULL);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyAccountImport) self = user_data;
  g_autoptr (GError) error = NULL;

  adw_dialog_set_can_close (ADW_DIALOG (self), TRUE);
  self->batch = sally_account_batch_save_finish (SALLY_ACCOUNT_STORE (source), result, &error);
  if (self->batch == NULL)
    {
      sally_account_import_show_error (self, error);
      return;
    }
  g_signal_emit (self, signals[SIGNAL_IMPORTED], 0);
  adw_dialog_force_close (ADW_DIALOG (self));
}

static void
on_apply (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyAccountImport *self = SALLY_ACCOUNT_IMPORT (widget);
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_autoptr (GPtrArray) accounts = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++)
    {
      g_autoptr (SallyImportItem) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      if (sally_import_item_get_chosen (row))
        g_ptr_array_add (chosen, sally_import_item_get_item (row));
    }
  accounts = sally_merge_to_accounts (chosen, TRUE);
  show (self, "reading");
  /* All or none, and nobody leaves halfway. */
  adw_dialog_set_can_close (ADW_DIALOG (self), FALSE);
  sally_account_batch_save_async (self->accounts, accounts, NULL, on_saved, g_object_ref (self));
}

static void
on_files_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyAccountImport) self = user_data;
  g_autoptr (GListModel) files =
      gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, NULL);

  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      sally_account_import_add_file (self, file);
    }
}

static void
on_another (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _ ("Import Accounts"));
  gtk_file_dialog_open_multiple (dialog, GTK_WINDOW (gtk_widget_get_root (widget)),
                                 SALLY_ACCOUNT_IMPORT (widget)->cancellable, on_files_chosen,
                                 g_object_ref (widget));
}

static void
sally_account_import_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (SALLY_ACCOUNT_IMPORT (dialog)->cancellable);
}

static void
sally_account_import_dispose (GObject *object)
{
  SallyAccountImport *self = SALLY_ACCOUNT_IMPORT (object);

  g_clear_handle_id (&self->present_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_ACCOUNT_IMPORT);
  if (self->rows != NULL)
    clear_backup (self);
  g_clear_object (&self->rows);
  g_clear_weak_pointer (&self->parent);
  g_clear_object (&self->accounts);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->batch, sally_account_batch_free);

  G_OBJECT_CLASS (sally_account_import_parent_class)->dispose (object);
}

static void
sally_account_import_finalize (GObject *object)
{
  g_clear_object (&SALLY_ACCOUNT_IMPORT (object)->cancellable);

  G_OBJECT_CLASS (sally_account_import_parent_class)->finalize (object);
}

static void
sally_account_import_class_init (SallyAccountImportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sally_account_import_dispose;
  object_class->finalize = sally_account_import_finalize;
  ADW_DIALOG_CLASS (klass)->closed = sally_account_import_closed;

  signals[SIGNAL_IMPORTED] = g_signal_new ("imported", SALLY_TYPE_ACCOUNT_IMPORT, G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (SALLY_TYPE_IMPORT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/codes/account-import.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyAccountImport, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountImport, password_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountImport, password_message);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountImport, summary_label);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountImport, another_button);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountImport, selection);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountImport, error_page);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_password_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);

  gtk_widget_class_install_action (widget_class, "import.apply", NULL, on_apply);
  gtk_widget_class_install_action (widget_class, "import.open", NULL, on_open_action);
  gtk_widget_class_install_action (widget_class, "import.another", NULL, on_another);
}

static void
sally_account_import_init (SallyAccountImport *self)
{
  self->cancellable = g_cancellable_new ();
  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);
  self->rows = g_list_store_new (SALLY_TYPE_IMPORT_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_no_selection_set_model (self->selection, G_LIST_MODEL (self->rows));
}

SallyAccountImport *
sally_account_import_new (SallyAccountStore *accounts, GtkWidget *parent)
{
  SallyAccountImport *self;

  g_return_val_if_fail (SALLY_IS_ACCOUNT_STORE (accounts), NULL);
  g_return_val_if_fail (GTK_IS_WIDGET (parent), NULL);

  self = g_object_ref_sink (g_object_new (SALLY_TYPE_ACCOUNT_IMPORT, NULL));
  self->accounts = g_object_ref (accounts);
  g_set_weak_pointer (&self->parent, parent);
  return self;
}

SallyAccountBatch *
sally_account_import_steal_batch (SallyAccountImport *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT_IMPORT (self), NULL);

  return g_steal_pointer (&self->batch);
}
