/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks at the terminal what to do where a target exists (`--conflict=ask`). */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

/* Answers the queue's "conflict" from now on, one question at a time. Where there is no terminal
 * the file fails, for nobody allowed it to replace anything. */
void sally_conflict_question_set_up (SallyCli *cli);

G_END_DECLS
