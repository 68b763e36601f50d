/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "preferences/backup-password-dialog.h"

#include "export/strength.h"

#include <glib/gi18n.h>

typedef struct
{
  AdwAlertDialog *dialog; /* borrowed: it owns this */
  GtkWidget *parent;
  GtkEditable *first;
  GtkEditable *again;
  GtkLabel *hint;
  SallyBackups *backups;
  GTask *task;
} Form;

static void
form_free (gpointer data)
{
  Form *form = data;

  g_object_unref (form->parent);
  g_object_unref (form->backups);
  g_clear_object (&form->task);
  g_free (form);
}

static void
update (Form *form)
{
  const char *text = gtk_editable_get_text (form->first);
  const char *again = gtk_editable_get_text (form->again);
  g_autoptr (SallySecret) password = sally_secret_new (text, -1);
  gboolean is_same = g_str_equal (text, again);

  gtk_label_set_text (form->hint, !is_same && *again != '\0'
                                      ? _ ("The two passwords are not the same")
                                      : sally_strength_describe (sally_strength_judge (password)));
  adw_alert_dialog_set_response_enabled (form->dialog, "set", *text != '\0' && is_same);
}

static GtkEditable *
add_row (GtkWidget *group, const char *title, Form *form)
{
  GtkWidget *row = adw_password_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (update), form);
  return GTK_EDITABLE (row);
}

static GtkWidget *
create_form (Form *form)
{
  GtkWidget *group = adw_preferences_group_new ();

  form->hint = GTK_LABEL (gtk_label_new (NULL));
  form->first = add_row (group, _ ("Password for Backups"), form);
  form->again = add_row (group, _ ("The Same Again"), form);
  gtk_label_set_wrap (form->hint, TRUE);
  gtk_label_set_xalign (form->hint, 0);
  gtk_widget_set_margin_top (GTK_WIDGET (form->hint), 12);
  gtk_widget_add_css_class (GTK_WIDGET (form->hint), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (form->hint), "dimmed");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (form->hint));
  return group;
}

/* What is waited for, and where what goes wrong is said. */
typedef struct
{
  GTask *task;
  GtkWidget *parent;
} Storing;

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Storing *storing = user_data;
  g_autoptr (GTask) task = storing->task;
  g_autoptr (GtkWidget) parent = storing->parent;
  GError *error = NULL;
  AdwDialog *dialog;

  if (sally_backups_set_password_finish (SALLY_BACKUPS (source), result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  dialog = adw_alert_dialog_new (_ ("The Password Was Not Saved"), error->message);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, parent);
  g_task_return_error (task, error);
}

static void
on_response (AdwAlertDialog *dialog, const char *response, Form *form)
{
  g_autoptr (SallySecret) password = NULL;
  Storing *storing;

  if (!g_str_equal (response, "set"))
    {
      g_task_return_new_error_literal (form->task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                       _ ("Cancelled"));
      return;
    }
  password = sally_secret_new (gtk_editable_get_text (form->first), -1);
  storing = g_new (Storing, 1);
  *storing = (Storing) { g_object_ref (form->task), g_object_ref (form->parent) };
  sally_backups_set_password_async (form->backups, password, NULL, on_stored, storing);
}

void
sally_backup_password_dialog_present (SallyBackups *backups,
                                      GtkWidget *parent,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  AdwDialog *dialog;
  Form *form;

  g_return_if_fail (SALLY_IS_BACKUPS (backups));
  g_return_if_fail (GTK_IS_WIDGET (parent));

  dialog = adw_alert_dialog_new (
      _ ("Password for Backups"),
      _ ("It is kept in the keyring, so that backups are made without asking. Write it down as "
         "well, and keep it elsewhere: on a new computer nothing else opens them. Backups that are "
         "there already keep the password they were written with."));
  form = g_new0 (Form, 1);
  form->dialog = ADW_ALERT_DIALOG (dialog);
  form->backups = g_object_ref (backups);
  form->parent = g_object_ref (parent);
  form->task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (form->task, sally_backup_password_dialog_present);
  g_object_set_data_full (G_OBJECT (dialog), "form", form, form_free);
  adw_alert_dialog_set_extra_child (form->dialog, create_form (form));
  adw_alert_dialog_add_responses (form->dialog, "cancel", _ ("_Cancel"), "set", _ ("_Set"), NULL);
  adw_alert_dialog_set_response_appearance (form->dialog, "set", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_close_response (form->dialog, "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), form);
  update (form);
  adw_dialog_present (dialog, parent);
}

gboolean
sally_backup_password_dialog_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
