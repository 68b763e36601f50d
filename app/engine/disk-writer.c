/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/disk-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  int descriptor;
  guint64 offset;
  guint64 reserved; /* 0: it is a write */
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

/* What else a file system says is told by the writes. */
static int
reserve (int descriptor, guint64 length)
{
  return fallocate (descriptor, FALLOC_FL_KEEP_SIZE, 0, (off_t) length) != 0 && errno == ENOSPC
             ? ENOSPC
             : 0;
}

static gpointer
write_all (gpointer data)
{
  SallyDiskWriter *self = data;
  Write *write;

  while ((write = g_async_queue_pop (self->waiting)) != &last)
    {
      write->error_number = write->reserved > 0 ? reserve (write->descriptor, write->reserved)
                                                : sally_disk_write (write->descriptor, write->data,
                                                                    write->length, write->offset);
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

/* Takes `write`. */
static void
push (SallyDiskWriter *self, Write *write)
{
  if (self->thread == NULL)
    self->thread = g_thread_new ("disk-writer", write_all, self);
  g_async_queue_push (self->waiting, write);
}

void
sally_disk_writer_reserve (SallyDiskWriter *self,
                           int descriptor,
                           guint64 length,
                           SallyDiskWriterFunc func,
                           gpointer user_data)
{
  Write *write = g_new (Write, 1);

  *write = (Write) {
    .descriptor = descriptor, .reserved = length, .func = func, .user_data = user_data
  };
  push (self, write);
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

  *write = (Write) { .descriptor = descriptor,
                     .offset = offset,
                     .func = func,
                     .user_data = user_data,
                     .length = length };
  memcpy (write->data, data, length);
  push (self, write);
}
