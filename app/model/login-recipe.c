/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/login-recipe.h"

#include "base/error.h"
#include "base/text.h"

#include <glib/gi18n.h>

#define PASSWORD                                                                                   \
  {                                                                                                \
    1,                                                                                             \
    {                                                                                              \
      SALLY_FACTOR_PASSWORD                                                                        \
    }                                                                                              \
  }
#define CODE                                                                                       \
  {                                                                                                \
    1,                                                                                             \
    {                                                                                              \
      SALLY_FACTOR_CODE                                                                            \
    }                                                                                              \
  }
#define KEY                                                                                        \
  {                                                                                                \
    1,                                                                                             \
    {                                                                                              \
      SALLY_FACTOR_KEY                                                                             \
    }                                                                                              \
  }
#define PASSWORD_CODE                                                                              \
  {                                                                                                \
    2,                                                                                             \
    {                                                                                              \
      SALLY_FACTOR_PASSWORD, SALLY_FACTOR_CODE                                                     \
    }                                                                                              \
  }
#define CODE_PASSWORD                                                                              \
  {                                                                                                \
    2,                                                                                             \
    {                                                                                              \
      SALLY_FACTOR_CODE, SALLY_FACTOR_PASSWORD                                                     \
    }                                                                                              \
  }

/* What a server can want, in the order of how often it is met. */
static const struct
{
  const char *name;
  SallyLoginRecipe recipe;
} recipes[] = {
  { "password+code", { 1, { PASSWORD_CODE } } },
  { "code+password", { 1, { CODE_PASSWORD } } },
  { "password,code", { 2, { PASSWORD, CODE } } },
  { "password", { 1, { PASSWORD } } },
  { "key", { 1, { KEY } } },
  { "key,code", { 2, { KEY, CODE } } },
  { "key,password", { 2, { KEY, PASSWORD } } },
  { "key,password+code", { 2, { KEY, PASSWORD_CODE } } },
};

static gboolean
recipe_equal (const SallyLoginRecipe *a, const SallyLoginRecipe *b)
{
  if (a->n_steps != b->n_steps)
    return FALSE;
  for (guint i = 0; i < a->n_steps; i++)
    {
      if (a->steps[i].n_parts != b->steps[i].n_parts)
        return FALSE;
      for (guint part = 0; part < a->steps[i].n_parts; part++)
        if (a->steps[i].parts[part] != b->steps[i].parts[part])
          return FALSE;
    }
  return TRUE;
}

gboolean
sally_login_recipe_parse (const char *text, SallyLoginRecipe *recipe, GError **error)
{
  g_autoptr (GString) bare = g_string_new (NULL);
  g_autofree char *shown = NULL;
  g_autofree char *known = NULL;

  g_return_val_if_fail (text != NULL && recipe != NULL, FALSE);

  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isspace (*c))
      g_string_append_c (bare, g_ascii_tolower (*c));
  for (gsize i = 0; i < G_N_ELEMENTS (recipes); i++)
    if (g_str_equal (bare->str, recipes[i].name))
      {
        *recipe = recipes[i].recipe;
        return TRUE;
      }

  shown = sally_text_from_server (text, -1, FALSE);
  known = g_strjoinv (" ", (char **) sally_login_recipe_names ());
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("“%s” is no way to sign in: use one of %s"), shown, known);
  return FALSE;
}

char *
sally_login_recipe_to_string (const SallyLoginRecipe *recipe)
{
  g_return_val_if_fail (recipe != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (recipes); i++)
    if (recipe_equal (recipe, &recipes[i].recipe))
      return g_strdup (recipes[i].name);
  g_return_val_if_reached (NULL);
}

gboolean
sally_login_recipe_uses (const SallyLoginRecipe *recipe, SallyFactor factor)
{
  g_return_val_if_fail (recipe != NULL, FALSE);

  for (guint i = 0; i < recipe->n_steps; i++)
    for (guint part = 0; part < recipe->steps[i].n_parts; part++)
      if (recipe->steps[i].parts[part] == factor)
        return TRUE;
  return FALSE;
}

const char *const *
sally_login_recipe_names (void)
{
  static const char *names[G_N_ELEMENTS (recipes) + 1];
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (recipes); i++)
        names[i] = recipes[i].name;
      g_once_init_leave (&ready, 1);
    }
  return names;
}
