/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/prompts.h"

#include <string.h>

/* A script in short: '|' separates requests; a request is "name/instruction/prompt/prompt..."; a
 * prompt that ends with '+' is echoed; "-" alone is the "password" method. */
static SallyPromptScript *
make_script (const char *text)
{
  g_auto (GStrv) requests = g_strsplit (text, "|", -1);
  SallyPromptScript *script = sally_prompt_script_new ();

  for (guint i = 0; requests[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (requests[i], "/", -1);
      SallyPrompt prompts[SALLY_PROMPTS_MAX_PROMPTS] = { { "", FALSE } };
      SallyPromptRequest request = { "password", "", "", prompts, 1 };

      if (!g_str_equal (requests[i], "-"))
        {
          request.method = "keyboard-interactive";
          request.name = words[0];
          request.instruction = words[1];
          request.n_prompts = g_strv_length (words) - 2;
          for (guint prompt = 0; prompt < request.n_prompts; prompt++)
            {
              prompts[prompt].echo = g_str_has_suffix (words[prompt + 2], "+");
              prompts[prompt].text = words[prompt + 2];
            }
        }
      g_assert_true (sally_prompt_script_add (script, &request));
    }
  return script;
}

static const struct
{
  const char *pinned; /* NULL: none */
  const char *now;
  SallyPromptsVerdict verdict;
} scripts[] = {
  { NULL, "//Password: ", SALLY_PROMPTS_FIRST },
  { "//Password: ", "//Password: ", SALLY_PROMPTS_SAME },
  { "//Password: ", "//Password:", SALLY_PROMPTS_SAME },
  { "//Password: ", "// \tPassword:\n", SALLY_PROMPTS_SAME },
  { "//Password: ", "//password: ", SALLY_PROMPTS_CHANGED },
  { "//Password: ", "//Okta password again: ", SALLY_PROMPTS_CHANGED },
  { "//Password: ", "Okta//Password: ", SALLY_PROMPTS_CHANGED },
  { "//Password: ", "/Security check/Password: ", SALLY_PROMPTS_CHANGED },
  { "//Password: ", "//Password: +", SALLY_PROMPTS_CHANGED },
  { "//Password: ", "//Password: /Code: ", SALLY_PROMPTS_CHANGED },
  { "//Password: ", "//Password: |//Code: ", SALLY_PROMPTS_CHANGED },
  { "//Password: |//Code: ", "//Password: ", SALLY_PROMPTS_SAME },
  { "//Password: |//Code: ", "//Password: |//Code: ", SALLY_PROMPTS_SAME },
  { "//Password: |//Code: ", "//Code: |//Password: ", SALLY_PROMPTS_CHANGED },
  { "//Password: |//Code: ", "//Code: ", SALLY_PROMPTS_CHANGED },
  { "//Password: /Code: ", "//Password: |//Code: ", SALLY_PROMPTS_CHANGED },
  { "-", "-", SALLY_PROMPTS_SAME },
  { "-", "//Password: ", SALLY_PROMPTS_CHANGED },
  { "//Password: ", "-", SALLY_PROMPTS_CHANGED },
  { "-|//Code: ", "-|//Code: ", SALLY_PROMPTS_SAME },

  /* What changes each time. */
  { "/Last login: Mon Nov 22 01:45:57 2026/Code: ", "/Last login: Tue Dec  1 11:05:07 2026/Code: ",
    SALLY_PROMPTS_SAME },
  { "/Enter 42 in the app/Code: ", "/Enter 7 in the app/Code: ", SALLY_PROMPTS_SAME },
  { "//OTP challenge 12345678: ", "//OTP challenge 9: ", SALLY_PROMPTS_SAME },
  { "//Challenge 12 34: ", "//Challenge 1234: ", SALLY_PROMPTS_CHANGED },
  { "//Code: ", "//Code 1: ", SALLY_PROMPTS_CHANGED },
  { "//Pin 1a: ", "//Pin 1b: ", SALLY_PROMPTS_CHANGED },
  { "//Monday: ", "//Tuesday: ", SALLY_PROMPTS_CHANGED },
  { "//(vendor@h) Password: ", "//(vendor@h) Password: ", SALLY_PROMPTS_SAME },
};

static void
test_verdicts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr (SallyPromptScript) pinned =
          scripts[i].pinned != NULL ? make_script (scripts[i].pinned) : NULL;
      g_autoptr (SallyPromptScript) now = make_script (scripts[i].now);

      g_test_message ("%s -> %s", scripts[i].pinned, scripts[i].now);
      g_assert_cmpint (sally_prompts_check (pinned, now), ==, scripts[i].verdict);
    }
}

static SallyServer *
make_server (void)
{
  SallyServer *server = sally_server_new (NULL);

  g_object_set (server, "name", "n", "host", "h", "user", "u", "recipe", "password,code", NULL);
  return server;
}

static void
test_round_trip (void)
{
  static const char *const words = "N “ä” '\"\\\n/I, (1)/Code [#]: +/\u202E|-|//x";
  g_autoptr (SallyServer) server = make_server ();
  g_autoptr (SallyPromptScript) script = make_script (words);
  g_autofree char *pin = sally_prompt_script_to_string (script, server);
  g_autoptr (SallyPromptScript) read = NULL;

  g_assert_null (sally_prompt_script_get_pinned (server));
  g_object_set (server, "prompts", pin, NULL);
  read = sally_prompt_script_get_pinned (server);
  g_assert_cmpuint (sally_prompt_script_get_length (read), ==, 3);
  g_assert_cmpint (sally_prompts_check (read, script), ==, SALLY_PROMPTS_SAME);
  g_assert_cmpint (sally_prompts_check (script, read), ==, SALLY_PROMPTS_SAME);
}

/* Another user, address or recipe is another conversation; another name or folder is not. */
static void
test_context (void)
{
  static const struct
  {
    const char *property;
    const char *value;
    gboolean is_pinned;
  } table[] = {
    { "name", "other", TRUE }, { "start-directory", "/x", TRUE }, { "host", "i", FALSE },
    { "user", "v", FALSE },    { "recipe", "key", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyServer) server = make_server ();
      g_autoptr (SallyPromptScript) script = make_script ("//Password: ");
      g_autofree char *pin = sally_prompt_script_to_string (script, server);
      g_autoptr (SallyPromptScript) read = NULL;

      g_object_set (server, "prompts", pin, table[i].property, table[i].value, NULL);
      read = sally_prompt_script_get_pinned (server);
      g_assert_cmpint (read != NULL, ==, table[i].is_pinned);
    }
}

/* What cannot be read is no reason to send a secret. */
static void
test_damaged_pin (void)
{
  static const char *const table[] = { "x", "[]", "('u@h:22 password,code', [])",
                                       "('u@h:22 password,code', [('', '')])" };
  g_autoptr (SallyPromptScript) now = make_script ("//Password: ");

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyServer) server = make_server ();
      g_autoptr (SallyPromptScript) pinned = NULL;

      g_object_set (server, "prompts", table[i], NULL);
      pinned = sally_prompt_script_get_pinned (server);
      g_assert_cmpint (sally_prompts_check (pinned, now), ==, SALLY_PROMPTS_CHANGED);
    }
}

static void
test_describe (void)
{
  g_autoptr (SallyPromptScript) script =
      make_script ("Name/Read  this/Code 1: /Pin: |//Password: ");
  g_autofree char *first = sally_prompt_script_describe (script, 0);
  g_autofree char *second = sally_prompt_script_describe (script, 1);
  g_autofree char *beyond = sally_prompt_script_describe (script, 2);

  g_assert_cmpstr (first, ==, "Name\nRead this\nCode #:\nPin:");
  g_assert_cmpstr (second, ==, "Password:");
  g_assert_cmpstr (beyond, ==, "");
}

static void
test_limits (void)
{
  g_autoptr (SallyPromptScript) script = sally_prompt_script_new ();
  const SallyPrompt prompts[SALLY_PROMPTS_MAX_PROMPTS + 1] = { { "", FALSE } };
  SallyPromptRequest request = { "keyboard-interactive", "", "", prompts,
                                 SALLY_PROMPTS_MAX_PROMPTS + 1 };

  g_assert_false (sally_prompt_script_add (script, &request));
  request.prompts = (const SallyPrompt[]) { { "x", FALSE } };
  request.n_prompts = 1;
  for (guint i = 0; i < SALLY_PROMPTS_MAX_REQUESTS; i++)
    g_assert_true (sally_prompt_script_add (script, &request));
  g_assert_false (sally_prompt_script_add (script, &request));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prompts/verdicts", test_verdicts);
  g_test_add_func ("/prompts/round-trip", test_round_trip);
  g_test_add_func ("/prompts/context", test_context);
  g_test_add_func ("/prompts/damaged-pin-is-changed", test_damaged_pin);
  g_test_add_func ("/prompts/describe", test_describe);
  g_test_add_func ("/prompts/limits", test_limits);
  return g_test_run ();
}
