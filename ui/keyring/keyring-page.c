/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "keyring/keyring-page.h"

#include "common/error-words.h"
#include "store/keyring-home.h"

#include <glib/gi18n.h>

struct _SallyKeyringPage
{
  AdwBin parent_instance;

  AdwStatusPage *status_page;
  GtkWidget *make_button;
  GtkButton *retry_button;
  GtkWidget *restore_button;
  GtkButton *afresh_button;

  SallyAccountStore *accounts;
  gboolean restores; /* once it was started afresh */
};

G_DEFINE_FINAL_TYPE (SallyKeyringPage, sally_keyring_page, ADW_TYPE_BIN)

static SallyKeyringHome *
get_home (SallyKeyringPage *self)
{
  return SALLY_KEYRING_HOME (sally_account_store_get_keyring (self->accounts));
}

static gboolean
uses_vault (SallyKeyringPage *self)
{
  return sally_keyring_home_get_store (get_home (self)) == SALLY_KEYRING_STORE_VAULT;
}

static void
show_failure (SallyKeyringPage *self, const char *heading, const GError *error)
{
  AdwDialog *dialog;

  /* The person has closed the question. */
  if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED))
    return;
  dialog = adw_alert_dialog_new (heading, error->message);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
reload (SallyKeyringPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "codes.reload", NULL);
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyKeyringPage) self = user_data;
  g_autoptr (GError) error = NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "keyring.make-vault", TRUE);
  if (sally_keyring_home_move_finish (SALLY_KEYRING_HOME (source), result, &error))
    reload (self);
  else
    show_failure (self, _ ("No Vault Was Made"), error);
}

static void
on_make_vault (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyKeyringPage *self = SALLY_KEYRING_PAGE (widget);

  gtk_widget_action_set_enabled (widget, "keyring.make-vault", FALSE);
  sally_keyring_home_move_async (get_home (self), SALLY_KEYRING_STORE_VAULT, NULL, on_made,
                                 g_object_ref (self));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyKeyringPage) self = user_data;

  /* Where that did not work, this page says why. */
  if (sally_account_store_load_finish (SALLY_ACCOUNT_STORE (source), result, NULL) &&
      self->restores)
    gtk_widget_activate_action (GTK_WIDGET (self), "codes.import", NULL);
  self->restores = FALSE;
}

static void
on_started_afresh (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyKeyringPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (sally_keyring_home_start_afresh_finish (SALLY_KEYRING_HOME (source), result, NULL, &error))
    sally_account_store_load_async (self->accounts, NULL, on_loaded, g_object_ref (self));
  else
    show_failure (self, _ ("Nothing Was Changed"), error);
}

static void
on_afresh_response (AdwAlertDialog *dialog, const char *response, SallyKeyringPage *self)
{
  if (g_str_equal (response, "afresh"))
    sally_keyring_home_start_afresh_async (get_home (self), NULL, on_started_afresh,
                                           g_object_ref (self));
}

static void
confirm_afresh (SallyKeyringPage *self, gboolean restores)
{
  AdwDialog *dialog =
      adw_alert_dialog_new (restores ? _ ("Start Afresh and Restore?") : _ ("Start Afresh?"), NULL);

  self->restores = restores;
  adw_alert_dialog_set_body (
      ADW_ALERT_DIALOG (dialog),
      uses_vault (self)
          ? _ ("The vault that cannot be opened is kept under another name, and you begin without "
               "codes.")
          : _ ("You begin with what this keyring holds. Nothing is deleted: the other keyring "
               "keeps "
               "your codes, should it come back."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "afresh",
                                  restores ? _ ("_Restore…") : _ ("_Start Afresh"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "afresh",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_afresh_response), self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
on_start_afresh (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  confirm_afresh (SALLY_KEYRING_PAGE (widget), FALSE);
}

static void
on_restore (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  confirm_afresh (SALLY_KEYRING_PAGE (widget), TRUE);
}

static void
sally_keyring_page_dispose (GObject *object)
{
  /* Before the template goes, which has the child as well and would leave the bin with a dead one.
   */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), SALLY_TYPE_KEYRING_PAGE);
  g_clear_object (&SALLY_KEYRING_PAGE (object)->accounts);

  G_OBJECT_CLASS (sally_keyring_page_parent_class)->dispose (object);
}

static void
sally_keyring_page_class_init (SallyKeyringPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_keyring_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/keyring/keyring-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyKeyringPage, status_page);
  gtk_widget_class_bind_template_child (widget_class, SallyKeyringPage, make_button);
  gtk_widget_class_bind_template_child (widget_class, SallyKeyringPage, retry_button);
  gtk_widget_class_bind_template_child (widget_class, SallyKeyringPage, restore_button);
  gtk_widget_class_bind_template_child (widget_class, SallyKeyringPage, afresh_button);
  gtk_widget_class_install_action (widget_class, "keyring.make-vault", NULL, on_make_vault);
  gtk_widget_class_install_action (widget_class, "keyring.restore", NULL, on_restore);
  gtk_widget_class_install_action (widget_class, "keyring.start-afresh", NULL, on_start_afresh);
}

static void
sally_keyring_page_init (SallyKeyringPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What the vault's own errors are called, which the system's keyring has, too. */
static void
show_vault_words (SallyKeyringPage *self, const GError *error)
{
  if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED) ||
      g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED) ||
      g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_PASSPHRASE))
    {
      adw_status_page_set_icon_name (self->status_page, "system-lock-screen-symbolic");
      adw_status_page_set_title (self->status_page, _ ("The Vault Is Locked"));
      adw_status_page_set_description (
          self->status_page, _ ("Nothing is lost. Your codes show as soon as you unlock it."));
    }
}

void
sally_keyring_page_show (SallyKeyringPage *self, SallyAccountStore *accounts)
{
  const GError *error;
  gboolean can_make;
  gboolean is_gone;
  gboolean is_lost;
  gboolean is_closed;

  g_return_if_fail (SALLY_IS_KEYRING_PAGE (self));
  g_return_if_fail (SALLY_IS_ACCOUNT_STORE (accounts));

  g_set_object (&self->accounts, accounts);
  error = sally_account_store_get_error (accounts);
  g_return_if_fail (error != NULL);

  sally_error_words_show (error, self->status_page, self->retry_button);
  can_make = sally_keyring_home_get_can_make_vault (get_home (self)) &&
             g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_ABSENT);
  is_lost = g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_CHANGED) ||
            g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DAMAGED);
  is_gone = g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_ABSENT) && !can_make;
  is_closed = uses_vault (self) && !is_lost && !can_make;
  if (is_closed)
    show_vault_words (self, error);
  if (can_make)
    adw_status_page_set_description (
        self->status_page, _ ("Codes and passwords need an encrypted place. Start GNOME Keyring, "
                              "KWallet or KeePassXC, "
                              "or make a vault: an encrypted file that a passphrase opens."));

  gtk_widget_set_visible (self->make_button, can_make);
  gtk_widget_set_visible (self->restore_button, is_lost);
  gtk_widget_set_visible (GTK_WIDGET (self->afresh_button), is_lost || is_closed || is_gone);
  gtk_button_set_label (self->afresh_button,
                        is_closed ? _ ("_Forgotten Passphrase…") : _ ("_Start Afresh…"));
  if (can_make)
    gtk_widget_remove_css_class (GTK_WIDGET (self->retry_button), "suggested-action");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->retry_button), "suggested-action");
}
