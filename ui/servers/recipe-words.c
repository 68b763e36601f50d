/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/recipe-words.h"

#include <glib/gi18n.h>

static const struct
{
  const char *recipe;
  const char *words;
} entries[] = {
  { "password", N_ ("Password") },
  { "password+code", N_ ("Password and code in one (password first)") },
  { "code+password", N_ ("Code and password in one (code first)") },
  { "password,code", N_ ("Password, then code") },
  { "key", N_ ("SSH key") },
  { "key,code", N_ ("SSH key, then code") },
  { "key,password", N_ ("SSH key, then password") },
  { "key,password+code", N_ ("SSH key, then password and code in one") },
};

const char *
sally_recipe_words (const char *recipe)
{
  g_return_val_if_fail (recipe != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      if (g_str_equal (entries[i].recipe, recipe))
        return _ (entries[i].words);
    }
  return recipe;
}
