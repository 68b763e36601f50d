/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/answers.h"

static const char *const methods_key[] = { "publickey", NULL };
static const char *const methods_password[] = { "password", "keyboard-interactive", NULL };
static const char *const methods_prompts[] = { "keyboard-interactive", "password", NULL };
static const char *const methods_key_password[] = { "publickey", "password", "keyboard-interactive",
                                                    NULL };
static const char *const methods_key_prompts[] = { "publickey", "keyboard-interactive", "password",
                                                   NULL };

gboolean
sally_login_step_uses (const SallyLoginStep *step, SallyFactor factor)
{
  g_return_val_if_fail (step != NULL, FALSE);

  for (guint i = 0; i < step->n_parts; i++)
    if (step->parts[i] == factor)
      return TRUE;
  return FALSE;
}

/* The steps that are answers: all but the key. */
static guint
collect_answers (const SallyLoginRecipe *recipe, const SallyLoginStep **answers)
{
  guint n_answers = 0;

  for (guint i = 0; i < recipe->n_steps; i++)
    if (!sally_login_step_uses (&recipe->steps[i], SALLY_FACTOR_KEY))
      answers[n_answers++] = &recipe->steps[i];
  return n_answers;
}

gboolean
sally_answers_plan (const SallyLoginRecipe *recipe,
                    guint *next_step,
                    guint n_prompts,
                    SallyLoginStep *steps)
{
  const SallyLoginStep *answers[SALLY_LOGIN_RECIPE_MAX_STEPS];
  guint n_answers;

  g_return_val_if_fail (recipe != NULL && next_step != NULL, FALSE);
  g_return_val_if_fail (recipe->n_steps <= SALLY_LOGIN_RECIPE_MAX_STEPS, FALSE);

  if (n_prompts == 0)
    return TRUE;
  n_answers = collect_answers (recipe, answers);
  if (*next_step > n_answers || n_prompts > n_answers - *next_step)
    return FALSE;
  g_return_val_if_fail (steps != NULL, FALSE);

  for (guint i = 0; i < n_prompts; i++)
    steps[i] = *answers[(*next_step)++];
  return TRUE;
}

SallySecret *
sally_answers_compose (const SallyLoginStep *step, SallySecret *password, SallySecret *code)
{
  SallySecret *parts[SALLY_LOGIN_RECIPE_MAX_PARTS];

  g_return_val_if_fail (step != NULL, NULL);
  g_return_val_if_fail (step->n_parts >= 1 && step->n_parts <= SALLY_LOGIN_RECIPE_MAX_PARTS, NULL);

  for (guint i = 0; i < step->n_parts; i++)
    {
      g_return_val_if_fail (step->parts[i] != SALLY_FACTOR_KEY, NULL);

      parts[i] = step->parts[i] == SALLY_FACTOR_PASSWORD ? password : code;
      g_return_val_if_fail (parts[i] != NULL, NULL);
    }
  return step->n_parts == 1 ? sally_secret_ref (parts[0])
                            : sally_secret_new_joined (parts[0], parts[1], NULL);
}

const char *const *
sally_answers_methods (const SallyLoginRecipe *recipe)
{
  const SallyLoginStep *answers[SALLY_LOGIN_RECIPE_MAX_STEPS];
  gboolean begins_with_key;
  gboolean is_one_password;
  guint n_answers;

  g_return_val_if_fail (recipe != NULL && recipe->n_steps > 0, NULL);

  n_answers = collect_answers (recipe, answers);
  begins_with_key = sally_login_step_uses (&recipe->steps[0], SALLY_FACTOR_KEY);
  if (n_answers == 0)
    return methods_key;
  is_one_password = n_answers == 1 && sally_login_step_uses (answers[0], SALLY_FACTOR_PASSWORD);
  if (begins_with_key)
    return is_one_password ? methods_key_password : methods_key_prompts;
  return is_one_password ? methods_password : methods_prompts;
}
