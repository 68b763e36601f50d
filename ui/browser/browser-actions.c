/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/browser-private.h"
#include "browser/name-dialog.h"
#include "browser/properties-dialog.h"
#include "model/remote-path.h"
#include "remote/removal.h"

#include <glib/gi18n.h>

/* One change on the server, on its way. */
typedef struct
{
  SallyBrowser *browser;
  SallyDirectory *directory; /* where the change is made, wherever the person has gone since */
  char *name;                /* raw name to select afterwards, nullable */
  AdwToast *toast;           /* of a deletion under way */
} Change;

static Change *
change_new (SallyBrowser *self)
{
  Change *change = g_new0 (Change, 1);

  change->browser = g_object_ref (self);
  change->directory = g_object_ref (self->directory);
  return change;
}

static void
change_free (Change *change)
{
  g_clear_object (&change->browser);
  g_clear_object (&change->directory);
  g_clear_object (&change->toast);
  g_free (change->name);
  g_free (change);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Change, change_free)

static char *
dup_path (Change *change, const char *raw_name)
{
  return sally_remote_path_join (sally_directory_get_path (change->directory), raw_name);
}

static void
show_changed (Change *change)
{
  SallyBrowser *self = change->browser;

  if (self->directory == change->directory && change->name != NULL)
    g_set_str (&self->select_name, change->name);
  sally_directory_reload (change->directory);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Change) change = user_data;
  g_autoptr (GError) error = NULL;

  if (!sally_connection_change_finish (SALLY_CONNECTION (source), result, &error))
    {
      sally_browser_show_error (change->browser, error);
      return;
    }
  show_changed (change);
}

static void
on_new_folder_response (AdwAlertDialog *dialog, const char *response, SallyBrowser *self)
{
  g_autofree char *path = NULL;
  Change *change;

  if (!g_str_equal (response, "accept"))
    return;
  change = change_new (self);
  change->name = g_strdup (sally_name_dialog_get_name (SALLY_NAME_DIALOG (dialog)));
  path = dup_path (change, change->name);
  sally_connection_make_directory_async (self->connection, path, self->cancellable, on_changed,
                                         change);
}

static void
on_new_folder (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);
  AdwDialog *dialog = sally_name_dialog_new (_ ("New Folder"), _ ("C_reate"), "", self->directory);

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_new_folder_response), self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

static SallyRemoteFile *
ref_selected (SallyBrowser *self)
{
  g_autoptr (GPtrArray) selected = sally_file_list_dup_selected (self->file_list);

  return selected->len == 1 ? g_object_ref (g_ptr_array_index (selected, 0)) : NULL;
}

static void
on_rename_response (AdwAlertDialog *dialog, const char *response, SallyBrowser *self)
{
  SallyRemoteFile *file = g_object_get_data (G_OBJECT (dialog), "file");
  g_autofree char *source = NULL;
  g_autofree char *target = NULL;
  Change *change;

  if (!g_str_equal (response, "accept"))
    return;
  change = change_new (self);
  change->name = g_strdup (sally_name_dialog_get_name (SALLY_NAME_DIALOG (dialog)));
  source = dup_path (change, sally_remote_file_get_raw_name (file));
  target = dup_path (change, change->name);
  sally_connection_rename_async (self->connection, source, target, FALSE, self->cancellable,
                                 on_changed, change);
}

static void
on_rename (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);
  g_autoptr (SallyRemoteFile) file = ref_selected (self);
  AdwDialog *dialog;

  if (file == NULL)
    return;
  dialog = sally_name_dialog_new (_ ("Rename"), _ ("_Rename"), sally_remote_file_get_name (file),
                                  self->directory);
  g_object_set_data_full (G_OBJECT (dialog), "file", g_object_ref (file), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_rename_response), self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Change) change = user_data;
  g_autoptr (GError) error = NULL;

  adw_toast_dismiss (change->toast);
  if (!sally_removal_run_finish (SALLY_REMOVAL (source), result, NULL, &error))
    sally_browser_show_error (change->browser, error);
  show_changed (change);
}

/* Shown until the deletion ends, which may take a while: the way to stop it. */
static AdwToast *
show_deleting (SallyBrowser *self, GCancellable *cancellable)
{
  AdwToast *toast = adw_toast_new (_ ("Deleting…"));

  adw_toast_set_button_label (toast, _ ("_Stop"));
  adw_toast_set_timeout (toast, 0);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (g_cancellable_cancel), cancellable,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, g_object_ref (toast));
  return toast;
}

static void
on_delete_response (AdwAlertDialog *dialog, const char *response, SallyBrowser *self)
{
  GPtrArray *files = g_object_get_data (G_OBJECT (dialog), "files");
  g_autoptr (SallyRemoval) removal = NULL;
  g_autoptr (GCancellable) cancellable = NULL;
  Change *change;

  if (!g_str_equal (response, "delete"))
    return;
  change = change_new (self);
  removal = sally_removal_new (self->connection);
  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *path =
          dup_path (change, sally_remote_file_get_raw_name (g_ptr_array_index (files, i)));

      sally_removal_add (removal, path);
    }
  cancellable = g_cancellable_new ();
  g_signal_connect_object (self->cancellable, "cancelled", G_CALLBACK (g_cancellable_cancel),
                           cancellable, G_CONNECT_SWAPPED);
  change->toast = show_deleting (self, cancellable);
  sally_removal_run_async (removal, cancellable, on_removed, change);
}

/* What will be lost, in words. */
static const char *
get_delete_body (GPtrArray *files)
{
  guint n_folders = 0;

  for (guint i = 0; i < files->len; i++)
    if (sally_remote_file_get_kind (g_ptr_array_index (files, i)) == SALLY_REMOTE_FILE_DIRECTORY)
      n_folders++;
  if (n_folders == 0)
    return _ ("The server has no wastebasket: it will be gone for good.");
  if (files->len == 1)
    return _ ("The folder and all that is in it will be gone for good: the server has no "
              "wastebasket.");
  return _ ("Folders are deleted with all that is in them. The server has no wastebasket: it will "
            "be gone for good.");
}

static void
on_delete (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);
  g_autoptr (GPtrArray) files = sally_file_list_dup_selected (self->file_list);
  g_autofree char *heading = NULL;
  AdwDialog *dialog;

  if (files->len == 0)
    return;
  if (files->len == 1)
    /* Translators: the name of a file or folder. */
    heading = g_strdup_printf (_ ("Delete “%s”?"),
                               sally_remote_file_get_name (g_ptr_array_index (files, 0)));
  else
    heading =
        g_strdup_printf (ngettext ("Delete %u File?", "Delete %u Files?", files->len), files->len);
  dialog = adw_alert_dialog_new (heading, get_delete_body (files));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "delete",
                                  _ ("_Delete"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "delete",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "files", g_steal_pointer (&files),
                          (GDestroyNotify) g_ptr_array_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_delete_response), self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

static void
on_properties (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);
  g_autoptr (SallyRemoteFile) file = ref_selected (self);

  if (file != NULL)
    adw_dialog_present (sally_properties_dialog_new (file, sally_directory_get_display_path (
                                                               self->directory)),
                        widget);
}

void
sally_browser_install_change_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "browser.new-folder", NULL, on_new_folder);
  gtk_widget_class_install_action (widget_class, "browser.rename", NULL, on_rename);
  gtk_widget_class_install_action (widget_class, "browser.delete", NULL, on_delete);
  gtk_widget_class_install_action (widget_class, "browser.properties", NULL, on_properties);
}
