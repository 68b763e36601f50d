/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/codes-page-private.h"

#include "codes/account-dialog.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (SallyCodesPage, sally_codes_page, ADW_TYPE_BIN)

void
sally_codes_page_show_message (SallyCodesPage *self, const char *message)
{
  AdwToast *toast = adw_toast_new (message);

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
sally_codes_page_update_state (SallyCodesPage *self)
{
  const GError *error = sally_account_store_get_error (self->accounts);

  if (error != NULL)
    {
      sally_keyring_page_show (self->keyring_page, self->accounts);
      gtk_stack_set_visible_child_name (self->stack, "error");
    }
  else if (!sally_account_store_get_is_loaded (self->accounts))
    gtk_stack_set_visible_child_name (self->stack, "loading");
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->accounts)) == 0)
    gtk_stack_set_visible_child_name (self->stack, "empty");
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0)
    gtk_stack_set_visible_child_name (self->stack, "no-results");
  else
    gtk_stack_set_visible_child_name (self->stack, self->is_grid ? "grid" : "list");
}

static void
on_search_activate (SallyCodesPage *self)
{
  g_autoptr (SallyAccount) first = g_list_model_get_item (G_LIST_MODEL (self->filtered), 0);

  if (first != NULL)
    sally_codes_page_activate (self, first);
}

static void
on_scan (SallyAccountDialog *dialog, const char *action, SallyCodesPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
}

static void
on_add (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyCodesPage *self = SALLY_CODES_PAGE (widget);
  AdwDialog *dialog = sally_account_dialog_new (self->accounts, NULL);

  sally_account_dialog_offer_scan (SALLY_ACCOUNT_DIALOG (dialog),
                                   gtk_widget_get_visible (self->camera_button));
  g_signal_connect_object (dialog, "scan", G_CALLBACK (on_scan), self, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

/* The result shows through the store's own properties. */
static void
on_reload (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_account_store_load_async (SALLY_CODES_PAGE (widget)->accounts, NULL, NULL, NULL);
}

/* Nothing ticks while nobody looks. */
static void
update_ticker (SallyCodesPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  gboolean is_suspended = GTK_IS_WINDOW (root) && gtk_window_is_suspended (GTK_WINDOW (root));

  sally_ticker_set_running (self->ticker,
                            gtk_widget_get_mapped (GTK_WIDGET (self)) && !is_suspended);
}

static void
sally_codes_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sally_codes_page_parent_class)->map (widget);
  update_ticker (SALLY_CODES_PAGE (widget));
  sally_codes_page_update_clock (SALLY_CODES_PAGE (widget));
  sally_codes_page_update_reminder (SALLY_CODES_PAGE (widget));
}

static void
sally_codes_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sally_codes_page_parent_class)->unmap (widget);
  update_ticker (SALLY_CODES_PAGE (widget));
}

static void
sally_codes_page_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sally_codes_page_parent_class)->root (widget);
  g_signal_connect_object (gtk_widget_get_root (widget), "notify::suspended",
                           G_CALLBACK (update_ticker), widget, G_CONNECT_SWAPPED);
}

static void
sally_codes_page_dispose (GObject *object)
{
  SallyCodesPage *self = SALLY_CODES_PAGE (object);

  if (self->ticker != NULL)
    sally_ticker_set_running (self->ticker, FALSE);
  g_clear_handle_id (&self->order_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_CODES_PAGE);
  g_clear_object (&self->sorter);
  g_clear_object (&self->tag_filter);
  g_clear_object (&self->accounts);
  g_clear_object (&self->backups);
  g_clear_object (&self->camera);
  g_clear_object (&self->clock);
  g_clear_object (&self->servers);
  g_clear_object (&self->settings);
  g_clear_object (&self->clipboard);

  G_OBJECT_CLASS (sally_codes_page_parent_class)->dispose (object);
}

static void
sally_codes_page_finalize (GObject *object)
{
  SallyCodesPage *self = SALLY_CODES_PAGE (object);

  g_clear_object (&self->ticker);
  g_clear_pointer (&self->busy, g_hash_table_unref);
  g_clear_pointer (&self->counted, g_hash_table_unref);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_pointer (&self->tags, g_ptr_array_unref);
  g_free (self->tag);

  G_OBJECT_CLASS (sally_codes_page_parent_class)->finalize (object);
}

static void
sally_codes_page_class_init (SallyCodesPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sally_codes_page_dispose;
  object_class->finalize = sally_codes_page_finalize;
  widget_class->map = sally_codes_page_map;
  widget_class->unmap = sally_codes_page_unmap;
  widget_class->root = sally_codes_page_root;

  g_type_ensure (SALLY_TYPE_ACCOUNT);
  g_type_ensure (SALLY_TYPE_KEYRING_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/codes/codes-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, clock_banner);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, backup_banner);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, list_view);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, grid_view);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, keyring_page);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, camera_button);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, filtered);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, sorted);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, filter);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, tag_bar);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, tag_box);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);

  gtk_widget_class_install_action (widget_class, "codes.add", NULL, on_add);
  gtk_widget_class_install_action (widget_class, "codes.reload", NULL, on_reload);
  sally_codes_page_install_rows (widget_class);
  sally_codes_page_install_import (widget_class);
#ifdef SALLY_HAS_CAMERA
  sally_codes_page_install_camera (widget_class);
#endif
}

static void
sally_codes_page_init (SallyCodesPage *self)
{
  self->ticker = sally_ticker_new ();
  self->busy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->counted =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sally_secret_unref);
  self->rows = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_set_key_capture_widget (self->search_bar, GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  sally_codes_page_set_up_drop (self);
#ifdef SALLY_HAS_CAMERA
  sally_codes_page_set_up_camera (self);
#endif
  g_signal_connect_object (self->filtered, "items-changed",
                           G_CALLBACK (sally_codes_page_update_state), self, G_CONNECT_SWAPPED);
}

GtkWidget *
sally_codes_page_new (SallyBackups *backups,
                      SallyClockWatch *clock,
                      SallyServerStore *servers,
                      SallyClipboard *clipboard,
                      SallySettings *settings)
{
  SallyCodesPage *self;
  SallyAccountStore *accounts;

  g_return_val_if_fail (SALLY_IS_BACKUPS (backups), NULL);
  g_return_val_if_fail (SALLY_IS_CLOCK_WATCH (clock), NULL);
  g_return_val_if_fail (SALLY_IS_SERVER_STORE (servers), NULL);
  g_return_val_if_fail (SALLY_IS_CLIPBOARD (clipboard), NULL);
  g_return_val_if_fail (SALLY_IS_SETTINGS (settings), NULL);

  self = g_object_new (SALLY_TYPE_CODES_PAGE, NULL);
  accounts = sally_backups_get_accounts (backups);
  self->backups = g_object_ref (backups);
  self->accounts = g_object_ref (accounts);
  self->servers = g_object_ref (servers);
  self->clipboard = g_object_ref (clipboard);
  sally_codes_page_set_up_order (self, sally_settings_get_gsettings (settings));
  sally_codes_page_set_up_rows (self);
  g_signal_connect_object (accounts, "notify", G_CALLBACK (sally_codes_page_update_state), self,
                           G_CONNECT_SWAPPED);
  sally_codes_page_update_state (self);
  sally_codes_page_set_up_clock (self, clock);
  sally_codes_page_set_up_reminder (self);
  return GTK_WIDGET (self);
}

void
sally_codes_page_start_search (SallyCodesPage *self)
{
  g_return_if_fail (SALLY_IS_CODES_PAGE (self));

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

void
sally_codes_page_search (SallyCodesPage *self, const char *text)
{
  g_return_if_fail (SALLY_IS_CODES_PAGE (self));
  g_return_if_fail (text != NULL);

  sally_codes_page_start_search (self);
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), text);
  gtk_editable_set_position (GTK_EDITABLE (self->search_entry), -1);
}
