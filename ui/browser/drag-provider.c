/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/drag-provider.h"

#include "base/error.h"
#include "model/remote-path.h"

#include <glib/gstdio.h>

#define URI_LIST_MIME_TYPE "text/uri-list"

struct _SallyDragProvider
{
  GdkContentProvider parent_instance;

  SallyTransferQueue *queue;
  SallyConnection *connection;
  char *folder;
  GPtrArray *files;
};

G_DEFINE_FINAL_TYPE (SallyDragProvider, sally_drag_provider, GDK_TYPE_CONTENT_PROVIDER)

typedef struct
{
  GOutputStream *stream;
  int io_priority;
  GString *uris;
  guint n_waiting;
  GError *error; /* the first */
} Delivery;

static void
delivery_free (Delivery *delivery)
{
  g_clear_object (&delivery->stream);
  g_string_free (delivery->uris, TRUE);
  g_clear_error (&delivery->error);
  g_free (delivery);
}

static char *
dup_cache (void)
{
  return g_build_filename (g_get_user_cache_dir (), "sallyport", "dragged", NULL);
}

gboolean
sally_drag_provider_owns (const char *path)
{
  g_autofree char *cache = dup_cache ();
  g_autofree char *inside = g_strconcat (cache, "/", NULL);

  g_return_val_if_fail (path != NULL, FALSE);

  return g_str_has_prefix (path, inside);
}

static GdkContentFormats *
sally_drag_provider_ref_formats (GdkContentProvider *provider)
{
  return gdk_content_formats_new ((const char *[]) { URI_LIST_MIME_TYPE }, 1);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_downloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Delivery *delivery = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!sally_transfer_queue_wait_finish (SALLY_TRANSFER_QUEUE (source), result, &error) &&
      delivery->error == NULL)
    delivery->error = g_steal_pointer (&error);
  if (--delivery->n_waiting > 0)
    return;

  if (delivery->error != NULL)
    g_task_return_error (task, g_steal_pointer (&delivery->error));
  else
    g_output_stream_write_all_async (delivery->stream, delivery->uris->str, delivery->uris->len,
                                     delivery->io_priority, g_task_get_cancellable (task),
                                     on_written, g_object_ref (task));
}

static void
download (SallyDragProvider *self, GTask *task, const char *directory)
{
  Delivery *delivery = g_task_get_task_data (task);

  delivery->n_waiting = self->files->len;
  for (guint i = 0; i < self->files->len; i++)
    {
      const char *name = sally_remote_file_get_raw_name (g_ptr_array_index (self->files, i));
      g_autofree char *remote = sally_remote_path_join (self->folder, name);
      g_autofree char *local = g_build_filename (directory, name, NULL);
      g_autofree char *uri = g_filename_to_uri (local, NULL, NULL);
      SallyTransfer *transfer;

      g_string_append_printf (delivery->uris, "%s\r\n", uri);
      transfer = sally_transfer_queue_download (self->queue, self->connection, remote, directory,
                                                name, SALLY_CONFLICT_FAIL);
      sally_transfer_queue_wait_async (self->queue, transfer, g_task_get_cancellable (task),
                                       on_downloaded, g_object_ref (task));
    }
}

/* The receiver waits meanwhile; file managers do so without blocking, but some give up on files
 * that take minutes. Those are better downloaded. */
static void
sally_drag_provider_write_mime_type_async (GdkContentProvider *provider,
                                           const char *mime_type,
                                           GOutputStream *stream,
                                           int io_priority,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data)
{
  SallyDragProvider *self = SALLY_DRAG_PROVIDER (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *cache = dup_cache ();
  g_autofree char *directory = g_build_filename (cache, uuid, NULL);
  Delivery *delivery = g_new0 (Delivery, 1);

  g_task_set_source_tag (task, sally_drag_provider_write_mime_type_async);
  delivery->stream = g_object_ref (stream);
  delivery->io_priority = io_priority;
  delivery->uris = g_string_new (NULL);
  g_task_set_task_data (task, delivery, (GDestroyNotify) delivery_free);

  if (!g_str_equal (mime_type, URI_LIST_MIME_TYPE))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s is not offered",
                             mime_type);
  else if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      GError *error = NULL;

      sally_error_set_errno (&error, errno, directory);
      g_task_return_error (task, error);
    }
  else
    download (self, task, directory);
}

static gboolean
sally_drag_provider_write_mime_type_finish (GdkContentProvider *provider,
                                            GAsyncResult *result,
                                            GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sally_drag_provider_finalize (GObject *object)
{
  SallyDragProvider *self = SALLY_DRAG_PROVIDER (object);

  g_clear_object (&self->queue);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_free (self->folder);

  G_OBJECT_CLASS (sally_drag_provider_parent_class)->finalize (object);
}

static void
sally_drag_provider_class_init (SallyDragProviderClass *klass)
{
  GdkContentProviderClass *provider_class = GDK_CONTENT_PROVIDER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sally_drag_provider_finalize;
  provider_class->ref_formats = sally_drag_provider_ref_formats;
  provider_class->write_mime_type_async = sally_drag_provider_write_mime_type_async;
  provider_class->write_mime_type_finish = sally_drag_provider_write_mime_type_finish;
}

static void
sally_drag_provider_init (SallyDragProvider *self)
{
}

GdkContentProvider *
sally_drag_provider_new (SallyTransferQueue *queue,
                         SallyConnection *connection,
                         const char *folder,
                         GPtrArray *files)
{
  SallyDragProvider *self;

  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (queue), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (folder != NULL && files != NULL, NULL);

  self = g_object_new (SALLY_TYPE_DRAG_PROVIDER, NULL);
  self->queue = g_object_ref (queue);
  self->connection = g_object_ref (connection);
  self->folder = g_strdup (folder);
  self->files = g_ptr_array_ref (files);
  return GDK_CONTENT_PROVIDER (self);
}

/* A drag holds regular files in a folder of its own; nothing lies deeper. */
static void
remove_drag (const char *directory)
{
  g_autoptr (GDir) entries = g_dir_open (directory, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (directory);
}

void
sally_drag_provider_clean_cache (void)
{
  g_autofree char *cache = dup_cache ();
  g_autoptr (GDir) drags = g_dir_open (cache, 0, NULL);
  const char *name;

  while (drags != NULL && (name = g_dir_read_name (drags)) != NULL)
    {
      g_autofree char *directory = g_build_filename (cache, name, NULL);

      if (g_uuid_string_is_valid (name) && !g_file_test (directory, G_FILE_TEST_IS_SYMLINK))
        remove_drag (directory);
    }
}
