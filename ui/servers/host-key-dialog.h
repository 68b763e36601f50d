/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks whether a host key that was never seen is the right one. */
#pragma once

#include "remote/prompter.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Responses: "cancel", "trust". */
#define SALLY_TYPE_HOST_KEY_DIALOG (sally_host_key_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    SallyHostKeyDialog, sally_host_key_dialog, SALLY, HOST_KEY_DIALOG, AdwAlertDialog)

AdwDialog *sally_host_key_dialog_new (const SallyHostQuestion *question);

G_END_DECLS
