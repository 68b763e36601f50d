/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/window-private.h"

#include "servers/import-dialog.h"

#include <glib/gi18n.h>

/* What an import has added, as long as it can be taken back. */
typedef struct
{
  SallyWindow *window;
  GPtrArray *servers; /* (element-type SallyServer) */
  GPtrArray *pinned;  /* (element-type SallyServer) */
} Import;

static void
import_free (gpointer data, GClosure *closure)
{
  Import *import = data;

  g_ptr_array_unref (import->servers);
  g_ptr_array_unref (import->pinned);
  g_free (import);
}

static void
on_import_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sally_server_store_remove_all_finish (SALLY_SERVER_STORE (source), result, &error))
    sally_window_show_message (self, error->message);
}

static void
on_undo_import (AdwToast *toast, Import *import)
{
  SallyWindow *self = import->window;
  SallyHostTrust *host_trust =
      sally_connection_services_get_host_trust (sally_connections_get_services (self->connections));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < import->pinned->len && error == NULL; i++)
    sally_host_trust_forget (host_trust, sally_server_get_host (import->pinned->pdata[i]),
                             sally_server_get_port (import->pinned->pdata[i]), &error);
  if (error != NULL)
    sally_window_show_message (self, error->message);
  for (guint i = 0; i < import->servers->len; i++)
    sally_window_forget_server (self, import->servers->pdata[i]);
  sally_server_store_remove_all_async (self->servers, import->servers, NULL, on_import_removed,
                                       g_object_ref (self));
}

static void
on_imported (SallyImportDialog *dialog, GPtrArray *servers, GPtrArray *pinned, SallyWindow *self)
{
  g_autofree char *title =
      g_strdup_printf (ngettext ("%u server added", "%u servers added", servers->len),
                       servers->len);
  AdwToast *toast = adw_toast_new (title);
  Import *import = g_new0 (Import, 1);

  import->window = self;
  import->servers = g_ptr_array_ref (servers);
  import->pinned = g_ptr_array_ref (pinned);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo_import), import, import_free,
                         G_CONNECT_DEFAULT);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
sally_window_present_import (SallyWindow *self, const char *const *sources)
{
  AdwDialog *dialog =
      sally_import_dialog_new (self->servers,
                               sally_connection_services_get_host_trust (
                                   sally_connections_get_services (self->connections)),
                               sources);

  g_signal_connect_object (dialog, "imported", G_CALLBACK (on_imported), self, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}
