/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks which folder here goes with one on the server, compares them, and shows what would be done.
 */
#pragma once

#include "remote/sync.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal "begin" (SallySync) when the person wants the plan done; the dialog closes then. */
#define SALLY_TYPE_SYNC_DIALOG (sally_sync_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SallySyncDialog, sally_sync_dialog, SALLY, SYNC_DIALOG, AdwDialog)

/* `remote` is raw bytes. */
AdwDialog *sally_sync_dialog_new (SallyTransferQueue *queue,
                                  SallyConnection *connection,
                                  const char *remote) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
