/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The preferences' page of backups: how the last one went, and how they are made. */
#pragma once

#include "export/backups.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Actions: backups.run, backups.check, backups.choose-folder, backups.set-password. */
#define SALLY_TYPE_BACKUPS_PAGE (sally_backups_page_get_type ())
G_DECLARE_FINAL_TYPE (SallyBackupsPage, sally_backups_page, SALLY, BACKUPS_PAGE, AdwPreferencesPage)

/* Once, before it shows. */
void sally_backups_page_set_up (SallyBackupsPage *self, SallyBackups *backups);

G_END_DECLS
