/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/sheet-printer.h"

#include "base/error.h"

#include <glib/gi18n.h>

/* A5: what is smaller is no paper for a sheet. */
#define MIN_WIDTH  419.0
#define MIN_HEIGHT 595.0

typedef struct
{
  GtkPrintDialog *dialog;
  GtkWindow *parent;
  GtkPrintSetup *setup;
  GPtrArray *uris;
  GPtrArray *losses;
  SallySheetPaper paper;
  GBytes *sheet;
} Printing;

static void
printing_free (gpointer data)
{
  Printing *printing = data;

  g_object_unref (printing->dialog);
  g_object_unref (printing->parent);
  g_clear_pointer (&printing->setup, gtk_print_setup_unref);
  g_ptr_array_unref (printing->uris);
  g_ptr_array_unref (printing->losses);
  g_clear_pointer (&printing->sheet, g_bytes_unref);
  g_free (printing);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    g_task_return_error (task, error);
  else
    g_output_stream_close_async (G_OUTPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, on_closed,
                                 g_steal_pointer (&task));
}

static void
on_stream (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Printing *printing = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GOutputStream) stream =
      gtk_print_dialog_print_finish (GTK_PRINT_DIALOG (source), result, &error);
  gconstpointer bytes;
  gsize length;

  if (stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  bytes = g_bytes_get_data (printing->sheet, &length);
  g_output_stream_write_all_async (stream, bytes, length, G_PRIORITY_DEFAULT, NULL, on_sent,
                                   g_steal_pointer (&task));
}

static void
write_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Printing *printing = task_data;
  GError *error = NULL;

  printing->sheet =
      sally_sheet_write (printing->uris, &printing->paper, g_get_real_time () / G_USEC_PER_SEC,
                         printing->losses, &error);
  if (printing->sheet != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Printing *printing = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    gtk_print_dialog_print (printing->dialog, printing->parent, printing->setup,
                            g_task_get_cancellable (task), on_stream, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

static SallySheetPaper
get_paper (GtkPrintSetup *setup)
{
  GtkPageSetup *page = gtk_print_setup_get_page_setup (setup);
  SallySheetPaper paper = { 0 };

  if (page != NULL)
    paper = (SallySheetPaper) { gtk_page_setup_get_paper_width (page, GTK_UNIT_POINTS),
                                gtk_page_setup_get_paper_height (page, GTK_UNIT_POINTS) };
  if (paper.width < MIN_WIDTH || paper.height < MIN_HEIGHT)
    paper = sally_sheet_get_default_paper ();
  return paper;
}

static void
on_set_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Printing *printing = g_task_get_task_data (task);
  g_autoptr (GTask) worker = NULL;
  GError *error = NULL;

  printing->setup = gtk_print_dialog_setup_finish (GTK_PRINT_DIALOG (source), result, &error);
  if (printing->setup == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_task_return_error_if_cancelled (task))
    return;
  printing->paper = get_paper (printing->setup);
  worker = g_task_new (source, NULL, on_written, g_object_ref (task));
  g_task_set_source_tag (worker, on_set_up);
  g_task_set_task_data (worker, printing, NULL);
  g_task_run_in_thread (worker, write_thread);
}

void
sally_sheet_printer_print_async (GtkWindow *parent,
                                 GPtrArray *uris,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;
  Printing *printing;

  g_return_if_fail (GTK_IS_WINDOW (parent));
  g_return_if_fail (uris != NULL && uris->len > 0);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_sheet_printer_print_async);
  /* What has gone to the printer has gone. */
  g_task_set_check_cancellable (task, FALSE);
  printing = g_new0 (Printing, 1);
  printing->dialog = gtk_print_dialog_new ();
  printing->parent = g_object_ref (parent);
  printing->uris = g_ptr_array_ref (uris);
  printing->losses = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, printing, printing_free);
  gtk_print_dialog_set_title (printing->dialog, _ ("Print Recovery Sheet"));
  gtk_print_dialog_setup (printing->dialog, parent, cancellable, on_set_up, task);
}

gboolean
sally_sheet_printer_print_finish (GAsyncResult *result, GPtrArray *losses, GError **error)
{
  Printing *printing;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  printing = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  if (losses != NULL)
    g_ptr_array_extend_and_steal (losses, g_ptr_array_ref (printing->losses));
  return TRUE;
}
