/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/guard.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* "NUMBER TIME\n", 10 and 19 digits at most. */
#define RECORD_BYTES     32
/* How often a record that another attempt holds is tried: nothing tells when it gets free. */
#define POLL_INTERVAL_MS 100

struct _SallyGuard
{
  GObject parent_instance;

  char *directory;
};

struct _SallyGuardTurn
{
  GObject parent_instance;

  int fd; /* the open, locked record */
  char *path;
};

G_DEFINE_FINAL_TYPE (SallyGuard, sally_guard, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (SallyGuardTurn, sally_guard_turn, G_TYPE_OBJECT)

static void
sally_guard_finalize (GObject *object)
{
  g_free (SALLY_GUARD (object)->directory);
  G_OBJECT_CLASS (sally_guard_parent_class)->finalize (object);
}

static void
sally_guard_class_init (SallyGuardClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_guard_finalize;
}

static void
sally_guard_init (SallyGuard *self)
{
}

static void
sally_guard_turn_finalize (GObject *object)
{
  SallyGuardTurn *self = SALLY_GUARD_TURN (object);

  /* Closing lets go of the lock. */
  g_clear_fd (&self->fd, NULL);
  g_free (self->path);
  G_OBJECT_CLASS (sally_guard_turn_parent_class)->finalize (object);
}

static void
sally_guard_turn_class_init (SallyGuardTurnClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_guard_turn_finalize;
}

static void
sally_guard_turn_init (SallyGuardTurn *self)
{
  self->fd = -1;
}

SallyGuardVerdict
sally_guard_decide (const SallyGuardState *state)
{
  g_return_val_if_fail (state != NULL, SALLY_GUARD_ONLY_A_PERSON);

  return state->n_refusals < SALLY_GUARD_LIMIT ? SALLY_GUARD_GO : SALLY_GUARD_ONLY_A_PERSON;
}

SallyGuardState
sally_guard_add_refusal (const SallyGuardState *state, gint64 now_us)
{
  SallyGuardState after = { 1, now_us };

  g_return_val_if_fail (state != NULL, after);

  after.n_refusals = state->n_refusals < G_MAXUINT ? state->n_refusals + 1 : G_MAXUINT;
  return after;
}

SallyGuardState
sally_guard_add_permission (const SallyGuardState *state)
{
  SallyGuardState after = { 0, 0 };

  g_return_val_if_fail (state != NULL, after);

  after = *state;
  after.n_refusals = MIN (state->n_refusals, SALLY_GUARD_LIMIT - 1);
  return after;
}

char *
sally_guard_dup_identity (SallyServer *server)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *host = NULL;
  g_autofree char *port = NULL;

  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);

  host = g_ascii_strdown (sally_server_get_host (server), -1);
  port = g_strdup_printf ("%u", sally_server_get_port (server));
  {
    const char *const parts[] = { host,
                                  port,
                                  sally_server_get_user (server),
                                  sally_server_get_recipe (server),
                                  sally_server_get_account_id (server),
                                  sally_server_get_identity_file (server) };

    /* With their ends, so that no part can pass for two. */
    for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
      g_checksum_update (checksum, (const guchar *) parts[i], (gssize) strlen (parts[i]) + 1);
  }
  return g_strdup (g_checksum_get_string (checksum));
}

SallyGuard *
sally_guard_new (const char *directory)
{
  SallyGuard *self = g_object_new (SALLY_TYPE_GUARD, NULL);

  self->directory = directory != NULL
                        ? g_strdup (directory)
                        : g_build_filename (g_get_user_state_dir (), "sallyport", "guard", NULL);
  return self;
}

static char *
dup_path (SallyGuard *self, SallyServer *server)
{
  g_autofree char *identity = sally_guard_dup_identity (server);

  return g_build_filename (self->directory, identity, NULL);
}

static int
open_record (SallyGuard *self, const char *path, GError **error)
{
  int fd;

  if (g_mkdir_with_parents (self->directory, 0700) != 0)
    {
      sally_error_set_errno (error, errno, self->directory);
      return -1;
    }
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    sally_error_set_errno (error, errno, path);
  return fd;
}

static SallyGuardState
read_state (int fd)
{
  const SallyGuardState unreadable = { SALLY_GUARD_LIMIT, 0 };
  char record[RECORD_BYTES + 1] = { 0 };
  g_auto (GStrv) words = NULL;
  guint64 n_refusals;
  guint64 time_us;
  ssize_t length = pread (fd, record, RECORD_BYTES, 0);

  if (length == 0)
    return (SallyGuardState) { 0, 0 };
  words = g_strsplit (g_strchomp (record), " ", 3);
  if (length < 0 || g_strv_length (words) != 2 ||
      !g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXUINT, &n_refusals, NULL) ||
      !g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXINT64, &time_us, NULL))
    return unreadable;
  return (SallyGuardState) { (guint) n_refusals, (gint64) time_us };
}

/* One write of a few bytes into the page cache: it neither blocks nor is seen by halves. A count
 * that a power failure takes along costs one attempt at most. */
static gboolean
write_state (int fd, const char *path, const SallyGuardState *state, GError **error)
{
  char record[RECORD_BYTES + 1];
  int length = g_snprintf (record, sizeof record, "%010u %019" G_GINT64_FORMAT "\n",
                           state->n_refusals, state->last_refusal_us);

  if (pwrite (fd, record, (gsize) length, 0) == length && ftruncate (fd, length) == 0)
    return TRUE;
  sally_error_set_errno (error, errno, path);
  return FALSE;
}

SallyGuardState
sally_guard_get_state (SallyGuard *self, SallyServer *server)
{
  const SallyGuardState none = { 0, 0 };
  g_autofree char *path = NULL;
  g_autofd int fd = -1;

  g_return_val_if_fail (SALLY_IS_GUARD (self), none);
  g_return_val_if_fail (SALLY_IS_SERVER (server), none);

  path = dup_path (self, server);
  fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
  return fd >= 0 || errno != ENOENT ? read_state (fd) : none;
}

gboolean
sally_guard_allow (SallyGuard *self, SallyServer *server, GError **error)
{
  g_autofree char *path = NULL;
  g_autofd int fd = -1;
  SallyGuardState state;

  g_return_val_if_fail (SALLY_IS_GUARD (self), FALSE);
  g_return_val_if_fail (SALLY_IS_SERVER (server), FALSE);

  path = dup_path (self, server);
  fd = open_record (self, path, error);
  if (fd < 0)
    return FALSE;
  state = read_state (fd);
  state = sally_guard_add_permission (&state);
  return write_state (fd, path, &state, error);
}

gboolean
sally_guard_clear (SallyGuard *self, SallyServer *server, GError **error)
{
  g_autofree char *path = NULL;
  g_autofd int fd = -1;
  const SallyGuardState none = { 0, 0 };

  g_return_val_if_fail (SALLY_IS_GUARD (self), FALSE);
  g_return_val_if_fail (SALLY_IS_SERVER (server), FALSE);

  path = dup_path (self, server);
  fd = open_record (self, path, error);
  return fd >= 0 && write_state (fd, path, &none, error);
}

static gboolean
try_begin (gpointer user_data)
{
  GTask *task = user_data;
  SallyGuard *self = g_task_get_source_object (task);
  const char *path = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofd int fd = -1;
  SallyGuardTurn *turn;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  fd = open_record (self, path, &error);
  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno == EWOULDBLOCK || errno == EINTR)
        return G_SOURCE_CONTINUE;
      sally_error_set_errno (&error, errno, path);
    }
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return G_SOURCE_REMOVE;
    }
  turn = g_object_new (SALLY_TYPE_GUARD_TURN, NULL);
  turn->fd = g_steal_fd (&fd);
  turn->path = g_strdup (path);
  g_task_return_pointer (task, turn, g_object_unref);
  return G_SOURCE_REMOVE;
}

void
sally_guard_begin_async (SallyGuard *self,
                         SallyServer *server,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SALLY_IS_GUARD (self));
  g_return_if_fail (SALLY_IS_SERVER (server));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_guard_begin_async);
  g_task_set_task_data (task, dup_path (self, server), g_free);
  if (try_begin (task) == G_SOURCE_CONTINUE)
    g_timeout_add_full (G_PRIORITY_DEFAULT, POLL_INTERVAL_MS, try_begin, g_steal_pointer (&task),
                        g_object_unref);
}

SallyGuardTurn *
sally_guard_begin_finish (SallyGuard *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

SallyGuardState
sally_guard_turn_get_state (SallyGuardTurn *self)
{
  const SallyGuardState held = { SALLY_GUARD_LIMIT, 0 };

  g_return_val_if_fail (SALLY_IS_GUARD_TURN (self), held);

  return read_state (self->fd);
}

static void
turn_write (SallyGuardTurn *self, const SallyGuardState *state)
{
  g_autoptr (GError) error = NULL;

  if (!write_state (self->fd, self->path, state, &error))
    g_warning ("The count of refused sign-ins is not kept: %s", error->message);
}

void
sally_guard_turn_refused (SallyGuardTurn *self)
{
  SallyGuardState state;

  g_return_if_fail (SALLY_IS_GUARD_TURN (self));

  state = read_state (self->fd);
  state = sally_guard_add_refusal (&state, g_get_real_time ());
  turn_write (self, &state);
}

void
sally_guard_turn_succeeded (SallyGuardTurn *self)
{
  const SallyGuardState none = { 0, 0 };

  g_return_if_fail (SALLY_IS_GUARD_TURN (self));

  turn_write (self, &none);
}

void
sally_guard_turn_allow (SallyGuardTurn *self)
{
  SallyGuardState state;

  g_return_if_fail (SALLY_IS_GUARD_TURN (self));

  state = read_state (self->fd);
  state = sally_guard_add_permission (&state);
  turn_write (self, &state);
}
