/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/codes-page-private.h"

#include "codes/account-dialog.h"
#include "codes/code-row.h"
#include "common/error-words.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (SallyCodesPage, sally_codes_page, ADW_TYPE_BIN)

void
sally_codes_page_show_message (SallyCodesPage *self, const char *message)
{
  AdwToast *toast = adw_toast_new (message);

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
update_state (SallyCodesPage *self)
{
  const GError *error = sally_account_store_get_error (self->accounts);

  if (error != NULL)
    {
      sally_error_words_show (error, self->error_page, self->error_button);
      gtk_stack_set_visible_child_name (self->stack, "error");
    }
  else if (!sally_account_store_get_is_loaded (self->accounts))
    gtk_stack_set_visible_child_name (self->stack, "loading");
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->accounts)) == 0)
    gtk_stack_set_visible_child_name (self->stack, "empty");
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) == 0)
    gtk_stack_set_visible_child_name (self->stack, "no-results");
  else
    gtk_stack_set_visible_child_name (self->stack, "list");
}

static void
copy_code (SallyCodesPage *self, SallyCodeRow *row)
{
  g_autoptr (SallySecret) code = sally_code_row_ref_code (row);

  if (code == NULL)
    return;
  sally_clipboard_copy_secret (self->clipboard, code);
  adw_toast_overlay_dismiss_all (self->toasts);
  sally_codes_page_show_message (self, _ ("Code copied"));
}

static void
on_row_activated (SallyCodesPage *self, SallyCodeRow *row)
{
  SallyAccount *account = sally_code_row_get_account (row);

  if (!sally_account_is_broken (account) &&
      sally_account_get_parameters (account)->type == SALLY_OTP_HOTP)
    {
      g_autoptr (SallySecret) shown = sally_code_row_ref_code (row);

      if (shown == NULL)
        {
          gtk_widget_activate_action (GTK_WIDGET (row), "row.next-code", NULL);
          return;
        }
    }
  copy_code (self, row);
}

static void
on_search_activate (SallyCodesPage *self)
{
  GtkListBoxRow *first = gtk_list_box_get_row_at_index (self->list_box, 0);

  if (first != NULL)
    on_row_activated (self, SALLY_CODE_ROW (first));
}

typedef struct
{
  SallyCodesPage *page;
  SallyAccount *account;
  SallySecret *code;
} PendingCode;

static void
pending_code_free (PendingCode *pending)
{
  g_clear_object (&pending->page);
  g_clear_object (&pending->account);
  g_clear_pointer (&pending->code, sally_secret_unref);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PendingCode, pending_code_free)

static SallyCodeRow *
find_row (SallyCodesPage *self, SallyAccount *account)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list_box, i)) != NULL; i++)
    {
      if (sally_code_row_get_account (SALLY_CODE_ROW (row)) == account)
        return SALLY_CODE_ROW (row);
    }
  return NULL;
}

static void
on_counter_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PendingCode) pending = user_data;
  g_autoptr (GError) error = NULL;
  SallyCodeRow *row;

  if (!sally_account_store_save_finish (SALLY_ACCOUNT_STORE (source), result, &error))
    {
      sally_codes_page_show_message (pending->page, error->message);
      return;
    }
  row = find_row (pending->page, pending->account);
  if (row != NULL)
    sally_code_row_show_counted_code (row, pending->code);
}

/* The counter moves on in the keyring before the code is shown: a code that somebody has seen must
 * never come again, even if the program ends this instant. */
static void
on_next_code (SallyCodeRow *row, SallyCodesPage *self)
{
  SallyAccount *account = sally_code_row_get_account (row);
  g_autoptr (SallySecret) stored = sally_account_to_stored (account);
  g_autoptr (SallyAccount) advanced =
      sally_account_new_from_stored (sally_account_get_id (account), stored);
  PendingCode *pending = g_new0 (PendingCode, 1);

  pending->page = g_object_ref (self);
  pending->account = g_object_ref (account);
  pending->code = sally_account_get_code (account, 0);
  sally_account_set_counter (advanced, sally_account_get_counter (account) + 1);
  sally_account_store_save_async (self->accounts, advanced, NULL, on_counter_saved, pending);
}

static void
on_copy (SallyCodeRow *row, SallyCodesPage *self)
{
  copy_code (self, row);
}

static void
on_edit (SallyCodeRow *row, SallyCodesPage *self)
{
  AdwDialog *dialog = sally_account_dialog_new (self->accounts, sally_code_row_get_account (row));

  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyCodesPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sally_account_store_save_finish (SALLY_ACCOUNT_STORE (source), result, &error))
    sally_codes_page_show_message (self, error->message);
}

static void
on_undo_delete (AdwToast *toast, SallyCodesPage *self)
{
  SallyAccount *account = g_object_get_data (G_OBJECT (toast), "account");

  sally_account_store_save_async (self->accounts, account, NULL, on_restored, g_object_ref (self));
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PendingCode) pending = user_data;
  SallyCodesPage *self = pending->page;
  g_autoptr (GError) error = NULL;
  AdwToast *toast;

  if (!sally_account_store_remove_finish (SALLY_ACCOUNT_STORE (source), result, &error))
    {
      sally_codes_page_show_message (self, error->message);
      return;
    }

  /* The account lives on with its key until the toast is gone: that is all that undo needs. */
  toast = adw_toast_new_format (_ ("“%s” deleted"), sally_account_get_name (pending->account));
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_object_set_data_full (G_OBJECT (toast), "account", g_object_ref (pending->account),
                          g_object_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_undo_delete), self, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
on_delete (SallyCodeRow *row, SallyCodesPage *self)
{
  PendingCode *pending = g_new0 (PendingCode, 1);

  pending->page = g_object_ref (self);
  pending->account = g_object_ref (sally_code_row_get_account (row));
  sally_account_store_remove_async (self->accounts, pending->account, NULL, on_removed, pending);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  SallyCodesPage *self = user_data;
  GtkWidget *row = sally_code_row_new (SALLY_ACCOUNT (item), self->ticker);

  g_signal_connect_object (row, "copy", G_CALLBACK (on_copy), self, 0);
  g_signal_connect_object (row, "next-code", G_CALLBACK (on_next_code), self, 0);
  g_signal_connect_object (row, "edit", G_CALLBACK (on_edit), self, 0);
  g_signal_connect_object (row, "delete", G_CALLBACK (on_delete), self, 0);
  return row;
}

static void
on_add (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyCodesPage *self = SALLY_CODES_PAGE (widget);

  adw_dialog_present (sally_account_dialog_new (self->accounts, NULL), widget);
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
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_CODES_PAGE);
  g_clear_object (&self->accounts);
  g_clear_object (&self->clipboard);

  G_OBJECT_CLASS (sally_codes_page_parent_class)->dispose (object);
}

static void
sally_codes_page_finalize (GObject *object)
{
  g_clear_object (&SALLY_CODES_PAGE (object)->ticker);

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
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/codes/codes-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, list_box);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, error_page);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, error_button);
  gtk_widget_class_bind_template_child (widget_class, SallyCodesPage, filtered);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);

  gtk_widget_class_install_action (widget_class, "codes.add", NULL, on_add);
  gtk_widget_class_install_action (widget_class, "codes.reload", NULL, on_reload);
  sally_codes_page_install_import (widget_class);
}

static void
sally_codes_page_init (SallyCodesPage *self)
{
  self->ticker = sally_ticker_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_set_key_capture_widget (self->search_bar, GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  sally_codes_page_set_up_drop (self);
  gtk_list_box_bind_model (self->list_box, G_LIST_MODEL (self->filtered), create_row, self, NULL);
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
sally_codes_page_new (SallyAccountStore *accounts, SallyClipboard *clipboard)
{
  SallyCodesPage *self;

  g_return_val_if_fail (SALLY_IS_ACCOUNT_STORE (accounts), NULL);
  g_return_val_if_fail (SALLY_IS_CLIPBOARD (clipboard), NULL);

  self = g_object_new (SALLY_TYPE_CODES_PAGE, NULL);
  self->accounts = g_object_ref (accounts);
  self->clipboard = g_object_ref (clipboard);
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (accounts));
  g_signal_connect_object (accounts, "notify", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  update_state (self);
  return GTK_WIDGET (self);
}

void
sally_codes_page_start_search (SallyCodesPage *self)
{
  g_return_if_fail (SALLY_IS_CODES_PAGE (self));

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}
