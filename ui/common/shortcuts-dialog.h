/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All keyboard shortcuts, by place. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SALLY_TYPE_SHORTCUTS_DIALOG (sally_shortcuts_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    SallyShortcutsDialog, sally_shortcuts_dialog, SALLY, SHORTCUTS_DIALOG, AdwDialog)

AdwDialog *sally_shortcuts_dialog_new (void);

G_END_DECLS
