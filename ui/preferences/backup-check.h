/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The restore drill on demand: a person chooses a file and sees what would come back from it. */
#pragma once

#include "export/backups.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Asks for the file, and for its password if the keyring's is another one; says what is in it. */
void sally_backup_check_start (SallyBackups *backups, GtkWidget *parent);

G_END_DECLS
