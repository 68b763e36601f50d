/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The servers of the window: their pages, their dialog, what becomes of one that is deleted. */
#include "config.h"

#include "ui/window-private.h"

#include "model/server-uri.h"
#include "servers/server-dialog.h"
#include "servers/server-page.h"

#include <glib/gi18n.h>

static void
on_page_edit (SallyServerPage *page, SallyServer *server, SallyWindow *self)
{
  sally_window_present_server_dialog (self, server);
}

GtkWidget *
sally_window_ensure_server_page (SallyWindow *self, SallyServer *server)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->stack, sally_server_get_id (server));

  if (page == NULL)
    {
      page = sally_server_page_new (sally_connections_get (self->connections, server),
                                    sally_connections_get_services (self->connections), self->queue,
                                    self->settings);
      g_signal_connect_object (page, "edit", G_CALLBACK (on_page_edit), self, G_CONNECT_DEFAULT);
      gtk_stack_add_named (self->stack, page, sally_server_get_id (server));
    }
  return page;
}

void
sally_window_show_server (SallyWindow *self, SallyServer *server)
{
  GtkWidget *page;

  sally_sidebar_select_server (self->sidebar, server);
  /* What an administrator gives to everybody need not say who signs in: who it is says it now. */
  if (*sally_server_get_user (server) == '\0')
    {
      g_object_set_data (G_OBJECT (sally_window_present_server_dialog (self, server)), "opens",
                         GINT_TO_POINTER (TRUE));
      return;
    }
  page = sally_window_ensure_server_page (self, server);
  sally_window_show_page (self, page, sally_server_get_name (server));
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
  sally_server_page_open (SALLY_SERVER_PAGE (page));
}

/* The page of a server that is gone goes too, and its connection ends. */
void
sally_window_forget_server (SallyWindow *self, SallyServer *server)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->stack, sally_server_get_id (server));

  if (page != NULL)
    {
      if (gtk_stack_get_visible_child (self->stack) == page)
        sally_window_show_place (self, SALLY_PLACE_CODES);
      gtk_stack_remove (self->stack, page);
    }
  sally_connections_drop (self->connections, server);
}

static void
on_password_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!sally_keyring_remove_finish (SALLY_KEYRING (source), result, &error))
    g_warning ("The password of a deleted server is still in the keyring: %s", error->message);
}

/* Undo is over: the password goes the way of its server. */
static void
on_delete_toast_dismissed (AdwToast *toast, SallyWindow *self)
{
  SallyServer *server = g_object_get_data (G_OBJECT (toast), "server");

  if (sally_server_store_get_by_id (self->servers, sally_server_get_id (server)) != NULL)
    return;
  sally_keyring_remove_async (sally_account_store_get_keyring (self->accounts),
                              SALLY_KEYRING_PASSWORD, sally_server_get_id (server), NULL,
                              on_password_removed, NULL);
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sally_server_store_save_finish (SALLY_SERVER_STORE (source), result, &error))
    sally_window_show_message (self, error->message);
}

static void
on_undo_delete (AdwToast *toast, SallyWindow *self)
{
  SallyServer *server = g_object_get_data (G_OBJECT (toast), "server");

  sally_server_store_save_async (self->servers, server, NULL, on_restored, g_object_ref (self));
}

typedef struct
{
  SallyWindow *window;
  SallyServer *server;
} Removal;

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->window);
  g_object_unref (removal->server);
  g_free (removal);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removal, removal_free)

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Removal) removal = user_data;
  SallyWindow *self = removal->window;
  g_autoptr (GError) error = NULL;
  AdwToast *toast;

  if (!sally_server_store_remove_finish (SALLY_SERVER_STORE (source), result, &error))
    {
      sally_window_show_message (self, error->message);
      return;
    }

  sally_window_forget_server (self, removal->server);
  toast = adw_toast_new_format (_ ("“%s” deleted"), sally_server_get_name (removal->server));
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_object_set_data_full (G_OBJECT (toast), "server", g_object_ref (removal->server),
                          g_object_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_undo_delete), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_delete_toast_dismissed), self,
                           G_CONNECT_DEFAULT);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
sally_window_delete_server (SallyWindow *self, SallyServer *server)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->window = g_object_ref (self);
  removal->server = g_object_ref (server);
  sally_server_store_remove_async (self->servers, server, NULL, on_removed, removal);
}

static void
on_dialog_delete (SallyServerDialog *dialog, SallyWindow *self)
{
  sally_window_delete_server (self, g_object_get_data (G_OBJECT (dialog), "server"));
}

/* A new server is opened at once; an edited one when it is what the window shows. */
static void
on_dialog_saved (SallyServerDialog *dialog, SallyServer *saved, SallyWindow *self)
{
  SallyServer *server = sally_server_store_get_by_id (self->servers, sally_server_get_id (saved));
  GtkWidget *page;

  if (server == NULL)
    return;
  page = gtk_stack_get_child_by_name (self->stack, sally_server_get_id (server));
  if (page != NULL)
    {
      gboolean is_visible = gtk_stack_get_visible_child (self->stack) == page;
      SallyConnection *connection = sally_connections_get (self->connections, server);

      if (is_visible)
        adw_navigation_page_set_title (self->content_page, sally_server_get_name (server));
      /* A page that shows an error starts afresh with the new details. */
      if (sally_connection_get_state (connection) == SALLY_CONNECTION_CLOSED)
        {
          gtk_stack_remove (self->stack, page);
          if (is_visible)
            sally_window_show_page (self, sally_window_ensure_server_page (self, server),
                                    sally_server_get_name (server));
        }
    }
  else if (g_object_get_data (G_OBJECT (dialog), "server") == NULL ||
           g_object_get_data (G_OBJECT (dialog), "opens") != NULL)
    {
      sally_sidebar_select_server (self->sidebar, server);
      sally_window_show_page (self, sally_window_ensure_server_page (self, server),
                              sally_server_get_name (server));
      adw_navigation_split_view_set_show_content (self->split_view, TRUE);
    }
}

AdwDialog *
sally_window_present_server_dialog (SallyWindow *self, SallyServer *server)
{
  AdwDialog *dialog =
      sally_server_dialog_new (self->servers, self->accounts,
                               sally_connections_get_services (self->connections), server);

  if (server != NULL)
    g_object_set_data_full (G_OBJECT (dialog), "server", g_object_ref (server), g_object_unref);
  g_signal_connect_object (dialog, "saved", G_CALLBACK (on_dialog_saved), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (dialog, "delete", G_CALLBACK (on_dialog_delete), self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, GTK_WIDGET (self));
  return dialog;
}

static SallyServer *
find_meant (SallyWindow *self, SallyServer *link)
{
  guint n_servers = g_list_model_get_n_items (G_LIST_MODEL (self->servers));

  for (guint i = 0; i < n_servers; i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (G_LIST_MODEL (self->servers), i);

      if (sally_server_uri_means (link, server))
        return server;
    }
  return NULL;
}

gboolean
sally_window_open_server_link (SallyWindow *self, const char *uri, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (SallyServer) link = sally_server_new_from_uri (uri, &path, error);
  SallyServer *server;

  if (link == NULL)
    return FALSE;
  server = find_meant (self, link);
  if (server == NULL)
    {
      AdwDialog *dialog = sally_window_present_server_dialog (self, NULL);

      sally_server_dialog_fill (SALLY_SERVER_DIALOG (dialog), link);
      return TRUE;
    }
  sally_window_show_server (self, server);
  if (*path != '\0')
    sally_server_page_open_path (SALLY_SERVER_PAGE (sally_window_ensure_server_page (self, server)),
                                 path);
  return TRUE;
}
