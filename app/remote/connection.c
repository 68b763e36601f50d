/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/connection.h"

#include "base/error.h"
#include "remote/clock-notes.h"
#include "remote/connection-private.h"
#include "remote/program.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _SallyConnection
{
  GObject parent_instance;

  SallyServer *server;
  SallyConnectionServices *services;
  SallyConnectionState state;
  gint64 wait_until;
  SallyConnection *jump; /* NULL: none, or it has done its part */
  SallyWireEngine1 *engine;
  gboolean is_ending;      /* we ended it: its end is no loss */
  gboolean was_closed;     /* by a call of ours, and not opened since */
  guint n_closings;        /* such calls */
  SallySignInFacts *facts; /* of the last attempt; NULL: none was made */
};

enum
{
  PROP_0,
  PROP_SERVER,
  PROP_STATE,
  PROP_WAIT_UNTIL,
  PROP_IS_READY,
  N_PROPS,
};

enum
{
  SIGNAL_LOST,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SallyConnection, sally_connection, G_TYPE_OBJECT)

static void drop_engine (SallyConnection *self);

static void
sally_connection_dispose (GObject *object)
{
  SallyConnection *self = SALLY_CONNECTION (object);

  drop_engine (self);
  sally_connection_set_jump (self, NULL);
  g_clear_pointer (&self->facts, sally_sign_in_facts_unref);
  g_clear_object (&self->server);
  g_clear_object (&self->services);
  G_OBJECT_CLASS (sally_connection_parent_class)->dispose (object);
}

static void
sally_connection_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallyConnection *self = SALLY_CONNECTION (object);

  switch (id)
    {
    case PROP_SERVER:
      g_value_set_object (value, self->server);
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_WAIT_UNTIL:
      g_value_set_int64 (value, self->wait_until);
      break;
    case PROP_IS_READY:
      g_value_set_boolean (value, self->state == SALLY_CONNECTION_READY);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_connection_class_init (SallyConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /* Registered before the first reply: GDBus maps only the error names it knows by then. */
  (void) SALLY_ERROR;

  object_class->dispose = sally_connection_dispose;
  object_class->get_property = sally_connection_get_property;

  properties[PROP_SERVER] = g_param_spec_object ("server", NULL, NULL, SALLY_TYPE_SERVER, flags);
  properties[PROP_STATE] =
      g_param_spec_uint ("state", NULL, NULL, 0, SALLY_CONNECTION_READY, 0, flags);
  properties[PROP_WAIT_UNTIL] =
      g_param_spec_int64 ("wait-until", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_IS_READY] = g_param_spec_boolean ("is-ready", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_LOST] = g_signal_new ("lost", SALLY_TYPE_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
sally_connection_init (SallyConnection *self)
{
}

SallyConnection *
sally_connection_new (SallyServer *server, SallyConnectionServices *services)
{
  SallyConnection *self;

  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (services), NULL);

  self = g_object_new (SALLY_TYPE_CONNECTION, NULL);
  self->server = g_object_ref (server);
  self->services = g_object_ref (services);
  return self;
}

SallyServer *
sally_connection_get_server (SallyConnection *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION (self), NULL);

  return self->server;
}

SallyConnectionServices *
sally_connection_get_services (SallyConnection *self)
{
  return self->services;
}

SallyConnectionState
sally_connection_get_state (SallyConnection *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION (self), SALLY_CONNECTION_CLOSED);

  return self->state;
}

gint64
sally_connection_get_wait_until (SallyConnection *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION (self), 0);

  return self->wait_until;
}

SallyConnection *
sally_connection_get_jump (SallyConnection *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION (self), NULL);

  return self->jump;
}

SallyWireEngine1 *
sally_connection_get_engine (SallyConnection *self)
{
  return self->engine;
}

char *
sally_connection_dup_runtime_directory (void)
{
  return sally_program_dup_runtime_directory (NULL);
}

gboolean
sally_connection_was_closed (SallyConnection *self)
{
  return self->was_closed;
}

guint
sally_connection_get_n_closings (SallyConnection *self)
{
  return self->n_closings;
}

void
sally_connection_set_state (SallyConnection *self, SallyConnectionState state)
{
  gboolean was_ready = self->state == SALLY_CONNECTION_READY;

  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  if (was_ready != (state == SALLY_CONNECTION_READY))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_READY]);
}

void
sally_connection_set_wait_until (SallyConnection *self, gint64 wait_until)
{
  if (self->wait_until == wait_until)
    return;
  self->wait_until = wait_until;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAIT_UNTIL]);
}

/* Whoever shows the steps of this connection shows those of the jump host among them. */
static void
jump_changed (SallyConnection *self)
{
  if (self->state != SALLY_CONNECTION_OPENING_JUMP)
    return;
  sally_connection_set_wait_until (self, self->jump->wait_until);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
sally_connection_set_jump (SallyConnection *self, SallyConnection *jump)
{
  if (self->jump == jump)
    return;
  if (self->jump != NULL)
    g_signal_handlers_disconnect_by_func (self->jump, jump_changed, self);
  g_set_object (&self->jump, jump);
  if (jump != NULL)
    g_signal_connect_object (jump, "notify", G_CALLBACK (jump_changed), self, G_CONNECT_SWAPPED);
}

GError *
sally_connection_clean_error (GError *error)
{
  GError *lost;

  g_dbus_error_strip_remote_error (error);
  if (error->domain == SALLY_ERROR || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return error;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) &&
      !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) &&
      /* An engine on its way out has nothing to call any more. */
      !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) &&
      !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT) &&
      !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED))
    return error;
  lost =
      g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST, _ ("The connection was lost"));
  g_error_free (error);
  return lost;
}

static void
drop_engine (SallyConnection *self)
{
  g_autoptr (SallyWireEngine1) engine = g_steal_pointer (&self->engine);
  GDBusConnection *connection;

  if (engine == NULL)
    return;
  connection = g_dbus_proxy_get_connection (G_DBUS_PROXY (engine));
  g_signal_handlers_disconnect_by_data (connection, self);
  g_signal_handlers_disconnect_by_data (g_network_monitor_get_default (), self);
  g_dbus_connection_close (connection, NULL, NULL, NULL);
  sally_connection_set_state (self, SALLY_CONNECTION_CLOSED);
}

static void
engine_gone (SallyConnection *self)
{
  g_autoptr (SallyConnection) kept = g_object_ref (self);
  g_autoptr (GError) error =
      g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST, _ ("The connection was lost"));

  drop_engine (self);
  if (!self->is_ending)
    g_signal_emit (self, signals[SIGNAL_LOST], 0, error);
}

static void
info_changed (SallyConnection *self)
{
  g_autoptr (GVariant) info = sally_connection_dup_info (self);

  sally_clock_notes_add (self->server, info);
}

/* What stood over the network before may stand no more, without a word from anybody. */
static void
network_changed (SallyConnection *self)
{
  if (self->engine != NULL)
    sally_wire_engine1_call_check_line (self->engine, NULL, NULL, NULL);
}

void
sally_connection_take_engine (SallyConnection *self, SallyWireEngine1 *engine)
{
  drop_engine (self);
  self->engine = engine;
  self->is_ending = FALSE;
  self->was_closed = FALSE;
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (engine), G_MAXINT);
  g_signal_connect_object (g_dbus_proxy_get_connection (G_DBUS_PROXY (engine)), "closed",
                           G_CALLBACK (engine_gone), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::info", G_CALLBACK (info_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (network_changed), self, G_CONNECT_SWAPPED);
  sally_connection_set_wait_until (self, 0);
  sally_connection_set_state (self, SALLY_CONNECTION_READY);
}

void
sally_connection_open_async (SallyConnection *self,
                             gboolean attach_only,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_connection_open_async);
  if (self->engine != NULL)
    g_task_return_boolean (task, TRUE);
  else
    sally_connection_start_opening (g_steal_pointer (&task), attach_only);
}

gboolean
sally_connection_open_finish (SallyConnection *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sally_connection_detach (SallyConnection *self)
{
  g_return_if_fail (SALLY_IS_CONNECTION (self));

  self->was_closed = TRUE;
  self->n_closings++;
  drop_engine (self);
}

static void
disconnected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyConnection *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  /* It may hang up before its answer is out: it has ended, which was the wish. */
  if (!sally_wire_engine1_call_disconnect_finish (SALLY_WIRE_ENGINE1 (source), result, &error))
    g_debug ("disconnect: %s", error->message);
  drop_engine (self);
  g_task_return_boolean (task, TRUE);
}

void
sally_connection_disconnect_async (SallyConnection *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_connection_disconnect_async);
  self->was_closed = TRUE;
  self->n_closings++;
  if (self->engine == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  self->is_ending = TRUE;
  sally_wire_engine1_call_disconnect (self->engine, cancellable, disconnected,
                                      g_steal_pointer (&task));
}

gboolean
sally_connection_disconnect_finish (SallyConnection *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

GVariant *
sally_connection_dup_info (SallyConnection *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION (self), NULL);

  return self->engine != NULL ? sally_wire_engine1_dup_info (self->engine) : NULL;
}

char *
sally_connection_dup_start_directory (SallyConnection *self)
{
  const char *chosen;

  g_return_val_if_fail (SALLY_IS_CONNECTION (self), NULL);

  if (self->engine == NULL)
    return NULL;
  chosen = sally_server_get_start_directory (self->server);
  if (*chosen != '\0')
    return g_strdup (chosen);
  return sally_wire_engine1_dup_home (self->engine);
}

void
sally_connection_take_facts (SallyConnection *self, SallySignInFacts *facts)
{
  g_return_if_fail (SALLY_IS_CONNECTION (self));

  g_clear_pointer (&self->facts, sally_sign_in_facts_unref);
  self->facts = facts;
}

SallySignInFacts *
sally_connection_get_facts (SallyConnection *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION (self), NULL);

  return self->facts;
}

void
sally_connection_dup_diagnosis (SallyConnection *self, char **sentence, char **next_step)
{
  g_autoptr (SallyDiagnosis) diagnosis = NULL;

  g_return_if_fail (SALLY_IS_CONNECTION (self));
  g_return_if_fail (sentence != NULL && next_step != NULL);

  if (self->facts != NULL)
    diagnosis = sally_doctor_diagnose (self->facts);
  *sentence = g_strdup (diagnosis != NULL ? diagnosis->sentence : "");
  *next_step = g_strdup (diagnosis != NULL ? diagnosis->next_step : "");
}

char *
sally_connection_dup_trace (SallyConnection *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION (self), NULL);

  return self->facts != NULL ? sally_doctor_trace (self->facts) : NULL;
}

GError *
sally_connection_explain (SallyConnection *self, GError *error)
{
  g_autofree char *sentence = NULL;
  g_autofree char *next_step = NULL;
  GError *explained;

  g_return_val_if_fail (SALLY_IS_CONNECTION (self), error);
  g_return_val_if_fail (error != NULL, NULL);

  sally_connection_dup_diagnosis (self, &sentence, &next_step);
  if (*sentence == '\0')
    return error;
  explained =
      g_error_new (error->domain, error->code, "%s. %s. %s", error->message, sentence, next_step);
  g_error_free (error);
  return explained;
}

SallyServer *
sally_connection_get_last_tried (SallyConnection *self)
{
  SallyServerStore *servers;
  SallyServer *server;

  g_return_val_if_fail (SALLY_IS_CONNECTION (self), NULL);

  servers = sally_connection_services_get_servers (self->services);
  server = self->server;
  for (guint i = 0; i < SALLY_CONNECTION_MAX_HOPS && self->facts != NULL; i++)
    {
      g_autofree char *address = sally_server_dup_address (server);
      SallyServer *jump;

      if (g_strcmp0 (address, self->facts->address) == 0)
        break;
      jump = *sally_server_get_jump (server) != '\0'
                 ? sally_server_store_find (servers, sally_server_get_jump (server), NULL)
                 : NULL;
      if (jump == NULL)
        break;
      server = jump;
    }
  return server;
}

gboolean
sally_connection_forget_host_key (SallyConnection *self, GError **error)
{
  SallyServer *server;

  g_return_val_if_fail (SALLY_IS_CONNECTION (self), FALSE);

  server = sally_connection_get_last_tried (self);
  return sally_host_trust_forget (sally_connection_services_get_host_trust (self->services),
                                  sally_server_get_host (server), sally_server_get_port (server),
                                  error);
}
