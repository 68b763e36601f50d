/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/transport.h"

#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"
#include "engine/kex-init.h"

#include <errno.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/sha.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* From the first byte to the host key. A live server takes one or two seconds, even far away. */
#define HANDSHAKE_TIMEOUT_US     (30 * G_USEC_PER_SEC)
/* What the other end does not acknowledge for so long, it never will: the cable is out, or a
 * firewall forgot us. TCP by itself would wait a quarter of an hour. The keepalive sees to it that
 * something is under way. */
#define DEAD_LINE_TIMEOUT_MS     60000
/* libssh2 gives up on a packet after 60 s by itself; an approval on a phone may take longer. */
#define SIGN_IN_PACKET_TIMEOUT_S 600
/* Beyond one packet only what reading answers with is added: windows, keys, keepalives. */
#define MAX_UNSENT_BYTES         (1024 * 1024)

/* Only what is sound today, fastest first: AES-GCM beats all else with AES instructions. chacha20
 * is left out until a release of libssh2 has the correction of its short-packet handling. */
static const struct
{
  int method;
  const char *preferences;
} algorithm_preferences[] = {
  { LIBSSH2_METHOD_KEX, "curve25519-sha256,curve25519-sha256@libssh.org,"
                        "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
                        "diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,"
                        "diffie-hellman-group18-sha512,diffie-hellman-group14-sha256" },
  { LIBSSH2_METHOD_CRYPT_CS, "aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
                             "aes128-ctr,aes192-ctr,aes256-ctr" },
  { LIBSSH2_METHOD_CRYPT_SC, "aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
                             "aes128-ctr,aes192-ctr,aes256-ctr" },
  { LIBSSH2_METHOD_MAC_CS, "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
                           "hmac-sha2-256,hmac-sha2-512" },
  { LIBSSH2_METHOD_MAC_SC, "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
                           "hmac-sha2-256,hmac-sha2-512" },
};

#define HOST_KEY_ALGORITHMS                                                                        \
  "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"                       \
  "rsa-sha2-512,rsa-sha2-256"

struct _SallyTransport
{
  LIBSSH2_SESSION *session;
  int socket;
  gboolean is_wiping;
  gpointer sign_in;
  guint64 received_bytes;
  GByteArray *opening; /* the first bytes of the server, until the key exchange is over */
  gsize receive_budget;
  GByteArray *unsent;    /* what libssh2 has sent and the socket has not taken */
  int send_error;        /* errno of the socket; 0 while it works */
  char *disconnect_text; /* the server's last words, sanitised; NULL if it said none */
};

static LIBSSH2_ALLOC_FUNC (allocate)
{
  return malloc (count);
}

static LIBSSH2_FREE_FUNC (release)
{
  SallyTransport *self = *abstract;

  if (ptr != NULL && self->is_wiping)
    sally_secret_wipe (ptr, malloc_usable_size (ptr));
  free (ptr);
}

/* realloc would leave the old copy unwiped. */
static LIBSSH2_REALLOC_FUNC (reallocate)
{
  SallyTransport *self = *abstract;
  gsize old_size = ptr != NULL ? malloc_usable_size (ptr) : 0;
  void *grown;

  if (!self->is_wiping)
    return realloc (ptr, count);
  grown = malloc (count);
  if (grown == NULL)
    return NULL;
  if (ptr != NULL)
    memcpy (grown, ptr, MIN (old_size, count));
  release (ptr, abstract);
  return grown;
}

static LIBSSH2_DISCONNECT_FUNC (disconnected)
{
  SallyTransport *self = *abstract;

  g_free (self->disconnect_text);
  self->disconnect_text = sally_text_from_server (message, message_len, FALSE);
}

/* What recv does, and counts: one channel's call may take in what another waits for. libssh2 would
 * take in all that the socket holds, tens of megabytes on a fast line, before it gave out the first
 * byte: the budget keeps its queue short, and the bytes in the processor's cache. */
static LIBSSH2_RECV_FUNC (receive)
{
  SallyTransport *self = *abstract;
  ssize_t n;

  if (self->receive_budget == 0)
    return -EAGAIN;
  n = recv (socket, buffer, MIN (length, self->receive_budget), flags);
  if (n < 0)
    return errno == EINTR ? -EAGAIN : -errno;
  self->received_bytes += (guint64) n;
  if (self->opening != NULL && self->opening->len < SALLY_KEX_INIT_MAX_BYTES)
    g_byte_array_append (self->opening, buffer,
                         MIN ((guint) n, SALLY_KEX_INIT_MAX_BYTES - self->opening->len));
  self->receive_budget -= (gsize) n;
  return n;
}

gboolean
sally_transport_flush (SallyTransport *self)
{
  while (self->unsent->len > 0)
    {
      ssize_t n =
          send (self->socket, self->unsent->data, self->unsent->len, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n >= 0)
        g_byte_array_remove_range (self->unsent, 0, (guint) n);
      else if (errno == EAGAIN)
        return FALSE;
      else if (errno != EINTR)
        {
          self->send_error = errno;
          g_byte_array_set_size (self->unsent, 0);
        }
    }
  return TRUE;
}

gboolean
sally_transport_has_unsent (SallyTransport *self)
{
  return self->unsent->len > 0;
}

/* Takes each packet whole and keeps what the socket leaves. With half a packet in its hands libssh2
 * cannot exchange keys: neither that packet nor the first one of the exchange would ever go out. */
static LIBSSH2_SEND_FUNC (send_whole)
{
  SallyTransport *self = *abstract;
  ssize_t n = 0;

  if (self->unsent->len + length > MAX_UNSENT_BYTES)
    return -EAGAIN;
  if (sally_transport_flush (self) && self->send_error == 0)
    n = send (socket, buffer, length, flags | MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN && errno != EINTR)
    self->send_error = errno;
  if (self->send_error != 0)
    return -self->send_error;
  n = MAX (n, 0);
  g_byte_array_append (self->unsent, (const guint8 *) buffer + n, (guint) (length - (gsize) n));
  return (ssize_t) length;
}

/* The layout of the prompt structure changed between 1.10 and 1.11 under one SONAME: a library
 * older than the header would misread prompts (LIBSSH2_USERAUTH_KBDINT_PROMPT in libssh2.h). */
static gboolean
check_library (GError **error)
{
  if (libssh2_version (LIBSSH2_VERSION_NUM) != NULL)
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_ENGINE,
               "libssh2 %s or newer is needed, but %s is installed", LIBSSH2_VERSION,
               libssh2_version (0));
  return FALSE;
}

SallyTransport *
sally_transport_new (int socket, GError **error)
{
  SallyTransport *self;
  const int enabled = 1;
  const unsigned int dead_after_ms = DEAD_LINE_TIMEOUT_MS;

  if (!check_library (error))
    {
      close (socket);
      return NULL;
    }

  self = g_new0 (SallyTransport, 1);
  self->socket = socket;
  self->is_wiping = TRUE;
  self->opening = g_byte_array_new ();
  self->unsent = g_byte_array_new ();
  self->receive_budget = G_MAXSIZE;
  self->session = libssh2_session_init_ex (allocate, release, reallocate, self);
  if (self->session == NULL)
    g_error ("out of memory");

  /* Harmless where it fails: a tunnel's socket is no TCP socket. */
  setsockopt (socket, IPPROTO_TCP, TCP_NODELAY, &enabled, sizeof enabled);
  setsockopt (socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_after_ms, sizeof dead_after_ms);
  libssh2_session_set_blocking (self->session, 0);
  libssh2_session_set_read_timeout (self->session, SIGN_IN_PACKET_TIMEOUT_S);
  libssh2_session_callback_set2 (self->session, LIBSSH2_CALLBACK_DISCONNECT,
                                 (libssh2_cb_generic *) disconnected);
  libssh2_session_callback_set2 (self->session, LIBSSH2_CALLBACK_RECV,
                                 (libssh2_cb_generic *) receive);
  libssh2_session_callback_set2 (self->session, LIBSSH2_CALLBACK_SEND,
                                 (libssh2_cb_generic *) send_whole);
  for (gsize i = 0; i < G_N_ELEMENTS (algorithm_preferences); i++)
    libssh2_session_method_pref (self->session, algorithm_preferences[i].method,
                                 algorithm_preferences[i].preferences);
  return self;
}

void
sally_transport_free (SallyTransport *self)
{
  if (self == NULL)
    return;

  /* What the socket does not take at once is lost: then its end has to do. */
  libssh2_session_disconnect (self->session, "done");
  self->is_wiping = TRUE;
  libssh2_session_free (self->session);
  close (self->socket);
  g_clear_pointer (&self->opening, g_byte_array_unref);
  g_byte_array_unref (self->unsent);
  g_free (self->disconnect_text);
  g_free (self);
}

LIBSSH2_SESSION *
sally_transport_get_session (SallyTransport *self)
{
  return self->session;
}

int
sally_transport_get_socket (SallyTransport *self)
{
  return self->socket;
}

gboolean
sally_transport_wait (SallyTransport *self,
                      gint64 deadline_us,
                      GCancellable *cancellable,
                      GError **error)
{
  int directions = libssh2_session_block_directions (self->session);
  gint64 left_us = deadline_us - g_get_monotonic_time ();
  GPollFD descriptors[2] = { { .fd = self->socket } };
  guint n = 1;
  gint ready;

  if (left_us <= 0)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_UNREACHABLE,
                           "The server did not answer in time");
      return FALSE;
    }

  if (!sally_transport_flush (self) || directions & LIBSSH2_SESSION_BLOCK_OUTBOUND)
    descriptors[0].events |= G_IO_OUT;
  if (directions & LIBSSH2_SESSION_BLOCK_INBOUND || directions == 0)
    descriptors[0].events |= G_IO_IN;
  if (g_cancellable_make_pollfd (cancellable, &descriptors[1]))
    n = 2;
  ready = g_poll (descriptors, n, (gint) MIN (left_us / 1000 + 1, G_MAXINT));
  if (n == 2)
    g_cancellable_release_fd (cancellable);
  if (ready < 0)
    {
      sally_error_set_errno (error, errno, "Waiting for the server");
      return FALSE;
    }
  sally_transport_flush (self);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* The known types first, then the rest, without repeating any. */
static char *
order_host_key_algorithms (const char *known)
{
  g_autoptr (GStrvBuilder) ordered = g_strv_builder_new ();
  g_auto (GStrv) all = g_strsplit (HOST_KEY_ALGORITHMS, ",", -1);
  g_auto (GStrv) first = g_strsplit (known != NULL ? known : "", ",", -1);
  g_auto (GStrv) result = NULL;

  /* A known "ssh-rsa" key is asked for by its SHA-2 signature names. */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; all[i] != NULL; i++)
      {
        const char *stored = g_str_has_prefix (all[i], "rsa-sha2-") ? "ssh-rsa" : all[i];
        gboolean is_known = g_strv_contains ((const char *const *) first, stored);

        if (is_known == (pass == 0))
          g_strv_builder_add (ordered, all[i]);
      }
  result = g_strv_builder_end (ordered);
  return g_strjoinv (",", result);
}

gboolean
sally_transport_handshake (SallyTransport *self,
                           const char *host_key_algorithms,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autofree char *order = order_host_key_algorithms (host_key_algorithms);
  gint64 deadline_us = g_get_monotonic_time () + HANDSHAKE_TIMEOUT_US;
  int rc;

  libssh2_session_method_pref (self->session, LIBSSH2_METHOD_HOSTKEY, order);
  while ((rc = libssh2_session_handshake (self->session, self->socket)) == LIBSSH2_ERROR_EAGAIN)
    if (!sally_transport_wait (self, deadline_us, cancellable, error))
      return FALSE;
  if (rc != 0)
    {
      sally_transport_set_error (self, rc, "Key exchange", error);
      return FALSE;
    }
  return TRUE;
}

GBytes *
sally_transport_dup_host_key (SallyTransport *self, const char **type)
{
  static const struct
  {
    int type;
    const char *name;
  } names[] = {
    { LIBSSH2_HOSTKEY_TYPE_RSA, "ssh-rsa" },
    { LIBSSH2_HOSTKEY_TYPE_ECDSA_256, "ecdsa-sha2-nistp256" },
    { LIBSSH2_HOSTKEY_TYPE_ECDSA_384, "ecdsa-sha2-nistp384" },
    { LIBSSH2_HOSTKEY_TYPE_ECDSA_521, "ecdsa-sha2-nistp521" },
    { LIBSSH2_HOSTKEY_TYPE_ED25519, "ssh-ed25519" },
  };
  size_t length;
  int key_type;
  const char *key = libssh2_session_hostkey (self->session, &length, &key_type);

  if (key == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].type == key_type)
      {
        *type = names[i].name;
        return g_bytes_new (key, length);
      }
  return NULL;
}

char *
sally_transport_dup_fingerprint (SallyTransport *self)
{
  const char *type;
  g_autoptr (GBytes) key = sally_transport_dup_host_key (self, &type);
  guint8 digest[SHA256_DIGEST_LENGTH];
  g_autofree char *base64 = NULL;
  gsize length;
  const guint8 *bytes;

  if (key == NULL)
    return NULL;
  bytes = g_bytes_get_data (key, &length);
  SHA256 (bytes, length, digest);
  base64 = g_base64_encode (digest, sizeof digest);
  *strchrnul (base64, '=') = '\0';
  return g_strconcat ("SHA256:", base64, NULL);
}

void
sally_transport_add_info (SallyTransport *self, GVariantDict *info)
{
  static const struct
  {
    int method;
    const char *name;
  } methods[] = {
    { LIBSSH2_METHOD_KEX, "key-exchange" },
    { LIBSSH2_METHOD_CRYPT_CS, "cipher" },
    { LIBSSH2_METHOD_MAC_CS, "mac" },
  };
  g_autofree char *ident =
      sally_text_from_server (libssh2_session_banner_get (self->session), -1, FALSE);
  g_autofree char *fingerprint = sally_transport_dup_fingerprint (self);
  const char *type = "";
  g_autoptr (GBytes) key = sally_transport_dup_host_key (self, &type);

  g_variant_dict_insert (info, "ident", "s", ident);
  g_variant_dict_insert (info, "host-key-type", "s", type);
  g_variant_dict_insert (info, "host-key-fingerprint", "s", fingerprint);
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      const char *name = libssh2_session_methods (self->session, methods[i].method);

      g_variant_dict_insert (info, methods[i].name, "s", name != NULL ? name : "");
    }
}

static void
insert_text (GVariantDict *facts, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_dict_insert (facts, key, "s", text);
}

void
sally_transport_take_opening (SallyTransport *self, GVariantDict *facts)
{
  g_auto (SallyKexInit) theirs = { NULL };

  if (self->opening == NULL)
    return;
  sally_kex_init_parse (self->opening->data, self->opening->len, &theirs);
  g_clear_pointer (&self->opening, g_byte_array_unref);
  insert_text (facts, "ident", theirs.ident);
  insert_text (facts, "their-key-exchanges", theirs.key_exchanges);
  insert_text (facts, "their-host-keys", theirs.host_keys);
  insert_text (facts, "their-ciphers", theirs.ciphers);
  insert_text (facts, "their-macs", theirs.macs);
  insert_text (facts, "our-host-keys", HOST_KEY_ALGORITHMS);
  for (gsize i = 0; i < G_N_ELEMENTS (algorithm_preferences); i++)
    {
      int method = algorithm_preferences[i].method;
      const char *key = method == LIBSSH2_METHOD_KEX        ? "our-key-exchanges"
                        : method == LIBSSH2_METHOD_CRYPT_CS ? "our-ciphers"
                        : method == LIBSSH2_METHOD_MAC_CS   ? "our-macs"
                                                            : NULL;

      if (key != NULL)
        insert_text (facts, key, algorithm_preferences[i].preferences);
    }
}

void
sally_transport_set_receive_budget (SallyTransport *self, gsize bytes)
{
  self->receive_budget = bytes;
}

guint64
sally_transport_get_received_bytes (SallyTransport *self)
{
  return self->received_bytes;
}

void
sally_transport_set_sign_in (SallyTransport *self, gpointer sign_in)
{
  self->sign_in = sign_in;
}

gpointer
sally_transport_get_sign_in (SallyTransport *self)
{
  return self->sign_in;
}

void
sally_transport_stop_wiping (SallyTransport *self)
{
  self->is_wiping = FALSE;
}

static SallyError
error_from_code (int code)
{
  switch (code)
    {
    case LIBSSH2_ERROR_SOCKET_NONE:
    case LIBSSH2_ERROR_SOCKET_SEND:
    case LIBSSH2_ERROR_SOCKET_RECV:
    case LIBSSH2_ERROR_SOCKET_DISCONNECT:
    case LIBSSH2_ERROR_SOCKET_TIMEOUT:
    case LIBSSH2_ERROR_BAD_SOCKET:
    case LIBSSH2_ERROR_TIMEOUT:
    case LIBSSH2_ERROR_CHANNEL_CLOSED:
    case LIBSSH2_ERROR_CHANNEL_EOF_SENT:
    case LIBSSH2_ERROR_INVALID_MAC:
    case LIBSSH2_ERROR_DECRYPT:
      return SALLY_ERROR_CONNECTION_LOST;
    case LIBSSH2_ERROR_BANNER_RECV:
    case LIBSSH2_ERROR_PROTO:
    case LIBSSH2_ERROR_OUT_OF_BOUNDARY:
      return SALLY_ERROR_PROTOCOL;
    case LIBSSH2_ERROR_KEX_FAILURE:
    case LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE:
    case LIBSSH2_ERROR_METHOD_NONE:
    case LIBSSH2_ERROR_METHOD_NOT_SUPPORTED:
    case LIBSSH2_ERROR_HOSTKEY_INIT:
    case LIBSSH2_ERROR_HOSTKEY_SIGN:
      return SALLY_ERROR_NO_COMMON_ALGORITHM;
    case LIBSSH2_ERROR_AUTHENTICATION_FAILED:
    case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
    case LIBSSH2_ERROR_PASSWORD_EXPIRED:
      return SALLY_ERROR_SIGN_IN_REFUSED;
    default:
      return SALLY_ERROR_FAILED;
    }
}

void
sally_transport_set_error (SallyTransport *self, int code, const char *what, GError **error)
{
  char *message = NULL;
  gboolean was_changed = code == LIBSSH2_ERROR_INVALID_MAC || code == LIBSSH2_ERROR_DECRYPT;
  SallyError mapped = error_from_code (code);

  libssh2_session_last_error (self->session, &message, NULL, 0);
  if (was_changed)
    g_set_error (error, SALLY_ERROR, mapped, "%s: what came was changed on its way", what);
  else if (self->disconnect_text != NULL && *self->disconnect_text != '\0')
    g_set_error (error, SALLY_ERROR, mapped, "%s: the server says “%s”", what,
                 self->disconnect_text);
  else
    g_set_error (error, SALLY_ERROR, mapped, "%s: %s", what,
                 message != NULL && *message != '\0' ? message : "failed");
}
