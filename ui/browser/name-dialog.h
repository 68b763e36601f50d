/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for the name of a new folder, or a new name. */
#pragma once

#include "remote/directory.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Responses: "cancel", "accept". Only names that are one safe component and not taken in
 * `directory` are accepted. */
#define SALLY_TYPE_NAME_DIALOG (sally_name_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SallyNameDialog, sally_name_dialog, SALLY, NAME_DIALOG, AdwAlertDialog)

/* `name` is what stands in the entry at first, its part before the extension selected. */
AdwDialog *sally_name_dialog_new (const char *heading,
                                  const char *accept_label,
                                  const char *name,
                                  SallyDirectory *directory);

const char *sally_name_dialog_get_name (SallyNameDialog *self);

G_END_DECLS
