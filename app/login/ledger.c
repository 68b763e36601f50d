/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/ledger-turn.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* How often a record that another program holds is tried: nothing tells when a lock gets free. */
#define POLL_INTERVAL_MS 100
#define MAX_ID_BYTES     64

struct _SallyLedger
{
  GObject parent_instance;

  char *directory;
  GQueue waiting; /* (element-type GTask), in the order of asking; the data is the record's path */
  guint poll;
  guint retry; /* an idle source: a turn of ours has just ended */
};

G_DEFINE_FINAL_TYPE (SallyLedger, sally_ledger, G_TYPE_OBJECT)

static void
sally_ledger_finalize (GObject *object)
{
  SallyLedger *self = SALLY_LEDGER (object);

  /* Whoever waits holds a reference, so that nobody does now. */
  g_assert (self->waiting.length == 0);
  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_handle_id (&self->retry, g_source_remove);
  g_free (self->directory);
  G_OBJECT_CLASS (sally_ledger_parent_class)->finalize (object);
}

static void
sally_ledger_class_init (SallyLedgerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_ledger_finalize;
}

static void
sally_ledger_init (SallyLedger *self)
{
  g_queue_init (&self->waiting);
}

SallyLedger *
sally_ledger_new (const char *directory)
{
  SallyLedger *self = g_object_new (SALLY_TYPE_LEDGER, NULL);

  self->directory = directory != NULL
                        ? g_strdup (directory)
                        : g_build_filename (g_get_user_state_dir (), "sallyport", "ledger", NULL);
  return self;
}

gint64
sally_ledger_wait_ms (gint64 last_step, gint64 now_ms, guint period_s, guint min_life_s)
{
  gint64 period_ms = (gint64) period_s * 1000;
  gint64 min_life_ms = (gint64) MIN (min_life_s, period_s - 1) * 1000;
  gint64 step;
  gint64 target;

  g_return_val_if_fail (period_s >= 1 && period_s <= SALLY_OTP_MAX_PERIOD_S, 0);

  now_ms = MAX (now_ms, 0);
  step = now_ms / period_ms;
  target = (step + 1) * period_ms - now_ms >= min_life_ms ? step : step + 1;
  if (last_step >= target)
    {
      if (last_step >= G_MAXINT64 / period_ms - 1)
        return G_MAXINT64;
      target = last_step + 1;
    }
  return MAX (target * period_ms - now_ms, 0);
}

static gboolean
is_plain_id (const char *id)
{
  if (*id == '\0' || strlen (id) > MAX_ID_BYTES)
    return FALSE;
  for (const char *c = id; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
      return FALSE;
  return TRUE;
}

/* Whether the locked file is still the one of that name: a person may have removed the record. */
static gboolean
is_current (int fd, const char *path)
{
  struct stat locked;
  struct stat named;

  return fstat (fd, &locked) == 0 && lstat (path, &named) == 0 && locked.st_ino == named.st_ino &&
         locked.st_dev == named.st_dev;
}

/* The locked record, or -1: with `error` if it cannot be had at all, without if it is held. */
static int
try_lock (const char *path, GError **error)
{
  g_autofd int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    {
      sally_error_set_errno (error, errno, path);
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno != EWOULDBLOCK && errno != EINTR)
        sally_error_set_errno (error, errno, path);
      return -1;
    }
  return is_current (fd, path) ? g_steal_fd (&fd) : -1;
}

static void poll_waiting (SallyLedger *self);

static gboolean
on_retry (gpointer user_data)
{
  SallyLedger *self = user_data;

  self->retry = 0;
  poll_waiting (self);
  return G_SOURCE_REMOVE;
}

static void
on_turn_ended (SallyLedger *self)
{
  if (self->retry == 0 && self->waiting.length > 0)
    self->retry = g_idle_add (on_retry, self);
}

static gboolean
on_poll (gpointer user_data)
{
  poll_waiting (user_data);
  return G_SOURCE_CONTINUE;
}

/* Gives the turn to whoever asked first for each record that is free. */
static void
poll_waiting (SallyLedger *self)
{
  g_autoptr (SallyLedger) alive = g_object_ref (self);
  g_autoptr (GHashTable) held = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) done = g_ptr_array_new_with_free_func (g_object_unref);

  for (GList *link = self->waiting.head; link != NULL;)
    {
      GList *next = link->next;
      GTask *task = link->data;
      const char *path = g_task_get_task_data (task);
      GError *error = NULL;
      gboolean is_done = g_task_return_error_if_cancelled (task);

      if (!is_done && !g_hash_table_contains (held, path))
        {
          int fd = try_lock (path, &error);

          is_done = fd >= 0 || error != NULL;
          if (fd >= 0)
            g_task_return_pointer (task,
                                   sally_ledger_turn_new (fd, path, G_OBJECT (self),
                                                          G_CALLBACK (on_turn_ended)),
                                   g_object_unref);
          else if (error != NULL)
            g_task_return_error (task, error);
          g_hash_table_add (held, (gpointer) path);
        }
      if (is_done)
        {
          g_queue_delete_link (&self->waiting, link);
          g_ptr_array_add (done, task);
        }
      link = next;
    }

  if (self->waiting.length == 0)
    g_clear_handle_id (&self->poll, g_source_remove);
  else if (self->poll == 0)
    self->poll = g_timeout_add (POLL_INTERVAL_MS, on_poll, self);
}

void
sally_ledger_begin_async (SallyLedger *self,
                          const char *account_id,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SALLY_IS_LEDGER (self));
  g_return_if_fail (account_id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_ledger_begin_async);
  if (!is_plain_id (account_id))
    {
      g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_INVALID,
                                       _ ("The account’s identifier is not one of Sallyport’s"));
      return;
    }
  if (g_mkdir_with_parents (self->directory, 0700) != 0)
    {
      GError *error = NULL;

      sally_error_set_errno (&error, errno, self->directory);
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, g_build_filename (self->directory, account_id, NULL), g_free);
  g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
  poll_waiting (self);
}

SallyLedgerTurn *
sally_ledger_begin_finish (SallyLedger *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
