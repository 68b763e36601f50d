/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets the password that backups are encrypted with: typed twice, then in the keyring. */
#pragma once

#include "export/backups.h"

#include <adwaita.h>

G_BEGIN_DECLS

void sally_backup_password_dialog_present (SallyBackups *backups,
                                           GtkWidget *parent,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
/* G_IO_ERROR_CANCELLED if the person did not set one; what failed, the person has seen. */
gboolean sally_backup_password_dialog_finish (GAsyncResult *result, GError **error);

G_END_DECLS
