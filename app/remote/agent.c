/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/agent.h"

#include "base/error.h"
#include "base/text.h"
#include "engine/wire.h"
#include "login/randomart.h"
#include "remote/facts.h"
#include "remote/keys.h"
#include "remote/responder.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define AGENT_PATH "/io/github/sallyport/Agent1"

struct _SallyAgent
{
  GObject parent_instance;

  SallyServer *server;
  SallyConnectionServices *services;
  GCancellable *cancellable;
  SallyWireAgent1 *skeleton;
  SallyResponder *responder;
  SallyKeys *keys;
  SallySshAgent *key_agent;
  SallyAgentStage stage;
  SallySignInFacts *facts;
  GError *error;
};

enum
{
  PROP_0,
  PROP_STAGE,
  PROP_WAIT_UNTIL,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SallyAgent, sally_agent, G_TYPE_OBJECT)

/* One question of the engine until it is answered. */
typedef struct
{
  SallyAgent *agent;
  GDBusMethodInvocation *invocation;
  gboolean is_prompts; /* GetAnswers, else GetPassword */
  char *key_type;      /* ConfirmHostKey only */
  char *fingerprint;
} Question;

static Question *
question_new (SallyAgent *agent, GDBusMethodInvocation *invocation)
{
  Question *question = g_new0 (Question, 1);

  question->agent = g_object_ref (agent);
  question->invocation = invocation;
  return question;
}

static void
question_free (Question *question)
{
  g_object_unref (question->agent);
  g_free (question->key_type);
  g_free (question->fingerprint);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

/* The error goes both ways: to the engine, which gives up, and to whoever opened the connection. */
static void
question_fail (Question *question, GError *error)
{
  if (question->agent->error == NULL)
    question->agent->error = g_error_copy (error);
  g_dbus_method_invocation_take_error (question->invocation, error);
}

static void
set_stage (SallyAgent *self, SallyAgentStage stage)
{
  if (self->stage == stage)
    return;
  self->stage = stage;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STAGE]);
}

static void
sally_agent_dispose (GObject *object)
{
  SallyAgent *self = SALLY_AGENT (object);

  sally_agent_unexport (self);
  g_clear_object (&self->responder);
  g_clear_object (&self->key_agent);
  g_clear_object (&self->keys);
  g_clear_object (&self->server);
  g_clear_object (&self->services);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->facts, sally_sign_in_facts_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (sally_agent_parent_class)->dispose (object);
}

static void
sally_agent_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallyAgent *self = SALLY_AGENT (object);

  switch (id)
    {
    case PROP_STAGE:
      g_value_set_uint (value, self->stage);
      break;
    case PROP_WAIT_UNTIL:
      g_value_set_int64 (value, sally_agent_get_wait_until (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_agent_class_init (SallyAgentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sally_agent_dispose;
  object_class->get_property = sally_agent_get_property;
  properties[PROP_STAGE] =
      g_param_spec_uint ("stage", NULL, NULL, 0, SALLY_AGENT_SIGNING_IN, 0, flags);
  properties[PROP_WAIT_UNTIL] =
      g_param_spec_int64 ("wait-until", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sally_agent_init (SallyAgent *self)
{
}

/* A changed key is never a question: the way out is a deliberate one, elsewhere. */
static void
refuse_host_key (Question *question, const SallyHostFinding *finding)
{
  g_autofree char *address = sally_server_dup_address (question->agent->server);
  g_autofree char *message = NULL;

  if (finding->verdict == SALLY_HOST_TRUST_REVOKED)
    /* Translators: an address, a fingerprint, a kind of key, a file and a line. */
    message =
        g_strdup_printf (_ ("%s shows the key %s (%s), which is revoked in %s: whoever has it "
                            "can pass for the server"),
                         address, question->fingerprint, question->key_type, finding->known);
  else if (finding->verdict == SALLY_HOST_TRUST_OTHER_TYPE)
    message =
        g_strdup_printf (_ ("%s shows the key %s (%s), but only a key of another type is trusted: "
                            "%s. Somebody may be in between. Ask its administrator before you go "
                            "on"),
                         address, question->fingerprint, question->key_type, finding->known);
  else
    message = g_strdup_printf (_ ("%s shows the key %s (%s), but %s is trusted. Somebody may be in "
                                  "between. Ask its administrator before you go on"),
                               address, question->fingerprint, question->key_type, finding->known);
  question_fail (question,
                 g_error_new_literal (SALLY_ERROR, SALLY_ERROR_HOST_KEY_CHANGED, message));
}

static void
host_key_confirmed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  SallyAgent *self = question->agent;
  SallyHostTrust *trust = sally_connection_services_get_host_trust (self->services);
  GError *error = NULL;
  gboolean accepted = FALSE;

  if (!sally_prompter_confirm_host_key_finish (SALLY_PROMPTER (source), result, &accepted, &error))
    {
      question_fail (question, error);
      return;
    }
  if (accepted && !sally_host_trust_add (trust, sally_server_get_host (self->server),
                                         sally_server_get_port (self->server), question->key_type,
                                         question->fingerprint, &error))
    {
      question_fail (question, error);
      return;
    }
  if (!accepted)
    {
      question_fail (question,
                     g_error_new (SALLY_ERROR, SALLY_ERROR_HOST_KEY_UNKNOWN,
                                  _ ("The host key %s is not trusted"), question->fingerprint));
      return;
    }
  sally_wire_agent1_complete_confirm_host_key (self->skeleton, question->invocation, TRUE);
}

static gboolean
handle_confirm_host_key (SallyWireAgent1 *skeleton,
                         GDBusMethodInvocation *invocation,
                         const char *key_type,
                         GVariant *key,
                         const char *fingerprint,
                         SallyAgent *self)
{
  g_autoptr (Question) question = question_new (self, invocation);
  SallyHostTrust *trust = sally_connection_services_get_host_trust (self->services);
  g_auto (SallyHostFinding) finding = { SALLY_HOST_TRUST_CHANGED };
  g_autofree char *randomart = NULL;
  SallyHostQuestion asked = { .server = self->server,
                              .key_type = key_type,
                              .fingerprint = fingerprint };
  const guint8 *blob;
  gsize length;

  set_stage (self, SALLY_AGENT_CHECKING_KEY);
  question->key_type = g_strdup (key_type);
  question->fingerprint = g_strdup (fingerprint);
  g_free (self->facts->host_key);
  self->facts->host_key = g_strdup_printf ("%s %s", key_type, fingerprint);
  switch (sally_host_trust_check (trust, sally_server_get_host (self->server),
                                  sally_server_get_port (self->server), key_type, fingerprint,
                                  &finding))
    {
    case SALLY_HOST_TRUST_MATCH:
      sally_wire_agent1_complete_confirm_host_key (skeleton, invocation, TRUE);
      break;
    case SALLY_HOST_TRUST_NEW:
      blob = g_variant_get_fixed_array (key, &length, 1);
      randomart = sally_randomart_new (blob, length);
      asked.randomart = randomart;
      asked.has_authority = finding.has_authority;
      sally_prompter_confirm_host_key_async (sally_connection_services_get_prompter (
                                                 self->services),
                                             &asked, self->cancellable, host_key_confirmed,
                                             g_steal_pointer (&question));
      break;
    case SALLY_HOST_TRUST_CHANGED:
    case SALLY_HOST_TRUST_OTHER_TYPE:
    case SALLY_HOST_TRUST_REVOKED:
    default:
      refuse_host_key (question, &finding);
      break;
    }
  return TRUE;
}

/* For GetPassword the answer itself, for GetAnswers each with its length before it (engine.xml). */
static SallySecret *
join_answers (Question *question, GPtrArray *answers)
{
  gsize length = 0;
  SallySecret *joined;
  char *cursor;

  if (!question->is_prompts)
    return sally_secret_ref (g_ptr_array_index (answers, 0));

  for (guint i = 0; i < answers->len; i++)
    length += sizeof (guint32) + sally_secret_get_length (g_ptr_array_index (answers, i));
  if (length > SALLY_SECRET_MAX_BYTES)
    return NULL;
  joined = sally_secret_new_sized (length, &cursor);
  for (guint i = 0; i < answers->len; i++)
    {
      gsize size;
      const char *bytes = sally_secret_peek (g_ptr_array_index (answers, i), &size);
      guint32 big_endian = GUINT32_TO_BE ((guint32) size);

      memcpy (cursor, &big_endian, sizeof big_endian);
      memcpy (cursor + sizeof big_endian, bytes, size);
      cursor += sizeof big_endian + size;
    }
  return joined;
}

static void
send_answers (Question *question, GPtrArray *answers)
{
  SallyAgent *self = question->agent;
  g_autoptr (SallySecret) joined = join_answers (question, answers);
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  g_autofd int pipe_end = -1;
  GError *error = NULL;

  set_stage (self, SALLY_AGENT_SIGNING_IN);
  if (joined == NULL)
    g_set_error_literal (&error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("The answers are too long"));
  else
    pipe_end = sally_secret_to_pipe (joined, &error);
  if (pipe_end < 0 || g_unix_fd_list_append (descriptors, pipe_end, &error) < 0)
    {
      question_fail (question, error);
      return;
    }
  self->facts->has_sent |= answers->len > 0;
  if (question->is_prompts)
    sally_wire_agent1_complete_get_answers (self->skeleton, question->invocation, descriptors,
                                            g_variant_new_handle (0));
  else
    sally_wire_agent1_complete_get_password (self->skeleton, question->invocation, descriptors,
                                             g_variant_new_handle (0));
}

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) answers =
      sally_responder_answer_finish (SALLY_RESPONDER (source), result, &error);

  if (answers == NULL)
    question_fail (question, error);
  else
    send_answers (question, answers);
}

static void
notice_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) answers =
      sally_prompter_ask_finish (SALLY_PROMPTER (source), result, NULL, &error);

  if (answers == NULL)
    g_debug ("a notice of the server was not shown: %s", error->message);
}

/* The server's words, made safe to show. */
static char *
dup_words (GVariant *bytes)
{
  gsize length;
  const char *data = g_variant_get_fixed_array (bytes, &length, 1);

  return sally_text_from_server (data != NULL ? data : "", (gssize) length, TRUE);
}

/* A notice (push, number matching, a banner) is shown, and nobody waits for it. One that says
 * nothing, as OpenSSH's last one does, is none. */
static void
show_notice (SallyAgent *self, const char *name, const char *instruction)
{
  const SallyPromptQuestion question = { .server = self->server,
                                         .name = name,
                                         .instruction = instruction };

  if (*instruction != '\0')
    g_set_str (&self->facts->words, instruction);
  if (*name != '\0' || *instruction != '\0')
    sally_prompter_ask_async (sally_connection_services_get_prompter (self->services), &question,
                              self->cancellable, notice_shown, NULL);
}

static gboolean
handle_get_password (SallyWireAgent1 *skeleton,
                     GDBusMethodInvocation *invocation,
                     GUnixFDList *descriptors,
                     SallyAgent *self)
{
  const SallyPrompt prompt = { _ ("Password"), FALSE };
  const SallyPromptRequest request = { "password", "", "", &prompt, 1 };

  set_stage (self, SALLY_AGENT_SIGNING_IN);
  sally_responder_answer_async (self->responder, &request, self->cancellable, answered,
                                question_new (self, invocation));
  return TRUE;
}

static void
answer_prompts (SallyAgent *self,
                Question *question,
                const char *name,
                const char *instruction,
                GVariant *prompts)
{
  SallyPrompt shown[SALLY_PROMPTS_MAX_PROMPTS];
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  const SallyPromptRequest request = { "keyboard-interactive", name, instruction, shown,
                                       (guint) g_variant_n_children (prompts) };

  for (guint i = 0; i < request.n_prompts; i++)
    {
      g_autoptr (GVariant) text = NULL;

      g_variant_get_child (prompts, i, "(@ayb)", &text, &shown[i].echo);
      shown[i].text = dup_words (text);
      g_ptr_array_add (texts, (gpointer) shown[i].text);
    }
  sally_responder_answer_async (self->responder, &request, self->cancellable, answered, question);
}

static gboolean
handle_get_answers (SallyWireAgent1 *skeleton,
                    GDBusMethodInvocation *invocation,
                    GUnixFDList *descriptors,
                    GVariant *name,
                    GVariant *instruction,
                    GVariant *prompts,
                    SallyAgent *self)
{
  g_autoptr (Question) question = question_new (self, invocation);
  g_autofree char *title = dup_words (name);
  g_autofree char *words = dup_words (instruction);

  question->is_prompts = TRUE;
  set_stage (self, SALLY_AGENT_SIGNING_IN);
  if (g_variant_n_children (prompts) == 0)
    {
      g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

      show_notice (self, title, words);
      /* At once, since the server waits. */
      send_answers (question, nothing);
    }
  else if (g_variant_n_children (prompts) > SALLY_PROMPTS_MAX_PROMPTS)
    question_fail (question, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_PROTOCOL,
                                                  _ ("The server asks too much at once")));
  else
    answer_prompts (self, g_steal_pointer (&question), title, words, prompts);
  return TRUE;
}

/* The first of the keys that has one: a certificate that is over is why a key is refused. */
static void
note_certificate (SallySignInFacts *facts, GBytes *key)
{
  gsize length;
  const guint8 *blob = g_bytes_get_data (key, &length);

  if (facts->certificate == NULL)
    facts->certificate = sally_ssh_certificate_parse (blob, length);
}

static void
keys_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) keys =
      sally_ssh_agent_list_finish (SALLY_SSH_AGENT (source), result, &error);
  GVariantBuilder builder;

  if (keys == NULL)
    {
      question_fail (question, error);
      return;
    }
  if (keys->len == 0)
    {
      question_fail (question, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                                                    _ ("The SSH key agent holds no key. Add one "
                                                       "with ssh-add, or choose a key file in the "
                                                       "server's settings")));
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < keys->len; i++)
    {
      GBytes *key = g_ptr_array_index (keys, i);

      g_variant_builder_add_value (&builder,
                                   g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, key, TRUE));
      note_certificate (question->agent->facts, key);
    }
  question->agent->facts->has_sent = TRUE;
  question->agent->facts->n_keys = keys->len;
  sally_wire_agent1_complete_get_keys (question->agent->skeleton, question->invocation,
                                       g_variant_builder_end (&builder));
}

static void
keys_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  SallyAgent *self = question->agent;
  GError *error = NULL;

  g_clear_object (&self->key_agent);
  self->key_agent = sally_keys_open_finish (SALLY_KEYS (source), result, &error);
  if (self->key_agent == NULL)
    question_fail (question, error);
  else
    sally_ssh_agent_list_async (self->key_agent, self->cancellable, keys_listed,
                                g_steal_pointer (&question));
}

static gboolean
handle_get_keys (SallyWireAgent1 *skeleton, GDBusMethodInvocation *invocation, SallyAgent *self)
{
  set_stage (self, SALLY_AGENT_SIGNING_IN);
  if (self->keys == NULL)
    self->keys = sally_keys_new (self->server, self->services);
  sally_keys_open_async (self->keys, self->cancellable, keys_opened,
                         question_new (self, invocation));
  return TRUE;
}

static void
signature_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  GError *error = NULL;
  g_autoptr (GBytes) signature =
      sally_ssh_agent_sign_finish (SALLY_SSH_AGENT (source), result, &error);

  if (signature == NULL)
    question_fail (question, error);
  else
    sally_wire_agent1_complete_sign (question->agent->skeleton, question->invocation,
                                     g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, signature,
                                                               TRUE));
}

static gboolean
handle_sign (SallyWireAgent1 *skeleton,
             GDBusMethodInvocation *invocation,
             GVariant *key,
             GVariant *data,
             guint flags,
             SallyAgent *self)
{
  g_autoptr (Question) question = question_new (self, invocation);
  g_autoptr (GBytes) key_bytes = g_variant_get_data_as_bytes (key);
  g_autoptr (GBytes) data_bytes = g_variant_get_data_as_bytes (data);

  if (self->key_agent == NULL)
    question_fail (question, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                                                  _ ("No key agent is open")));
  else
    sally_ssh_agent_sign_async (self->key_agent, key_bytes, data_bytes, flags, self->cancellable,
                                signature_made, g_steal_pointer (&question));
  return TRUE;
}

static gboolean
handle_report (SallyWireAgent1 *skeleton,
               GDBusMethodInvocation *invocation,
               GVariant *report,
               SallyAgent *self)
{
  sally_facts_add_report (self->facts, report);
  sally_wire_agent1_complete_report (skeleton, invocation);
  return TRUE;
}

static gboolean
handle_show_banner (SallyWireAgent1 *skeleton,
                    GDBusMethodInvocation *invocation,
                    GVariant *text,
                    SallyAgent *self)
{
  g_autofree char *words = dup_words (text);

  show_notice (self, "", words);
  sally_wire_agent1_complete_show_banner (skeleton, invocation);
  return TRUE;
}

static void
needs_code_changed (SallyAgent *self)
{
  if (sally_responder_get_needs_code (self->responder))
    set_stage (self, SALLY_AGENT_WAITING_FOR_CODE);
}

static void
wait_changed (SallyAgent *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAIT_UNTIL]);
}

SallyAgent *
sally_agent_new (SallyServer *server,
                 SallyConnectionServices *services,
                 SallyLedgerTurn *turn,
                 SallySignInFacts *facts,
                 GCancellable *cancellable)
{
  const struct
  {
    const char *signal;
    GCallback handler;
  } methods[] = {
    { "handle-confirm-host-key", G_CALLBACK (handle_confirm_host_key) },
    { "handle-get-password", G_CALLBACK (handle_get_password) },
    { "handle-get-answers", G_CALLBACK (handle_get_answers) },
    { "handle-get-keys", G_CALLBACK (handle_get_keys) },
    { "handle-sign", G_CALLBACK (handle_sign) },
    { "handle-report", G_CALLBACK (handle_report) },
    { "handle-show-banner", G_CALLBACK (handle_show_banner) },
  };
  SallyAgent *self = g_object_new (SALLY_TYPE_AGENT, NULL);

  self->server = g_object_ref (server);
  self->services = g_object_ref (services);
  self->facts = sally_sign_in_facts_ref (facts);
  self->cancellable = g_object_ref (cancellable);
  self->responder = sally_responder_new (server, services, turn, facts);
  g_signal_connect_object (self->responder, "notify::needs-code", G_CALLBACK (needs_code_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->responder, "notify::wait-until", G_CALLBACK (wait_changed), self,
                           G_CONNECT_SWAPPED);
  self->skeleton = sally_wire_agent1_skeleton_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    g_signal_connect_object (self->skeleton, methods[i].signal, methods[i].handler, self,
                             G_CONNECT_DEFAULT);
  return self;
}

gboolean
sally_agent_export (SallyAgent *self, GDBusConnection *connection, GError **error)
{
  g_return_val_if_fail (SALLY_IS_AGENT (self), FALSE);

  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection,
                                           AGENT_PATH, error);
}

void
sally_agent_unexport (SallyAgent *self)
{
  g_return_if_fail (SALLY_IS_AGENT (self));

  if (self->skeleton == NULL)
    return;
  if (g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (self->skeleton)) != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_clear_object (&self->skeleton);
}

SallyAgentStage
sally_agent_get_stage (SallyAgent *self)
{
  g_return_val_if_fail (SALLY_IS_AGENT (self), SALLY_AGENT_CHECKING_KEY);

  return self->stage;
}

gint64
sally_agent_get_wait_until (SallyAgent *self)
{
  g_return_val_if_fail (SALLY_IS_AGENT (self), 0);

  return self->responder != NULL ? sally_responder_get_wait_until (self->responder) : 0;
}

char *
sally_agent_dup_new_pin (SallyAgent *self)
{
  g_return_val_if_fail (SALLY_IS_AGENT (self), NULL);

  return sally_responder_dup_new_pin (self->responder);
}

const GError *
sally_agent_get_error (SallyAgent *self)
{
  g_return_val_if_fail (SALLY_IS_AGENT (self), NULL);

  return self->error;
}
