/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/disk-writer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  int descriptor;
  guint64 offset;
  int error_number;
  SallyDiskWriterFunc func;
  gpointer user_data;
  gsize length;
  guint8 data[];
} Write;

struct _SallyDiskWriter
{
  GThread *thread; /* NULL until there is something to write */
  GAsyncQueue *waiting;
  GAsyncQueue *done;
  GSource *news; /* woken by the thread */
};

/* In `waiting`: no more comes. */
static Write last;

int
sally_disk_write (int descriptor, const guint8 *data, gsize length, guint64 offset)
{
  while (length > 0)
    {
      ssize_t n = pwrite (descriptor, data, length, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n < 0 ? errno : EIO;
      data += n;
      length -= (gsize) n;
      offset += (guint64) n;
    }
  return 0;
}

static gpointer
write_all (gpointer data)
{
  SallyDiskWriter *self = data;
  Write *write;

  while ((write = g_async_queue_pop (self->waiting)) != &last)
    {
      write->error_number =
          sally_disk_write (write->descriptor, write->data, write->length, write->offset);
      g_async_queue_push (self->done, write);
      g_source_set_ready_time (self->news, 0);
    }
  return NULL;
}

static void
tell (SallyDiskWriter *self)
{
  Write *write;

  while ((write = g_async_queue_try_pop (self->done)) != NULL)
    {
      write->func (write->error_number, write->user_data);
      g_free (write);
    }
}

static gboolean
news_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  /* Before the look: what is done after it wakes us again. */
  g_source_set_ready_time (source, -1);
  tell (user_data);
  return G_SOURCE_CONTINUE;
}

SallyDiskWriter *
sally_disk_writer_new (void)
{
  static GSourceFuncs functions = { .dispatch = news_dispatch };
  SallyDiskWriter *self = g_new0 (SallyDiskWriter, 1);

  self->waiting = g_async_queue_new ();
  self->done = g_async_queue_new ();
  self->news = g_source_new (&functions, sizeof (GSource));
  g_source_set_static_name (self->news, "disk writer");
  g_source_set_callback (self->news, G_SOURCE_FUNC (tell), self, NULL);
  g_source_attach (self->news, NULL);
  return self;
}

void
sally_disk_writer_free (SallyDiskWriter *self)
{
  if (self == NULL)
    return;

  if (self->thread != NULL)
    {
      g_async_queue_push (self->waiting, &last);
      g_thread_join (self->thread);
    }
  g_source_destroy (self->news);
  g_source_unref (self->news);
  tell (self);
  g_async_queue_unref (self->waiting);
  g_async_queue_unref (self->done);
  g_free (self);
}

void
sally_disk_writer_push (SallyDiskWriter *self,
                        int descriptor,
                        const guint8 *data,
                        gsize length,
                        guint64 offset,
                        SallyDiskWriterFunc func,
                        gpointer user_data)
{
  Write *write = g_malloc (sizeof *write + length);

  *write = (Write) { descriptor, offset, 0, func, user_data, length };
  memcpy (write->data, data, length);
  if (self->thread == NULL)
    self->thread = g_thread_new ("disk-writer", write_all, self);
  g_async_queue_push (self->waiting, write);
}
