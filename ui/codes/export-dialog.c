/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/export-dialog.h"

#include "backup/merge.h"
#include "base/error.h"
#include "base/text.h"
#include "codes/sheet-printer.h"
#include "common/qr-view.h"
#include "export/sheet.h"
#include "export/strength.h"

#include <glib/gi18n.h>
#include <string.h>

/* Nobody photographs more. */
#define MAX_PARTS 100

struct _SallyExportDialog
{
  AdwDialog parent_instance;

  GtkStack *stack;
  AdwComboRow *format_row;
  GtkWidget *password_group;
  GtkEditable *password_row;
  GtkEditable *again_row;
  GtkLabel *strength_label;
  GtkWidget *plain_group;
  AdwSwitchRow *plain_row;
  GtkLabel *message_label;
  GtkWidget *print_button;
  GtkWidget *save_button;
  GtkWidget *codes_button;
  SallyQrView *qr_view;
  GtkLabel *part_label;
  GtkLabel *codes_losses_label;
  AdwStatusPage *done_page;
  GtkLabel *losses_label;

  SallyAccountStore *accounts;
  SallyBackups *backups;
  GPtrArray *formats; /* (element-type SallyBackupFormat) those that can be written */
  GPtrArray *parts;   /* (element-type SallySecret) of the codes that show */
  guint part;
  GCancellable *closing; /* ends what another window asks for it */
};

G_DEFINE_FINAL_TYPE (SallyExportDialog, sally_export_dialog, ADW_TYPE_DIALOG)

/* One export on its way; the dialog stays until it is at its end. */
typedef struct
{
  SallyExportDialog *dialog;
  const SallyBackupFormat *format;
  GPtrArray *uris;
  SallySecret *password;
  char *path; /* NULL: to be shown, not saved */
  GPtrArray *losses;
  GBytes *bytes;
  guint n_accounts; /* that are in it */
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_object_unref (export->dialog);
  g_ptr_array_unref (export->uris);
  g_clear_pointer (&export->password, sally_secret_unref);
  g_free (export->path);
  g_ptr_array_unref (export->losses);
  g_clear_pointer (&export->bytes, g_bytes_unref);
  g_free (export);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Export, export_free)

static const SallyBackupFormat *
get_format (SallyExportDialog *self)
{
  return self->formats->pdata[adw_combo_row_get_selected (self->format_row)];
}

/* The focus goes along: without one, no key would reach the dialog. */
static void
show_page (SallyExportDialog *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

static void
show_message (SallyExportDialog *self, const char *message)
{
  gtk_label_set_text (self->message_label, message);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), *message != '\0');
}

static gboolean
is_sheet (const SallyBackupFormat *format)
{
  return format == sally_sheet_get_format ();
}

/* The whole of what protects the file. */
static gboolean
check_password (SallyExportDialog *self)
{
  const char *text = gtk_editable_get_text (self->password_row);
  const char *again = gtk_editable_get_text (self->again_row);
  g_autoptr (SallySecret) password = sally_secret_new (text, -1);
  SallyStrength strength = sally_strength_judge (password);

  gtk_label_set_text (self->strength_label, sally_strength_describe (strength));
  gtk_widget_set_visible (GTK_WIDGET (self->strength_label), strength != SALLY_STRENGTH_NONE);
  if (*again != '\0' && !g_str_equal (text, again))
    show_message (self, _ ("The two passwords are not the same"));
  return *text != '\0' && g_str_equal (text, again);
}

static void
show_warning (SallyExportDialog *self, const SallyBackupFormat *format)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->plain_row),
                                 is_sheet (format) ? _ ("Put All Keys on Paper")
                                                   : _ ("Write All Keys Unprotected"));
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (self->plain_row),
      is_sheet (format)
          ? _ ("Whoever gets this sheet, or a picture of it, can make all your codes for ever. "
               "Lock "
               "it away like a passport.")
          : _ ("Whoever gets this file, or a copy of it, can make all your codes for ever. Delete "
               "it as soon as it was read."));
}

static void
update (SallyExportDialog *self)
{
  const SallyBackupFormat *format;
  gboolean is_encrypted, is_ready;

  if (self->formats->len == 0)
    return;
  format = get_format (self);
  is_encrypted = format->protection == SALLY_BACKUP_ENCRYPTED;
  show_message (self, "");
  is_ready = is_encrypted ? check_password (self) : adw_switch_row_get_active (self->plain_row);
  show_warning (self, format);
  gtk_widget_set_visible (self->password_group, is_encrypted);
  gtk_widget_set_visible (self->plain_group, !is_encrypted);
  gtk_widget_set_visible (self->codes_button, g_str_equal (format->name, "migration"));
  gtk_widget_set_visible (self->print_button, is_sheet (format));
  if (is_sheet (format))
    gtk_widget_remove_css_class (self->save_button, "suggested-action");
  else
    gtk_widget_add_css_class (self->save_button, "suggested-action");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.save", is_ready);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.print", is_ready);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.show-codes", is_ready);
}

static Export *
create_export (SallyExportDialog *self)
{
  Export *export = g_new0 (Export, 1);
  GListModel *accounts = G_LIST_MODEL (self->accounts);

  export->dialog = g_object_ref (self);
  export->format = get_format (self);
  export->uris = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_otp_uri_free);
  export->losses = g_ptr_array_new_with_free_func (g_free);
  if (export->format->protection == SALLY_BACKUP_ENCRYPTED)
    export->password = sally_secret_new (gtk_editable_get_text (self->password_row), -1);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (SallyAccount) account = g_list_model_get_item (accounts, i);
      SallyOtpUri *uri = sally_account_to_uri (account);

      if (uri != NULL)
        g_ptr_array_add (export->uris, uri);
      else
        g_ptr_array_add (export->losses, g_strdup (_ ("An unreadable entry is left out")));
    }
  return export;
}

static char *
join_losses (GPtrArray *losses)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < losses->len; i++)
    {
      g_autofree char *line = sally_text_from_server (losses->pdata[i], -1, FALSE);

      g_string_append_printf (text, "%s• %s", i > 0 ? "\n" : "", line);
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
fail (SallyExportDialog *self, const GError *error)
{
  show_page (self, "form");
  show_message (self, error->message);
}

static void
show_part (SallyExportDialog *self)
{
  g_autofree char *text = g_strdup_printf (_ ("Code %u of %u"), self->part + 1, self->parts->len);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self)); /* NULL once the dialog was closed */

  sally_qr_view_set_text (self->qr_view, self->parts->pdata[self->part]);
  gtk_label_set_text (self->part_label, text);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.previous", self->part > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.next",
                                 self->part + 1 < self->parts->len);
  /* At either end the button that was pressed goes insensitive, and the focus is nowhere. */
  if (root != NULL && gtk_root_get_focus (root) == NULL)
    gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

/* A part a line. */
static void
show_codes (SallyExportDialog *self, Export *export)
{
  g_autofree char *losses = join_losses (export->losses);
  gsize length;
  const char *text = g_bytes_get_data (export->bytes, &length);
  const char *end = text + length;

  g_ptr_array_set_size (self->parts, 0);
  while (text < end && self->parts->len < MAX_PARTS)
    {
      const char *stop = memchr (text, '\n', (gsize) (end - text));

      if (stop == NULL)
        break;
      g_ptr_array_add (self->parts, sally_secret_new (text, stop - text));
      text = stop + 1;
    }
  if (self->parts->len == 0)
    {
      g_autoptr (GError) error =
          g_error_new (SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("No account can be carried by this format\n%s"), losses);

      fail (self, error);
      return;
    }
  self->part = 0;
  gtk_label_set_text (self->codes_losses_label, losses);
  show_part (self);
  show_page (self, "codes");
}

/* A person may close the dialog now: it is done. */
static void
show_done (SallyExportDialog *self, Export *export, const char *title, const char *description)
{
  g_autofree char *losses = join_losses (export->losses);

  adw_status_page_set_title (self->done_page, title);
  adw_status_page_set_description (self->done_page, description);
  gtk_label_set_text (self->losses_label, losses);
  show_page (self, "done");
  sally_backups_note_export (self->backups, g_get_real_time () / G_USEC_PER_SEC);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *description = NULL;
  guint n_accounts = export->n_accounts;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      fail (export->dialog, error);
      return;
    }
  shown = g_filename_display_basename (export->path);
  title = g_strdup_printf (ngettext ("%u Account Exported", "%u Accounts Exported", n_accounts),
                           n_accounts);
  description =
      g_markup_printf_escaped (is_sheet (export->format)
                                   ? _ ("Print “%s”, lock the sheet away, and delete the file.")
                                   : _ ("“%s” was read back and compared."),
                               shown);
  show_done (export->dialog, export, title, description);
}

static void
save_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Export *export = task_data;
  GError *error = NULL;

  /* The file chooser has asked whether something may be replaced. */
  if (sally_backup_save (export->path, export->bytes, TRUE, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
show_or_save (Export *export)
{
  g_autoptr (GTask) task = NULL;

  if (export->path == NULL)
    {
      show_codes (export->dialog, export);
      export_free (export);
      return;
    }
  task = g_task_new (export->dialog, NULL, on_saved, export);
  g_task_set_source_tag (task, show_or_save);
  g_task_set_task_data (task, export, NULL);
  g_task_run_in_thread (task, save_thread);
}

static void
on_read_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyBackup) backup = sally_backup_read_finish (result, &error);

  if (backup == NULL ||
      !sally_merge_verify (G_LIST_MODEL (export->dialog->accounts), backup, &error))
    {
      fail (export->dialog, error);
      return;
    }
  export->n_accounts = backup->entries->len;
  show_or_save (g_steal_pointer (&export));
}

/* What the file says when it is read: before anybody relies on it. */
static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Export *export = user_data;
  g_autoptr (GError) error = NULL;

  export->bytes = sally_backup_write_finish (result, export->losses, &error);
  if (export->bytes == NULL)
    {
      fail (export->dialog, error);
      export_free (export);
      return;
    }
  export->n_accounts = export->uris->len;
  if (export->format->read == NULL || g_bytes_get_size (export->bytes) == 0)
    show_or_save (export);
  else
    sally_backup_read_async (export->bytes, export->format, export->password, NULL, on_read_back,
                             export);
}

static void
start (SallyExportDialog *self, const char *path)
{
  Export *export = create_export (self);

  export->path = g_strdup (path);
  gtk_stack_set_visible_child_name (self->stack, "busy");
  sally_backup_write_async (export->format, export->uris, export->password, NULL, on_written,
                            export);
}

static void
on_printed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;

  if (sally_sheet_printer_print_finish (result, export->losses, &error))
    show_done (export->dialog, export, _ ("Sheet Sent to the Printer"),
               _ ("Look at it, try to scan one of its codes, and lock it away."));
  else if (g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    show_page (export->dialog, "form");
  else
    fail (export->dialog, error);
}

static void
on_print (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyExportDialog *self = SALLY_EXPORT_DIALOG (widget);
  Export *export = create_export (self);

  if (export->uris->len == 0)
    {
      show_message (self, _ ("There is no account to print"));
      export_free (export);
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "busy");
  sally_sheet_printer_print_async (GTK_WINDOW (gtk_widget_get_root (widget)), export->uris,
                                   self->closing, on_printed, export);
}

static void
on_file_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyExportDialog) self = user_data;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (file == NULL || g_cancellable_is_cancelled (self->closing))
    return;
  if (g_file_peek_path (file) != NULL)
    start (self, g_file_peek_path (file));
  else
    show_message (self, _ ("Only a folder of this computer can take the file"));
}

static char *
make_name (const SallyBackupFormat *format)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%F");
  const char *ending = ".txt";

  if (g_str_equal (format->name, "sallyport"))
    ending = ".sallyport";
  else if (g_str_has_prefix (format->name, "aegis"))
    ending = ".json";
  else if (is_sheet (format))
    ending = ".pdf";
  return g_strconcat ("accounts-", date, ending, NULL);
}

static void
on_save (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyExportDialog *self = SALLY_EXPORT_DIALOG (widget);
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *name = make_name (get_format (self));

  gtk_file_dialog_set_title (dialog, _ ("Export Accounts"));
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), self->closing,
                        on_file_chosen, g_object_ref (self));
}

static void
on_show_codes (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  start (SALLY_EXPORT_DIALOG (widget), NULL);
}

static void
on_previous (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SALLY_EXPORT_DIALOG (widget)->part--;
  show_part (SALLY_EXPORT_DIALOG (widget));
}

static void
on_next (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SALLY_EXPORT_DIALOG (widget)->part++;
  show_part (SALLY_EXPORT_DIALOG (widget));
}

/* By the person, or by the lock. */
static void
sally_export_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (SALLY_EXPORT_DIALOG (dialog)->closing);
}

static void
sally_export_dialog_dispose (GObject *object)
{
  SallyExportDialog *self = SALLY_EXPORT_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_EXPORT_DIALOG);
  g_clear_object (&self->accounts);
  g_clear_object (&self->backups);

  G_OBJECT_CLASS (sally_export_dialog_parent_class)->dispose (object);
}

static void
sally_export_dialog_finalize (GObject *object)
{
  SallyExportDialog *self = SALLY_EXPORT_DIALOG (object);

  g_ptr_array_unref (self->formats);
  g_ptr_array_unref (self->parts);
  g_object_unref (self->closing);

  G_OBJECT_CLASS (sally_export_dialog_parent_class)->finalize (object);
}

static void
sally_export_dialog_class_init (SallyExportDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sally_export_dialog_dispose;
  object_class->finalize = sally_export_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = sally_export_dialog_closed;

  g_type_ensure (SALLY_TYPE_QR_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/codes/export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, format_row);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, password_group);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, password_row);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, again_row);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, strength_label);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, plain_group);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, plain_row);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, message_label);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, print_button);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, codes_button);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, qr_view);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, part_label);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, codes_losses_label);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, done_page);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, losses_label);
  gtk_widget_class_bind_template_callback (widget_class, update);

  gtk_widget_class_install_action (widget_class, "export.save", NULL, on_save);
  gtk_widget_class_install_action (widget_class, "export.print", NULL, on_print);
  gtk_widget_class_install_action (widget_class, "export.show-codes", NULL, on_show_codes);
  gtk_widget_class_install_action (widget_class, "export.previous", NULL, on_previous);
  gtk_widget_class_install_action (widget_class, "export.next", NULL, on_next);
}

/* What is not said to be encrypted is not: the form says so at length once it is chosen. */
static char *
dup_format_name (const SallyBackupFormat *format)
{
  const char *name = _ (format->display_name);

  /* Translators: the name of a program, as in "Aegis, encrypted". */
  return g_str_equal (format->name, "sallyport") ? g_strdup_printf (_ ("%s, encrypted"), name)
                                                 : g_strdup (name);
}

static void
sally_export_dialog_init (SallyExportDialog *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  self->closing = g_cancellable_new ();
  self->formats = g_ptr_array_new ();
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  for (const SallyBackupFormat *format = sally_backup_get_formats (); format->name != NULL;
       format++)
    if (format->write != NULL)
      g_ptr_array_add (self->formats, (gpointer) format);
  g_ptr_array_add (self->formats, (gpointer) sally_sheet_get_format ());
  for (guint i = 0; i < self->formats->len; i++)
    gtk_string_list_take (names, dup_format_name (self->formats->pdata[i]));
  adw_combo_row_set_model (self->format_row, G_LIST_MODEL (names));
  update (self);
}

AdwDialog *
sally_export_dialog_new (SallyBackups *backups)
{
  SallyExportDialog *self;

  g_return_val_if_fail (SALLY_IS_BACKUPS (backups), NULL);

  self = g_object_new (SALLY_TYPE_EXPORT_DIALOG, NULL);
  self->backups = g_object_ref (backups);
  self->accounts = g_object_ref (sally_backups_get_accounts (backups));
  return ADW_DIALOG (self);
}
