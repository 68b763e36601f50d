/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/answers.h"

/* A conversation: the numbers of prompts of the requests, and what is answered to each: '|'
 * separates requests, ',' prompts; "?" is "ask the person", "-" nothing. */
static const struct
{
  const char *recipe;
  guint requests[4]; /* ends with 99 */
  const char *answers;
} conversations[] = {
  { "password", { 1, 99 }, "P" },
  { "password", { 0, 1, 99 }, "-|P" },
  { "password", { 1, 1, 99 }, "P|?" },
  { "password", { 2, 99 }, "?" },
  { "password+code", { 1, 99 }, "PC" },
  { "password+code", { 2, 99 }, "?" },
  { "code+password", { 1, 99 }, "CP" },
  { "password,code", { 1, 1, 99 }, "P|C" },
  { "password,code", { 2, 99 }, "P,C" },
  { "password,code", { 1, 0, 1, 99 }, "P|-|C" },
  { "password,code", { 3, 99 }, "?" },
  { "password,code", { 1, 2, 99 }, "P|?" },
  { "key", { 1, 99 }, "?" },
  { "key,code", { 1, 99 }, "C" },
  { "key,password", { 1, 99 }, "P" },
  { "key,password+code", { 1, 1, 99 }, "PC|?" },
  { "password", { SALLY_ANSWERS_MAX_PROMPTS + 1, 99 }, "?" },
};

static void
test_conversations (void)
{
  g_autoptr (SallySecret) password = sally_secret_new ("P", -1);
  g_autoptr (SallySecret) code = sally_secret_new ("C", -1);

  for (gsize i = 0; i < G_N_ELEMENTS (conversations); i++)
    {
      g_autoptr (GString) given = g_string_new (NULL);
      SallyLoginRecipe recipe;
      guint next_step = 0;

      g_assert_true (sally_login_recipe_parse (conversations[i].recipe, &recipe, NULL));
      for (guint request = 0; conversations[i].requests[request] != 99; request++)
        {
          guint n_prompts = conversations[i].requests[request];
          guint before = next_step;
          SallyLoginStep steps[SALLY_ANSWERS_MAX_PROMPTS];

          if (request > 0)
            g_string_append_c (given, '|');
          if (!sally_answers_plan (&recipe, &next_step, n_prompts, steps))
            {
              g_string_append_c (given, '?');
              g_assert_cmpuint (next_step, ==, before);
              continue;
            }
          if (n_prompts == 0)
            g_string_append_c (given, '-');
          for (guint prompt = 0; prompt < n_prompts; prompt++)
            {
              g_autoptr (SallySecret) answer =
                  sally_answers_compose (&steps[prompt], password, code);

              g_string_append_printf (given, "%s%s", prompt > 0 ? "," : "",
                                      sally_secret_peek (answer, NULL));
            }
        }
      g_assert_cmpstr (given->str, ==, conversations[i].answers);
    }
}

static void
test_compose_without_code (void)
{
  g_autoptr (SallySecret) password = sally_secret_new ("word", -1);
  const SallyLoginStep step = { 1, { SALLY_FACTOR_PASSWORD } };
  g_autoptr (SallySecret) answer = sally_answers_compose (&step, password, NULL);

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
  g_test_add_func ("/answers/compose-without-code", test_compose_without_code);
  g_test_add_func ("/answers/methods", test_methods);
  return g_test_run ();
}
