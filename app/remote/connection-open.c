/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to a ready connection: lock, attach; else turn, reach, start an engine, sign in. */
#include "config.h"

#include "remote/connection-private.h"

#include "base/error.h"
#include "login/answers.h"
#include "remote/agent.h"
#include "remote/attempt.h"
#include "remote/engine-process.h"
#include "remote/facts.h"
#include "remote/journal-notes.h"
#include "remote/line.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>

#define ENGINE_PATH        "/io/github/sallyport/Engine1"
/* How often a lock that another program holds is tried: it is held as long as a sign-in takes. */
#define LOCK_RETRY_MS      100
/* An engine that answers but is neither ready nor new belongs to a client that has just died. */
#define MAX_ATTACH_RETRIES 50

typedef struct
{
  gboolean attach_only;
  int lock;
  guint n_retries;
  gboolean has_started; /* the engine is ours: it wants Connect */
  char *socket_path;
  char *lock_path;
  SallyLedgerTurn *turn;
  SallyGuardTurn *attempt;
  SallySignInFacts *facts; /* from the attempt on */
  SallyConnection *jump;   /* the host to go through, or NULL */
  int line;                /* to the server; -1 before and after */
  SallyAgent *agent;
  SallyWireEngine1 *engine;
  GCancellable *questions; /* ends what the agent waits for */
} Opening;

static void try_lock (GTask *task);
static void attach (GTask *task);
static void load_engine (GTask *task, GDBusConnection *connection);

static void
opening_free (Opening *opening)
{
  g_cancellable_cancel (opening->questions);
  g_object_unref (opening->questions);
  g_clear_object (&opening->turn);
  g_clear_object (&opening->attempt);
  g_clear_pointer (&opening->facts, sally_sign_in_facts_unref);
  g_clear_object (&opening->jump);
  g_clear_fd (&opening->line, NULL);
  if (opening->agent != NULL)
    sally_agent_unexport (opening->agent);
  g_clear_object (&opening->agent);
  g_clear_object (&opening->engine);
  g_clear_fd (&opening->lock, NULL); /* which lets go of it */
  g_free (opening->socket_path);
  g_free (opening->lock_path);
  g_free (opening);
}

/* The attempt is over: what is known of it stays with the connection and on disk. */
static void
end_facts (GTask *task, const GError *error)
{
  SallyConnection *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);

  if (opening->facts == NULL)
    return;
  sally_facts_end (opening->facts, sally_connection_get_server (self), error);
  sally_journal_note_sign_in (sally_connection_services_get_journal (
                                  sally_connection_get_services (self)),
                              sally_connection_get_server (self), opening->facts);
  sally_connection_take_facts (self, g_steal_pointer (&opening->facts));
}

/* Takes the task and the error. */
static void
fail (GTask *task, GError *error)
{
  SallyConnection *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);

  end_facts (task, error);

  if (opening->has_started && opening->engine != NULL)
    sally_wire_engine1_call_disconnect (opening->engine, NULL, NULL, NULL);
  /* Another call may have opened it meanwhile. */
  if (sally_connection_get_engine (self) == NULL)
    {
      sally_connection_set_wait_until (self, 0);
      sally_connection_set_jump (self, NULL);
      sally_connection_set_state (self, SALLY_CONNECTION_CLOSED);
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* Takes the task. */
static void
succeed (GTask *task)
{
  SallyConnection *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);

  g_clear_object (&opening->turn);
  g_clear_object (&opening->attempt);
  g_clear_fd (&opening->lock, NULL);
  sally_connection_set_jump (self, NULL);
  if (sally_connection_get_engine (self) == NULL)
    sally_connection_take_engine (self, g_steal_pointer (&opening->engine));
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
agent_changed (SallyAgent *agent, GParamSpec *pspec, GTask *task)
{
  SallyConnection *self = g_task_get_source_object (task);
  gint64 wait_until = sally_agent_get_wait_until (agent);

  sally_connection_set_wait_until (self, wait_until);
  switch (sally_agent_get_stage (agent))
    {
    case SALLY_AGENT_CHECKING_KEY:
      sally_connection_set_state (self, SALLY_CONNECTION_CHECKING_KEY);
      break;
    case SALLY_AGENT_WAITING_FOR_CODE:
      sally_connection_set_state (self, SALLY_CONNECTION_WAITING_FOR_CODE);
      break;
    case SALLY_AGENT_SIGNING_IN:
    default:
      sally_connection_set_state (self, SALLY_CONNECTION_SIGNING_IN);
      break;
    }
}

/* A fresh proxy reads the properties of the engine as they are now. */
static void
load_signed_in (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GDBusConnection) connection =
      g_object_ref (g_dbus_proxy_get_connection (G_DBUS_PROXY (opening->engine)));

  sally_agent_unexport (opening->agent);
  g_clear_object (&opening->engine);
  opening->has_started = FALSE;
  load_engine (task, connection);
}

static void
prompts_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!sally_server_store_save_finish (SALLY_SERVER_STORE (source), result, &error))
    g_warning ("What the server asked is not kept: %s", error->message);
  load_signed_in (user_data);
}

/* What the server asked is kept with its profile, if it is one that was saved. */
static void
keep_prompts (GTask *task)
{
  SallyConnection *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);
  SallyServer *server = sally_connection_get_server (self);
  SallyServerStore *servers =
      sally_connection_services_get_servers (sally_connection_get_services (self));
  SallyServer *saved = sally_server_store_get_by_id (servers, sally_server_get_id (server));
  g_autofree char *pin = sally_agent_dup_new_pin (opening->agent);
  g_autoptr (SallyServer) values = NULL;

  if (pin != NULL)
    g_object_set (server, "prompts", pin, NULL);
  if (pin == NULL || saved == NULL)
    {
      load_signed_in (task);
      return;
    }
  values = sally_server_new (sally_server_get_id (server));
  sally_server_set_from (values, saved);
  g_object_set (values, "prompts", pin, NULL);
  sally_server_store_save_async (servers, values, NULL, prompts_kept, task);
}

static void
signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  g_signal_handlers_disconnect_by_func (opening->agent, agent_changed, task);
  if (!sally_wire_engine1_call_connect_finish (opening->engine, NULL, result, &error))
    {
      error = sally_connection_clean_error (error);
      /* Our own answer was an error: it says more than what came back over the wall. */
      if (sally_agent_get_error (opening->agent) != NULL &&
          !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_error_free (error);
          error = g_error_copy (sally_agent_get_error (opening->agent));
        }
      if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_REFUSED) &&
          opening->facts->has_sent)
        sally_guard_turn_refused (opening->attempt);
      fail (task, error);
      return;
    }

  sally_guard_turn_succeeded (opening->attempt);
  end_facts (task, NULL);
  keep_prompts (task);
}

static void
sign_in (GTask *task)
{
  SallyConnection *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);
  SallyServer *server = sally_connection_get_server (self);
  SallyConnectionServices *services = sally_connection_get_services (self);
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  g_autofree char *known_types = NULL;
  SallyLoginRecipe recipe;
  GVariantDict options;
  GError *error = NULL;

  opening->agent =
      sally_agent_new (server, services, opening->turn, opening->facts, opening->questions);
  if (!sally_login_recipe_parse (sally_server_get_recipe (server), &recipe, &error) ||
      !sally_agent_export (opening->agent,
                           g_dbus_proxy_get_connection (G_DBUS_PROXY (opening->engine)), &error) ||
      g_unix_fd_list_append (descriptors, opening->line, &error) < 0)
    {
      fail (task, error);
      return;
    }

  known_types = sally_host_trust_dup_key_types (sally_connection_services_get_host_trust (services),
                                                sally_server_get_host (server),
                                                sally_server_get_port (server));
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "linger", "u",
                         sally_settings_get_linger_s (
                             sally_connection_services_get_settings (services)));
  if (known_types != NULL)
    g_variant_dict_insert (&options, "host-key-algorithms", "s", known_types);

  g_signal_connect (opening->agent, "notify", G_CALLBACK (agent_changed), task);
  sally_connection_set_state (self, SALLY_CONNECTION_CHECKING_KEY);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (opening->engine), G_MAXINT);
  sally_wire_engine1_call_connect (opening->engine, g_variant_new_handle (0),
                                   sally_server_get_user (server), sally_answers_methods (&recipe),
                                   g_variant_dict_end (&options), descriptors,
                                   g_task_get_cancellable (task), signed_in, task);
  /* The engine has its own copy; ours would keep the line open after its end. */
  g_clear_fd (&opening->line, NULL);
}

/* The line stands: an engine takes it over. */
static void
start_engine (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  opening->has_started = TRUE;
  if (sally_engine_process_start (opening->socket_path, &error))
    attach (task);
  else
    fail (task, error);
}

static void
reached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  opening->line = sally_line_open_finish (result, &error);
  if (opening->line < 0)
    fail (task, error);
  else
    start_engine (task);
}

static void
reach (GTask *task)
{
  SallyConnection *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);

  sally_connection_set_state (self, SALLY_CONNECTION_REACHING);
  sally_line_open_async (sally_connection_get_server (self), opening->jump,
                         g_task_get_cancellable (task), reached, task);
}

static void
attempt_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyConnection *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  opening->attempt = sally_attempt_begin_finish (result, &error);
  if (opening->attempt == NULL)
    {
      fail (task, error);
      return;
    }
  opening->facts = sally_facts_begin (sally_connection_get_server (self));
  opening->facts->n_refusals = sally_guard_turn_get_state (opening->attempt).n_refusals;
  reach (task);
}

/* After the turn with the account, always in this order: two that wait for each other would wait
 * for ever. */
static void
begin_attempt (GTask *task)
{
  SallyConnection *self = g_task_get_source_object (task);

  sally_connection_set_state (self, SALLY_CONNECTION_WAITING_FOR_TURN);
  sally_attempt_begin_async (sally_connection_get_server (self),
                             sally_connection_get_services (self), g_task_get_cancellable (task),
                             attempt_begun, task);
}

static void
turn_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  opening->turn = sally_ledger_begin_finish (SALLY_LEDGER (source), result, &error);
  if (opening->turn == NULL)
    fail (task, error);
  else
    begin_attempt (task);
}

/* The account first, before anything is sent: a missing or locked one must not cost an attempt. */
static void
begin_turn (GTask *task)
{
  SallyConnection *self = g_task_get_source_object (task);
  SallyServer *server = sally_connection_get_server (self);
  SallyConnectionServices *services = sally_connection_get_services (self);
  SallyAccount *account =
      sally_account_store_get_by_id (sally_connection_services_get_accounts (services),
                                     sally_server_get_account_id (server));

  /* Without an account the person types the code, when the server asks for it. */
  if ((account == NULL || sally_account_is_broken (account)) &&
      sally_prompter_is_there (sally_connection_services_get_prompter (services)))
    {
      begin_attempt (task);
      return;
    }
  if (account == NULL || sally_account_is_broken (account))
    {
      fail (task, g_error_new (SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON,
                               _ ("The account whose code “%s” wants is not there. Choose another "
                                  "one in the server's settings"),
                               sally_server_get_name (server)));
      return;
    }
  sally_connection_set_state (self, SALLY_CONNECTION_WAITING_FOR_TURN);
  sally_ledger_begin_async (sally_connection_services_get_ledger (services),
                            sally_account_get_id (account), g_task_get_cancellable (task),
                            turn_begun, task);
}

static void
accounts_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;

  if (sally_account_store_load_finish (SALLY_ACCOUNT_STORE (source), result, &error))
    begin_turn (task);
  else
    fail (task, error);
}

/* Our own turn comes after the jump host's sign-in: both may use one account. */
static void
prepare_turn (GTask *task)
{
  SallyConnection *self = g_task_get_source_object (task);
  SallyAccountStore *accounts =
      sally_connection_services_get_accounts (sally_connection_get_services (self));
  SallyLoginRecipe recipe;
  GError *error = NULL;

  if (!sally_login_recipe_parse (sally_server_get_recipe (sally_connection_get_server (self)),
                                 &recipe, &error))
    fail (task, error);
  else if (!sally_login_recipe_uses (&recipe, SALLY_FACTOR_CODE))
    begin_attempt (task);
  else if (sally_account_store_get_is_loaded (accounts))
    begin_turn (task);
  else
    sally_account_store_load_async (accounts, g_task_get_cancellable (task), accounts_loaded, task);
}

static void
jump_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyConnection *jump = SALLY_CONNECTION (source);
  SallySignInFacts *facts = sally_connection_get_facts (jump);
  GError *error = NULL;

  if (sally_connection_open_finish (jump, result, &error))
    {
      prepare_turn (task);
      return;
    }
  /* It is the jump host's sign-in that is to be explained. */
  if (facts != NULL)
    sally_connection_take_facts (g_task_get_source_object (task), sally_sign_in_facts_ref (facts));
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_prefix_error (&error, _ ("The jump host “%s”: "),
                    sally_server_get_name (sally_connection_get_server (jump)));
  fail (task, error);
}

/* The server to go through; NULL without `error` if there is none. A chain that comes back to
 * itself would wait for its own lock. */
static SallyServer *
find_jump (SallyConnection *self, GError **error)
{
  SallyServer *server = sally_connection_get_server (self);
  SallyServerStore *servers =
      sally_connection_services_get_servers (sally_connection_get_services (self));
  SallyServer *first = NULL;
  guint n_hops = 0;

  for (SallyServer *hop = server; *sally_server_get_jump (hop) != '\0'; n_hops++)
    {
      hop = sally_server_store_find (servers, sally_server_get_jump (hop), error);
      if (hop == NULL)
        {
          g_prefix_error (error, _ ("The jump host of “%s”: "), sally_server_get_name (server));
          return NULL;
        }
      if (n_hops >= SALLY_CONNECTION_MAX_HOPS ||
          g_str_equal (sally_server_get_id (hop), sally_server_get_id (server)))
        {
          g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("The jump hosts of “%s” lead in a circle"),
                       sally_server_get_name (server));
          return NULL;
        }
      if (first == NULL)
        first = hop;
    }
  return first;
}

/* Nobody is signed in: we do it. */
static void
start (GTask *task)
{
  SallyConnection *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);
  SallyServer *jump;
  GError *error = NULL;

  if (!sally_server_validate (sally_connection_get_server (self), &error))
    {
      fail (task, error);
      return;
    }
  jump = find_jump (self, &error);
  if (error != NULL)
    fail (task, error);
  else if (jump == NULL)
    prepare_turn (task);
  else
    {
      opening->jump = sally_connection_new (jump, sally_connection_get_services (self));
      sally_connection_set_jump (self, opening->jump);
      sally_connection_set_state (self, SALLY_CONNECTION_OPENING_JUMP);
      sally_connection_open_async (opening->jump, FALSE, g_task_get_cancellable (task), jump_opened,
                                   task);
    }
}

static gboolean
retry_cb (gpointer user_data)
{
  GTask *task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error))
    fail (task, error);
  else if (opening->lock < 0)
    try_lock (task);
  else
    attach (task);
  return G_SOURCE_REMOVE;
}

static void
retry_later (GTask *task)
{
  g_timeout_add (LOCK_RETRY_MS, retry_cb, task);
}

/* The socket is there and somebody listens, but it is of no use: yet, or any more. An engine that
 * its starter left before Connect ends when we let go of it. */
static void
attach_again (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);

  g_clear_object (&opening->engine);
  if (++opening->n_retries > MAX_ATTACH_RETRIES)
    fail (task, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_ENGINE,
                                     _ ("The connection's own process does not answer")));
  else
    retry_later (task);
}

static void
nobody_there (GTask *task)
{
  SallyConnection *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);

  if (opening->has_started)
    fail (task, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_ENGINE,
                                     _ ("The connection's own process ended at once. This system "
                                        "may lack what its sandbox needs")));
  else if (opening->attach_only)
    fail (task, g_error_new (SALLY_ERROR, SALLY_ERROR_UNREACHABLE, _ ("“%s” is not connected"),
                             sally_server_get_name (sally_connection_get_server (self))));
  else
    start (task);
}

static void
engine_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *state = NULL;

  opening->engine = sally_wire_engine1_proxy_new_finish (result, &error);
  if (opening->engine == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        fail (task, g_steal_pointer (&error));
      else
        attach_again (task);
      return;
    }

  state = sally_wire_engine1_dup_state (opening->engine);
  if (g_strcmp0 (state, "ready") == 0)
    succeed (task);
  else if (opening->line >= 0 && g_strcmp0 (state, "new") == 0)
    sign_in (task);
  else
    attach_again (task);
}

static void
load_engine (GTask *task, GDBusConnection *connection)
{
  sally_wire_engine1_proxy_new (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, ENGINE_PATH,
                                g_task_get_cancellable (task), engine_loaded, task);
}

static void
bus_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_finish (result, &error);

  if (connection != NULL)
    load_engine (task, connection);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fail (task, g_steal_pointer (&error));
  else
    attach_again (task); /* it ended between our connecting and its accepting */
}

static void
attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) stream =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (stream != NULL)
    g_dbus_connection_new (G_IO_STREAM (stream), NULL,
                           G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                           g_task_get_cancellable (task), bus_ready, task);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fail (task, g_steal_pointer (&error));
  else
    nobody_there (task);
}

static void
attach (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (opening->socket_path);

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address),
                                 g_task_get_cancellable (task), attached, task);
}

/* One program at a time looks for the engine or starts it: programs that start at the same moment
 * still sign in once. The lock ends with the descriptor, and so with the process. */
static void
try_lock (GTask *task)
{
  SallyConnection *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);
  g_autofd int descriptor =
      open (opening->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  GError *error = NULL;

  if (sally_connection_get_engine (self) != NULL)
    {
      succeed (task);
      return;
    }
  if (descriptor < 0)
    {
      sally_error_set_errno (&error, errno, opening->lock_path);
      fail (task, error);
      return;
    }
  if (flock (descriptor, LOCK_EX | LOCK_NB) == 0)
    {
      opening->lock = g_steal_fd (&descriptor);
      attach (task);
      return;
    }
  if (sally_connection_get_state (self) == SALLY_CONNECTION_CLOSED)
    sally_connection_set_state (self, SALLY_CONNECTION_WAITING_FOR_TURN);
  retry_later (task);
}

void
sally_connection_start_opening (GTask *task, gboolean attach_only)
{
  SallyConnection *self = g_task_get_source_object (task);
  SallyServer *server = sally_connection_get_server (self);
  Opening *opening = g_new0 (Opening, 1);
  GError *error = NULL;

  opening->attach_only = attach_only;
  opening->lock = -1;
  opening->line = -1;
  opening->questions = g_cancellable_new ();
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  sally_connection_take_facts (self, NULL);

  opening->socket_path = sally_engine_process_dup_path (server, ".sock", &error);
  if (opening->socket_path != NULL)
    opening->lock_path = sally_engine_process_dup_path (server, ".lock", &error);
  if (opening->lock_path == NULL)
    fail (task, error);
  else
    try_lock (task);
}
