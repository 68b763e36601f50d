/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the scheduled backup when it is due, while somebody has the window open. */
#pragma once

#include "export/backups.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SALLY_TYPE_BACKUP_TIMER (sally_backup_timer_get_type ())
G_DECLARE_FINAL_TYPE (SallyBackupTimer, sally_backup_timer, SALLY, BACKUP_TIMER, GObject)

/* Nothing is waited for while the window is hidden or suspended: what became due meanwhile is made
 * when it shows again. */
SallyBackupTimer *
sally_backup_timer_new (GtkWindow *window, SallyBackups *backups) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
