/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "model/login-recipe.h"

#include <string.h>

static void
test_every_name_round_trips (void)
{
  const char *const *names = sally_login_recipe_names ();

  g_assert_cmpuint (g_strv_length ((char **) names), ==, 8);
  for (guint i = 0; names[i] != NULL; i++)
    {
      SallyLoginRecipe recipe;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      g_assert_true (sally_login_recipe_parse (names[i], &recipe, &error));
      g_assert_no_error (error);
      text = sally_login_recipe_to_string (&recipe);
      g_assert_cmpstr (text, ==, names[i]);
      g_assert_cmpint (sally_login_recipe_uses (&recipe, SALLY_FACTOR_PASSWORD), ==,
                       strstr (names[i], "password") != NULL);
      g_assert_cmpint (sally_login_recipe_uses (&recipe, SALLY_FACTOR_CODE), ==,
                       strstr (names[i], "code") != NULL);
      g_assert_cmpint (sally_login_recipe_uses (&recipe, SALLY_FACTOR_KEY), ==,
                       strstr (names[i], "key") != NULL);
    }
}

static void
test_order_of_parts (void)
{
  SallyLoginRecipe recipe;

  g_assert_true (sally_login_recipe_parse (" Key , Password + CODE ", &recipe, NULL));
  g_assert_cmpuint (recipe.n_steps, ==, 2);
  g_assert_cmpint (recipe.steps[0].parts[0], ==, SALLY_FACTOR_KEY);
  g_assert_cmpuint (recipe.steps[1].n_parts, ==, 2);
  g_assert_cmpint (recipe.steps[1].parts[0], ==, SALLY_FACTOR_PASSWORD);
  g_assert_cmpint (recipe.steps[1].parts[1], ==, SALLY_FACTOR_CODE);
}

static void
test_refuses (void)
{
  static const char *const table[] = { "", "pasword", "code,code", "key+code", "password,", "+" };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      SallyLoginRecipe recipe;
      g_autoptr (GError) error = NULL;

      g_assert_false (sally_login_recipe_parse (table[i], &recipe, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "password+code"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/login-recipe/every-name-round-trips", test_every_name_round_trips);
  g_test_add_func ("/login-recipe/order-of-parts", test_order_of_parts);
  g_test_add_func ("/login-recipe/refuses-and-lists", test_refuses);
  return g_test_run ();
}
