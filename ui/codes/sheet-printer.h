/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The printable sheet on its way to a printer: no file lies anywhere. */
#pragma once

#include "export/sheet.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for the printer and its paper, then prints `uris` (element-type SallyOtpUri). The sheet is
 * made on another thread. GTK_DIALOG_ERROR_DISMISSED if the person closes the dialog;
 * `cancellable` closes it, too. */
void sally_sheet_printer_print_async (GtkWindow *parent,
                                      GPtrArray *uris,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* `losses` (nullable, element-type utf8): what a code had no room for is appended. */
gboolean sally_sheet_printer_print_finish (GAsyncResult *result, GPtrArray *losses, GError **error);

G_END_DECLS
