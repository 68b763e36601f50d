/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows what files of servers would add, and adds what the person leaves switched on. */
#pragma once

#include "login/host-trust.h"
#include "store/server-store.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal: "imported" (GPtrArray of SallyServer: the new ones; GPtrArray of SallyServer: those whose
 * host keys were pinned by it) after they were written. */
#define SALLY_TYPE_IMPORT_DIALOG (sally_import_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SallyImportDialog, sally_import_dialog, SALLY, IMPORT_DIALOG, AdwDialog)

/* `sources` (NULL-terminated) are the paths to begin with; NULL: it asks. */
AdwDialog *sally_import_dialog_new (SallyServerStore *servers,
                                    SallyHostTrust *host_trust,
                                    const char *const *sources);

G_END_DECLS
