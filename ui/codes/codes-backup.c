/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/codes-page-private.h"

#include <glib/gi18n.h>

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static SallyReminder
get_reminder (SallyCodesPage *self)
{
  SallyScheduleFacts facts;
  guint n_accounts = 0;

  /* While nobody knows how many there are, nothing is said. */
  if (sally_account_store_get_is_loaded (self->accounts) &&
      sally_account_store_get_error (self->accounts) == NULL)
    {
      n_accounts = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));
      sally_backups_note_accounts (self->backups, n_accounts, now ());
    }
  sally_backups_get_facts (self->backups, &facts);
  return sally_schedule_get_reminder (&facts, n_accounts, now ());
}

void
sally_codes_page_update_reminder (SallyCodesPage *self)
{
  SallyReminder reminder = get_reminder (self);
  const char *title = "";
  const char *button = _ ("_Back Up…");

  switch (reminder)
    {
    case SALLY_REMINDER_NEVER:
      title = _ ("Your accounts are on this computer only");
      break;
    case SALLY_REMINDER_OLD:
      title = _ ("The last copy of your accounts is old");
      break;
    case SALLY_REMINDER_FAILED:
      title = _ ("The last backup failed");
      button = _ ("_Details");
      break;
    default:
      break;
    }
  if (reminder != SALLY_REMINDER_NONE)
    {
      adw_banner_set_title (self->backup_banner, title);
      adw_banner_set_button_label (self->backup_banner, button);
    }
  adw_banner_set_revealed (self->backup_banner, reminder != SALLY_REMINDER_NONE);
}

static void
on_response (AdwAlertDialog *dialog, const char *response, SallyCodesPage *self)
{
  if (g_str_equal (response, "later"))
    sally_backups_postpone (self->backups, now ());
  else if (g_str_equal (response, "export"))
    gtk_widget_activate_action (GTK_WIDGET (self), "codes.export", NULL);
  else if (g_str_equal (response, "set-up"))
    gtk_widget_activate_action (GTK_WIDGET (self), "app.backups", NULL);
}

static void
ask (SallyCodesPage *self)
{
  AdwDialog *dialog = adw_alert_dialog_new (
      _ ("Back Up Your Accounts"),
      _ ("If this computer or its keyring is lost, so are the accounts that are nowhere else. "
         "Backups in a folder are made by themselves; an export is a single file, or a sheet of "
         "paper."));
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (dialog);

  adw_alert_dialog_add_responses (alert, "later", _ ("_Not Now"), "export", _ ("_Export…"),
                                  "set-up", _ ("_Set Up Backups"), NULL);
  adw_alert_dialog_set_response_appearance (alert, "set-up", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (alert, "set-up");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
on_banner_clicked (SallyCodesPage *self)
{
  if (get_reminder (self) == SALLY_REMINDER_FAILED)
    gtk_widget_activate_action (GTK_WIDGET (self), "app.backups", NULL);
  else
    ask (self);
}

void
sally_codes_page_set_up_reminder (SallyCodesPage *self)
{
  g_signal_connect_object (self->backup_banner, "button-clicked", G_CALLBACK (on_banner_clicked),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->backups, "changed", G_CALLBACK (sally_codes_page_update_reminder),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->accounts, "items-changed",
                           G_CALLBACK (sally_codes_page_update_reminder), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->accounts, "notify", G_CALLBACK (sally_codes_page_update_reminder),
                           self, G_CONNECT_SWAPPED);
  sally_codes_page_update_reminder (self);
}
