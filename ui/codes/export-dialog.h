/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All accounts into a file of a chosen format, read back before it counts; or on paper, or as QR
 * codes. */
#pragma once

#include "export/backups.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Actions: export.save, export.print, export.show-codes, export.previous, export.next. */
#define SALLY_TYPE_EXPORT_DIALOG (sally_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SallyExportDialog, sally_export_dialog, SALLY, EXPORT_DIALOG, AdwDialog)

AdwDialog *sally_export_dialog_new (SallyBackups *backups);

G_END_DECLS
