/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at a server without credentials, and lists what will work and what will not. */
#pragma once

#include "remote/connection.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define SALLY_TYPE_CHECK_DIALOG (sally_check_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SallyCheckDialog, sally_check_dialog, SALLY, CHECK_DIALOG, AdwDialog)

/* Begins at once; closing it ends the look. */
AdwDialog *sally_check_dialog_new (SallyServer *server, SallyConnectionServices *services);

G_END_DECLS
