/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of a sign-in as a person would say them. */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

/* Translated; the present step with the seconds it will take, if that is known, and that of a jump
 * host in a second line below its name. "" for what is no step: closed, ready. */
char *sally_step_words_dup (SallyConnection *connection, SallyConnectionState step);

G_END_DECLS
