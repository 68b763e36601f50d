/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person, asked through dialogs on the active window. */
#pragma once

#include "lock/lock.h"
#include "remote/prompter.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define SALLY_TYPE_DIALOG_PROMPTER (sally_dialog_prompter_get_type ())
G_DECLARE_FINAL_TYPE (SallyDialogPrompter, sally_dialog_prompter, SALLY, DIALOG_PROMPTER, GObject)

/* The application is not kept alive by it. Questions that come while `lock` is locked wait. */
SallyPrompter *
sally_dialog_prompter_new (GtkApplication *application, SallyLock *lock) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
