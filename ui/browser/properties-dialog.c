/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/properties-dialog.h"

#include "browser/file-words.h"

#include <glib/gi18n.h>

struct _SallyPropertiesDialog
{
  AdwDialog parent_instance;

  GtkImage *icon;
  GtkLabel *name_label;
  AdwActionRow *kind_row;
  AdwActionRow *size_row;
  AdwActionRow *folder_row;
  AdwActionRow *modified_row;
  AdwActionRow *permissions_row;
  AdwActionRow *owner_row;
};

G_DEFINE_FINAL_TYPE (SallyPropertiesDialog, sally_properties_dialog, ADW_TYPE_DIALOG)

static void
sally_properties_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SALLY_TYPE_PROPERTIES_DIALOG);

  G_OBJECT_CLASS (sally_properties_dialog_parent_class)->dispose (object);
}

static void
sally_properties_dialog_class_init (SallyPropertiesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_properties_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/browser/properties-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyPropertiesDialog, icon);
  gtk_widget_class_bind_template_child (widget_class, SallyPropertiesDialog, name_label);
  gtk_widget_class_bind_template_child (widget_class, SallyPropertiesDialog, kind_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPropertiesDialog, size_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPropertiesDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPropertiesDialog, modified_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPropertiesDialog, permissions_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPropertiesDialog, owner_row);
}

static void
sally_properties_dialog_init (SallyPropertiesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static char *
dup_exact_size (SallyRemoteFile *file)
{
  g_autofree char *size = NULL;
  guint64 bytes = sally_remote_file_get_size (file);

  if (sally_remote_file_get_kind (file) != SALLY_REMOTE_FILE_REGULAR)
    return sally_file_words_size (file);
  return g_format_size_full (bytes, G_FORMAT_SIZE_LONG_FORMAT);
}

static char *
dup_exact_time (SallyRemoteFile *file)
{
  g_autoptr (GDateTime) time = NULL;

  if (sally_remote_file_get_modified (file) > 0)
    time = g_date_time_new_from_unix_local (sally_remote_file_get_modified (file));
  return time != NULL ? g_date_time_format (time, "%c") : g_strdup (_ ("Unknown"));
}

AdwDialog *
sally_properties_dialog_new (SallyRemoteFile *file, const char *folder)
{
  SallyPropertiesDialog *self;
  const SallyRemoteAttributes *attributes;
  g_autoptr (GIcon) icon = NULL;
  g_autofree char *kind = NULL;
  g_autofree char *size = NULL;
  g_autofree char *modified = NULL;
  g_autofree char *mode = NULL;
  g_autofree char *permissions = NULL;
  g_autofree char *owner = NULL;

  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (file), NULL);
  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (SALLY_TYPE_PROPERTIES_DIALOG, NULL);
  attributes = sally_remote_file_get_attributes (file);
  g_object_get (file, "icon", &icon, NULL);
  kind = sally_file_words_kind (file);
  size = dup_exact_size (file);
  modified = dup_exact_time (file);
  mode = sally_remote_file_dup_mode_string (file);
  permissions = g_strdup_printf ("%s (%04o)", mode, attributes->permissions & 07777);
  /* Translators: the numbers of a file's owner and group. */
  owner = g_strdup_printf (_ ("User %u, group %u"), attributes->uid, attributes->gid);

  gtk_image_set_from_gicon (self->icon, icon);
  gtk_label_set_text (self->name_label, sally_remote_file_get_name (file));
  adw_action_row_set_subtitle (self->kind_row, kind);
  adw_action_row_set_subtitle (self->size_row, size);
  adw_action_row_set_subtitle (self->folder_row, folder);
  adw_action_row_set_subtitle (self->modified_row, modified);
  adw_action_row_set_subtitle (self->permissions_row, permissions);
  adw_action_row_set_subtitle (self->owner_row, owner);
  gtk_widget_set_visible (GTK_WIDGET (self->owner_row),
                          (attributes->flags & SALLY_ATTRIBUTE_OWNER) != 0);
  return ADW_DIALOG (self);
}
