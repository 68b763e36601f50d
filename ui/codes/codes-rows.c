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

static void
copy_code (SallyCodesPage *self, SallyCodeRow *row)
{
  g_autoptr (SallySecret) code = sally_code_row_ref_code (row);

  if (code == NULL)
    return;
  copy_secret (self, code, _ ("Code copied"));
  note_use (self, sally_code_row_get_account (row));
}

void
sally_codes_page_activate_row (SallyCodesPage *self, GtkListBoxRow *list_row)
{
  SallyCodeRow *row = SALLY_CODE_ROW (list_row);
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
  if (!sally_code_row_reveal (row))
    copy_code (self, row);
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
  copy_code (self, row);
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
  GtkListBoxRow *other =
      gtk_list_box_get_row_at_index (self->list_box,
                                     gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) + step);

  if (other != NULL)
    sally_codes_page_move (self, sally_code_row_get_account (row),
                           sally_code_row_get_account (SALLY_CODE_ROW (other)));
}

static void
on_move_up (SallyCodeRow *row, SallyCodesPage *self)
{
  if (gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) > 0)
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
on_details (SallyCodeRow *row, SallyCodesPage *self)
{
  SallyAccount *account = sally_code_row_get_account (row);
  AdwDialog *details = sally_account_details_new (account, self->servers);

  g_object_set_data_full (G_OBJECT (details), "account", g_object_ref (account), g_object_unref);
  g_signal_connect_object (details, "tags-changed", G_CALLBACK (on_tags_changed), self,
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

GtkWidget *
sally_codes_page_create_row (gpointer item, gpointer user_data)
{
  SallyCodesPage *self = user_data;
  SallyAccount *account = SALLY_ACCOUNT (item);
  GtkWidget *row = sally_code_row_new (account, self->ticker);
  SallySecret *counted = g_hash_table_lookup (self->counted, sally_account_get_id (account));

  for (gsize i = 0; i < G_N_ELEMENTS (row_handlers); i++)
    g_signal_connect_object (row, row_handlers[i].signal, row_handlers[i].handler, self,
                             G_CONNECT_DEFAULT);
  if (counted != NULL)
    sally_code_row_show_counted_code (SALLY_CODE_ROW (row), counted);
  if (self->settings != NULL)
    g_settings_bind (self->settings, "codes-hidden", row, "hides-code", G_SETTINGS_BIND_GET);
  return row;
}
