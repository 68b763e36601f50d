/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/service.h"

#include "base/error.h"
#include "base/secret.h"
#include "engine/agent-client.h"
#include "engine/auth.h"
#include "engine/partial-name.h"
#include "engine/service-private.h"

#include <sys/socket.h>
#include <unistd.h>

#define ENGINE_PATH      "/io/github/sallyport/Engine1"
#define AGENT_PATH       "/io/github/sallyport/Agent1"
/* Windows and commands of one person; more at once is no person. */
#define MAX_CLIENTS      64
/* Started, but nobody connects: the one who started us has died. */
#define FIRST_CLIENT_S   30
#define DEFAULT_LINGER_S 600
/* Connections that go on from here; OpenSSH's MaxSessions does not count them. */
#define MAX_TUNNELS      32
/* A tunnel in use keeps the engine: how often that is looked at. */
#define TUNNEL_LINGER_S  5
/* From the sign-in to the first answers over SFTP: a live server takes a round trip or two. */
#define START_TIMEOUT_S  20
/* A client that does not read keeps the others' engine from ending no longer than this. */
#define FLUSH_TIMEOUT_S  2

/* What the sign-in thread works with and brings back. */
typedef struct
{
  SallyTransport *transport;
  GDBusConnection *connection;
  char *user;
  char **methods;
  char *host_key_algorithms;
  char *used;
} SignIn;

static void
sign_in_free (SignIn *sign_in)
{
  sally_transport_free (sign_in->transport);
  g_object_unref (sign_in->connection);
  g_free (sign_in->user);
  g_strfreev (sign_in->methods);
  g_free (sign_in->host_key_algorithms);
  g_free (sign_in->used);
  g_free (sign_in);
}

SallyClient *
sally_client_ref (SallyClient *client)
{
  return g_atomic_rc_box_acquire (client);
}

static void
client_clear (gpointer data)
{
  SallyClient *client = data;

  g_clear_object (&client->skeleton);
  g_clear_object (&client->connection);
}

void
sally_client_unref (SallyClient *client)
{
  g_atomic_rc_box_release_full (client, client_clear);
}

GVariant *
sally_service_attributes_to_variant (const SallySftpAttributes *a)
{
  return g_variant_new ("(utuuuuu)", a->flags, a->size, a->uid, a->gid, a->permissions, a->atime,
                        a->mtime);
}

gboolean
sally_service_check_ready (SallyClient *client, GDBusMethodInvocation *invocation)
{
  if (client->service->state == SALLY_SERVICE_READY)
    return TRUE;
  g_dbus_method_invocation_return_error_literal (invocation, SALLY_ERROR,
                                                 SALLY_ERROR_CONNECTION_LOST,
                                                 "The connection is not open");
  return FALSE;
}

static const char *
state_name (SallyServiceState state)
{
  static const char *const names[] = { "new", "connecting", "ready", "closed" };

  return names[state];
}

static GVariant *
make_info (SallyService *self)
{
  GVariantDict info;

  g_variant_dict_init (&info, NULL);
  /* Before the dialect is known the server has not spoken SFTP. */
  if (self->dialect != NULL)
    {
      const SallySftpFeatures *features = sally_mux_get_features (self->mux);

      sally_transport_add_info (sally_mux_get_transport (self->mux), &info);
      g_variant_dict_insert (&info, "methods", "s", self->methods);
      g_variant_dict_insert (&info, "sftp-version", "u", features->version);
      g_variant_dict_insert_value (&info, "extensions",
                                   g_variant_new_strv ((const char *const *) features->names->pdata,
                                                       features->names->len));
      g_variant_dict_insert (&info, "since", "x", self->since_s);
      g_variant_dict_insert (&info, "dialect", "s", self->dialect->name);
      if (self->has_clock)
        {
          g_variant_dict_insert (&info, "clock-offset", "x", self->clock.offset_s);
          g_variant_dict_insert (&info, "clock-accuracy", "u", self->clock.accuracy_s);
          g_variant_dict_insert (&info, "clock-time", "x", self->clock.time_s);
        }
    }
  return g_variant_dict_end (&info);
}

static void
publish (SallyService *self, SallyClient *client)
{
  sally_wire_engine1_set_state (client->skeleton, state_name (self->state));
  sally_wire_engine1_set_info (client->skeleton, make_info (self));
  sally_wire_engine1_set_home (client->skeleton, self->home != NULL ? self->home : "");
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (client->skeleton));
}

static void
publish_to_all (SallyService *self)
{
  for (guint i = 0; i < self->clients->len; i++)
    publish (self, g_ptr_array_index (self->clients, i));
}

static void
set_state (SallyService *self, SallyServiceState state)
{
  self->state = state;
  publish_to_all (self);
}

static void
clock_read (const SallyClockReading *reading, gpointer user_data)
{
  SallyService *self = user_data;

  self->clock = *reading;
  self->has_clock = TRUE;
  publish_to_all (self);
}

gboolean
sally_service_check_token (const char *token, GDBusMethodInvocation *invocation)
{
  if (sally_partial_name_is_token (token))
    return TRUE;
  g_dbus_method_invocation_return_error_literal (invocation, SALLY_ERROR, SALLY_ERROR_INVALID,
                                                 "The token of the transfer is not one");
  return FALSE;
}

int
sally_service_take_descriptor (GUnixFDList *descriptors, gint32 handle, GError **error)
{
  if (descriptors == NULL || handle < 0 || handle >= g_unix_fd_list_get_length (descriptors))
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID, "No descriptor came along");
      return -1;
    }
  return g_unix_fd_list_get (descriptors, handle, error);
}

/* The sign-in thread uses the libraries that the end of the process takes down. */
static void
quit_if_done (SallyService *self)
{
  if (self->state == SALLY_SERVICE_CLOSED && self->n_flushing == 0 && !self->is_signing_in)
    g_main_loop_quit (self->loop);
}

static void
flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyService *self = user_data;

  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  self->n_flushing--;
  quit_if_done (self);
}

static gboolean
flush_late (gpointer user_data)
{
  SallyService *self = user_data;

  self->flush_id = 0;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/* Answers and signals that are under way must reach the clients before the process ends. */
static void
end (SallyService *self)
{
  if (self->state == SALLY_SERVICE_CLOSED)
    return;
  set_state (self, SALLY_SERVICE_CLOSED);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  for (guint i = 0; i < self->clients->len; i++)
    {
      SallyClient *client = g_ptr_array_index (self->clients, i);

      self->n_flushing++;
      g_dbus_connection_flush (client->connection, NULL, flushed, self);
    }
  self->flush_id = g_timeout_add_seconds (FLUSH_TIMEOUT_S, flush_late, self);
  quit_if_done (self);
}

static gboolean
linger_cb (gpointer user_data)
{
  SallyService *self = user_data;

  self->linger_id = 0;
  if (self->mux != NULL && sally_mux_get_n_tunnels (self->mux) > 0)
    self->linger_id = g_timeout_add_seconds (TUNNEL_LINGER_S, linger_cb, self);
  else
    end (self);
  return G_SOURCE_REMOVE;
}

static void
update_linger (SallyService *self)
{
  g_clear_handle_id (&self->linger_id, g_source_remove);
  if (self->clients->len > 0 || self->state == SALLY_SERVICE_CLOSED)
    return;
  if (self->state != SALLY_SERVICE_READY)
    self->linger_id = g_timeout_add_seconds (FIRST_CLIENT_S, linger_cb, self);
  else
    self->linger_id = g_timeout_add_seconds (self->linger_s, linger_cb, self);
}

static void
return_connect_error (SallyService *self, GError *error)
{
  GDBusMethodInvocation *invocation = g_steal_pointer (&self->connect_invocation);

  if (invocation != NULL)
    g_dbus_method_invocation_take_error (invocation, error);
  else
    g_error_free (error);
  end (self);
}

static void
mux_lost (const GError *error, gpointer user_data)
{
  SallyService *self = user_data;

  g_debug ("connection lost: %s", error->message);
  end (self);
}

static void
home_replied (const SallySftpReply *reply, gpointer user_data)
{
  SallyService *self = user_data;
  SallySftpReader reader;
  const guint8 *name;
  gsize length;

  if (self->connect_invocation == NULL || self->state != SALLY_SERVICE_CONNECTING)
    return;
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  if (reply != NULL && reply->type == SALLY_SFTP_NAME)
    {
      sally_sftp_reader_init (&reader, reply->body, reply->length);
      sally_sftp_reader_u32 (&reader);
      name = sally_sftp_reader_string (&reader, &length);
      if (name != NULL)
        self->home = g_strndup ((const char *) name, length);
    }
  if (self->home == NULL || *self->home == '\0')
    {
      g_free (self->home);
      self->home = g_strdup ("/");
    }

  self->since_s = g_get_real_time () / G_USEC_PER_SEC;
  set_state (self, SALLY_SERVICE_READY);
  update_linger (self);
  {
    GDBusMethodInvocation *invocation = g_steal_pointer (&self->connect_invocation);

    g_dbus_method_invocation_return_value (invocation, NULL);
  }
}

static void
mux_ready (const GError *error, gpointer user_data)
{
  SallyService *self = user_data;
  g_autofree char *ident = NULL;
  const char *banner;
  SallyLane *lane;

  if (error != NULL)
    {
      return_connect_error (self, g_error_copy (error));
      return;
    }

  banner = libssh2_session_banner_get (
      sally_transport_get_session (sally_mux_get_transport (self->mux)));
  self->dialect =
      sally_dialect_detect (banner, sally_mux_get_features (self->mux)->has_posix_rename);
  self->bulk = sally_bulk_new (self->mux, self->dialect, sally_service_transfer_finished, self);
  sally_bulk_set_clock_func (self->bulk, clock_read, self);

  lane = sally_mux_get_person_lane (self->mux);
  sally_sftp_writer_path (sally_lane_begin (lane, SALLY_SFTP_REALPATH), ".");
  sally_lane_send (lane, home_replied, self);
}

/* Failed or not, what both sides opened with is reported. */
static gboolean
shake_hands (SignIn *sign_in, SallyWireAgent1 *agent, GCancellable *cancellable, GError **error)
{
  gboolean is_done = sally_transport_handshake (sign_in->transport, sign_in->host_key_algorithms,
                                                cancellable, error);
  GVariantDict facts;

  g_variant_dict_init (&facts, NULL);
  sally_transport_take_opening (sign_in->transport, &facts);
  if (is_done)
    {
      const char *type = NULL;
      g_autoptr (GBytes) key = sally_transport_dup_host_key (sign_in->transport, &type);
      g_autofree char *fingerprint = sally_transport_dup_fingerprint (sign_in->transport);
      g_autofree char *shown = g_strdup_printf ("%s %s", type, fingerprint);

      if (key != NULL && fingerprint != NULL)
        g_variant_dict_insert (&facts, "host-key", "s", shown);
    }
  sally_agent_client_report (agent, &facts);
  return is_done;
}

static gboolean
check_host_key (SignIn *sign_in, SallyWireAgent1 *agent, GCancellable *cancellable, GError **error)
{
  const char *type = NULL;
  g_autoptr (GBytes) key = sally_transport_dup_host_key (sign_in->transport, &type);
  g_autofree char *fingerprint = sally_transport_dup_fingerprint (sign_in->transport);

  if (key == NULL || fingerprint == NULL)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_NO_COMMON_ALGORITHM,
                           "The server's host key is of an unknown kind");
      return FALSE;
    }
  return sally_agent_client_confirm_host_key (agent, type, key, fingerprint, cancellable, error);
}

/* The sign-in thread: the one place that waits, for the network, a person or the ledger, since
 * libssh2's prompts come as call-backs that must have an answer when they return. */
static void
sign_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SignIn *sign_in = task_data;
  g_autoptr (SallyWireAgent1) agent = NULL;
  GError *error = NULL;

  agent = sally_wire_agent1_proxy_new_sync (sign_in->connection,
                                            G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES |
                                                G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS,
                                            NULL, AGENT_PATH, cancellable, &error);
  if (agent != NULL)
    {
      /* A person may take as long as they like. */
      g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (agent), G_MAXINT);
      if (shake_hands (sign_in, agent, cancellable, &error) &&
          (sign_in->methods[0] == NULL || check_host_key (sign_in, agent, cancellable, &error)) &&
          sally_auth_run (sign_in->transport, sign_in->user, (const char *const *) sign_in->methods,
                          agent, cancellable, &sign_in->used, &error))
        {
          g_task_return_boolean (task, TRUE);
          return;
        }
    }
  /* What the agent's methods answer is ours already; drop GDBus's prefix. */
  if (error != NULL)
    g_dbus_error_strip_remote_error (error);
  g_task_return_error (task, error);
}

static gboolean
start_late (gpointer user_data)
{
  SallyService *self = user_data;

  self->deadline_id = 0;
  return_connect_error (self, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_NO_SFTP,
                                                   "The server lets us in, but its file transfer "
                                                   "(SFTP) does not start"));
  return G_SOURCE_REMOVE;
}

static void
signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyService *self = user_data;
  SignIn *sign_in = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  self->is_signing_in = FALSE;
  if (g_task_propagate_boolean (G_TASK (result), &error) && self->state == SALLY_SERVICE_CLOSED)
    g_set_error_literal (&error, SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                         "The connection was ended meanwhile");
  if (error != NULL)
    {
      return_connect_error (self, error);
      quit_if_done (self);
      return;
    }
  self->deadline_id = g_timeout_add_seconds (START_TIMEOUT_S, start_late, self);
  self->methods = g_steal_pointer (&sign_in->used);
  sally_transport_stop_wiping (sign_in->transport);
  self->mux = sally_mux_new (g_steal_pointer (&sign_in->transport), mux_ready, mux_lost, self);
}

static gboolean
handle_connect (SallyWireEngine1 *skeleton,
                GDBusMethodInvocation *invocation,
                GUnixFDList *descriptors,
                GVariant *socket,
                const char *user,
                const char *const *methods,
                GVariant *options,
                SallyClient *client)
{
  SallyService *self = client->service;
  g_autoptr (GTask) task = NULL;
  SignIn *sign_in;
  GError *error = NULL;
  int descriptor;

  if (self->state != SALLY_SERVICE_NEW)
    {
      g_dbus_method_invocation_return_error_literal (invocation, SALLY_ERROR, SALLY_ERROR_INVALID,
                                                     "This engine has a connection already");
      return TRUE;
    }
  descriptor = sally_service_take_descriptor (descriptors, g_variant_get_handle (socket), &error);
  sign_in = g_new0 (SignIn, 1);
  sign_in->connection = g_object_ref (client->connection);
  sign_in->user = g_strdup (user);
  sign_in->methods = g_strdupv ((char **) methods);
  if (descriptor >= 0)
    sign_in->transport = sally_transport_new (descriptor, &error);
  if (sign_in->transport == NULL)
    {
      sign_in_free (sign_in);
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }

  g_variant_lookup (options, "linger", "u", &self->linger_s);
  g_variant_lookup (options, "host-key-algorithms", "s", &sign_in->host_key_algorithms);
  self->connect_invocation = invocation;
  set_state (self, SALLY_SERVICE_CONNECTING);
  task = g_task_new (NULL, self->cancellable, signed_in, self);
  g_task_set_static_name (task, "sign in");
  g_task_set_task_data (task, sign_in, (GDestroyNotify) sign_in_free);
  self->is_signing_in = TRUE;
  g_task_run_in_thread (task, sign_in_thread);
  return TRUE;
}

static void
tunnel_opened (const GError *error, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;

  if (error != NULL)
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static gboolean
handle_open_tunnel (SallyWireEngine1 *skeleton,
                    GDBusMethodInvocation *invocation,
                    GUnixFDList *descriptors,
                    GVariant *socket,
                    const char *host,
                    guint port,
                    SallyClient *client)
{
  SallyService *self = client->service;
  GError *error = NULL;
  int descriptor;

  if (!sally_service_check_ready (client, invocation))
    return TRUE;
  if (port < 1 || port > G_MAXUINT16 || sally_mux_get_n_tunnels (self->mux) >= MAX_TUNNELS)
    {
      g_dbus_method_invocation_return_error_literal (invocation, SALLY_ERROR, SALLY_ERROR_INVALID,
                                                     "This tunnel cannot be opened");
      return TRUE;
    }
  descriptor = sally_service_take_descriptor (descriptors, g_variant_get_handle (socket), &error);
  if (descriptor < 0)
    g_dbus_method_invocation_take_error (invocation, error);
  else
    sally_mux_open_tunnel (self->mux, descriptor, host, port, tunnel_opened, invocation);
  return TRUE;
}

static gboolean
handle_check_line (SallyWireEngine1 *skeleton,
                   GDBusMethodInvocation *invocation,
                   SallyClient *client)
{
  if (!sally_service_check_ready (client, invocation))
    return TRUE;
  sally_mux_check_line (client->service->mux);
  sally_wire_engine1_complete_check_line (skeleton, invocation);
  return TRUE;
}

static gboolean
handle_disconnect (SallyWireEngine1 *skeleton,
                   GDBusMethodInvocation *invocation,
                   SallyClient *client)
{
  sally_wire_engine1_complete_disconnect (skeleton, invocation);
  end (client->service);
  return TRUE;
}

static void
remove_client (SallyService *self, SallyClient *client)
{
  gboolean is_opening =
      self->connect_invocation != NULL &&
      g_dbus_method_invocation_get_connection (self->connect_invocation) == client->connection;

  g_signal_handlers_disconnect_by_data (client->connection, client);
  g_signal_handlers_disconnect_by_data (client->skeleton, client);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (client->skeleton));
  sally_service_close_listings (client);
  g_ptr_array_remove (self->clients, client);
  sally_service_update_limits (self);
  if (self->bulk != NULL)
    sally_bulk_cancel_owner (self->bulk, client);
  sally_client_unref (client);

  /* Nobody is there to answer the questions of this sign-in, or to begin one: who comes next starts
   * an engine of its own. */
  if (is_opening || (self->state == SALLY_SERVICE_NEW && self->clients->len == 0))
    end (self);
  else
    update_linger (self);
}

static void
client_closed (GDBusConnection *connection,
               gboolean remote_peer_vanished,
               GError *error,
               SallyClient *client)
{
  remove_client (client->service, client);
}

static void
add_client (SallyService *self, GDBusConnection *connection)
{
  SallyClient *client = g_atomic_rc_box_new0 (SallyClient);
  g_autoptr (GError) error = NULL;

  client->service = self;
  client->connection = g_object_ref (connection);
  client->skeleton = sally_wire_engine1_skeleton_new ();
  g_signal_connect (client->skeleton, "handle-connect", G_CALLBACK (handle_connect), client);
  g_signal_connect (client->skeleton, "handle-open-tunnel", G_CALLBACK (handle_open_tunnel),
                    client);
  g_signal_connect (client->skeleton, "handle-check-line", G_CALLBACK (handle_check_line), client);
  g_signal_connect (client->skeleton, "handle-disconnect", G_CALLBACK (handle_disconnect), client);
  sally_service_add_file_methods (client);
  sally_service_add_transfer_methods (client);
  publish (self, client);
  g_signal_connect (connection, "closed", G_CALLBACK (client_closed), client);
  g_ptr_array_add (self->clients, client);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (client->skeleton), connection,
                                         ENGINE_PATH, &error))
    g_debug ("a client could not be served: %s", error->message);
  update_linger (self);
  g_dbus_connection_start_message_processing (connection);
}

static void
connection_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyService *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_finish (result, &error);

  if (connection == NULL)
    g_debug ("a client did not connect: %s", error->message);
  else if (self->clients->len < MAX_CLIENTS && self->state != SALLY_SERVICE_CLOSED &&
           !g_dbus_connection_is_closed (connection))
    add_client (self, connection);
}

/* The kernel's word on who is there, asked for here and not by the bus's handshake: that one trusts
 * no process of another PID namespace, which is where every further run of a Flatpak is. A user
 * that is not known in our user namespace is the overflow user, and not us. */
static gboolean
is_same_user (GSocketConnection *stream)
{
  int descriptor = g_socket_get_fd (g_socket_connection_get_socket (stream));
  struct ucred peer = { 0 };
  socklen_t length = sizeof peer;

  return getsockopt (descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
         length == sizeof peer && peer.uid == geteuid ();
}

static void
accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyService *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) stream =
      g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, &error);
  g_autofree char *guid = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (stream != NULL && is_same_user (stream))
    {
      guid = g_dbus_generate_guid ();
      g_dbus_connection_new (G_IO_STREAM (stream), guid,
                             G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
                                 G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_ALLOW_ANONYMOUS |
                                 G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                             self->observer, self->cancellable, connection_made, self);
    }
  g_socket_listener_accept_async (self->listener, self->cancellable, accepted, self);
}

/* Who is there was asked before; the mechanism that is left out reads files. */
static gboolean
allow_mechanism (GDBusAuthObserver *observer, const char *mechanism, gpointer user_data)
{
  return g_str_equal (mechanism, "EXTERNAL") || g_str_equal (mechanism, "ANONYMOUS");
}

SallyService *
sally_service_new (GSocket *listener, GMainLoop *loop, GError **error)
{
  SallyService *self = g_new0 (SallyService, 1);

  self->loop = g_main_loop_ref (loop);
  self->cancellable = g_cancellable_new ();
  self->clients = g_ptr_array_new ();
  self->linger_s = DEFAULT_LINGER_S;
  self->observer = g_dbus_auth_observer_new ();
  g_signal_connect (self->observer, "allow-mechanism", G_CALLBACK (allow_mechanism), NULL);
  self->listener = g_socket_listener_new ();
  if (!g_socket_listener_add_socket (self->listener, listener, NULL, error))
    {
      sally_service_free (self);
      return NULL;
    }
  g_socket_listener_accept_async (self->listener, self->cancellable, accepted, self);
  update_linger (self);
  return self;
}

void
sally_service_free (SallyService *self)
{
  self->state = SALLY_SERVICE_CLOSED;
  g_cancellable_cancel (self->cancellable);
  if (self->mux != NULL)
    sally_mux_close (self->mux);
  while (self->clients->len > 0)
    remove_client (self, g_ptr_array_index (self->clients, 0));
  sally_bulk_free (self->bulk);
  sally_mux_free (self->mux);
  g_clear_object (&self->connect_invocation);
  g_clear_handle_id (&self->linger_id, g_source_remove);
  g_clear_handle_id (&self->deadline_id, g_source_remove);
  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_clear_handle_id (&self->progress_id, g_source_remove);
  g_ptr_array_unref (self->clients);
  g_object_unref (self->listener);
  g_object_unref (self->observer);
  g_object_unref (self->cancellable);
  g_main_loop_unref (self->loop);
  g_free (self->home);
  g_free (self->methods);
  g_free (self);
}
