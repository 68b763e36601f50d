/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/factors.h"

#include "base/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _SallyFactors
{
  GObject parent_instance;

  SallyServer *server;
  SallyConnectionServices *services;
  SallyLedgerTurn *turn;
  SallySignInFacts *facts;
  SallySecret *password; /* once fetched, for further steps of this sign-in */
};

enum
{
  PROP_0,
  PROP_WAIT_UNTIL,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SallyFactors, sally_factors, G_TYPE_OBJECT)

typedef struct
{
  SallyLoginStep steps[SALLY_PROMPTS_MAX_PROMPTS];
  guint n_steps;
  SallySecret *code;
  gint64 begun_us; /* monotonic */
} Compose;

static void
compose_free (Compose *compose)
{
  g_clear_pointer (&compose->code, sally_secret_unref);
  g_free (compose);
}

static void go_on (GTask *task);

static void
sally_factors_dispose (GObject *object)
{
  SallyFactors *self = SALLY_FACTORS (object);

  g_clear_object (&self->server);
  g_clear_object (&self->services);
  g_clear_object (&self->turn);
  g_clear_pointer (&self->facts, sally_sign_in_facts_unref);
  g_clear_pointer (&self->password, sally_secret_unref);
  G_OBJECT_CLASS (sally_factors_parent_class)->dispose (object);
}

static void
sally_factors_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_WAIT_UNTIL)
    g_value_set_int64 (value, sally_factors_get_wait_until (SALLY_FACTORS (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sally_factors_class_init (SallyFactorsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sally_factors_dispose;
  object_class->get_property = sally_factors_get_property;
  properties[PROP_WAIT_UNTIL] =
      g_param_spec_int64 ("wait-until", NULL, NULL, 0, G_MAXINT64, 0,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sally_factors_init (SallyFactors *self)
{
}

static void
wait_changed (SallyFactors *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAIT_UNTIL]);
}

SallyFactors *
sally_factors_new (SallyServer *server,
                   SallyConnectionServices *services,
                   SallyLedgerTurn *turn,
                   SallySignInFacts *facts)
{
  SallyFactors *self = g_object_new (SALLY_TYPE_FACTORS, NULL);

  self->server = g_object_ref (server);
  self->services = g_object_ref (services);
  self->facts = sally_sign_in_facts_ref (facts);
  if (g_set_object (&self->turn, turn))
    g_signal_connect_object (turn, "notify::wait-until", G_CALLBACK (wait_changed), self,
                             G_CONNECT_SWAPPED);
  return self;
}

gint64
sally_factors_get_wait_until (SallyFactors *self)
{
  g_return_val_if_fail (SALLY_IS_FACTORS (self), 0);

  return self->turn != NULL ? sally_ledger_turn_get_wait_until (self->turn) : 0;
}

static gboolean
wants (Compose *compose, SallyFactor factor)
{
  for (guint i = 0; i < compose->n_steps; i++)
    if (sally_login_step_uses (&compose->steps[i], factor))
      return TRUE;
  return FALSE;
}

static void
password_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyFactors *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) answers =
      sally_prompter_ask_finish (SALLY_PROMPTER (source), result, NULL, &error);

  if (answers == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->password = sally_secret_ref (g_ptr_array_index (answers, 0));
  self->facts->is_typed = TRUE;
  go_on (task);
}

/* A question of our own. */
static void
ask (SallyFactors *self,
     GTask *task,
     const char *words,
     const SallyPrompt *prompt,
     GAsyncReadyCallback callback)
{
  const SallyPromptQuestion question = { .server = self->server,
                                         .is_own = TRUE,
                                         .name = "",
                                         .instruction = words,
                                         .prompts = prompt,
                                         .n_prompts = 1 };

  sally_prompter_ask_async (sally_connection_services_get_prompter (self->services), &question,
                            g_task_get_cancellable (task), callback, g_object_ref (task));
}

static void
ask_password (SallyFactors *self, GTask *task)
{
  const SallyPrompt prompt = { _ ("Password"), FALSE };

  ask (self, task, "", &prompt, password_asked);
}

static void
code_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Compose *compose = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) answers =
      sally_prompter_ask_finish (SALLY_PROMPTER (source), result, NULL, &error);

  if (answers == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  compose->code = sally_secret_ref (g_ptr_array_index (answers, 0));
  ((SallyFactors *) g_task_get_source_object (task))->facts->is_typed = TRUE;
  go_on (task);
}

static void
ask_code (SallyFactors *self, GTask *task)
{
  const SallyPrompt prompt = { _ ("One-time code"), TRUE };
  gboolean had_account = *sally_server_get_account_id (self->server) != '\0';

  ask (self, task, had_account ? _ ("The account that made its codes is not there any more.") : "",
       &prompt, code_asked);
}

static void
password_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyFactors *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->password = sally_keyring_lookup_finish (SALLY_KEYRING (source), result, &error);
  if (self->password != NULL)
    go_on (task);
  else if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING))
    {
      g_error_free (error);
      ask_password (self, task);
    }
  else
    g_task_return_error (task, error);
}

/* A counter-based code: the next counter is on disk before this code is used (RFC 4226
 * section 7.2). */
static void
counter_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (sally_account_store_save_finish (SALLY_ACCOUNT_STORE (source), result, &error))
    go_on (task);
  else
    g_task_return_error (task, error);
}

/* The server may want fewer or more digits than the account shows: the number they are cut from is
 * the same (RFC 4226 section 5.3). */
static SallySecret *
make_code (SallyFactors *self, SallyAccount *account, guint64 counter)
{
  SallyOtpParameters parameters = *sally_account_get_parameters (account);

  if (sally_server_get_code_length (self->server) != 0 && parameters.type != SALLY_OTP_STEAM)
    parameters.digits = sally_server_get_code_length (self->server);
  return sally_otp_code_at_counter (&parameters, sally_account_get_key (account), counter);
}

static void
step_spent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyFactors *self = g_task_get_source_object (task);
  Compose *compose = g_task_get_task_data (task);
  SallyAccount *account = g_object_get_data (G_OBJECT (task), "account");
  GError *error = NULL;
  guint64 step;

  if (!sally_ledger_turn_spend_finish (SALLY_LEDGER_TURN (source), result, &step, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  compose->code = make_code (self, account, step);
  self->facts->code_step = (gint64) step;
  self->facts->code_period_s = sally_otp_period_s (sally_account_get_parameters (account));
  self->facts->code_sent_us = g_get_real_time ();
  self->facts->code_wait_us = g_get_monotonic_time () - compose->begun_us;
  go_on (task);
}

static SallyAccount *
find_account (SallyFactors *self)
{
  SallyAccountStore *accounts = sally_connection_services_get_accounts (self->services);
  SallyAccount *account =
      sally_account_store_get_by_id (accounts, sally_server_get_account_id (self->server));

  return account != NULL && !sally_account_is_broken (account) ? account : NULL;
}

gboolean
sally_factors_has_account (SallyFactors *self)
{
  g_return_val_if_fail (SALLY_IS_FACTORS (self), FALSE);

  return find_account (self) != NULL;
}

static void
take_code (SallyFactors *self, GTask *task)
{
  Compose *compose = g_task_get_task_data (task);
  SallyAccountStore *accounts = sally_connection_services_get_accounts (self->services);
  SallySettings *settings = sally_connection_services_get_settings (self->services);
  SallyAccount *account = find_account (self);
  const SallyOtpParameters *parameters;

  if (account == NULL)
    {
      ask_code (self, task);
      return;
    }

  g_object_set_data_full (G_OBJECT (task), "account", g_object_ref (account), g_object_unref);
  parameters = sally_account_get_parameters (account);
  if (parameters->type == SALLY_OTP_HOTP)
    {
      guint64 counter = sally_account_get_counter (account);

      compose->code = make_code (self, account, counter);
      sally_account_set_counter (account, counter + 1);
      sally_account_store_save_async (accounts, account, g_task_get_cancellable (task),
                                      counter_saved, g_object_ref (task));
      return;
    }
  g_assert (self->turn != NULL);
  sally_ledger_turn_spend_async (self->turn, parameters,
                                 sally_settings_get_minimum_code_life_s (settings),
                                 g_task_get_cancellable (task), step_spent, g_object_ref (task));
}

static void
return_answers (SallyFactors *self, GTask *task)
{
  Compose *compose = g_task_get_task_data (task);
  g_autoptr (GPtrArray) answers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);

  for (guint i = 0; i < compose->n_steps; i++)
    g_ptr_array_add (answers,
                     sally_answers_compose (&compose->steps[i], self->password, compose->code,
                                            sally_server_get_separator (self->server)));
  g_task_return_pointer (task, g_steal_pointer (&answers), (GDestroyNotify) g_ptr_array_unref);
}

/* Fetches what is still missing, one after the other. */
static void
go_on (GTask *task)
{
  SallyFactors *self = g_task_get_source_object (task);
  Compose *compose = g_task_get_task_data (task);
  SallyAccountStore *accounts = sally_connection_services_get_accounts (self->services);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (wants (compose, SALLY_FACTOR_PASSWORD) && self->password == NULL)
    sally_keyring_lookup_async (sally_account_store_get_keyring (accounts), SALLY_KEYRING_PASSWORD,
                                sally_server_get_id (self->server), g_task_get_cancellable (task),
                                password_looked_up, g_object_ref (task));
  else if (wants (compose, SALLY_FACTOR_CODE) && compose->code == NULL)
    take_code (self, task);
  else
    return_answers (self, task);
}

void
sally_factors_compose_async (SallyFactors *self,
                             const SallyLoginStep *steps,
                             guint n_steps,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Compose *compose;

  g_return_if_fail (SALLY_IS_FACTORS (self));
  g_return_if_fail (n_steps <= SALLY_PROMPTS_MAX_PROMPTS);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_factors_compose_async);
  compose = g_new0 (Compose, 1);
  compose->n_steps = n_steps;
  compose->begun_us = g_get_monotonic_time ();
  for (guint i = 0; i < n_steps; i++)
    compose->steps[i] = steps[i];
  g_task_set_task_data (task, compose, (GDestroyNotify) compose_free);
  go_on (task);
}

GPtrArray *
sally_factors_compose_finish (SallyFactors *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A code may stand alone, or before or behind a password in one answer. */
static gboolean
holds_code (SallySecret *answer, SallySecret *code)
{
  gsize length, code_length;
  const char *bytes = sally_secret_peek (answer, &length);
  const char *digits = sally_secret_peek (code, &code_length);

  return length >= code_length && (memcmp (bytes, digits, code_length) == 0 ||
                                   memcmp (bytes + length - code_length, digits, code_length) == 0);
}

/* The newest step whose code is among what was typed, in as many digits as the server wants or as
 * the account shows; -1 if it is none of them. */
static gint64
find_typed_step (SallyFactors *self, SallyAccount *account, GPtrArray *answers)
{
  const SallyOtpParameters *parameters = sally_account_get_parameters (account);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC / (gint64) sally_otp_period_s (parameters);

  for (gint64 step = now + SALLY_FACTORS_TYPED_STEPS;
       step >= MAX (now - SALLY_FACTORS_TYPED_STEPS, 0); step--)
    {
      g_autoptr (SallySecret) wanted = make_code (self, account, (guint64) step);
      g_autoptr (SallySecret) shown =
          sally_otp_code_at_counter (parameters, sally_account_get_key (account), (guint64) step);

      for (guint i = 0; i < answers->len; i++)
        if (holds_code (answers->pdata[i], wanted) || holds_code (answers->pdata[i], shown))
          return step;
    }
  return -1;
}

static void
typed_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (sally_ledger_turn_note_finish (SALLY_LEDGER_TURN (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
sally_factors_note_typed_async (SallyFactors *self,
                                GPtrArray *answers,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  SallyAccount *account;
  gint64 step = -1;

  g_return_if_fail (SALLY_IS_FACTORS (self));
  g_return_if_fail (answers != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, sally_factors_note_typed_async);
  account = find_account (self);
  if (account != NULL && self->turn != NULL &&
      sally_account_get_parameters (account)->type != SALLY_OTP_HOTP)
    step = find_typed_step (self, account, answers);
  if (step < 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  self->facts->code_step = step;
  self->facts->code_period_s = sally_otp_period_s (sally_account_get_parameters (account));
  self->facts->code_sent_us = g_get_real_time ();
  sally_ledger_turn_note_async (self->turn, sally_account_get_parameters (account), (guint64) step,
                                typed_noted, g_steal_pointer (&task));
}

gboolean
sally_factors_note_typed_finish (SallyFactors *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
