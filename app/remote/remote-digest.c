/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/remote-digest.h"

#include "base/error.h"
#include "base/text.h"
#include "remote/connection-private.h"
#include "remote/digest.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Ids of transfers are the client's to choose; the queue's count up from 1 (transfer-link.c). */
#define FIRST_ID (G_GUINT64_CONSTANT (1) << 62)

typedef struct
{
  GTask *task; /* borrowed: it owns this */
  SallyConnection *connection;
  SallyWireEngine1 *engine;
  char *path;
  const char *method;
  guint64 id;   /* 0: not with the engine */
  guint64 size; /* that it should have; read back, not a byte more is kept */
  int descriptor;
  SallyDigest *digest;
  GSource *cancelled;
} Reading;

static void
stop_listening (Reading *reading)
{
  g_signal_handlers_disconnect_by_data (reading->connection, reading);
  if (reading->engine != NULL)
    g_signal_handlers_disconnect_by_data (reading->engine, reading);
  if (reading->cancelled != NULL)
    g_source_destroy (reading->cancelled);
  g_clear_pointer (&reading->cancelled, g_source_unref);
}

static void
reading_free (Reading *reading)
{
  stop_listening (reading);
  g_clear_pointer (&reading->digest, sally_digest_free);
  g_clear_fd (&reading->descriptor, NULL);
  g_clear_object (&reading->engine);
  g_object_unref (reading->connection);
  g_free (reading->path);
  g_free (reading);
}

/* Takes the task and the error. */
static void
fail (GTask *task, GError *error)
{
  Reading *reading = g_task_get_task_data (task);
  g_autofree char *shown = sally_text_from_name (reading->path, strlen (reading->path));

  stop_listening (reading);
  error = sally_connection_clean_error (error);
  if (error->domain == SALLY_ERROR && error->code != SALLY_ERROR_CONNECTION_LOST)
    g_prefix_error (&error, "“%s”: ", shown);
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
finish_thread (GTask *work, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;
  char *sha256 = sally_digest_finish (reading->digest, reading->size, &error);

  if (sha256 != NULL)
    g_task_return_pointer (work, sha256, g_free);
  else
    g_task_return_error (work, error);
}

static void
digest_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  char *sha256 = g_task_propagate_pointer (G_TASK (result), &error);

  if (sha256 == NULL)
    {
      fail (task, error);
      return;
    }
  g_task_return_pointer (task, sha256, g_free);
  g_object_unref (task);
}

static void
delivered (Reading *reading, guint64 bytes)
{
  g_autoptr (GTask) work = g_task_new (NULL, NULL, digest_finished, reading->task);

  stop_listening (reading);
  reading->size = bytes;
  g_task_set_static_name (work, "digest of a server's file");
  g_task_set_task_data (work, reading, NULL);
  g_task_run_in_thread (work, finish_thread);
}

static void
transfer_progress (SallyWireEngine1 *engine, GVariant *moved, Reading *reading)
{
  GVariantIter iter;
  guint64 id, bytes, safe;

  g_variant_iter_init (&iter, moved);
  while (g_variant_iter_next (&iter, "(ttt)", &id, &bytes, &safe))
    if (id == reading->id)
      sally_digest_advance (reading->digest, MIN (safe, bytes));
}

static void
transfer_finished (SallyWireEngine1 *engine,
                   guint64 id,
                   guint64 bytes,
                   GVariant *attributes,
                   const char *error_name,
                   const char *message,
                   Reading *reading)
{
  if (id != reading->id)
    return;
  if (*error_name == '\0')
    delivered (reading, bytes);
  else
    fail (reading->task, g_dbus_error_new_for_dbus_error (error_name, message));
}

static void
readiness_changed (SallyConnection *connection, GParamSpec *pspec, Reading *reading)
{
  if (sally_connection_get_engine (connection) != reading->engine)
    fail (reading->task, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                                              _ ("The connection was lost")));
}

static gboolean
cancelled (GCancellable *cancellable, gpointer user_data)
{
  Reading *reading = user_data;

  if (reading->id != 0)
    sally_wire_engine1_call_cancel_transfer (reading->engine, reading->id, FALSE, NULL, NULL, NULL);
  fail (reading->task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled")));
  return G_SOURCE_REMOVE;
}

static void
handed_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!sally_wire_engine1_call_download_finish (SALLY_WIRE_ENGINE1 (source), NULL, result,
                                                &error) &&
      !g_task_get_completed (task))
    fail (task, error);
  else
    g_clear_error (&error);
}

static void
begin_reading (Reading *reading)
{
  static guint64 last_id = FIRST_ID;
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  GCancellable *cancellable = g_task_get_cancellable (reading->task);
  GError *error = NULL;
  GVariantBuilder files;
  int handle = g_unix_fd_list_append (descriptors, reading->descriptor, &error);

  if (handle < 0)
    {
      fail (reading->task, error);
      return;
    }
  reading->method = SALLY_REMOTE_DIGEST_READ_BACK;
  reading->id = ++last_id;
  reading->digest = sally_digest_new (reading->descriptor);
  g_signal_connect (reading->engine, "transfer-progress", G_CALLBACK (transfer_progress), reading);
  g_signal_connect (reading->engine, "transfer-finished", G_CALLBACK (transfer_finished), reading);
  g_signal_connect (reading->connection, "notify::is-ready", G_CALLBACK (readiness_changed),
                    reading);
  if (cancellable != NULL)
    {
      reading->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (reading->cancelled, G_SOURCE_FUNC (cancelled), reading, NULL);
      g_source_attach (reading->cancelled, g_main_context_get_thread_default ());
    }
  g_variant_builder_init (&files, G_VARIANT_TYPE ("a(thaytttt)"));
  g_variant_builder_add (&files, "(th^aytttt)", reading->id, handle, reading->path, (guint64) 0,
                         (guint64) 0, (guint64) 0, reading->size);
  sally_wire_engine1_call_download (reading->engine, g_variant_builder_end (&files), descriptors,
                                    NULL, handed_over, g_object_ref (reading->task));
}

/* A file without a name: it is gone with its descriptor, whatever happens to us. */
static void
open_thread (GTask *work, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = task_data;
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "sallyport", NULL);
  g_autofree char *name = g_build_filename (folder, "read-back-XXXXXX", NULL);
  GError *error = NULL;

  g_mkdir_with_parents (folder, 0700);
  reading->descriptor = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (reading->descriptor < 0)
    {
      reading->descriptor = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0600);
      if (reading->descriptor >= 0)
        g_unlink (name);
    }
  if (reading->descriptor >= 0)
    {
      g_task_return_boolean (work, TRUE);
      return;
    }
  sally_error_set_errno (&error, errno, folder);
  g_task_return_error (work, error);
}

static void
opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reading *reading = g_task_get_task_data (G_TASK (user_data));
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    begin_reading (reading);
  else
    fail (user_data, error);
}

static void
checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Reading *reading = g_task_get_task_data (task);
  g_autoptr (GVariant) digest = NULL;
  g_autoptr (GTask) work = NULL;
  GError *error = NULL;

  if (sally_wire_engine1_call_check_file_finish (reading->engine, &digest, result, &error))
    {
      char *sha256 = sally_digest_to_string (digest);

      reading->method = SALLY_REMOTE_DIGEST_CHECK_FILE;
      if (sha256 == NULL)
        fail (task, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_PROTOCOL,
                                         _ ("The server gave no digest")));
      else
        {
          g_task_return_pointer (task, sha256, g_free);
          g_object_unref (task);
        }
      return;
    }
  if (!g_error_matches (error, SALLY_ERROR, SALLY_ERROR_REMOTE_UNSUPPORTED))
    {
      fail (task, error);
      return;
    }
  g_error_free (error);
  work = g_task_new (NULL, NULL, opened, task);
  g_task_set_static_name (work, "open a file without a name");
  g_task_set_task_data (work, reading, NULL);
  g_task_run_in_thread (work, open_thread);
}

void
sally_remote_digest_async (SallyConnection *connection,
                           const char *path,
                           guint64 size,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Reading *reading;
  GTask *task;

  g_return_if_fail (SALLY_IS_CONNECTION (connection));
  g_return_if_fail (path != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_remote_digest_async);
  reading = g_new0 (Reading, 1);
  reading->task = task;
  reading->connection = g_object_ref (connection);
  reading->path = g_strdup (path);
  reading->size = size;
  reading->descriptor = -1;
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_set_object (&reading->engine, sally_connection_get_engine (connection));
  if (reading->engine != NULL)
    sally_wire_engine1_call_check_file (reading->engine, path, cancellable, checked, task);
  else
    fail (task, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                                     _ ("The connection is not open")));
}

char *
sally_remote_digest_finish (GAsyncResult *result, const char **method, GError **error)
{
  Reading *reading;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  reading = g_task_get_task_data (G_TASK (result));
  if (method != NULL)
    *method = reading->method;
  return g_task_propagate_pointer (G_TASK (result), error);
}
