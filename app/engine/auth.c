/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/auth.h"

#include "base/error.h"
#include "base/text.h"
#include "engine/agent-client.h"
#include "engine/sftp-wire.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The longest a server may take over one step: push approvals on a phone end after five minutes.
 * The time a person or the ledger takes does not count: it passes inside a call to the agent. */
#define STEP_TIMEOUT_US (300 * G_USEC_PER_SEC)
/* Offered keys count against the server's MaxAuthTries (OpenSSH: 6), and other steps follow. */
#define MAX_KEYS        5
/* Prompts of one request; login/answers.h has the same limit on the other side. */
#define MAX_PROMPTS     16
/* Requests of one keyboard-interactive attempt: password, code, and notices between them. */
#define MAX_REQUESTS    16

/* Flags of an agent's signature request (draft-ietf-sshm-ssh-agent, section 3.6.1). */
#define AGENT_RSA_SHA2_256 2
#define AGENT_RSA_SHA2_512 4

typedef struct
{
  SallyTransport *transport;
  LIBSSH2_SESSION *session;
  const char *user;
  SallyWireAgent1 *agent;
  GCancellable *cancellable;
  guint n_requests;
  gboolean has_signed; /* the server took the key and wanted a signature */
  GError *error;       /* met inside a call-back, which cannot return one */
} SignIn;

typedef enum
{
  STEP_DONE,    /* we are in */
  STEP_PARTIAL, /* right, but the server wants more */
  STEP_FAILED,
} StepResult;

static gboolean
wait_for_server (SignIn *self, gint64 deadline_us, GError **error)
{
  return sally_transport_wait (self->transport, deadline_us, self->cancellable, error);
}

static void
report (SignIn *self, const char *key, const char *text)
{
  GVariantDict facts;

  g_variant_dict_init (&facts, NULL);
  g_variant_dict_insert (&facts, key, "s", text);
  sally_agent_client_report (self->agent, &facts);
}

/* What the server offers now, comma-separated; "" when we are in. NULL on error. */
static char *
list_methods (SignIn *self, GError **error)
{
  gint64 deadline_us = g_get_monotonic_time () + STEP_TIMEOUT_US;
  g_autofree char *shown = NULL;
  char *list;

  while ((list = libssh2_userauth_list (self->session, self->user,
                                        (unsigned int) strlen (self->user))) == NULL)
    {
      int code = libssh2_session_last_errno (self->session);

      if (libssh2_userauth_authenticated (self->session))
        return g_strdup ("");
      if (code != LIBSSH2_ERROR_EAGAIN)
        {
          sally_transport_set_error (self->transport, code, "Asking for sign-in methods", error);
          return NULL;
        }
      if (!wait_for_server (self, deadline_us, error))
        return NULL;
    }
  shown = sally_text_from_server (list, -1, FALSE);
  report (self, "offered", shown);
  return g_steal_pointer (&shown);
}

static gboolean
list_has (const char *list, const char *method)
{
  g_auto (GStrv) methods = g_strsplit (list, ",", -1);

  return g_strv_contains ((const char *const *) methods, method);
}

static void
show_banner (SignIn *self)
{
  char *banner = NULL;
  GVariant *text;

  if (libssh2_userauth_banner (self->session, &banner) != 0 || banner == NULL)
    return;
  text = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, banner,
                                    MIN (strlen (banner), SALLY_TEXT_MAX_CHARACTERS * 4), 1);
  /* A banner nobody can show is no reason to stop. */
  sally_wire_agent1_call_show_banner_sync (self->agent, text, self->cancellable, NULL);
}

/* Password and keyboard-interactive: libssh2 drops the partial-success flag of RFC 4252
 * section 5.1. A server leaves a refused method on the list of those that can continue and takes
 * one off that was a step (OpenSSH's auth2.c). */
static StepResult
judge_refusal (SignIn *self, int code, const char *method, GError **error)
{
  g_autofree char *list = NULL;

  if (code == LIBSSH2_ERROR_AUTHENTICATION_FAILED)
    {
      list = list_methods (self, error);
      if (list == NULL)
        return STEP_FAILED;
      if (!list_has (list, method))
        return STEP_PARTIAL;
      report (self, "refused", method);
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED,
                   "The server refused what was sent (method “%s”)", method);
      return STEP_FAILED;
    }
  sally_transport_set_error (self->transport, code, "Signing in", error);
  return STEP_FAILED;
}

static StepResult
try_password (SignIn *self, GError **error)
{
  g_autoptr (SallySecret) answer = NULL;
  gint64 deadline_us;
  gsize length;
  const char *bytes;
  int rc;

  answer = sally_agent_client_get_password (self->agent, self->cancellable, error);
  if (answer == NULL)
    return STEP_FAILED;

  bytes = sally_secret_peek (answer, &length);
  deadline_us = g_get_monotonic_time () + STEP_TIMEOUT_US;
  while ((rc = libssh2_userauth_password_ex (self->session, self->user,
                                             (unsigned int) strlen (self->user), bytes,
                                             (unsigned int) length, NULL)) == LIBSSH2_ERROR_EAGAIN)
    if (!wait_for_server (self, deadline_us, error))
      return STEP_FAILED;

  if (rc == 0)
    return STEP_DONE;
  if (rc == LIBSSH2_ERROR_PASSWORD_EXPIRED)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED,
                           "The password has expired: the server wants a new one first");
      return STEP_FAILED;
    }
  return judge_refusal (self, rc, "password", error);
}

/* There is no way to fail from inside libssh2's call-back, and an empty answer would be sent and
 * counted as an attempt. So the line is cut: libssh2 then fails to send. */
static void
abandon (SignIn *self, GError *error)
{
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  shutdown (sally_transport_get_socket (self->transport), SHUT_RDWR);
}

static LIBSSH2_USERAUTH_KBDINT_RESPONSE_FUNC (answer_prompts)
{
  SignIn *self = sally_transport_get_sign_in (*abstract);
  g_autoptr (GBytes) title = g_bytes_new (name, (gsize) MAX (name_len, 0));
  g_autoptr (GBytes) words = g_bytes_new (instruction, (gsize) MAX (instruction_len, 0));
  g_autoptr (GPtrArray) answers = NULL;
  GError *error = NULL;

  if (num_prompts > MAX_PROMPTS || ++self->n_requests > MAX_REQUESTS)
    {
      abandon (self, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_PROTOCOL,
                                          "The server asks without end"));
      return;
    }

  answers = sally_agent_client_get_answers (self->agent, title, words, prompts, (guint) num_prompts,
                                            self->cancellable, &error);
  if (answers == NULL)
    {
      abandon (self, error);
      return;
    }
  for (int i = 0; i < num_prompts; i++)
    {
      gsize length;
      const char *bytes = sally_secret_peek (g_ptr_array_index (answers, i), &length);

      /* libssh2 frees it through our allocator, which wipes. */
      responses[i].text = malloc (length + 1);
      memcpy (responses[i].text, bytes, length + 1);
      responses[i].length = (unsigned int) length;
    }
}

static StepResult
try_keyboard_interactive (SignIn *self, GError **error)
{
  gint64 deadline_us = g_get_monotonic_time () + STEP_TIMEOUT_US;
  guint n_requests = 0;
  int rc;

  self->n_requests = 0;
  while ((rc = libssh2_userauth_keyboard_interactive_ex (self->session, self->user,
                                                         (unsigned int) strlen (self->user),
                                                         answer_prompts)) == LIBSSH2_ERROR_EAGAIN)
    {
      /* Each request starts the server's time anew: a person sat in between. */
      if (n_requests != self->n_requests)
        deadline_us = g_get_monotonic_time () + STEP_TIMEOUT_US;
      n_requests = self->n_requests;
      if (!wait_for_server (self, deadline_us, error))
        return STEP_FAILED;
    }

  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return STEP_FAILED;
    }
  if (rc == 0)
    return STEP_DONE;
  return judge_refusal (self, rc, "keyboard-interactive", error);
}

/* That algorithm, or the same with a certificate ("rsa-sha2-512-cert-v01@openssh.com"). */
static gboolean
is_kind (const guint8 *algorithm, gsize size, const char *kind)
{
  gsize length = strlen (kind);

  return size >= length && memcmp (algorithm, kind, length) == 0 &&
         (size == length || algorithm[length] == '-');
}

/* The public key algorithm inside the data to be signed (RFC 4252 section 7): session id, type 50,
 * user, service, "publickey", TRUE, algorithm, key. libssh2 chose it, and the agent must use the
 * same. */
static guint32
signature_flags (const guint8 *data, gsize length)
{
  SallySftpReader reader;
  const guint8 *algorithm;
  gsize size;

  sally_sftp_reader_init (&reader, data, length);
  sally_sftp_reader_string (&reader, &size);
  sally_sftp_reader_u8 (&reader);
  for (guint i = 0; i < 3; i++)
    sally_sftp_reader_string (&reader, &size);
  sally_sftp_reader_u8 (&reader);
  algorithm = sally_sftp_reader_string (&reader, &size);
  if (algorithm == NULL)
    return 0;
  if (is_kind (algorithm, size, "rsa-sha2-512"))
    return AGENT_RSA_SHA2_512;
  if (is_kind (algorithm, size, "rsa-sha2-256"))
    return AGENT_RSA_SHA2_256;
  return 0;
}

typedef struct
{
  SignIn *sign_in;
  GVariant *key;
} Signer;

/* libssh2 wants the signature without the algorithm's name, which it writes itself. */
static LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC (sign_with_agent)
{
  Signer *signer = *abstract;
  SignIn *self = signer->sign_in;
  g_autoptr (GVariant) signature = NULL;
  GVariant *to_sign;
  SallySftpReader reader;
  gsize length;
  const guint8 *bytes;

  self->has_signed = TRUE;
  to_sign = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, data_len, 1);
  if (!sally_wire_agent1_call_sign_sync (self->agent, signer->key, to_sign,
                                         signature_flags (data, data_len), &signature,
                                         self->cancellable, &self->error))
    return -1;

  bytes = g_variant_get_fixed_array (signature, &length, 1);
  sally_sftp_reader_init (&reader, bytes, length);
  sally_sftp_reader_string (&reader, &length);
  bytes = sally_sftp_reader_string (&reader, &length);
  if (bytes == NULL)
    {
      g_set_error_literal (&self->error, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                           "The key agent gave no signature");
      return -1;
    }
  *sig = malloc (MAX (length, 1));
  memcpy (*sig, bytes, length);
  *sig_len = length;
  return 0;
}

/* One key: refused (LIBSSH2_ERROR_AUTHENTICATION_FAILED), accepted as one step of several
 * (LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED after the signature: libssh2's userauth.c), or all that was
 * wanted. */
static StepResult
try_key (SignIn *self, GVariant *key, gboolean *refused, GError **error)
{
  Signer signer = { self, key };
  gpointer abstract = &signer;
  gint64 deadline_us = g_get_monotonic_time () + STEP_TIMEOUT_US;
  gsize length;
  const guint8 *blob = g_variant_get_fixed_array (key, &length, 1);
  int rc;

  *refused = FALSE;
  self->has_signed = FALSE;
  while ((rc = libssh2_userauth_publickey (self->session, self->user, blob, length, sign_with_agent,
                                           &abstract)) == LIBSSH2_ERROR_EAGAIN)
    {
      if (!wait_for_server (self, deadline_us, error))
        return STEP_FAILED;
    }

  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return STEP_FAILED;
    }
  if (rc == 0)
    return STEP_DONE;
  if (rc == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED && self->has_signed)
    return STEP_PARTIAL;
  if (rc == LIBSSH2_ERROR_AUTHENTICATION_FAILED || rc == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED)
    {
      *refused = TRUE;
      return STEP_FAILED;
    }
  sally_transport_set_error (self->transport, rc, "Signing in with a key", error);
  return STEP_FAILED;
}

static StepResult
try_public_key (SignIn *self, GError **error)
{
  g_autoptr (GVariant) keys = NULL;
  gsize n_keys;

  if (!sally_wire_agent1_call_get_keys_sync (self->agent, &keys, self->cancellable, error))
    return STEP_FAILED;

  n_keys = g_variant_n_children (keys);
  for (gsize i = 0; i < n_keys && i < MAX_KEYS; i++)
    {
      g_autoptr (GVariant) key = g_variant_get_child_value (keys, i);
      gboolean refused;
      StepResult result = try_key (self, key, &refused, error);

      if (result != STEP_FAILED || !refused)
        return result;
    }
  if (n_keys == 0)
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                         "There is no key to offer");
  else
    {
      report (self, "refused", "publickey");
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED,
                   "The server refused the key (%u offered)", (guint) MIN (n_keys, MAX_KEYS));
    }
  return STEP_FAILED;
}

static StepResult
try_method (SignIn *self, const char *method, GError **error)
{
  if (g_str_equal (method, "publickey"))
    return try_public_key (self, error);
  if (g_str_equal (method, "password"))
    return try_password (self, error);
  if (g_str_equal (method, "keyboard-interactive"))
    return try_keyboard_interactive (self, error);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_ENGINE, "No sign-in method “%s”", method);
  return STEP_FAILED;
}

/* The first of ours that the server offers and that was no step yet; NULL if there is none. */
static const char *
choose_method (const char *const *methods, GPtrArray *used, const char *offered)
{
  for (guint i = 0; methods[i] != NULL; i++)
    if (list_has (offered, methods[i]) &&
        !g_ptr_array_find_with_equal_func (used, methods[i], g_str_equal, NULL))
      return methods[i];
  return NULL;
}

static void
report_done (SignIn *self, GPtrArray *used)
{
  g_autoptr (GString) methods = g_string_new (NULL);

  for (guint i = 0; i < used->len; i++)
    g_string_append_printf (methods, "%s%s", i > 0 ? "," : "",
                            (const char *) g_ptr_array_index (used, i));
  report (self, "done", methods->str);
}

/* The list after a step tells what the next one may be: the server decides about the order. */
static gboolean
walk_methods (
    SignIn *self, const char *const *methods, GPtrArray *used, char **offered, GError **error)
{
  const char *method;

  while ((method = choose_method (methods, used, *offered)) != NULL)
    {
      StepResult result = try_method (self, method, error);

      if (result == STEP_FAILED)
        return FALSE;
      g_ptr_array_add (used, (gpointer) method);
      report_done (self, used);
      if (result == STEP_DONE)
        return TRUE;
      g_free (*offered);
      *offered = list_methods (self, error);
      if (*offered == NULL)
        return FALSE;
    }
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED,
               used->len > 0 ? "The server wants more than this sign-in has: “%s”"
                             : "The server does not offer this way to sign in, but “%s”",
               *offered);
  return FALSE;
}

gboolean
sally_auth_run (SallyTransport *transport,
                const char *user,
                const char *const *methods,
                SallyWireAgent1 *agent,
                GCancellable *cancellable,
                char **used,
                GError **error)
{
  SignIn self = {
    .transport = transport,
    .session = sally_transport_get_session (transport),
    .user = user,
    .agent = agent,
    .cancellable = cancellable,
  };
  g_autoptr (GPtrArray) used_methods = g_ptr_array_new ();
  g_autofree char *offered = NULL;
  gboolean is_in;

  sally_transport_set_sign_in (transport, &self);
  offered = list_methods (&self, error);
  is_in = offered != NULL && *offered == '\0';
  if (is_in)
    g_ptr_array_add (used_methods, (gpointer) "none");
  else if (offered != NULL)
    {
      show_banner (&self);
      is_in = walk_methods (&self, methods, used_methods, &offered, error);
    }
  sally_transport_set_sign_in (transport, NULL);
  g_clear_error (&self.error);

  if (is_in)
    {
      g_ptr_array_add (used_methods, NULL);
      *used = g_strjoinv (",", (char **) used_methods->pdata);
    }
  return is_in;
}
