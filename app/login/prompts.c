/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/prompts.h"

#include <glib/gi18n.h>
#include <string.h>

/* (context, requests); a request is (method, name, instruction, prompts (text, echo)). */
#define SCRIPT_TYPE      "(sa(sssa(sb)))"
#define REQUEST_TYPE     "(sssa(sb))"
/* Sixteen requests of sixteen prompts of a thousand characters are far from honest. */
#define MAX_STRING_BYTES (256 * 1024)

/* A time as the C locale writes it. */
#define DAYS_AND_MONTHS                                                                            \
  "\\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\\b"
#define CHANGING DAYS_AND_MONTHS "|[0-9]+"

struct _SallyPromptScript
{
  GPtrArray *requests; /* (element-type GVariant), normalised */
};

SallyPromptScript *
sally_prompt_script_new (void)
{
  SallyPromptScript *self = g_new0 (SallyPromptScript, 1);

  self->requests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  return self;
}

void
sally_prompt_script_free (SallyPromptScript *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->requests);
  g_free (self);
}

static char *
normalise (const char *text)
{
  g_autoptr (GRegex) changing = g_regex_new (CHANGING, G_REGEX_OPTIMIZE, 0, NULL);
  g_autoptr (GString) spaced = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      if (!g_unichar_isspace (g_utf8_get_char (c)))
        g_string_append_unichar (spaced, g_utf8_get_char (c));
      else if (spaced->len > 0 && spaced->str[spaced->len - 1] != ' ')
        g_string_append_c (spaced, ' ');
    }
  return g_regex_replace_literal (changing, g_strchomp (spaced->str), -1, 0, "#", 0, NULL);
}

gboolean
sally_prompt_script_add (SallyPromptScript *self, const SallyPromptRequest *request)
{
  g_autofree char *name = NULL;
  g_autofree char *instruction = NULL;
  GVariantBuilder prompts;

  g_return_val_if_fail (self != NULL && request != NULL, FALSE);
  g_return_val_if_fail (request->method != NULL, FALSE);

  if (self->requests->len >= SALLY_PROMPTS_MAX_REQUESTS ||
      request->n_prompts > SALLY_PROMPTS_MAX_PROMPTS)
    return FALSE;
  name = normalise (request->name);
  instruction = normalise (request->instruction);
  g_variant_builder_init (&prompts, G_VARIANT_TYPE ("a(sb)"));
  for (guint i = 0; i < request->n_prompts; i++)
    {
      g_autofree char *text = normalise (request->prompts[i].text);

      g_variant_builder_add (&prompts, "(sb)", text, !!request->prompts[i].echo);
    }
  g_ptr_array_add (self->requests,
                   g_variant_ref_sink (
                       g_variant_new (REQUEST_TYPE, request->method, name, instruction, &prompts)));
  return TRUE;
}

guint
sally_prompt_script_get_length (const SallyPromptScript *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->requests->len;
}

static void
append_line (GString *text, const char *line)
{
  if (*line != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
}

char *
sally_prompt_script_describe (const SallyPromptScript *self, guint i)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GVariantIter) prompts = NULL;
  const char *method, *name, *instruction, *prompt;

  g_return_val_if_fail (self != NULL, NULL);

  if (i >= self->requests->len)
    return g_strdup ("");
  g_variant_get (self->requests->pdata[i], "(&s&s&sa(sb))", &method, &name, &instruction, &prompts);
  if (g_str_equal (method, "password"))
    return g_strdup (_ ("the password, in SSH’s own way"));
  append_line (text, name);
  append_line (text, instruction);
  while (g_variant_iter_next (prompts, "(&sb)", &prompt, NULL))
    append_line (text, prompt);
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static char *
make_context (SallyServer *server)
{
  return g_strdup_printf ("%s@%s:%u %s", sally_server_get_user (server),
                          sally_server_get_host (server), sally_server_get_port (server),
                          sally_server_get_recipe (server));
}

char *
sally_prompt_script_to_string (const SallyPromptScript *self, SallyServer *server)
{
  g_autofree char *context = NULL;
  g_autoptr (GVariant) script = NULL;
  GVariantBuilder requests;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);

  context = make_context (server);
  g_variant_builder_init (&requests, G_VARIANT_TYPE ("a" REQUEST_TYPE));
  for (guint i = 0; i < self->requests->len; i++)
    g_variant_builder_add_value (&requests, self->requests->pdata[i]);
  script = g_variant_ref_sink (g_variant_new (SCRIPT_TYPE, context, &requests));
  return g_variant_print (script, FALSE);
}

SallyPromptScript *
sally_prompt_script_get_pinned (SallyServer *server)
{
  g_autoptr (SallyPromptScript) script = sally_prompt_script_new ();
  g_autoptr (GVariant) parsed = NULL;
  g_autoptr (GVariantIter) requests = NULL;
  g_autofree char *context = NULL;
  const char *text, *pinned_context;
  GVariant *request;

  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);

  text = sally_server_get_prompts (server);
  if (*text == '\0')
    return NULL;
  if (strlen (text) <= MAX_STRING_BYTES)
    parsed = g_variant_parse (G_VARIANT_TYPE (SCRIPT_TYPE), text, NULL, NULL, NULL);
  if (parsed == NULL)
    return g_steal_pointer (&script);

  context = make_context (server);
  g_variant_get (parsed, "(&sa" REQUEST_TYPE ")", &pinned_context, &requests);
  if (!g_str_equal (pinned_context, context))
    return NULL;
  while (script->requests->len < SALLY_PROMPTS_MAX_REQUESTS &&
         (request = g_variant_iter_next_value (requests)) != NULL)
    g_ptr_array_add (script->requests, request);
  return g_steal_pointer (&script);
}

SallyPromptsVerdict
sally_prompts_check (const SallyPromptScript *pinned, const SallyPromptScript *so_far)
{
  g_return_val_if_fail (so_far != NULL, SALLY_PROMPTS_CHANGED);

  if (pinned == NULL)
    return SALLY_PROMPTS_FIRST;
  if (so_far->requests->len > pinned->requests->len)
    return SALLY_PROMPTS_CHANGED;
  for (guint i = 0; i < so_far->requests->len; i++)
    if (!g_variant_equal (so_far->requests->pdata[i], pinned->requests->pdata[i]))
      return SALLY_PROMPTS_CHANGED;
  return SALLY_PROMPTS_SAME;
}
