/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/window-private.h"

#include "browser/conflict-dialog.h"
#include "codes/account-dialog.h"
#include "codes/codes-page.h"
#include "common/error-words.h"
#include "history/history-page.h"
#include "servers/server-page.h"
#include "servers/sidebar.h"
#include "transfers/transfers-page.h"

#include <glib/gi18n.h>
#include <string.h>

#define MIGRATION_SCHEME "otpauth-migration:"

G_DEFINE_FINAL_TYPE (SallyWindow, sally_window, ADW_TYPE_APPLICATION_WINDOW)

void
sally_window_show_message (SallyWindow *self, const char *message)
{
  AdwToast *toast = adw_toast_new (message);

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
sally_window_show_page (SallyWindow *self, GtkWidget *page, const char *title)
{
  g_autofree char *window_title = NULL;

  gtk_stack_set_visible_child (self->stack, page);
  adw_navigation_page_set_title (self->content_page, title);
  /* Translators: what the window shows, then the program's name. */
  window_title = g_strdup_printf (_ ("%s — Sallyport"), title);
  if (!sally_lock_get_is_locked (self->lock))
    gtk_window_set_title (GTK_WINDOW (self), window_title);
  g_set_str (&self->title, window_title);
}

void
sally_window_show_place (SallyWindow *self, SallyPlace place)
{
  sally_sidebar_select_place (self->sidebar, place);
  if (place == SALLY_PLACE_TRANSFERS)
    sally_window_show_page (self, self->transfers_page, _ ("Transfers"));
  else if (place == SALLY_PLACE_HISTORY)
    sally_window_show_page (self, self->history_page, _ ("History"));
  else
    sally_window_show_page (self, self->codes_page, _ ("Codes"));
}

static void
on_place_selected (SallyWindow *self, guint place)
{
  sally_window_show_place (self, (SallyPlace) place);
}

static void
on_place_activated (SallyWindow *self, guint place)
{
  sally_window_show_place (self, (SallyPlace) place);
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
}

static void
on_server_selected (SallyWindow *self, SallyServer *server)
{
  sally_window_show_page (self, sally_window_ensure_server_page (self, server),
                          sally_server_get_name (server));
}

static void
on_server_activated (SallyWindow *self, SallyServer *server)
{
  sally_window_show_server (self, server);
}

static void
on_edit_server (SallyWindow *self, SallyServer *server)
{
  sally_window_present_server_dialog (self, server);
}

static void
on_add_server (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_window_present_server_dialog (SALLY_WINDOW (widget), NULL);
}

static void
on_import_servers (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_window_present_import (SALLY_WINDOW (widget), NULL);
}

static void
on_add_account (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyWindow *self = SALLY_WINDOW (widget);

  on_place_activated (self, SALLY_PLACE_CODES);
  gtk_widget_activate_action (self->codes_page, "codes.add", NULL);
}

static void
on_show_codes (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  on_place_activated (SALLY_WINDOW (widget), SALLY_PLACE_CODES);
}

static void
on_show_transfers (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  on_place_activated (SALLY_WINDOW (widget), SALLY_PLACE_TRANSFERS);
}

static void
on_show_history (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  on_place_activated (SALLY_WINDOW (widget), SALLY_PLACE_HISTORY);
}

static void
on_search (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyWindow *self = SALLY_WINDOW (widget);
  GtkWidget *page = gtk_stack_get_visible_child (self->stack);

  if (SALLY_IS_CODES_PAGE (page))
    sally_codes_page_start_search (SALLY_CODES_PAGE (page));
  else if (SALLY_IS_SERVER_PAGE (page))
    sally_server_page_start_search (SALLY_SERVER_PAGE (page));
  else if (SALLY_IS_HISTORY_PAGE (page))
    sally_history_page_start_search (SALLY_HISTORY_PAGE (page));
}

/* Whatever in the window has the focus, unless it pastes by itself. */
static void
on_paste (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyWindow *self = SALLY_WINDOW (widget);

  if (gtk_stack_get_visible_child (self->stack) == self->codes_page)
    gtk_widget_activate_action (self->codes_page, "codes.paste", NULL);
}

static void
on_import (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyWindow *self = SALLY_WINDOW (widget);

  on_place_activated (self, SALLY_PLACE_CODES);
  gtk_widget_activate_action (self->codes_page, "codes.import", NULL);
}

static void
on_export (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyWindow *self = SALLY_WINDOW (widget);

  on_place_activated (self, SALLY_PLACE_CODES);
  gtk_widget_activate_action (self->codes_page, "codes.export", NULL);
}

static void
on_toggle_sidebar (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyWindow *self = SALLY_WINDOW (widget);

  if (adw_navigation_split_view_get_collapsed (self->split_view))
    adw_navigation_split_view_set_show_content (self->split_view,
                                                !adw_navigation_split_view_get_show_content (
                                                    self->split_view));
  else
    gtk_widget_child_focus (GTK_WIDGET (self->sidebar), GTK_DIR_TAB_FORWARD);
}

/* A transfer that is just ending comes to its end. */
static void
close_when_idle (SallyWindow *self)
{
  guint n_active = 0;

  g_object_get (self->queue, "n-active", &n_active, NULL);
  if (n_active == 0)
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_close_response (AdwAlertDialog *dialog, const char *response, SallyWindow *self)
{
  if (!g_str_equal (response, "pause"))
    return;
  self->may_close = TRUE;
  sally_transfer_queue_pause_all (self->queue);
  g_signal_connect_object (self->queue, "notify::n-active", G_CALLBACK (close_when_idle), self,
                           G_CONNECT_SWAPPED);
  close_when_idle (self);
}

static gboolean
sally_window_close_request (GtkWindow *window)
{
  SallyWindow *self = SALLY_WINDOW (window);
  guint n_active = 0;
  AdwDialog *dialog;
  g_autofree char *body = NULL;

  g_object_get (self->queue, "n-active", &n_active, NULL);
  if (n_active == 0 || self->may_close)
    {
      /* The desktop's search may keep the program up: the next window starts locked again. */
      sally_lock_lock (self->lock);
      return GTK_WINDOW_CLASS (sally_window_parent_class)->close_request (window);
    }

  body =
      g_strdup_printf (ngettext ("%u file is still on its way. It can go on where it is when you "
                                 "open Sallyport again.",
                                 "%u files are still on their way. They can go on where they are "
                                 "when you open Sallyport again.",
                                 n_active),
                       n_active);
  dialog = adw_alert_dialog_new (_ ("Pause the Transfers?"), body);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "pause",
                                  _ ("_Pause and Close"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "pause",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_object_set_data (G_OBJECT (dialog), SALLY_DIALOG_NAMES_NOTHING, GINT_TO_POINTER (TRUE));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_close_response), self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, GTK_WIDGET (self));
  return GDK_EVENT_STOP;
}

static void
sally_window_dispose (GObject *object)
{
  SallyWindow *self = SALLY_WINDOW (object);

  sally_window_drop_want (self);
  g_clear_handle_id (&self->unwanted_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_WINDOW);
  g_clear_object (&self->accounts);
  g_clear_object (&self->servers);
  g_clear_object (&self->connections);
  g_clear_object (&self->queue);
  g_clear_object (&self->settings);
  g_clear_object (&self->lock);
  g_clear_object (&self->clipboard);
  g_clear_object (&self->backup_timer);
  g_clear_pointer (&self->title, g_free);

  G_OBJECT_CLASS (sally_window_parent_class)->dispose (object);
}

static void
sally_window_class_init (SallyWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = sally_window_close_request;

  g_type_ensure (SALLY_TYPE_SIDEBAR);
  gtk_widget_class_set_template_from_resource (widget_class, SALLY_RESOURCES "/window.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyWindow, cover);
  gtk_widget_class_bind_template_child (widget_class, SallyWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SallyWindow, split_view);
  gtk_widget_class_bind_template_child (widget_class, SallyWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, SallyWindow, content_page);
  gtk_widget_class_bind_template_child (widget_class, SallyWindow, stack);
  gtk_widget_class_bind_template_callback (widget_class, on_place_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_place_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_server_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_server_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_edit_server);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_delete_server",
                                                G_CALLBACK (sally_window_delete_server));

  gtk_widget_class_install_action (widget_class, "win.add-server", NULL, on_add_server);
  gtk_widget_class_install_action (widget_class, "win.import-servers", NULL, on_import_servers);
  gtk_widget_class_install_action (widget_class, "win.add-account", NULL, on_add_account);
  gtk_widget_class_install_action (widget_class, "win.show-codes", NULL, on_show_codes);
  gtk_widget_class_install_action (widget_class, "win.show-transfers", NULL, on_show_transfers);
  gtk_widget_class_install_action (widget_class, "win.show-history", NULL, on_show_history);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, on_search);
  gtk_widget_class_install_action (widget_class, "win.paste", NULL, on_paste);
  gtk_widget_class_install_action (widget_class, "win.import", NULL, on_import);
  gtk_widget_class_install_action (widget_class, "win.export", NULL, on_export);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "win.export",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "win.paste",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_o, GDK_CONTROL_MASK, "win.import",
                                       NULL);
  gtk_widget_class_install_action (widget_class, "win.toggle-sidebar", NULL, on_toggle_sidebar);
  sally_window_install_lock (widget_class);
}

static void
sally_window_init (SallyWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
sally_window_new (GtkApplication *application, const SallyWindowParts *parts)
{
  SallyWindow *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (parts != NULL, NULL);

  self = g_object_new (SALLY_TYPE_WINDOW, "application", application, NULL);
  self->accounts = g_object_ref (parts->accounts);
  self->servers = g_object_ref (parts->servers);
  self->connections = g_object_ref (parts->connections);
  self->queue = g_object_ref (parts->queue);
  self->settings = g_object_ref (parts->settings);
  self->lock = g_object_ref (parts->lock);
  self->clipboard = g_object_ref (parts->clipboard);

  self->codes_page = sally_codes_page_new (parts->backups, parts->clock, parts->servers,
                                           parts->clipboard, parts->settings);
  gtk_stack_add_child (self->stack, self->codes_page);
  self->transfers_page = sally_transfers_page_new (parts->queue);
  gtk_stack_add_child (self->stack, self->transfers_page);
  self->history_page = sally_history_page_new (parts->journal, parts->servers);
  gtk_stack_add_child (self->stack, self->history_page);
  sally_sidebar_set_up (self->sidebar, parts->servers, parts->connections, parts->queue);
  sally_conflict_dialog_watch (GTK_WIDGET (self), parts->queue, parts->lock);
  sally_window_show_place (self, SALLY_PLACE_CODES);
  sally_window_set_up_lock (self);
  sally_window_set_up_wants (self);
  self->backup_timer = sally_backup_timer_new (GTK_WINDOW (self), parts->backups);
  return GTK_WINDOW (self);
}

void
sally_window_open_server (SallyWindow *self, SallyServer *server)
{
  g_return_if_fail (SALLY_IS_WINDOW (self));
  g_return_if_fail (SALLY_IS_SERVER (server));

  if (sally_lock_get_is_locked (self->lock))
    return;
  sally_window_show_server (self, server);
}

static void
open_account_link (SallyWindow *self, SallySecret *link)
{
  AdwDialog *dialog;

  on_place_activated (self, SALLY_PLACE_CODES);
  /* An export of another program holds many accounts: they are shown before they are kept. */
  if (g_ascii_strncasecmp (sally_secret_peek (link, NULL), MIGRATION_SCHEME,
                           strlen (MIGRATION_SCHEME)) == 0)
    {
      gsize length;
      const char *text = sally_secret_peek (link, &length);
      g_autoptr (GBytes) bytes =
          g_bytes_new_with_free_func (text, length, (GDestroyNotify) sally_secret_unref,
                                      sally_secret_ref (link));

      sally_codes_page_import (SALLY_CODES_PAGE (self->codes_page), bytes);
      return;
    }
  dialog = sally_account_dialog_new (self->accounts, NULL);
  adw_dialog_present (dialog, GTK_WIDGET (self));
  sally_account_dialog_set_key (SALLY_ACCOUNT_DIALOG (dialog), link);
}

gboolean
sally_window_open_link (SallyWindow *self, SallySecret *link, GError **error)
{
  const char *uri;
  g_autofree char *scheme = NULL;

  g_return_val_if_fail (SALLY_IS_WINDOW (self), FALSE);
  g_return_val_if_fail (link != NULL, FALSE);

  if (sally_lock_get_is_locked (self->lock))
    return TRUE;
  uri = sally_secret_peek (link, NULL);
  scheme = g_uri_parse_scheme (uri);
  if (scheme != NULL && (g_ascii_strcasecmp (scheme, "otpauth") == 0 ||
                         g_ascii_strcasecmp (scheme, "otpauth-migration") == 0))
    {
      open_account_link (self, link);
      return TRUE;
    }
  return sally_window_open_server_link (self, uri, error);
}

void
sally_window_open_connection_file (SallyWindow *self, GFile *file)
{
  g_return_if_fail (SALLY_IS_WINDOW (self));
  g_return_if_fail (G_IS_FILE (file));

  if (sally_lock_get_is_locked (self->lock))
    return;
  if (g_file_peek_path (file) != NULL)
    sally_window_present_import (self, (const char *const[]) { g_file_peek_path (file), NULL });
  else
    sally_window_show_message (self, _ ("Only files of this computer can be opened"));
}

void
sally_window_offer_resume (SallyWindow *self, guint n_left)
{
  AdwToast *toast;
  g_autofree char *title = NULL;

  g_return_if_fail (SALLY_IS_WINDOW (self));

  title = g_strdup_printf (ngettext ("%u transfer did not come to its end last time",
                                     "%u transfers did not come to their end last time", n_left),
                           n_left);
  toast = adw_toast_new (title);
  adw_toast_set_button_label (toast, _ ("_Show"));
  adw_toast_set_action_name (toast, "win.show-transfers");
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
sally_window_show_error (SallyWindow *self, const GError *error)
{
  SallyErrorWords words;
  AdwDialog *dialog;
  g_autofree char *body = NULL;

  g_return_if_fail (SALLY_IS_WINDOW (self));
  g_return_if_fail (error != NULL);

  words = sally_error_words (error);
  body = sally_error_words_dup_description (error);
  dialog = adw_alert_dialog_new (words.title, body);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}
