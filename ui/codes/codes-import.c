/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/codes-page-private.h"

#include "backup/wiped.h"
#include "base/error.h"
#include "codes/account-import.h"
#include "codes/export-dialog.h"
#include "codes/screen-shot.h"
#include "qr/qr.h"

#include <glib/gi18n.h>
#include <string.h>

/* Pictures as they lie in the clipboard: they are decoded elsewhere. */
static const char *const picture_types[] = { "image/png",  "image/jpeg", "image/bmp",
                                             "image/webp", "image/tiff", NULL };

static void
on_undone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyCodesPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sally_account_batch_undo_finish (SALLY_ACCOUNT_STORE (source), result, &error))
    sally_codes_page_show_message (self, error->message);
}

static void
on_undo (AdwToast *toast, SallyCodesPage *self)
{
  SallyAccountBatch *batch = g_object_get_data (G_OBJECT (toast), "batch");

  sally_account_batch_undo_async (self->accounts, batch, NULL, on_undone, g_object_ref (self));
}

static void
on_imported (SallyAccountImport *dialog, SallyCodesPage *self)
{
  SallyAccountBatch *batch = sally_account_import_steal_batch (dialog);
  guint n_accounts = sally_account_batch_get_n_accounts (batch);
  g_autofree char *title =
      g_strdup_printf (ngettext ("%u account imported", "%u accounts imported", n_accounts),
                       n_accounts);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_object_set_data_full (G_OBJECT (toast), "batch", batch,
                          (GDestroyNotify) sally_account_batch_free);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_undo), self, G_CONNECT_DEFAULT);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* NULL while it is not known what there is already. */
static SallyAccountImport *
create_dialog (SallyCodesPage *self)
{
  SallyAccountImport *dialog;

  if (!sally_account_store_get_is_loaded (self->accounts))
    {
      sally_codes_page_show_message (self, _ ("The keyring has to be read first"));
      return NULL;
    }
  dialog = sally_account_import_new (self->accounts, GTK_WIDGET (self));
  g_signal_connect_object (dialog, "imported", G_CALLBACK (on_imported), self, G_CONNECT_DEFAULT);
  return dialog;
}

void
sally_codes_page_import (SallyCodesPage *self, GBytes *bytes)
{
  g_autoptr (SallyAccountImport) dialog = create_dialog (self);

  if (dialog != NULL)
    sally_account_import_add_bytes (dialog, bytes);
}

void
sally_codes_page_import_texts (SallyCodesPage *self, GPtrArray *texts)
{
  g_autoptr (SallyAccountImport) dialog = create_dialog (self);

  if (dialog != NULL)
    sally_account_import_add_texts (dialog, texts);
}

static void
import_text (SallyCodesPage *self, const char *text)
{
  g_autoptr (SallyWipedText) copy = sally_wiped_text_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *trimmed = g_strstrip (g_strdup (text));

  sally_wiped_text_append (copy, trimmed, -1);
  sally_secret_wipe (trimmed, strlen (trimmed));
  bytes = sally_wiped_text_steal (copy);
  sally_codes_page_import (self, bytes);
}

static void
import_files (SallyCodesPage *self, GListModel *files)
{
  g_autoptr (SallyAccountImport) dialog = create_dialog (self);

  for (guint i = 0; dialog != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      sally_account_import_add_file (dialog, file);
    }
}

static void
import_file_list (SallyCodesPage *self, const GValue *value)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GSList) list = gdk_file_list_get_files (g_value_get_boxed (value));

  for (GSList *link = list; link != NULL; link = link->next)
    g_list_store_append (files, link->data);
  import_files (self, G_LIST_MODEL (files));
}

static void
on_files_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyCodesPage) self = user_data;
  g_autoptr (GListModel) files =
      gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (files != NULL)
    import_files (self, files);
}

static void
on_import (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _ ("Import Accounts"));
  gtk_file_dialog_open_multiple (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL,
                                 on_files_chosen, g_object_ref (widget));
}

/* A picture of another program's, as far as it was read. */
typedef struct
{
  SallyCodesPage *page;
  guint8 *bytes; /* room for one more than may be in it, which tells what is too large */
} Pasted;

static void
on_picture_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Pasted *pasted = user_data;
  g_autoptr (SallyCodesPage) self = pasted->page;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, &error))
    {
      sally_codes_page_show_message (self, error->message);
      g_free (pasted->bytes);
      return;
    }
  bytes = g_bytes_new_take (g_realloc (pasted->bytes, MAX (length, 1)), length);
  sally_codes_page_import (self, bytes);
}

static void
on_clipboard_stream (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyCodesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream =
      gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, NULL, &error);
  Pasted *pasted;

  if (stream == NULL)
    {
      sally_codes_page_show_message (self, error->message);
      return;
    }
  pasted = g_new (Pasted, 1);
  *pasted = (Pasted) { g_steal_pointer (&self), g_malloc (SALLY_QR_MAX_PICTURE_BYTES + 1) };
  g_input_stream_read_all_async (stream, pasted->bytes, SALLY_QR_MAX_PICTURE_BYTES + 1,
                                 G_PRIORITY_DEFAULT, NULL, on_picture_read, pasted);
}

static void
on_clipboard_files (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyCodesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  if (value != NULL)
    import_file_list (self, value);
  else
    sally_codes_page_show_message (self, error->message);
}

static void
on_clipboard_text (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyCodesPage) self = user_data;
  char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (text != NULL && *text != '\0')
    import_text (self, text);
  else
    sally_codes_page_show_message (self, _ ("There is nothing in the clipboard to import"));
  if (text != NULL)
    sally_secret_wipe (text, strlen (text));
  g_free (text);
}

static gboolean
has_picture (GdkContentFormats *formats)
{
  for (guint i = 0; picture_types[i] != NULL; i++)
    if (gdk_content_formats_contain_mime_type (formats, picture_types[i]))
      return TRUE;
  return FALSE;
}

static void
on_paste (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (widget);
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);

  if (gdk_content_formats_contain_mime_type (formats, "text/uri-list"))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL,
                                    on_clipboard_files, g_object_ref (widget));
  else if (has_picture (formats))
    gdk_clipboard_read_async (clipboard, (const char **) picture_types, G_PRIORITY_DEFAULT, NULL,
                              on_clipboard_stream, g_object_ref (widget));
  else
    gdk_clipboard_read_text_async (clipboard, NULL, on_clipboard_text, g_object_ref (widget));
}

/* It showed a secret: it goes whether it could be read or not. */
static void
on_screen_shot_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyCodesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);

  g_file_delete_async (G_FILE (source), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  if (bytes != NULL)
    sally_codes_page_import (self, bytes);
  else
    sally_codes_page_show_message (self, error->message);
}

static void
on_screen_shot (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyCodesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = sally_screen_shot_finish (result, &error);

  if (file != NULL)
    g_file_load_bytes_async (file, NULL, on_screen_shot_loaded, g_steal_pointer (&self));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sally_codes_page_show_message (self, error->message);
}

static void
on_scan_screen (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_screen_shot_async ("", NULL, on_screen_shot, g_object_ref (widget));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, SallyCodesPage *self)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    import_file_list (self, value);
  else if (G_VALUE_HOLDS_STRING (value))
    import_text (self, g_value_get_string (value));
  else
    return FALSE;
  return TRUE;
}

void
sally_codes_page_set_up_drop (SallyCodesPage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), self, G_CONNECT_DEFAULT);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static void
on_export (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyCodesPage *self = SALLY_CODES_PAGE (widget);

  if (g_list_model_get_n_items (G_LIST_MODEL (self->accounts)) == 0)
    sally_codes_page_show_message (self, _ ("There is nothing to export"));
  else
    adw_dialog_present (sally_export_dialog_new (self->backups), widget);
}

void
sally_codes_page_install_import (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "codes.export", NULL, on_export);
  gtk_widget_class_install_action (widget_class, "codes.import", NULL, on_import);
  gtk_widget_class_install_action (widget_class, "codes.paste", NULL, on_paste);
  gtk_widget_class_install_action (widget_class, "codes.scan-screen", NULL, on_scan_screen);
}
