/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/ssh-agent.h"

#include "base/error.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

/* Message numbers, draft section 6.1. */
#define REQUEST_IDENTITIES 11
#define IDENTITIES_ANSWER  12
#define SIGN_REQUEST       13
#define SIGN_RESPONSE      14

/* OpenSSH's agent takes and gives at most this much. */
#define MAX_MESSAGE_BYTES (256 * 1024)

struct _SallySshAgent
{
  GObject parent_instance;

  char *socket_path;
};

G_DEFINE_FINAL_TYPE (SallySshAgent, sally_ssh_agent, G_TYPE_OBJECT)

/* One question on a connection of its own: the agent serves many, and nothing has to be kept in
 * order. */
typedef struct
{
  GByteArray *request; /* with its length in front */
  GSocketConnection *connection;
  guint32 length_be;
  guint8 *reply;
  gsize reply_length;
} Exchange;

static void
exchange_free (Exchange *exchange)
{
  g_byte_array_unref (exchange->request);
  g_clear_object (&exchange->connection);
  g_free (exchange->reply);
  g_free (exchange);
}

static void
sally_ssh_agent_finalize (GObject *object)
{
  g_free (SALLY_SSH_AGENT (object)->socket_path);
  G_OBJECT_CLASS (sally_ssh_agent_parent_class)->finalize (object);
}

static void
sally_ssh_agent_class_init (SallySshAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_ssh_agent_finalize;
}

static void
sally_ssh_agent_init (SallySshAgent *self)
{
}

SallySshAgent *
sally_ssh_agent_new (const char *socket_path)
{
  SallySshAgent *self;

  g_return_val_if_fail (socket_path != NULL, NULL);

  self = g_object_new (SALLY_TYPE_SSH_AGENT, NULL);
  self->socket_path = g_strdup (socket_path);
  return self;
}

static void
append_u32 (GByteArray *bytes, guint32 value)
{
  guint32 big_endian = GUINT32_TO_BE (value);

  g_byte_array_append (bytes, (const guint8 *) &big_endian, sizeof big_endian);
}

static void
append_string (GByteArray *bytes, GBytes *string)
{
  gsize length;
  const void *data = g_bytes_get_data (string, &length);

  append_u32 (bytes, (guint32) length);
  g_byte_array_append (bytes, data, (guint) length);
}

/* The next string of [*cursor, end), or FALSE. */
static gboolean
take_string (const guint8 **cursor, const guint8 *end, const guint8 **string, gsize *length)
{
  guint32 n;

  if (end - *cursor < (gssize) sizeof n)
    return FALSE;
  memcpy (&n, *cursor, sizeof n);
  n = GUINT32_FROM_BE (n);
  *cursor += sizeof n;
  if ((gsize) (end - *cursor) < n)
    return FALSE;
  *string = *cursor;
  *length = n;
  *cursor += n;
  return TRUE;
}

static void
fail (GTask *task, const char *why)
{
  g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                           "The SSH key agent cannot be used: %s", why);
}

static void
reply_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gsize n;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n, &error) ||
      n < exchange->reply_length)
    fail (task, error != NULL ? error->message : "it hung up");
  else
    g_task_return_boolean (task, TRUE);
}

static void
length_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gsize n;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n, &error) ||
      n < sizeof exchange->length_be)
    {
      fail (task, error != NULL ? error->message : "it hung up");
      return;
    }
  exchange->reply_length = GUINT32_FROM_BE (exchange->length_be);
  if (exchange->reply_length < 1 || exchange->reply_length > MAX_MESSAGE_BYTES)
    {
      fail (task, "its answer has an impossible length");
      return;
    }
  exchange->reply = g_malloc (exchange->reply_length);
  g_input_stream_read_all_async (G_INPUT_STREAM (source), exchange->reply, exchange->reply_length,
                                 G_PRIORITY_DEFAULT, g_task_get_cancellable (task), reply_read,
                                 g_object_ref (task));
}

static void
request_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      fail (task, error->message);
      return;
    }
  g_input_stream_read_all_async (g_io_stream_get_input_stream (G_IO_STREAM (exchange->connection)),
                                 &exchange->length_be, sizeof exchange->length_be,
                                 G_PRIORITY_DEFAULT, g_task_get_cancellable (task), length_read,
                                 g_object_ref (task));
}

static void
connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  exchange->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (exchange->connection == NULL)
    {
      fail (task, error->message);
      return;
    }
  g_output_stream_write_all_async (g_io_stream_get_output_stream (
                                       G_IO_STREAM (exchange->connection)),
                                   exchange->request->data, exchange->request->len,
                                   G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                   request_written, g_object_ref (task));
}

/* Takes `body`, the message after its length. */
static void
exchange_async (SallySshAgent *self, GByteArray *body, GTask *task)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->socket_path);
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->request = g_byte_array_new ();
  append_u32 (exchange->request, body->len);
  g_byte_array_append (exchange->request, body->data, body->len);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address),
                                 g_task_get_cancellable (task), connected, g_object_ref (task));
}

void
sally_ssh_agent_list_async (SallySshAgent *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GByteArray) body = g_byte_array_new ();
  const guint8 type = REQUEST_IDENTITIES;

  g_return_if_fail (SALLY_IS_SSH_AGENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_ssh_agent_list_async);
  g_byte_array_append (body, &type, 1);
  exchange_async (self, body, task);
}

/* The reply after its type byte; FALSE with an error if it is of another type. */
static gboolean
check_reply (GTask *task, guint8 type, const guint8 **cursor, const guint8 **end, GError **error)
{
  Exchange *exchange;

  if (!g_task_propagate_boolean (task, error))
    return FALSE;
  exchange = g_task_get_task_data (task);
  if (exchange->reply[0] != type)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                           "The SSH key agent refused");
      return FALSE;
    }
  *cursor = exchange->reply + 1;
  *end = exchange->reply + exchange->reply_length;
  return TRUE;
}

GPtrArray *
sally_ssh_agent_list_finish (SallySshAgent *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const guint8 *cursor, *end;
  guint32 count;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!check_reply (G_TASK (result), IDENTITIES_ANSWER, &cursor, &end, error))
    return NULL;
  if (end - cursor < (gssize) sizeof count)
    return g_steal_pointer (&keys);
  memcpy (&count, cursor, sizeof count);
  count = GUINT32_FROM_BE (count);
  cursor += sizeof count;
  for (guint32 i = 0; i < count && i < SALLY_SSH_AGENT_MAX_KEYS; i++)
    {
      const guint8 *blob, *comment;
      gsize blob_length, comment_length;

      if (!take_string (&cursor, end, &blob, &blob_length) ||
          !take_string (&cursor, end, &comment, &comment_length))
        break;
      g_ptr_array_add (keys, g_bytes_new (blob, blob_length));
    }
  return g_steal_pointer (&keys);
}

void
sally_ssh_agent_sign_async (SallySshAgent *self,
                            GBytes *key,
                            GBytes *data,
                            guint32 flags,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GByteArray) body = g_byte_array_new ();
  const guint8 type = SIGN_REQUEST;

  g_return_if_fail (SALLY_IS_SSH_AGENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_ssh_agent_sign_async);
  g_byte_array_append (body, &type, 1);
  append_string (body, key);
  append_string (body, data);
  append_u32 (body, flags);
  exchange_async (self, body, task);
}

GBytes *
sally_ssh_agent_sign_finish (SallySshAgent *self, GAsyncResult *result, GError **error)
{
  const guint8 *cursor, *end, *signature;
  gsize length;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!check_reply (G_TASK (result), SIGN_RESPONSE, &cursor, &end, error))
    return NULL;
  if (!take_string (&cursor, end, &signature, &length))
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                           "The SSH key agent gave no signature");
      return NULL;
    }
  return g_bytes_new (signature, length);
}
