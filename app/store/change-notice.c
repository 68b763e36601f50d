/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/change-notice.h"

#include <string.h>

/* What the file holds is one of these. */
#define UUID_LENGTH 36

struct _SallyChangeNotice
{
  GObject parent_instance;

  GFile *file;
  GFileMonitor *monitor; /* NULL where the system cannot watch */
  GCancellable *cancellable;
  char *id; /* tells our posts from those of others */
  guint n_posts;
};

G_DEFINE_FINAL_TYPE (SallyChangeNotice, sally_change_notice, G_TYPE_OBJECT)

static guint changed_signal;

/* Whatever may stand there: who has posted stands at its beginning. */
static gboolean
wants_more (const char *contents, goffset size, gpointer user_data)
{
  return size < UUID_LENGTH;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *text = NULL;
  gsize length;
  SallyChangeNotice *self;

  /* Replaced by another one meanwhile, which is told as well; or the notice is gone. */
  if (!g_file_load_partial_contents_finish (G_FILE (source), result, &text, &length, NULL, NULL))
    return;
  self = user_data;
  if (length < UUID_LENGTH || strncmp (text, self->id, UUID_LENGTH) != 0)
    g_signal_emit (self, changed_signal, 0);
}

static void
on_file_changed (GFileMonitor *monitor,
                 GFile *file,
                 GFile *other,
                 GFileMonitorEvent event,
                 SallyChangeNotice *self)
{
  if (event == G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT || event == G_FILE_MONITOR_EVENT_RENAMED ||
      event == G_FILE_MONITOR_EVENT_MOVED_IN)
    g_file_load_partial_contents_async (self->file, self->cancellable, wants_more, on_read, self);
}

static void
sally_change_notice_dispose (GObject *object)
{
  SallyChangeNotice *self = SALLY_CHANGE_NOTICE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (sally_change_notice_parent_class)->dispose (object);
}

static void
sally_change_notice_finalize (GObject *object)
{
  SallyChangeNotice *self = SALLY_CHANGE_NOTICE (object);

  g_clear_object (&self->file);
  g_clear_object (&self->cancellable);
  g_free (self->id);
  G_OBJECT_CLASS (sally_change_notice_parent_class)->finalize (object);
}

static void
sally_change_notice_class_init (SallyChangeNoticeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sally_change_notice_dispose;
  object_class->finalize = sally_change_notice_finalize;

  changed_signal = g_signal_new ("changed", SALLY_TYPE_CHANGE_NOTICE, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
sally_change_notice_init (SallyChangeNotice *self)
{
  self->cancellable = g_cancellable_new ();
  self->id = g_uuid_string_random ();
}

SallyChangeNotice *
sally_change_notice_new (const char *path)
{
  SallyChangeNotice *self;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (SALLY_TYPE_CHANGE_NOTICE, NULL);
  self->file = g_file_new_for_path (path);
  self->monitor = g_file_monitor_file (self->file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_file_changed), self,
                             G_CONNECT_DEFAULT);
  return self;
}

/* In place, and without waiting for the disk: after a crash of the machine nobody needs it. */
static void
write_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SallyChangeNotice *self = source;
  GError *error = NULL;

  if (g_file_set_contents_full (g_file_peek_path (self->file), task_data, -1,
                                G_FILE_SET_CONTENTS_NONE, 0600, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
sally_change_notice_post_async (SallyChangeNotice *self,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SALLY_IS_CHANGE_NOTICE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, sally_change_notice_post_async);
  g_task_set_task_data (task, g_strdup_printf ("%s %u\n", self->id, ++self->n_posts), g_free);
  g_task_run_in_thread (task, write_thread);
}

gboolean
sally_change_notice_post_finish (SallyChangeNotice *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
