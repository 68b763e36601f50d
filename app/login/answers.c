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

SallyAnswerRules
sally_answer_rules_from_server (SallyServer *server)
{
  SallyAnswerRules rules = { "", "", "" };

  g_return_val_if_fail (SALLY_IS_SERVER (server), rules);

  rules.password_prompt = sally_server_get_password_prompt (server);
  rules.code_prompt = sally_server_get_code_prompt (server);
  rules.separator = sally_server_get_separator (server);
  return rules;
}

typedef enum
{
  PATTERN_ABSENT,
  PATTERN_MATCHES,
  PATTERN_DIFFERS,
} PatternResult;

/* A pattern that is none (a file edited by hand) matches nothing: the person is asked. */
static PatternResult
match_pattern (const char *pattern, const char *prompt)
{
  g_autoptr (GRegex) regex = NULL;

  if (*pattern == '\0')
    return PATTERN_ABSENT;
  regex = g_regex_new (pattern, G_REGEX_CASELESS, 0, NULL);
  return regex != NULL && g_regex_match (regex, prompt, 0, NULL) ? PATTERN_MATCHES
                                                                 : PATTERN_DIFFERS;
}

/* Indexed by factor. */
typedef PatternResult Patterns[2];

static gboolean
step_fits (const SallyLoginStep *step, const Patterns patterns)
{
  SallyFactor factor = step->parts[0];
  SallyFactor other = factor == SALLY_FACTOR_PASSWORD ? SALLY_FACTOR_CODE : SALLY_FACTOR_PASSWORD;

  if (step->n_parts > 1)
    return patterns[factor] == PATTERN_MATCHES || patterns[other] == PATTERN_MATCHES ||
           (patterns[factor] == PATTERN_ABSENT && patterns[other] == PATTERN_ABSENT);
  return patterns[factor] != PATTERN_DIFFERS && patterns[other] != PATTERN_MATCHES;
}

void
sally_answers_plan (const SallyLoginRecipe *recipe,
                    const SallyAnswerRules *rules,
                    guint *answered,
                    const char *const *prompts,
                    guint n_prompts,
                    SallyLoginStep *steps)
{
  const SallyLoginStep *answers[SALLY_LOGIN_RECIPE_MAX_STEPS];
  gboolean has_patterns;
  guint n_answers, n_left = 0;

  g_return_if_fail (recipe != NULL && rules != NULL && answered != NULL);
  g_return_if_fail (recipe->n_steps <= SALLY_LOGIN_RECIPE_MAX_STEPS);
  g_return_if_fail (steps != NULL || n_prompts == 0);

  n_answers = collect_answers (recipe, answers);
  for (guint i = 0; i < n_answers; i++)
    n_left += (*answered & (1u << i)) == 0;
  has_patterns =
      prompts != NULL && (*rules->password_prompt != '\0' || *rules->code_prompt != '\0');

  for (guint prompt = 0; prompt < n_prompts; prompt++)
    {
      Patterns patterns = { PATTERN_ABSENT, PATTERN_ABSENT };

      steps[prompt].n_parts = 0;
      if (has_patterns)
        {
          patterns[SALLY_FACTOR_PASSWORD] = match_pattern (rules->password_prompt, prompts[prompt]);
          patterns[SALLY_FACTOR_CODE] = match_pattern (rules->code_prompt, prompts[prompt]);
        }
      else if (n_prompts > n_left)
        continue;
      for (guint i = 0; i < n_answers && steps[prompt].n_parts == 0; i++)
        if ((*answered & (1u << i)) == 0 && step_fits (answers[i], patterns))
          {
            steps[prompt] = *answers[i];
            *answered |= 1u << i;
          }
    }
}

SallySecret *
sally_answers_compose (const SallyLoginStep *step,
                       SallySecret *password,
                       SallySecret *code,
                       const char *separator)
{
  SallySecret *parts[SALLY_LOGIN_RECIPE_MAX_PARTS];
  g_autoptr (SallySecret) between = NULL;

  g_return_val_if_fail (step != NULL && separator != NULL, NULL);
  g_return_val_if_fail (step->n_parts >= 1 && step->n_parts <= SALLY_LOGIN_RECIPE_MAX_PARTS, NULL);

  for (guint i = 0; i < step->n_parts; i++)
    {
      g_return_val_if_fail (step->parts[i] != SALLY_FACTOR_KEY, NULL);

      parts[i] = step->parts[i] == SALLY_FACTOR_PASSWORD ? password : code;
      g_return_val_if_fail (parts[i] != NULL, NULL);
    }
  if (step->n_parts == 1)
    return sally_secret_ref (parts[0]);
  between = sally_secret_new (separator, -1);
  return sally_secret_new_joined (parts[0], between, parts[1], NULL);
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
