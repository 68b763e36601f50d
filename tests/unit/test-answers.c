/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/answers.h"
#include "login/prompts.h"

#include <string.h>

/* A conversation: '|' separates requests, '/' the prompts of one; the same in what is answered: P
 * the password, C the code, ? "ask the person". */
static const struct
{
  const char *recipe;
  const char *password_prompt;
  const char *code_prompt;
  const char *requests;
  const char *answers;
} conversations[] = {
  /* By order: no word of any language is known. */
  { "password", "", "", "Password:", "P" },
  { "password", "", "", "Passwort:", "P" },
  { "password", "", "", "Password:|Password:", "P|?" },
  { "password", "", "", "Password:/Code:", "?/?" },
  { "password", "", "", "Code:", "P" },
  { "password+code", "", "", "Password & verification code:", "PC" },
  { "password+code", "", "", "パスワードと確認コード:", "PC" },
  { "password+code", "", "", "Password:/Code:", "?/?" },
  { "password+code", "", "", "Password:|Code:", "PC|?" },
  { "code+password", "", "", "One-time password:", "CP" },
  { "password,code", "", "", "Password:|Verification code:", "P|C" },
  { "password,code", "", "", "Password:/Verification code:", "P/C" },
  { "password,code", "", "", "Mot de passe :/Code de vérification :", "P/C" },
  { "password,code", "", "", "a/b/c", "?/?/?" },
  { "password,code", "", "", "a|b/c", "P|?/?" },
  { "password,code", "", "", "a|b|c", "P|C|?" },
  { "key", "", "", "Verification code:", "?" },
  { "key,code", "", "", "Verification code:", "C" },
  { "key,code", "", "", "Verification code:|Verification code:", "C|?" },
  { "key,password", "", "", "Password:", "P" },
  { "key,password+code", "", "", "Password and code:", "PC" },
  { "key,password+code", "", "", "Password:|Code:", "PC|?" },

  /* By pattern, whatever the order. */
  { "password,code", "passwor[dt]", "code", "Passwort:|Code:", "P|C" },
  { "password,code", "passwor[dt]", "code", "CODE:|PASSWORD:", "C|P" },
  { "password,code", "passwor[dt]", "code", "Code:/Password:", "C/P" },
  { "password,code", "passwor[dt]", "code", "Name:/Password:/Code:", "?/P/C" },
  { "password,code", "password", "code", "Password and code:", "?" },
  { "password,code", "", "code", "Code:|Geheim:", "C|P" },
  { "password,code", "geheim", "", "Code:|Geheim:", "C|P" },
  { "password,code", "password", "code", "Password:|Password:", "P|?" },
  { "password", "^password: ?$", "", "Okta password again:", "?" },
  { "password", "", "code|pin", "Verification code:", "?" },
  { "password", "", "code|pin", "Password:/Verification code:", "P/?" },
  { "password+code", "password", "code", "Password and code:", "PC" },
  { "password+code", "password", "", "Password:", "PC" },
  { "password+code", "password", "code", "Favourite colour:", "?" },
  { "key,code", "", "^verification", "Password:|Verification code:", "?|C" },
  { "password", "(", "", "Password:", "?" },
};

static void
answer_request (const SallyLoginRecipe *recipe,
                const SallyAnswerRules *rules,
                guint *answered,
                const char *request,
                GString *given)
{
  g_autoptr (SallySecret) password = sally_secret_new ("P", -1);
  g_autoptr (SallySecret) code = sally_secret_new ("C", -1);
  g_auto (GStrv) prompts = g_strsplit (request, "/", -1);
  SallyLoginStep steps[SALLY_PROMPTS_MAX_PROMPTS];

  sally_answers_plan (recipe, rules, answered, (const char *const *) prompts,
                      g_strv_length (prompts), steps);
  for (guint i = 0; prompts[i] != NULL; i++)
    {
      g_autoptr (SallySecret) answer =
          steps[i].n_parts > 0 ? sally_answers_compose (&steps[i], password, code, rules->separator)
                               : sally_secret_new ("?", -1);

      g_string_append_printf (given, "%s%s", i > 0 ? "/" : "", sally_secret_peek (answer, NULL));
    }
}

static void
test_conversations (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (conversations); i++)
    {
      const SallyAnswerRules rules = { conversations[i].password_prompt,
                                       conversations[i].code_prompt, "" };
      g_auto (GStrv) requests = g_strsplit (conversations[i].requests, "|", -1);
      g_autoptr (GString) given = g_string_new (NULL);
      SallyLoginRecipe recipe;
      guint answered = 0;

      g_assert_true (sally_login_recipe_parse (conversations[i].recipe, &recipe, NULL));
      for (guint request = 0; requests[request] != NULL; request++)
        {
          if (request > 0)
            g_string_append_c (given, '|');
          answer_request (&recipe, &rules, &answered, requests[request], given);
        }
      g_test_message ("%s: %s", conversations[i].recipe, conversations[i].requests);
      g_assert_cmpstr (given->str, ==, conversations[i].answers);
    }
}

/* SSH's "password" method has no words that a pattern could match. */
static void
test_password_method (void)
{
  const SallyAnswerRules rules = { "password", "code", "" };
  SallyLoginRecipe recipe;
  SallyLoginStep step;
  guint answered = 0;

  g_assert_true (sally_login_recipe_parse ("password+code", &recipe, NULL));
  sally_answers_plan (&recipe, &rules, &answered, NULL, 1, &step);
  g_assert_cmpuint (step.n_parts, ==, 2);
  sally_answers_plan (&recipe, &rules, &answered, NULL, 1, &step);
  g_assert_cmpuint (step.n_parts, ==, 0);
}

static void
test_compose (void)
{
  static const struct
  {
    SallyLoginStep step;
    const char *separator;
    const char *answer;
  } table[] = {
    { { 1, { SALLY_FACTOR_PASSWORD } }, ",", "word" },
    { { 1, { SALLY_FACTOR_CODE } }, ",", "123456" },
    { { 2, { SALLY_FACTOR_PASSWORD, SALLY_FACTOR_CODE } }, "", "word123456" },
    { { 2, { SALLY_FACTOR_PASSWORD, SALLY_FACTOR_CODE } }, ",", "word,123456" },
    { { 2, { SALLY_FACTOR_CODE, SALLY_FACTOR_PASSWORD } }, " : ", "123456 : word" },
  };
  g_autoptr (SallySecret) password = sally_secret_new ("word", -1);
  g_autoptr (SallySecret) code = sally_secret_new ("123456", -1);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallySecret) answer =
          sally_answers_compose (&table[i].step, password, code, table[i].separator);

      g_assert_cmpstr (sally_secret_peek (answer, NULL), ==, table[i].answer);
    }
}

static void
test_compose_without_code (void)
{
  g_autoptr (SallySecret) password = sally_secret_new ("word", -1);
  const SallyLoginStep step = { 1, { SALLY_FACTOR_PASSWORD } };
  g_autoptr (SallySecret) answer = sally_answers_compose (&step, password, NULL, ",");

  g_assert_cmpstr (sally_secret_peek (answer, NULL), ==, "word");
}

static void
test_methods (void)
{
  static const struct
  {
    const char *recipe;
    const char *methods;
  } table[] = {
    { "password", "password keyboard-interactive" },
    { "password+code", "password keyboard-interactive" },
    { "code+password", "password keyboard-interactive" },
    { "password,code", "keyboard-interactive password" },
    { "key", "publickey" },
    { "key,code", "publickey keyboard-interactive password" },
    { "key,password", "publickey password keyboard-interactive" },
    { "key,password+code", "publickey password keyboard-interactive" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      SallyLoginRecipe recipe;
      g_autofree char *methods = NULL;

      g_assert_true (sally_login_recipe_parse (table[i].recipe, &recipe, NULL));
      methods = g_strjoinv (" ", (char **) sally_answers_methods (&recipe));
      g_assert_cmpstr (methods, ==, table[i].methods);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/answers/conversations", test_conversations);
  g_test_add_func ("/answers/password-method", test_password_method);
  g_test_add_func ("/answers/compose", test_compose);
  g_test_add_func ("/answers/compose-without-code", test_compose_without_code);
  g_test_add_func ("/answers/methods", test_methods);
  return g_test_run ();
}
