/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Android's shared preferences (XML), as rooted phones give them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The strings in a <map>, name to text, wiped when the table goes; NULL for anything else. */
GHashTable *sally_preferences_parse (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
