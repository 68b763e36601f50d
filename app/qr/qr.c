/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "qr/qr.h"

#include "base/error.h"
#include "remote/program.h"

#include <glib/gi18n.h>
#include <string.h>

/* A screen takes a fraction of a second; what takes longer is made to. */
#define DEADLINE_S       15
/* A code holds less than 3 KiB. */
#define MAX_OUTPUT_BYTES (SALLY_QR_MAX_CODES * 4096)

typedef struct
{
  GSubprocess *process;
  GBytes *picture;
  char *output;
  gsize output_length;
  guint n_pending;
  guint deadline_id;
  gboolean is_late;
  GError *error;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_handle_id (&reading->deadline_id, g_source_remove);
  g_clear_object (&reading->process);
  g_bytes_unref (reading->picture);
  sally_secret_wipe (reading->output, MAX_OUTPUT_BYTES);
  g_free (reading->output);
  g_clear_error (&reading->error);
  g_free (reading);
}

static void
conclude (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);
  g_autoptr (GPtrArray) texts = NULL;

  if (--reading->n_pending > 0)
    return;
  texts = sally_qr_split_texts (reading->output, reading->output_length);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  else if (reading->is_late || !g_subprocess_get_if_exited (reading->process) ||
           g_subprocess_get_exit_status (reading->process) != EXIT_SUCCESS)
    g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_INVALID,
                                     _ ("The picture is damaged, too large or of a kind that "
                                        "cannot be read"));
  else if (texts->len == 0)
    g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_NOT_FOUND,
                                     _ ("No QR code was found in the picture: it must be whole, "
                                        "sharp and not too small"));
  else
    g_task_return_pointer (task, g_steal_pointer (&texts), (GDestroyNotify) g_ptr_array_unref);
}

/* The program may end before it has read all: what it says by then counts. */
static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  g_output_stream_close (G_OUTPUT_STREAM (source), NULL, NULL);
  conclude (task);
}

static void
on_output (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);

  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &reading->output_length, NULL);
  if (reading->output_length == MAX_OUTPUT_BYTES)
    g_subprocess_force_exit (reading->process);
  conclude (task);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);

  if (!g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL))
    g_subprocess_force_exit (reading->process);
  conclude (task);
}

static void
on_deadline (gpointer user_data)
{
  Reading *reading = user_data;

  reading->deadline_id = 0;
  reading->is_late = TRUE;
  g_subprocess_force_exit (reading->process);
}

static void
on_cancelled (GCancellable *cancellable, GSubprocess *process)
{
  g_subprocess_force_exit (process);
}

void
sally_qr_read_async (GBytes *picture,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autofree char *program = sally_program_dup_path ("sallyport-qr");
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  Reading *reading;
  gconstpointer bytes;
  gsize length;

  g_return_if_fail (picture != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_qr_read_async);
  g_task_set_check_cancellable (task, FALSE);
  reading = g_new0 (Reading, 1);
  reading->picture = g_bytes_ref (picture);
  reading->output = g_malloc0 (MAX_OUTPUT_BYTES);
  g_task_set_task_data (task, reading, reading_free);
  bytes = g_bytes_get_data (picture, &length);
  if (length > SALLY_QR_MAX_PICTURE_BYTES)
    {
      g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_INVALID,
                               _ ("The picture is too large: at most %d MiB are read"),
                               SALLY_QR_MAX_PICTURE_BYTES / 1024 / 1024);
      return;
    }
  reading->process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                            G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                        &error, program, NULL);
  if (reading->process == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  reading->n_pending = 3;
  reading->deadline_id = g_timeout_add_seconds_once (DEADLINE_S, on_deadline, reading);
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), reading->process,
                             G_CONNECT_DEFAULT);
  g_output_stream_write_all_async (g_subprocess_get_stdin_pipe (reading->process), bytes, length,
                                   G_PRIORITY_DEFAULT, NULL, on_written, g_object_ref (task));
  g_input_stream_read_all_async (g_subprocess_get_stdout_pipe (reading->process), reading->output,
                                 MAX_OUTPUT_BYTES, G_PRIORITY_DEFAULT, NULL, on_output,
                                 g_object_ref (task));
  g_subprocess_wait_async (reading->process, NULL, on_ended, g_object_ref (task));
}

GPtrArray *
sally_qr_read_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GPtrArray *
sally_qr_split_texts (const char *output, gsize length)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);
  const char *end = output + length;

  while (output < end)
    {
      const char *stop = memchr (output, '\0', (gsize) (end - output));

      if (stop == NULL)
        break;
      if (stop > output && stop - output <= SALLY_SECRET_MAX_BYTES)
        g_ptr_array_add (texts, sally_secret_new (output, stop - output));
      output = stop + 1;
    }
  return texts;
}
