/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/codes-page-private.h"

#include "camera/scan-dialog.h"

static void
on_scanned (SallyScanDialog *dialog, SallyCodesPage *self)
{
  g_autoptr (GPtrArray) texts = sally_scan_dialog_ref_texts (dialog);

  sally_codes_page_import_texts (self, texts);
}

static void
on_scan_camera (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyCodesPage *self = SALLY_CODES_PAGE (widget);
  SallyScanDialog *dialog = sally_scan_dialog_new (self->camera);

  g_signal_connect_object (dialog, "scanned", G_CALLBACK (on_scanned), self, G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (dialog), widget);
}

static void
update (SallyCodesPage *self)
{
  gboolean is_present = sally_camera_access_get_is_present (self->camera);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "codes.scan-camera", is_present);
  gtk_widget_set_visible (self->camera_button, is_present);
}

void
sally_codes_page_install_camera (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "codes.scan-camera", NULL, on_scan_camera);
}

void
sally_codes_page_set_up_camera (SallyCodesPage *self)
{
  self->camera = sally_camera_access_new ();
  g_signal_connect_object (self->camera, "notify::is-present", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}
