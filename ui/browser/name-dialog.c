/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/name-dialog.h"

#include "model/remote-path.h"

#include <glib/gi18n.h>

struct _SallyNameDialog
{
  AdwAlertDialog parent_instance;

  GtkEditable *name_row;
  GtkLabel *message_label;

  SallyDirectory *directory;
  char *original;
};

G_DEFINE_FINAL_TYPE (SallyNameDialog, sally_name_dialog, ADW_TYPE_ALERT_DIALOG)

static void
update (SallyNameDialog *self)
{
  const char *name = gtk_editable_get_text (self->name_row);
  const char *message = NULL;
  gboolean is_accepted;

  if (self->directory == NULL)
    return;

  if (name[0] != '\0' && !sally_remote_name_is_safe (name, strlen (name)))
    message = strchr (name, '/') != NULL ? _ ("A name cannot contain “/”.")
                                         : _ ("This name is not possible.");
  else if (!g_str_equal (name, self->original) &&
           sally_directory_find (self->directory, name) != NULL)
    message = _ ("That name is taken.");

  is_accepted = name[0] != '\0' && message == NULL && !g_str_equal (name, self->original);
  adw_alert_dialog_set_response_enabled (ADW_ALERT_DIALOG (self), "accept", is_accepted);
  gtk_label_set_text (self->message_label, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), message != NULL);
}

static void
select_stem (SallyNameDialog *self)
{
  const char *name = gtk_editable_get_text (self->name_row);
  const char *dot = strrchr (name, '.');
  gboolean has_extension = dot != NULL && dot != name;

  gtk_editable_select_region (self->name_row, 0,
                              has_extension ? (int) g_utf8_pointer_to_offset (name, dot) : -1);
}

static void
sally_name_dialog_dispose (GObject *object)
{
  SallyNameDialog *self = SALLY_NAME_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_NAME_DIALOG);
  g_clear_object (&self->directory);
  g_clear_pointer (&self->original, g_free);

  G_OBJECT_CLASS (sally_name_dialog_parent_class)->dispose (object);
}

static void
sally_name_dialog_class_init (SallyNameDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_name_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/browser/name-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyNameDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, SallyNameDialog, message_label);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
sally_name_dialog_init (SallyNameDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *
sally_name_dialog_new (const char *heading,
                       const char *accept_label,
                       const char *name,
                       SallyDirectory *directory)
{
  SallyNameDialog *self;

  g_return_val_if_fail (heading != NULL && accept_label != NULL && name != NULL, NULL);
  g_return_val_if_fail (SALLY_IS_DIRECTORY (directory), NULL);

  self = g_object_new (SALLY_TYPE_NAME_DIALOG, "heading", heading, NULL);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (self), "cancel", _ ("_Cancel"), "accept",
                                  accept_label, NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (self), "accept",
                                            ADW_RESPONSE_SUGGESTED);
  self->directory = g_object_ref (directory);
  self->original = g_strdup (name);
  gtk_editable_set_text (self->name_row, name);
  adw_dialog_set_focus (ADW_DIALOG (self), GTK_WIDGET (self->name_row));
  g_signal_connect_object (self, "map", G_CALLBACK (select_stem), self, G_CONNECT_AFTER);
  update (self);
  return ADW_DIALOG (self);
}

const char *
sally_name_dialog_get_name (SallyNameDialog *self)
{
  g_return_val_if_fail (SALLY_IS_NAME_DIALOG (self), NULL);

  return gtk_editable_get_text (self->name_row);
}
