/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A password that a file is going to have: from standard input, or typed twice. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

/* Twice where a person types it: a file with a mistyped password is lost. A weak one
 * gets a hint. Never empty. SALLY_ERROR_PASSWORD_NEEDED without a terminal, unless
 * `password_stdin`. */
SallySecret *sally_cli_get_new_password (SallyCli *cli,
                                         const char *question,
                                         gboolean password_stdin,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
