/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One entry of a file in the preview of an import. */
#pragma once

#include "backup/merge.h"

G_BEGIN_DECLS

/* Properties: title, subtitle (why, or what is unusual), status (one translated word), can-choose,
 * chosen (writable): what is new is chosen at first. */
#define SALLY_TYPE_IMPORT_ITEM (sally_import_item_get_type ())
G_DECLARE_FINAL_TYPE (SallyImportItem, sally_import_item, SALLY, IMPORT_ITEM, GObject)

/* `item` is borrowed for as long as this lives. */
SallyImportItem *sally_import_item_new (SallyMergeItem *item) G_GNUC_WARN_UNUSED_RESULT;

SallyMergeItem *sally_import_item_get_item (SallyImportItem *self);
gboolean sally_import_item_get_chosen (SallyImportItem *self);

G_END_DECLS
