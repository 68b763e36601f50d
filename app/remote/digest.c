/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/digest.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <unistd.h>

/* One read. What a transfer has just moved lies in the page cache still. */
#define CHUNK_BYTES   (256 * 1024)
/* Files that are followed at the same time: the rest of the machine is for the transfer. */
#define MAX_FOLLOWERS 1

struct _SallyDigest
{
  gatomicrefcount references;
  int descriptor;
  EVP_MD_CTX *context; /* under `mutex`, as is all that follows */
  guint64 done;
  GError *error;
  GMutex mutex;

  guint64 target;     /* atomic, see the next */
  gint is_following;  /* atomic: a thread has it, or will soon */
  gint is_ended;      /* atomic: nobody wants it any more */
  GMutex target_lock; /* guint64 is no atomic type everywhere */
};

static void
unref (SallyDigest *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_fd (&self->descriptor, NULL);
  EVP_MD_CTX_free (self->context);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_mutex_clear (&self->target_lock);
  g_free (self);
}

static guint64
get_target (SallyDigest *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->target_lock);

  return self->target;
}

/* One chunk up to `limit`; FALSE at the end of it, with an error or without. */
static gboolean
read_chunk (SallyDigest *self, guint8 *buffer, guint64 limit)
{
  gsize length = (gsize) MIN (limit - self->done, CHUNK_BYTES);
  ssize_t n;

  if (length == 0 || self->error != NULL)
    return FALSE;
  do
    n = pread (self->descriptor, buffer, length, (off_t) self->done);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    sally_error_set_errno (&self->error, errno, _ ("Reading the local file"));
  else if (n == 0)
    g_set_error_literal (&self->error, SALLY_ERROR, SALLY_ERROR_LOCAL_CHANGED,
                         _ ("The local file became shorter meanwhile"));
  if (n <= 0)
    return FALSE;
  EVP_DigestUpdate (self->context, buffer, (size_t) n);
  self->done += (guint64) n;
  return TRUE;
}

static void
follow (gpointer data, gpointer user_data)
{
  SallyDigest *self = data;
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  gboolean goes_on;
  guint64 done;

  do
    {
      g_mutex_lock (&self->mutex);
      while (!g_atomic_int_get (&self->is_ended) && read_chunk (self, buffer, get_target (self)))
        ;
      goes_on = self->error == NULL;
      done = self->done;
      g_mutex_unlock (&self->mutex);
      g_atomic_int_set (&self->is_following, FALSE);
      /* What was added after the look above and before that line has started nobody. */
      goes_on = goes_on && !g_atomic_int_get (&self->is_ended) && get_target (self) > done &&
                g_atomic_int_compare_and_exchange (&self->is_following, FALSE, TRUE);
    }
  while (goes_on);
  unref (self);
}

SallyDigest *
sally_digest_new (int descriptor)
{
  SallyDigest *self = g_new0 (SallyDigest, 1);

  g_atomic_ref_count_init (&self->references);
  self->descriptor = fcntl (descriptor, F_DUPFD_CLOEXEC, 3);
  if (self->descriptor < 0)
    sally_error_set_errno (&self->error, errno, _ ("Reading the local file"));
  self->context = EVP_MD_CTX_new ();
  EVP_DigestInit_ex (self->context, EVP_sha256 (), NULL);
  g_mutex_init (&self->mutex);
  g_mutex_init (&self->target_lock);
  return self;
}

void
sally_digest_free (SallyDigest *self)
{
  if (self == NULL)
    return;
  g_atomic_int_set (&self->is_ended, TRUE);
  unref (self);
}

static GThreadPool *
get_followers (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, (gsize) g_thread_pool_new (follow, NULL, MAX_FOLLOWERS, FALSE, NULL));
  return (GThreadPool *) once;
}

void
sally_digest_advance (SallyDigest *self, guint64 bytes)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->target_lock);
  self->target = MAX (self->target, bytes);
  g_mutex_unlock (&self->target_lock);
  if (!g_atomic_int_compare_and_exchange (&self->is_following, FALSE, TRUE))
    return;
  g_atomic_ref_count_inc (&self->references);
  g_thread_pool_push (get_followers (), self, NULL);
}

static char *
to_string (const guint8 *digest)
{
  GString *text = g_string_sized_new (2 * SALLY_DIGEST_BYTES);

  for (guint i = 0; i < SALLY_DIGEST_BYTES; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  return g_string_free_and_steal (text);
}

char *
sally_digest_to_string (GVariant *digest)
{
  const guint8 *bytes;
  gsize length;

  g_return_val_if_fail (g_variant_is_of_type (digest, G_VARIANT_TYPE_BYTESTRING), NULL);

  bytes = g_variant_get_fixed_array (digest, &length, 1);
  return length == SALLY_DIGEST_BYTES ? to_string (bytes) : NULL;
}

char *
sally_digest_finish (SallyDigest *self, guint64 bytes, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  g_autoptr (GMutexLocker) locker = NULL;
  guint8 digest[SALLY_DIGEST_BYTES];

  g_return_val_if_fail (self != NULL, NULL);

  locker = g_mutex_locker_new (&self->mutex);
  while (read_chunk (self, buffer, bytes))
    ;
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return NULL;
    }
  EVP_DigestFinal_ex (self->context, digest, NULL);
  g_atomic_int_set (&self->is_ended, TRUE);
  return to_string (digest);
}
