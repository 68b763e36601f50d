/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person at the terminal as the connection sees them; errors that say what to type where there
 * is none. */
#pragma once

#include "remote/prompter.h"

G_BEGIN_DECLS

#define SALLY_TYPE_TERMINAL_PROMPTER (sally_terminal_prompter_get_type ())
G_DECLARE_FINAL_TYPE (
    SallyTerminalPrompter, sally_terminal_prompter, SALLY, TERMINAL_PROMPTER, GObject)

SallyPrompter *sally_terminal_prompter_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
