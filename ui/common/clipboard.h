/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies secrets: marked as such for clipboard managers, and taken back later if still ours. */
#pragma once

#include "base/secret.h"
#include "store/settings.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SALLY_TYPE_CLIPBOARD (sally_clipboard_get_type ())
G_DECLARE_FINAL_TYPE (SallyClipboard, sally_clipboard, SALLY, CLIPBOARD, GObject)

SallyClipboard *
sally_clipboard_new (GdkClipboard *clipboard, SallySettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/* Offers `secret` as text, together with the MIME type by which clipboard managers know that they
 * must not keep it. Cleared after the setting clipboard-clear, unless somebody else has copied
 * since; where only the program with the focus may do so, as soon as it has it. */
void sally_clipboard_copy_secret (SallyClipboard *self, SallySecret *secret);

/* Whether the desktop lets only the program with the focus change the clipboard, and `window` does
 * not have it. */
gboolean sally_clipboard_needs_focus (GtkWindow *window);

/* Clears at once what was copied by us and is still there: at the end of the program, or when it
 * locks. */
void sally_clipboard_clear (SallyClipboard *self);

G_END_DECLS
