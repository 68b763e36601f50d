/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/secret.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* One mebibyte holds thousands of accounts and leaves room under the usual 8 MiB RLIMIT_MEMLOCK for
 * libsecret and GTK's password entries, which lock memory of their own. */
#define ARENA_BYTES          (1024 * 1024)
#define ARENA_SMALLEST_BLOCK 32

struct _SallySecret
{
  gatomicrefcount references;
  gsize length;
  char *bytes;
};

G_DEFINE_BOXED_TYPE (SallySecret, sally_secret, sally_secret_ref, sally_secret_unref)

/* OpenSSL's secure heap: mlocked, kept out of core dumps, between guard pages. Where it cannot be
 * had (no memory may be locked) or is full, OPENSSL_secure_malloc falls back to, or is replaced by,
 * plain memory, which is wiped all the same. */
static void
ensure_arena (void)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      if (CRYPTO_secure_malloc_init (ARENA_BYTES, ARENA_SMALLEST_BLOCK) != 1)
        g_debug ("memory for secrets could not be locked");
      g_once_init_leave (&ready, 1);
    }
}

SallySecret *
sally_secret_new_sized (gsize length, char **bytes)
{
  SallySecret *self;

  g_return_val_if_fail (length <= SALLY_SECRET_MAX_BYTES, NULL);

  ensure_arena ();
  self = g_new0 (SallySecret, 1);
  g_atomic_ref_count_init (&self->references);
  self->length = length;
  self->bytes = OPENSSL_secure_zalloc (length + 1);
  if (self->bytes == NULL)
    self->bytes = OPENSSL_zalloc (length + 1);
  if (self->bytes == NULL)
    g_error ("out of memory");
  if (bytes != NULL)
    *bytes = self->bytes;
  return self;
}

SallySecret *
sally_secret_new (const char *bytes, gssize length)
{
  char *copy;
  SallySecret *self;

  g_return_val_if_fail (bytes != NULL || length == 0, NULL);

  if (length < 0)
    length = (gssize) strlen (bytes);
  self = sally_secret_new_sized ((gsize) length, &copy);
  if (length > 0)
    memcpy (copy, bytes, (gsize) length);
  return self;
}

SallySecret *
sally_secret_new_joined (SallySecret *first, ...)
{
  va_list pieces;
  SallySecret *joined;
  gsize length = 0;
  char *cursor;

  va_start (pieces, first);
  for (SallySecret *piece = first; piece != NULL; piece = va_arg (pieces, SallySecret *))
    length += piece->length;
  va_end (pieces);

  joined = sally_secret_new_sized (length, &cursor);
  g_return_val_if_fail (joined != NULL, NULL);

  va_start (pieces, first);
  for (SallySecret *piece = first; piece != NULL; piece = va_arg (pieces, SallySecret *))
    {
      memcpy (cursor, piece->bytes, piece->length);
      cursor += piece->length;
    }
  va_end (pieces);
  return joined;
}

SallySecret *
sally_secret_ref (SallySecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
sally_secret_unref (SallySecret *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  OPENSSL_secure_clear_free (self->bytes, self->length + 1);
  g_free (self);
}

const char *
sally_secret_peek (SallySecret *self, gsize *length)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (length != NULL)
    *length = self->length;
  return self->bytes;
}

gsize
sally_secret_get_length (SallySecret *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->length;
}

gboolean
sally_secret_equal (SallySecret *a, SallySecret *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return a->length == b->length && CRYPTO_memcmp (a->bytes, b->bytes, a->length) == 0;
}

SallySecret *
sally_secret_read_fd (int fd, GError **error)
{
  char buffer[SALLY_SECRET_MAX_BYTES + 1];
  gsize filled = 0;
  SallySecret *self = NULL;

  while (filled < sizeof buffer)
    {
      ssize_t n = read (fd, buffer + filled, sizeof buffer - filled);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          sally_error_set_errno (error, errno, "Reading a secret");
          goto out;
        }
      if (n == 0)
        break;
      filled += (gsize) n;
    }
  if (filled > SALLY_SECRET_MAX_BYTES)
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID, "The secret is too long");
  else
    self = sally_secret_new (buffer, (gssize) filled);

out:
  sally_secret_wipe (buffer, sizeof buffer);
  return self;
}

int
sally_secret_to_pipe (SallySecret *self, GError **error)
{
  g_auto (GUnixPipe) channel = G_UNIX_PIPE_INIT;
  gsize written = 0;

  g_return_val_if_fail (self != NULL, -1);

  if (!g_unix_pipe_open (&channel, O_CLOEXEC, error))
    return -1;
  while (written < self->length)
    {
      ssize_t n = write (g_unix_pipe_get (&channel, G_UNIX_PIPE_END_WRITE), self->bytes + written,
                         self->length - written);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          sally_error_set_errno (error, errno, "Passing a secret");
          return -1;
        }
      written += (gsize) n;
    }
  return g_unix_pipe_steal (&channel, G_UNIX_PIPE_END_READ);
}

void
sally_secret_wipe (void *memory, gsize length)
{
  OPENSSL_cleanse (memory, length);
}
