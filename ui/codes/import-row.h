/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows a SallyImportItem in a list view. */
#pragma once

#include "codes/import-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Property: item (nullable), which changes as the list view reuses its rows. */
#define SALLY_TYPE_IMPORT_ROW (sally_import_row_get_type ())
G_DECLARE_FINAL_TYPE (SallyImportRow, sally_import_row, SALLY, IMPORT_ROW, AdwBin)

G_END_DECLS
