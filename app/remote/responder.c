/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/responder.h"

#include "base/error.h"
#include "login/answers.h"
#include "remote/factors.h"

#include <glib/gi18n-lib.h>

struct _SallyResponder
{
  GObject parent_instance;

  SallyServer *server;
  SallyConnectionServices *services;
  SallyFactors *factors;
  SallySignInFacts *facts;
  SallyLoginRecipe recipe;
  guint answered; /* bits for sally_answers_plan() */
  SallyPromptScript *pinned;
  SallyPromptScript *so_far;
  gboolean is_changed; /* from the first difference on */
  gboolean has_offered_memory;
  gboolean may_remember;
  gboolean needs_code;
};

enum
{
  PROP_NEEDS_CODE = 1,
  PROP_WAIT_UNTIL,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (SallyResponder, sally_responder, G_TYPE_OBJECT)

/* One request until it is answered, the data of its task. */
typedef struct
{
  SallyLoginStep steps[SALLY_PROMPTS_MAX_PROMPTS]; /* no parts: the person answers */
  guint n_prompts;
  GPtrArray *typed; /* the person's answers, in the order of their prompts; NULL: none was asked */
} Request;

static void
request_free (Request *request)
{
  g_clear_pointer (&request->typed, g_ptr_array_unref);
  g_free (request);
}

static void
sally_responder_dispose (GObject *object)
{
  SallyResponder *self = SALLY_RESPONDER (object);

  g_clear_object (&self->factors);
  g_clear_object (&self->server);
  g_clear_object (&self->services);
  g_clear_pointer (&self->facts, sally_sign_in_facts_unref);
  G_OBJECT_CLASS (sally_responder_parent_class)->dispose (object);
}

static void
sally_responder_finalize (GObject *object)
{
  SallyResponder *self = SALLY_RESPONDER (object);

  g_clear_pointer (&self->pinned, sally_prompt_script_free);
  g_clear_pointer (&self->so_far, sally_prompt_script_free);
  G_OBJECT_CLASS (sally_responder_parent_class)->finalize (object);
}

static void
sally_responder_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  SallyResponder *self = SALLY_RESPONDER (object);

  switch (property)
    {
    case PROP_NEEDS_CODE:
      g_value_set_boolean (value, self->needs_code);
      break;
    case PROP_WAIT_UNTIL:
      g_value_set_int64 (value, sally_responder_get_wait_until (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
sally_responder_class_init (SallyResponderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sally_responder_dispose;
  object_class->finalize = sally_responder_finalize;
  object_class->get_property = sally_responder_get_property;

  properties[PROP_NEEDS_CODE] = g_param_spec_boolean ("needs-code", NULL, NULL, FALSE, flags);
  properties[PROP_WAIT_UNTIL] =
      g_param_spec_int64 ("wait-until", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sally_responder_init (SallyResponder *self)
{
  self->so_far = sally_prompt_script_new ();
}

static void
wait_changed (SallyResponder *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAIT_UNTIL]);
}

SallyResponder *
sally_responder_new (SallyServer *server,
                     SallyConnectionServices *services,
                     SallyLedgerTurn *turn,
                     SallySignInFacts *facts)
{
  SallyResponder *self;

  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (services), NULL);

  self = g_object_new (SALLY_TYPE_RESPONDER, NULL);
  self->server = g_object_ref (server);
  self->services = g_object_ref (services);
  self->facts = sally_sign_in_facts_ref (facts);
  self->pinned = sally_prompt_script_get_pinned (server);
  /* Validated when the server was saved; a recipe that does not parse answers nothing. */
  if (!sally_login_recipe_parse (sally_server_get_recipe (server), &self->recipe, NULL))
    self->recipe.n_steps = 0;
  self->factors = sally_factors_new (server, services, turn, facts);
  g_signal_connect_object (self->factors, "notify::wait-until", G_CALLBACK (wait_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

static void
set_needs_code (SallyResponder *self, gboolean needs_code)
{
  if (self->needs_code == needs_code)
    return;
  self->needs_code = needs_code;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEEDS_CODE]);
}

/* The person's answers and the composed ones, back in the order of the prompts. */
static GPtrArray *
merge (Request *request, GPtrArray *composed)
{
  GPtrArray *answers = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);
  guint n_typed = 0, n_composed = 0;

  for (guint i = 0; i < request->n_prompts; i++)
    {
      SallySecret *answer = request->steps[i].n_parts == 0
                                ? g_ptr_array_index (request->typed, n_typed++)
                                : g_ptr_array_index (composed, n_composed++);

      g_ptr_array_add (answers, sally_secret_ref (answer));
    }
  return answers;
}

static void
composed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyResponder *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) answers =
      sally_factors_compose_finish (SALLY_FACTORS (source), result, &error);

  set_needs_code (self, FALSE);
  if (answers == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, merge (g_task_get_task_data (task), answers),
                           (GDestroyNotify) g_ptr_array_unref);
}

/* What the recipe answers: after the person, so that the code is fresh when it is sent. */
static void
compose (SallyResponder *self, GTask *task)
{
  Request *request = g_task_get_task_data (task);
  SallyLoginStep steps[SALLY_PROMPTS_MAX_PROMPTS];
  guint n_steps = 0;
  gboolean has_code = FALSE;

  for (guint i = 0; i < request->n_prompts; i++)
    if (request->steps[i].n_parts > 0)
      {
        self->facts->sent_password |=
            sally_login_step_uses (&request->steps[i], SALLY_FACTOR_PASSWORD);
        self->facts->is_joined |= request->steps[i].n_parts > 1;
        has_code |= sally_login_step_uses (&request->steps[i], SALLY_FACTOR_CODE);
        steps[n_steps++] = request->steps[i];
      }
  self->facts->sent_code |= has_code;
  set_needs_code (self, has_code);
  sally_factors_compose_async (self->factors, steps, n_steps, g_task_get_cancellable (task),
                               composed, g_object_ref (task));
}

/* A record that cannot be written is no reason to lose what the person typed. */
static void
typed_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!sally_factors_note_typed_finish (SALLY_FACTORS (source), result, &error))
    g_message ("That a code was typed is not written down: %s", error->message);
  compose (g_task_get_source_object (task), task);
}

static void
person_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyResponder *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean remember;

  request->typed = sally_prompter_ask_finish (SALLY_PROMPTER (source), result, &remember, &error);
  if (request->typed == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->may_remember |= remember;
  self->facts->is_typed = TRUE;
  sally_factors_note_typed_async (self->factors, request->typed, typed_noted, g_object_ref (task));
}

/* The prompts that have no step, with the server's words around them. */
static void
ask_person (SallyResponder *self, GTask *task, const SallyPromptRequest *asked)
{
  Request *request = g_task_get_task_data (task);
  g_autofree SallyPrompt *prompts = g_new0 (SallyPrompt, asked->n_prompts + 1);
  g_autofree char *before = NULL;
  SallyPromptQuestion question = { .server = self->server,
                                   .is_own = g_str_equal (asked->method, "password"),
                                   .is_changed = self->is_changed,
                                   .name = asked->name,
                                   .instruction = asked->instruction,
                                   .prompts = prompts };

  if (self->is_changed)
    {
      guint i = sally_prompt_script_get_length (self->so_far) - 1;

      before = sally_prompt_script_describe (self->pinned, i);
      question.before = before;
      question.offers_memory = !self->has_offered_memory;
      self->has_offered_memory = TRUE;
    }
  for (guint i = 0; i < asked->n_prompts; i++)
    if (request->steps[i].n_parts == 0)
      prompts[question.n_prompts++] = asked->prompts[i];
  sally_prompter_ask_async (sally_connection_services_get_prompter (self->services), &question,
                            g_task_get_cancellable (task), person_answered, g_object_ref (task));
}

/* A code whose account is not there is the person's to type: a scratch code, one from a message. */
static void
leave_codes_to_person (SallyResponder *self, Request *request)
{
  if (sally_factors_has_account (self->factors))
    return;
  for (guint i = 0; i < request->n_prompts; i++)
    if (request->steps[i].n_parts == 1 && request->steps[i].parts[0] == SALLY_FACTOR_CODE)
      {
        request->steps[i].n_parts = 0;
        self->facts->sent_code = TRUE;
      }
}

static void
plan (SallyResponder *self, Request *request, const SallyPromptRequest *asked)
{
  const SallyAnswerRules rules = sally_answer_rules_from_server (self->server);
  const char *texts[SALLY_PROMPTS_MAX_PROMPTS];

  if (self->is_changed)
    return;
  for (guint i = 0; i < asked->n_prompts; i++)
    texts[i] = asked->prompts[i].text;
  sally_answers_plan (&self->recipe, &rules, &self->answered,
                      g_str_equal (asked->method, "password") ? NULL : texts, asked->n_prompts,
                      request->steps);
  if (!g_str_equal (asked->method, "password"))
    leave_codes_to_person (self, request);
}

/* Of each request anew: the last one counts. */
static void
begin_facts (SallyResponder *self)
{
  self->facts->n_requests = sally_prompt_script_get_length (self->so_far);
  self->facts->sent_password = FALSE;
  self->facts->sent_code = FALSE;
  self->facts->is_joined = FALSE;
  self->facts->is_typed = FALSE;
  self->facts->is_changed = self->is_changed;
}

void
sally_responder_answer_async (SallyResponder *self,
                              const SallyPromptRequest *asked,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;
  gboolean asks_person = FALSE;

  g_return_if_fail (SALLY_IS_RESPONDER (self));
  g_return_if_fail (asked != NULL && asked->n_prompts > 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_responder_answer_async);
  if (!sally_prompt_script_add (self->so_far, asked))
    {
      g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_PROTOCOL,
                                       _ ("The server asks too much"));
      return;
    }
  self->is_changed |= sally_prompts_check (self->pinned, self->so_far) == SALLY_PROMPTS_CHANGED;

  request = g_new0 (Request, 1);
  request->n_prompts = asked->n_prompts;
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);
  begin_facts (self);
  plan (self, request, asked);
  for (guint i = 0; i < request->n_prompts; i++)
    asks_person |= request->steps[i].n_parts == 0;
  if (asks_person)
    ask_person (self, task, asked);
  else
    compose (self, task);
}

GPtrArray *
sally_responder_answer_finish (SallyResponder *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
sally_responder_get_needs_code (SallyResponder *self)
{
  g_return_val_if_fail (SALLY_IS_RESPONDER (self), FALSE);

  return self->needs_code;
}

gint64
sally_responder_get_wait_until (SallyResponder *self)
{
  g_return_val_if_fail (SALLY_IS_RESPONDER (self), 0);

  return self->factors != NULL ? sally_factors_get_wait_until (self->factors) : 0;
}

char *
sally_responder_dup_new_pin (SallyResponder *self)
{
  g_return_val_if_fail (SALLY_IS_RESPONDER (self), NULL);

  if (sally_prompt_script_get_length (self->so_far) == 0 ||
      (self->pinned != NULL && !(self->is_changed && self->may_remember)))
    return NULL;
  return sally_prompt_script_to_string (self->so_far, self->server);
}
