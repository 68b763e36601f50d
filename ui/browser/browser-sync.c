/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/browser-private.h"
#include "browser/sync-dialog.h"

#include <glib/gi18n.h>

static void
on_synchronized (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyBrowser) self = user_data;
  g_autoptr (GError) error = NULL;
  SallySyncResult counts = { 0 };
  g_autofree char *message = NULL;

  if (self->directory != NULL)
    sally_directory_reload (self->directory);
  if (sally_sync_run_finish (SALLY_SYNC (source), result, &counts, &error))
    {
      /* Translators: what was done; each number may be 0. */
      message = g_strdup_printf (_ ("Synchronized: %u copied, %u deleted"), counts.n_copied,
                                 counts.n_deleted);
      sally_browser_show_message (self, message);
      return;
    }
  if (counts.has_stopped)
    {
      g_autofree char *reason = g_strdup (error->message);

      g_free (error->message);
      error->message = g_strdup_printf (_ ("Nothing was deleted. %s"), reason);
    }
  sally_browser_show_error (self, error);
}

static void
on_begin (SallySyncDialog *dialog, SallySync *sync, SallyBrowser *self)
{
  sally_sync_run_async (sync, self->cancellable, on_synchronized, g_object_ref (self));
}

static void
on_sync (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);
  AdwDialog *dialog;

  if (self->directory == NULL)
    return;
  dialog = sally_sync_dialog_new (self->queue, self->connection,
                                  sally_directory_get_path (self->directory));
  g_signal_connect_object (dialog, "begin", G_CALLBACK (on_begin), self, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

void
sally_browser_install_sync_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "browser.sync", NULL, on_sync);
}
