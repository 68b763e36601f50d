/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "qr/qr-scanner.h"

#include "base/error.h"
#include "remote/program.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

/* From the start of one frame to the next: a code held before a camera stays there for longer. */
#define INTERVAL_US      (200 * 1000)
/* A frame takes some hundredths of a second. */
#define DEADLINE_S       5
/* Whatever ended it so often will do so again. */
#define MAX_STARTS       5
#define MAX_OUTPUT_BYTES (SALLY_QR_MAX_CODES * 4096)

struct _SallyQrScanner
{
  GObject parent_instance;

  GSubprocess *process;
  GTask *task; /* the frame that is being read; borrowed */
  guint n_starts;
  gint64 started_us;
  gboolean is_stopped;
};

G_DEFINE_FINAL_TYPE (SallyQrScanner, sally_qr_scanner, G_TYPE_OBJECT)

/* One frame on its way to the program and back. */
typedef struct
{
  guint8 *input;
  gsize input_length;
  char *output;
  gsize output_length;
  guint n_pending;
  guint deadline_id;
} Exchange;

static void
exchange_free (gpointer data)
{
  Exchange *exchange = data;

  g_clear_handle_id (&exchange->deadline_id, g_source_remove);
  sally_secret_wipe (exchange->input, exchange->input_length);
  sally_secret_wipe (exchange->output, MAX_OUTPUT_BYTES);
  g_free (exchange->input);
  g_free (exchange->output);
  g_free (exchange);
}

/* Width, height and the brightness of each pixel. */
static void
exchange_pack (Exchange *exchange, const guint8 *pixels, guint width, guint height, gsize stride)
{
  const guint32 header[2] = { GUINT32_TO_BE (width), GUINT32_TO_BE (height) };
  guint8 *grey;

  exchange->input_length = sizeof header + (gsize) width * height;
  exchange->input = g_malloc (exchange->input_length);
  memcpy (exchange->input, header, sizeof header);
  grey = exchange->input + sizeof header;
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        const guint8 *pixel = pixels + y * stride + (gsize) x * 4;

        *grey++ = (guint8) ((pixel[2] * 77u + pixel[1] * 151u + pixel[0] * 28u) >> 8);
      }
}

/* An empty text ends the answer. */
static gboolean
exchange_is_answered (const Exchange *exchange)
{
  const char *end = exchange->output + exchange->output_length;

  return exchange->output_length > 0 && end[-1] == '\0' &&
         (exchange->output_length == 1 || end[-2] == '\0');
}

static void
end_process (SallyQrScanner *self)
{
  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  g_clear_object (&self->process);
}

static gboolean
start_process (SallyQrScanner *self, GError **error)
{
  g_autofree char *program = sally_program_dup_path ("sallyport-qr");

  if (self->n_starts == MAX_STARTS)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_FAILED,
                   _ ("What reads QR codes (%s) ends again and again: install Sallyport anew"),
                   program);
      return FALSE;
    }
  self->n_starts++;
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                        G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                    error, program, SALLY_QR_FRAMES_OPTION, NULL);
  return self->process != NULL;
}

/* Once both the writing and the reading are over: a frame that was not answered shows nothing. */
static void
conclude (GTask *task)
{
  SallyQrScanner *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  gsize length = exchange_is_answered (exchange) ? exchange->output_length : 0;

  if (--exchange->n_pending > 0)
    return;
  self->task = NULL;
  if (self->is_stopped)
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  else
    g_task_return_pointer (task, sally_qr_split_texts (exchange->output, length),
                           (GDestroyNotify) g_ptr_array_unref);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    end_process (g_task_get_source_object (task));
  conclude (task);
}

static void
on_output (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  gssize length = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (length > 0)
    exchange->output_length += (gsize) length;
  if (length > 0 && !exchange_is_answered (exchange) && exchange->output_length < MAX_OUTPUT_BYTES)
    {
      g_input_stream_read_async (G_INPUT_STREAM (source),
                                 exchange->output + exchange->output_length,
                                 MAX_OUTPUT_BYTES - exchange->output_length, G_PRIORITY_DEFAULT,
                                 NULL, on_output, g_steal_pointer (&task));
      return;
    }
  if (!exchange_is_answered (exchange))
    end_process (g_task_get_source_object (task));
  conclude (task);
}

/* Its pipes close with it, which ends the writing and the reading. */
static void
on_deadline (gpointer user_data)
{
  GTask *task = user_data;
  Exchange *exchange = g_task_get_task_data (task);

  exchange->deadline_id = 0;
  end_process (g_task_get_source_object (task));
}

static void
sally_qr_scanner_finalize (GObject *object)
{
  end_process (SALLY_QR_SCANNER (object));

  G_OBJECT_CLASS (sally_qr_scanner_parent_class)->finalize (object);
}

static void
sally_qr_scanner_class_init (SallyQrScannerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_qr_scanner_finalize;
  /* The program may end while a frame is written to it; GSocket does the same for its own. */
  signal (SIGPIPE, SIG_IGN);
}

static void
sally_qr_scanner_init (SallyQrScanner *self)
{
}

SallyQrScanner *
sally_qr_scanner_new (void)
{
  return g_object_new (SALLY_TYPE_QR_SCANNER, NULL);
}

gboolean
sally_qr_scanner_is_ready (SallyQrScanner *self)
{
  g_return_val_if_fail (SALLY_IS_QR_SCANNER (self), FALSE);

  return self->task == NULL && !self->is_stopped &&
         (self->started_us == 0 || g_get_monotonic_time () - self->started_us >= INTERVAL_US);
}

void
sally_qr_scanner_read_async (SallyQrScanner *self,
                             const guint8 *pixels,
                             guint width,
                             guint height,
                             gsize stride,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  Exchange *exchange;

  g_return_if_fail (sally_qr_scanner_is_ready (self));
  g_return_if_fail (pixels != NULL);
  g_return_if_fail (width > 0 && width <= SALLY_QR_MAX_FRAME_SIDE);
  g_return_if_fail (height > 0 && height <= SALLY_QR_MAX_FRAME_SIDE);
  g_return_if_fail (stride >= (gsize) width * 4);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, sally_qr_scanner_read_async);
  self->started_us = g_get_monotonic_time ();
  if (self->process == NULL && !start_process (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  exchange = g_new0 (Exchange, 1);
  exchange->output = g_malloc0 (MAX_OUTPUT_BYTES);
  exchange->n_pending = 2;
  exchange_pack (exchange, pixels, width, height, stride);
  g_task_set_task_data (task, exchange, exchange_free);
  self->task = task;
  exchange->deadline_id = g_timeout_add_seconds_once (DEADLINE_S, on_deadline, task);
  g_output_stream_write_all_async (g_subprocess_get_stdin_pipe (self->process), exchange->input,
                                   exchange->input_length, G_PRIORITY_DEFAULT, NULL, on_written,
                                   g_object_ref (task));
  g_input_stream_read_async (g_subprocess_get_stdout_pipe (self->process), exchange->output,
                             MAX_OUTPUT_BYTES, G_PRIORITY_DEFAULT, NULL, on_output,
                             g_object_ref (task));
}

GPtrArray *
sally_qr_scanner_read_finish (SallyQrScanner *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sally_qr_scanner_stop (SallyQrScanner *self)
{
  g_return_if_fail (SALLY_IS_QR_SCANNER (self));

  self->is_stopped = TRUE;
  end_process (self);
}
