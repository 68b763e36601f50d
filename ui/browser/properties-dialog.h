/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server says about one file. */
#pragma once

#include "model/remote-file.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define SALLY_TYPE_PROPERTIES_DIALOG (sally_properties_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    SallyPropertiesDialog, sally_properties_dialog, SALLY, PROPERTIES_DIALOG, AdwDialog)

/* `folder` is the display form of the path it is in. */
AdwDialog *sally_properties_dialog_new (SallyRemoteFile *file, const char *folder);

G_END_DECLS
