/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/export-dialog.h"

#include "backup/merge.h"
#include "base/error.h"
#include "base/text.h"
#include "common/qr-view.h"

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
  GtkWidget *plain_group;
  AdwSwitchRow *plain_row;
  GtkLabel *message_label;
  GtkWidget *codes_button;
  SallyQrView *qr_view;
  GtkLabel *part_label;
  GtkLabel *codes_losses_label;
  AdwStatusPage *done_page;
  GtkLabel *losses_label;

  SallyAccountStore *accounts;
  GPtrArray *formats; /* (element-type SallyBackupFormat) those that can be written */
  GPtrArray *parts;   /* (element-type SallySecret) of the codes that show */
  guint part;
};

G_DEFINE_FINAL_TYPE (SallyExportDialog, sally_export_dialog, ADW_TYPE_DIALOG)

/* What a worker needs and gives; one thread at a time has it. */
typedef struct
{
  const SallyBackupFormat *format;
  GPtrArray *uris;
  SallySecret *password;
  char *path; /* NULL: to be shown, not saved */
  GPtrArray *losses;
  GBytes *bytes;
  SallyBackup *backup; /* as it was read back */
} Export;

static void
export_clear (gpointer data)
{
  Export *export = data;

  g_ptr_array_unref (export->uris);
  g_clear_pointer (&export->password, sally_secret_unref);
  g_free (export->path);
  g_ptr_array_unref (export->losses);
  g_clear_pointer (&export->bytes, g_bytes_unref);
  g_clear_pointer (&export->backup, sally_backup_free);
}

static void
export_release (gpointer export)
{
  g_atomic_rc_box_release_full (export, export_clear);
}

static const SallyBackupFormat *
get_format (SallyExportDialog *self)
{
  return self->formats->pdata[adw_combo_row_get_selected (self->format_row)];
}

static void
show_message (SallyExportDialog *self, const char *message)
{
  gtk_label_set_text (self->message_label, message);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), *message != '\0');
}

static void
update (SallyExportDialog *self)
{
  const SallyBackupFormat *format;
  const char *password = gtk_editable_get_text (self->password_row);
  const char *again = gtk_editable_get_text (self->again_row);
  gboolean is_encrypted, is_ready;

  if (self->formats->len == 0)
    return;
  format = get_format (self);
  is_encrypted = format->protection == SALLY_BACKUP_ENCRYPTED;
  is_ready = is_encrypted ? *password != '\0' && g_str_equal (password, again)
                          : adw_switch_row_get_active (self->plain_row);
  gtk_widget_set_visible (self->password_group, is_encrypted);
  gtk_widget_set_visible (self->plain_group, !is_encrypted);
  gtk_widget_set_visible (self->codes_button, g_str_equal (format->name, "migration"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.save", is_ready);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.show-codes", is_ready);
  show_message (self, is_encrypted && *again != '\0' && !g_str_equal (password, again)
                          ? _ ("The two passwords are not the same")
                          : "");
}

static Export *
create_export (SallyExportDialog *self)
{
  Export *export = g_atomic_rc_box_new0 (Export);
  GListModel *accounts = G_LIST_MODEL (self->accounts);

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
  gtk_stack_set_visible_child_name (self->stack, "form");
  show_message (self, error->message);
}

static void
show_part (SallyExportDialog *self)
{
  g_autofree char *text = g_strdup_printf (_ ("Code %u of %u"), self->part + 1, self->parts->len);

  sally_qr_view_set_text (self->qr_view, self->parts->pdata[self->part]);
  gtk_label_set_text (self->part_label, text);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.previous", self->part > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.next",
                                 self->part + 1 < self->parts->len);
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
  gtk_stack_set_visible_child_name (self->stack, "codes");
  show_part (self);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyExportDialog *self = SALLY_EXPORT_DIALOG (source);
  Export *export = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *losses = NULL;
  g_autofree char *title = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *description = NULL;
  guint n_accounts = export->backup != NULL ? export->backup->entries->len : 0;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      fail (self, error);
      return;
    }
  losses = join_losses (export->losses);
  shown = g_filename_display_basename (export->path);
  title = g_strdup_printf (ngettext ("%u Account Exported", "%u Accounts Exported", n_accounts),
                           n_accounts);
  description = g_markup_printf_escaped (_ ("“%s” was read back and compared."), shown);
  adw_status_page_set_title (self->done_page, title);
  adw_status_page_set_description (self->done_page, description);
  gtk_label_set_text (self->losses_label, losses);
  gtk_stack_set_visible_child_name (self->stack, "done");
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
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyExportDialog *self = SALLY_EXPORT_DIALOG (source);
  Export *export = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) ||
      (export->backup != NULL &&
       !sally_merge_verify (G_LIST_MODEL (self->accounts), export->backup, &error)))
    {
      fail (self, error);
      return;
    }
  if (export->path == NULL)
    {
      show_codes (self, export);
      return;
    }
  task = g_task_new (self, NULL, on_saved, NULL);
  g_task_set_source_tag (task, on_written);
  /* The first task goes when this returns. */
  g_task_set_task_data (task, g_atomic_rc_box_acquire (export), export_release);
  g_task_run_in_thread (task, save_thread);
}

/* The file, and what it says when it is read: before anybody relies on it. */
static void
write_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Export *export = task_data;
  GError *error = NULL;

  export->bytes =
      sally_backup_write (export->format, export->uris, export->password, export->losses, &error);
  if (export->bytes != NULL && g_bytes_get_size (export->bytes) > 0)
    export->backup = sally_backup_read (export->bytes, export->format, export->password, &error);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start (SallyExportDialog *self, const char *path)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_written, NULL);
  Export *export = create_export (self);

  export->path = g_strdup (path);
  gtk_stack_set_visible_child_name (self->stack, "busy");
  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, export, export_release);
  g_task_run_in_thread (task, write_thread);
}

static void
on_file_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyExportDialog) self = user_data;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (file == NULL)
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
  gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, on_file_chosen,
                        g_object_ref (self));
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

static void
sally_export_dialog_dispose (GObject *object)
{
  SallyExportDialog *self = SALLY_EXPORT_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_EXPORT_DIALOG);
  g_clear_object (&self->accounts);

  G_OBJECT_CLASS (sally_export_dialog_parent_class)->dispose (object);
}

static void
sally_export_dialog_finalize (GObject *object)
{
  SallyExportDialog *self = SALLY_EXPORT_DIALOG (object);

  g_ptr_array_unref (self->formats);
  g_ptr_array_unref (self->parts);

  G_OBJECT_CLASS (sally_export_dialog_parent_class)->finalize (object);
}

static void
sally_export_dialog_class_init (SallyExportDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sally_export_dialog_dispose;
  object_class->finalize = sally_export_dialog_finalize;

  g_type_ensure (SALLY_TYPE_QR_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/codes/export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, format_row);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, password_group);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, password_row);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, again_row);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, plain_group);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, plain_row);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, message_label);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, codes_button);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, qr_view);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, part_label);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, codes_losses_label);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, done_page);
  gtk_widget_class_bind_template_child (widget_class, SallyExportDialog, losses_label);
  gtk_widget_class_bind_template_callback (widget_class, update);

  gtk_widget_class_install_action (widget_class, "export.save", NULL, on_save);
  gtk_widget_class_install_action (widget_class, "export.show-codes", NULL, on_show_codes);
  gtk_widget_class_install_action (widget_class, "export.previous", NULL, on_previous);
  gtk_widget_class_install_action (widget_class, "export.next", NULL, on_next);
}

static char *
dup_format_name (const SallyBackupFormat *format)
{
  const char *name = _ (format->display_name);

  if (g_str_equal (format->name, "sallyport"))
    return g_strdup_printf (_ ("%s, encrypted"), name);
  /* Translators: a format of files, and that nothing in it is encrypted. */
  return format->protection == SALLY_BACKUP_ENCRYPTED
             ? g_strdup (name)
             : g_strdup_printf (_ ("%s (unprotected)"), name);
}

static void
sally_export_dialog_init (SallyExportDialog *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  self->formats = g_ptr_array_new ();
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  for (const SallyBackupFormat *format = sally_backup_get_formats (); format->name != NULL;
       format++)
    if (format->write != NULL)
      {
        g_ptr_array_add (self->formats, (gpointer) format);
        gtk_string_list_take (names, dup_format_name (format));
      }
  adw_combo_row_set_model (self->format_row, G_LIST_MODEL (names));
  update (self);
}

AdwDialog *
sally_export_dialog_new (SallyAccountStore *accounts)
{
  SallyExportDialog *self;

  g_return_val_if_fail (SALLY_IS_ACCOUNT_STORE (accounts), NULL);

  self = g_object_new (SALLY_TYPE_EXPORT_DIALOG, NULL);
  self->accounts = g_object_ref (accounts);
  return ADW_DIALOG (self);
}
