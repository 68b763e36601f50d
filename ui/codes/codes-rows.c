/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rows of codes do. */
#include "config.h"

#include "codes/codes-page-private.h"

#include "codes/account-details.h"
#include "codes/account-dialog.h"
#include "codes/code-row.h"

#include <glib/gi18n.h>

/* Nothing else is written for an account while its counter is on its way to the keyring. */
static gboolean
is_busy (SallyCodesPage *self, SallyAccount *account)
{
  return g_hash_table_contains (self->busy, sally_account_get_id (account));
}

static void
set_busy (SallyCodesPage *self, SallyAccount *account, gboolean busy)
{
  if (busy)
    g_hash_table_add (self->busy, g_strdup (sally_account_get_id (account)));
  else
    g_hash_table_remove (self->busy, sally_account_get_id (account));
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

/* NULL while it is out of sight. */
static SallyCodeRow *
find_row (SallyCodesPage *self, SallyAccount *account)
{
  return g_hash_table_lookup (self->rows, account);
}

static PendingCode *
pending_code_new (SallyCodesPage *self, SallyAccount *account)
{
  PendingCode *pending = g_new0 (PendingCode, 1);

  pending->page = g_object_ref (self);
  pending->account = g_object_ref (account);
  return pending;
}

static void
on_values_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PendingCode) pending = user_data;
  SallyCodesPage *self = pending->page;
  g_autoptr (GError) error = NULL;

  set_busy (self, pending->account, FALSE);
  if (!sally_account_store_save_finish (SALLY_ACCOUNT_STORE (source), result, &error))
    sally_codes_page_show_message (self, error->message);
  sally_codes_page_queue_order (self);
}

/* `changed` is a copy with the same id. */
static void
save_values (SallyCodesPage *self, SallyAccount *changed)
{
  set_busy (self, changed, TRUE);
  sally_account_store_save_async (self->accounts, changed, NULL, on_values_saved,
                                  pending_code_new (self, changed));
}

/* A time that is lost because another write is under way is no loss. */
static void
note_use (SallyCodesPage *self, SallyAccount *account)
{
  g_autoptr (SallyAccount) used = NULL;

  if (is_busy (self, account) || sally_account_is_broken (account))
    return;
  used = sally_account_dup (account);
  sally_account_set_last_used (used, g_get_real_time () / G_USEC_PER_SEC);
  sally_account_set_use_count (used, sally_account_get_use_count (used) + 1);
  save_values (self, used);
}

static void
copy_secret (SallyCodesPage *self, SallySecret *code, const char *words)
{
  sally_clipboard_copy_secret (self->clipboard, code);
  adw_toast_overlay_dismiss_all (self->toasts);
  sally_codes_page_show_message (self, words);
}

/* What is copied is what was seen; only where nothing shows, what it is now. */
static void
copy_code (SallyCodesPage *self, SallyAccount *account)
{
  SallyCodeRow *row = find_row (self, account);
  g_autoptr (SallySecret) code = row != NULL ? sally_code_row_ref_code (row) : NULL;

  if (code == NULL && sally_account_get_parameters (account)->type != SALLY_OTP_HOTP)
    code = sally_account_get_code (account, sally_ticker_get_now (self->ticker));
  if (code == NULL)
    return;
  copy_secret (self, code, _ ("Code copied"));
  note_use (self, account);
}

/* With the focus, so that Enter and the keys of a row go on from there. */
static void
scroll_to (SallyCodesPage *self, SallyAccount *account)
{
  GListModel *shown = G_LIST_MODEL (self->filtered);

  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  sally_codes_page_show_all (self);
  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr (SallyAccount) item = g_list_model_get_item (shown, i);

      if (item != account)
        continue;
      if (self->is_grid)
        gtk_grid_view_scroll_to (self->grid_view, i, GTK_LIST_SCROLL_FOCUS, NULL);
      else
        gtk_list_view_scroll_to (self->list_view, i, GTK_LIST_SCROLL_FOCUS, NULL);
      gtk_widget_grab_focus (self->is_grid ? GTK_WIDGET (self->grid_view)
                                           : GTK_WIDGET (self->list_view));
      return;
    }
}

gboolean
sally_codes_page_copy_code (SallyCodesPage *self, const char *account_id)
{
  g_autoptr (SallyAccount) account = NULL;

  g_return_val_if_fail (SALLY_IS_CODES_PAGE (self), FALSE);
  g_return_val_if_fail (account_id != NULL, FALSE);

  g_set_object (&account, sally_account_store_get_by_id (self->accounts, account_id));
  if (account == NULL)
    return FALSE;
  scroll_to (self, account);
  if (sally_account_is_broken (account))
    return TRUE;
  if (sally_account_get_parameters (account)->type == SALLY_OTP_HOTP)
    sally_codes_page_show_message (self, _ ("This code goes by a counter: ask for the next one"));
  else
    copy_code (self, account);
  return TRUE;
}

void
sally_codes_page_activate (SallyCodesPage *self, SallyAccount *account)
{
  SallyCodeRow *row = find_row (self, account);

  if (sally_account_is_broken (account))
    return;
  if (sally_account_get_parameters (account)->type == SALLY_OTP_HOTP && row != NULL)
    {
      g_autoptr (SallySecret) shown = sally_code_row_ref_code (row);

      if (shown == NULL)
        {
          gtk_widget_activate_action (GTK_WIDGET (row), "row.next-code", NULL);
          return;
        }
    }
  if (row == NULL || !sally_code_row_reveal (row))
    copy_code (self, account);
}

static void
on_counter_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PendingCode) pending = user_data;
  g_autoptr (GError) error = NULL;
  SallyCodeRow *row;

  set_busy (pending->page, pending->account, FALSE);
  if (!sally_account_store_save_finish (SALLY_ACCOUNT_STORE (source), result, &error))
    {
      row = find_row (pending->page, pending->account);
      if (row != NULL)
        sally_code_row_allow_next (row);
      sally_codes_page_show_message (pending->page, error->message);
      return;
    }
  g_hash_table_insert (pending->page->counted, g_strdup (sally_account_get_id (pending->account)),
                       sally_secret_ref (pending->code));
  sally_codes_page_queue_order (pending->page);
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
  g_autoptr (SallyAccount) advanced = NULL;
  PendingCode *pending;

  if (is_busy (self, account))
    {
      sally_code_row_allow_next (row);
      return;
    }
  advanced = sally_account_dup (account);
  pending = pending_code_new (self, account);
  pending->code = sally_account_get_code (account, 0);
  sally_account_set_counter (advanced, sally_account_get_counter (account) + 1);
  sally_account_set_last_used (advanced, g_get_real_time () / G_USEC_PER_SEC);
  sally_account_set_use_count (advanced, sally_account_get_use_count (advanced) + 1);
  set_busy (self, account, TRUE);
  sally_account_store_save_async (self->accounts, advanced, NULL, on_counter_saved, pending);
}

static void
on_copy (SallyCodeRow *row, SallyCodesPage *self)
{
  copy_code (self, sally_code_row_get_account (row));
}

static void
on_copy_next (SallyCodeRow *row, SallyCodesPage *self)
{
  SallyAccount *account = sally_code_row_get_account (row);
  const SallyOtpParameters *parameters = sally_account_get_parameters (account);
  g_autoptr (SallySecret) code =
      sally_account_get_code (account, sally_ticker_get_now (self->ticker) +
                                           sally_otp_period_s (parameters));

  copy_secret (self, code, _ ("The next code is copied: it is valid when this one ends"));
  note_use (self, account);
}

static void
on_toggle_pin (SallyCodeRow *row, SallyCodesPage *self)
{
  SallyAccount *account = sally_code_row_get_account (row);
  g_autoptr (SallyAccount) changed = NULL;

  if (is_busy (self, account))
    return;
  changed = sally_account_dup (account);
  sally_account_set_is_pinned (changed, !sally_account_get_is_pinned (account));
  save_values (self, changed);
}

static void
move_by (SallyCodesPage *self, SallyCodeRow *row, int step)
{
  GListModel *shown = G_LIST_MODEL (self->filtered);
  SallyAccount *account = sally_code_row_get_account (row);

  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr (SallyAccount) item = g_list_model_get_item (shown, i);
      g_autoptr (SallyAccount) other = NULL;

      if (item != account)
        continue;
      if (i > 0 || step > 0)
        other = g_list_model_get_item (shown, i + (guint) step);
      if (other != NULL)
        sally_codes_page_move (self, account, other);
      return;
    }
}

static void
on_move_up (SallyCodeRow *row, SallyCodesPage *self)
{
  move_by (self, row, -1);
}

static void
on_move_down (SallyCodeRow *row, SallyCodesPage *self)
{
  move_by (self, row, 1);
}

static void
on_dropped (SallyCodeRow *row, SallyAccount *dropped, SallyCodesPage *self)
{
  if (dropped != sally_code_row_get_account (row))
    sally_codes_page_move (self, dropped, sally_code_row_get_account (row));
}

static void
on_tags_changed (SallyAccountDetails *details, const char *const *tags, SallyCodesPage *self)
{
  SallyAccount *account = g_object_get_data (G_OBJECT (details), "account");
  g_autoptr (SallyAccount) changed = NULL;

  if (is_busy (self, account))
    return;
  changed = sally_account_dup (account);
  sally_account_set_tags (changed, tags);
  save_values (self, changed);
}

static void
on_icon_changed (SallyAccountDetails *details, const char *icon, SallyCodesPage *self)
{
  SallyAccount *account = g_object_get_data (G_OBJECT (details), "account");
  g_autoptr (SallyAccount) changed = NULL;

  if (is_busy (self, account))
    return;
  changed = sally_account_dup (account);
  sally_account_set_icon (changed, icon);
  save_values (self, changed);
}

static void
on_details (SallyCodeRow *row, SallyCodesPage *self)
{
  SallyAccount *account = sally_code_row_get_account (row);
  AdwDialog *details = sally_account_details_new (account, self->servers);

  g_object_set_data_full (G_OBJECT (details), "account", g_object_ref (account), g_object_unref);
  g_signal_connect_object (details, "tags-changed", G_CALLBACK (on_tags_changed), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (details, "icon-changed", G_CALLBACK (on_icon_changed), self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (details, GTK_WIDGET (self));
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
  SallyAccount *account = sally_code_row_get_account (row);

  sally_account_store_remove_async (self->accounts, account, NULL, on_removed,
                                    pending_code_new (self, account));
}

static const struct
{
  const char *signal;
  GCallback handler;
} row_handlers[] = {
  { "copy", G_CALLBACK (on_copy) },
  { "copy-next", G_CALLBACK (on_copy_next) },
  { "next-code", G_CALLBACK (on_next_code) },
  { "details", G_CALLBACK (on_details) },
  { "edit", G_CALLBACK (on_edit) },
  { "delete", G_CALLBACK (on_delete) },
  { "toggle-pin", G_CALLBACK (on_toggle_pin) },
  { "move-up", G_CALLBACK (on_move_up) },
  { "move-down", G_CALLBACK (on_move_down) },
  { "dropped", G_CALLBACK (on_dropped) },
};

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item, SallyCodesPage *self)
{
  GtkWidget *row = sally_code_row_new (self->ticker);

  for (gsize i = 0; i < G_N_ELEMENTS (row_handlers); i++)
    g_signal_connect_object (row, row_handlers[i].signal, row_handlers[i].handler, self,
                             G_CONNECT_DEFAULT);
  if (self->settings != NULL)
    g_settings_bind (self->settings, "codes-hidden", row, "hides-code", G_SETTINGS_BIND_GET);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *item, SallyCodesPage *self)
{
  SallyCodeRow *row = SALLY_CODE_ROW (gtk_list_item_get_child (item));
  SallyAccount *account = gtk_list_item_get_item (item);
  SallySecret *counted = g_hash_table_lookup (self->counted, sally_account_get_id (account));

  sally_code_row_bind (row, item);
  g_hash_table_insert (self->rows, account, row);
  if (counted != NULL)
    sally_code_row_show_counted_code (row, counted);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *item, SallyCodesPage *self)
{
  SallyCodeRow *row = SALLY_CODE_ROW (gtk_list_item_get_child (item));
  SallyAccount *account = sally_code_row_get_account (row);

  /* Where a row moves, its account may have another one already. */
  if (g_hash_table_lookup (self->rows, account) == row)
    g_hash_table_remove (self->rows, account);
  sally_code_row_unbind (row);
}

static void
on_activated (SallyCodesPage *self, guint position)
{
  g_autoptr (SallyAccount) account =
      g_list_model_get_item (G_LIST_MODEL (self->filtered), position);

  if (account != NULL)
    sally_codes_page_activate (self, account);
}

static GtkListItemFactory *
make_factory (SallyCodesPage *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, G_CONNECT_DEFAULT);
  return factory;
}

/* Only one of the two has rows, and not before all are there in their order: it would follow the
 * row that came first to wherever that goes. */
void
sally_codes_page_update_view (SallyCodesPage *self)
{
  g_autoptr (GtkNoSelection) shown =
      gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->filtered)));
  GtkSelectionModel *model = GTK_SELECTION_MODEL (shown);

  self->is_grid = self->settings != NULL && g_settings_get_enum (self->settings, "codes-view") != 0;
  if (sally_account_store_get_is_loaded (self->accounts))
    {
      gtk_list_view_set_model (self->list_view, self->is_grid ? NULL : model);
      gtk_grid_view_set_model (self->grid_view, self->is_grid ? model : NULL);
      self->has_rows = TRUE;
    }
  sally_codes_page_update_state (self);
}

void
sally_codes_page_set_up_rows (SallyCodesPage *self)
{
  g_autoptr (GtkListItemFactory) for_list = make_factory (self);
  g_autoptr (GtkListItemFactory) for_grid = make_factory (self);

  gtk_list_view_set_factory (self->list_view, for_list);
  gtk_grid_view_set_factory (self->grid_view, for_grid);
  g_signal_connect_object (self->list_view, "activate", G_CALLBACK (on_activated), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->grid_view, "activate", G_CALLBACK (on_activated), self,
                           G_CONNECT_SWAPPED);
  if (self->settings != NULL)
    g_signal_connect_object (self->settings, "changed::codes-view",
                             G_CALLBACK (sally_codes_page_update_view), self, G_CONNECT_SWAPPED);
  sally_codes_page_update_view (self);
}

/* The focus is on the list's own widget around a row, or in the row. */
static SallyCodeRow *
find_focused_row (SallyCodesPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *child = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  if (focus == NULL)
    return NULL;
  if (child != NULL && SALLY_IS_CODE_ROW (child))
    return SALLY_CODE_ROW (child);
  return (SallyCodeRow *) gtk_widget_get_ancestor (focus, SALLY_TYPE_CODE_ROW);
}

/* `parameter` is the name of a row's action. */
static void
on_focused_row (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyCodeRow *row = find_focused_row (SALLY_CODES_PAGE (widget));

  if (row != NULL)
    gtk_widget_activate_action (GTK_WIDGET (row), g_variant_get_string (parameter, NULL), NULL);
}

static const struct
{
  guint key;
  GdkModifierType modifiers;
  const char *action;
} row_keys[] = {
  { GDK_KEY_c, GDK_CONTROL_MASK, "row.copy" },
  { GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "row.copy-next" },
  { GDK_KEY_Up, GDK_ALT_MASK, "row.move-up" },
  { GDK_KEY_Down, GDK_ALT_MASK, "row.move-down" },
  { GDK_KEY_Return, GDK_ALT_MASK, "row.details" },
  { GDK_KEY_Delete, 0, "row.delete" },
  { GDK_KEY_F2, 0, "row.edit" },
};

void
sally_codes_page_install_rows (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "codes.focused-row", "s", on_focused_row);
  for (gsize i = 0; i < G_N_ELEMENTS (row_keys); i++)
    gtk_widget_class_add_binding_action (widget_class, row_keys[i].key, row_keys[i].modifiers,
                                         "codes.focused-row", "s", row_keys[i].action);
}
