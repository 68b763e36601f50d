/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns of ssh_config(5): "*" and "?", lists with "!". */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* ASCII case counts; callers fold where it must not. */
gboolean sally_pattern_matches (const char *pattern, const char *text);

/* One of them matches, and none that begins with "!" does. `patterns` is NULL-terminated. */
gboolean sally_pattern_list_matches (const char *const *patterns, const char *text);

G_END_DECLS
