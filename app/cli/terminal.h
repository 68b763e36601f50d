/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person at /dev/tty: questions, answers that are not shown, lines that are written over. */
#pragma once

#include "base/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks on the controlling terminal, whatever standard input and output are. The main loop goes on
 * meanwhile. `echo` FALSE: what is typed is not shown; the terminal is restored however this ends.
 * The answer is without its line end. SALLY_ERROR_SIGN_IN_NEEDS_PERSON where there is no terminal,
 * or the person ends the input. One question at a time. `text` is ours, or safe to show. */
void sally_terminal_ask_async (const char *text,
                               gboolean echo,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
SallySecret *
sally_terminal_ask_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether there is one. */
gboolean sally_terminal_is_there (void);

/* Writes to the terminal, or to standard error where there is none. */
void sally_terminal_say (const char *text);

/* Gives the terminal back as it was, if a question is open; for the way out that waits for nothing.
 * Async-signal-safe. */
void sally_terminal_restore (void);

G_END_DECLS
