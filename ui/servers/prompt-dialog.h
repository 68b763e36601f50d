/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks the person what the server asks, its words in a box of their own. */
#pragma once

#include "remote/prompter.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Responses: "cancel", "answer". */
#define SALLY_TYPE_PROMPT_DIALOG (sally_prompt_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SallyPromptDialog, sally_prompt_dialog, SALLY, PROMPT_DIALOG, AdwAlertDialog)

AdwDialog *sally_prompt_dialog_new (const SallyPromptQuestion *question);

/* One SallySecret a prompt; the entries are emptied. (transfer container) */
GPtrArray *sally_prompt_dialog_take_answers (SallyPromptDialog *self) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the person lets us answer such a script by ourselves from now on. */
gboolean sally_prompt_dialog_get_remember (SallyPromptDialog *self);

G_END_DECLS
