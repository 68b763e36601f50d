/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lock/passphrase-dialog.h"

#include <glib/gi18n.h>

typedef struct
{
  AdwAlertDialog *dialog; /* borrowed: it owns this */
  GtkWidget *parent;      /* weak */
  GtkEditable *first;
  GtkEditable *again;
  SallyLock *lock;
} Form;

static void
form_free (gpointer data)
{
  Form *form = data;

  g_clear_weak_pointer (&form->parent);
  g_object_unref (form->lock);
  g_free (form);
}

static void
update (Form *form)
{
  const char *passphrase = gtk_editable_get_text (form->first);

  adw_alert_dialog_set_response_enabled (form->dialog, "set",
                                         *passphrase != '\0' &&
                                             g_str_equal (passphrase,
                                                          gtk_editable_get_text (form->again)));
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

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) parent = user_data;
  g_autoptr (GError) error = NULL;
  AdwDialog *dialog;

  if (sally_lock_set_passphrase_finish (SALLY_LOCK (source), result, &error))
    return;
  dialog = adw_alert_dialog_new (_ ("The Passphrase Was Not Changed"), error->message);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, parent);
}

static void
on_response (AdwAlertDialog *dialog, const char *response, Form *form)
{
  g_autoptr (SallySecret) passphrase = NULL;

  if (form->parent == NULL || g_str_equal (response, "cancel"))
    return;
  if (g_str_equal (response, "set"))
    passphrase = sally_secret_new (gtk_editable_get_text (form->first), -1);
  sally_lock_set_passphrase_async (form->lock, passphrase, on_set, g_object_ref (form->parent));
}

void
sally_passphrase_dialog_present (SallyLock *lock, GtkWidget *parent)
{
  AdwDialog *dialog;
  GtkWidget *group = adw_preferences_group_new ();
  Form *form = g_new0 (Form, 1);

  g_return_if_fail (SALLY_IS_LOCK (lock));
  g_return_if_fail (GTK_IS_WIDGET (parent));

  dialog = adw_alert_dialog_new (
      _ ("Passphrase of the Lock"),
      _ ("It opens the locked window. Without it only a new start of an emptied keyring helps."));
  form->dialog = ADW_ALERT_DIALOG (dialog);
  form->lock = g_object_ref (lock);
  g_set_weak_pointer (&form->parent, parent);
  g_object_set_data_full (G_OBJECT (dialog), "form", form, form_free);
  form->first = add_row (group, _ ("New Passphrase"), form);
  form->again = add_row (group, _ ("The Same Again"), form);
  adw_alert_dialog_set_extra_child (form->dialog, group);
  adw_alert_dialog_add_response (form->dialog, "cancel", _ ("_Cancel"));
  if (sally_lock_get_is_set (lock))
    {
      adw_alert_dialog_add_response (form->dialog, "remove", _ ("_Remove the Lock"));
      adw_alert_dialog_set_response_appearance (form->dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
    }
  adw_alert_dialog_add_response (form->dialog, "set", _ ("_Set"));
  adw_alert_dialog_set_response_appearance (form->dialog, "set", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_close_response (form->dialog, "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), form);
  update (form);
  adw_dialog_present (dialog, parent);
}
