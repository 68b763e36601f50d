/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Login recipes as a person would say them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "password+code" -> "Password and code in one (password first)"; translated, static; the recipe
 * itself if it has no words. */
const char *sally_recipe_words (const char *recipe);

G_END_DECLS
