/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "keyring/vault-dialog.h"

#include <glib/gi18n.h>

struct _SallyVaultDialog
{
  AdwAlertDialog parent_instance;

  GtkEditable *passphrase_row;
  GtkEditable *again_row;
  GtkLabel *message_label;

  SallyVaultQuestion question;
};

G_DEFINE_FINAL_TYPE (SallyVaultDialog, sally_vault_dialog, ADW_TYPE_ALERT_DIALOG)

static void
update (SallyVaultDialog *self)
{
  const char *passphrase = gtk_editable_get_text (self->passphrase_row);
  const char *again = gtk_editable_get_text (self->again_row);
  gboolean is_twice = self->question == SALLY_VAULT_CHOOSE;
  gboolean is_same = !is_twice || g_str_equal (passphrase, again);

  adw_alert_dialog_set_response_enabled (ADW_ALERT_DIALOG (self), "answer",
                                         *passphrase != '\0' && is_same);
  /* Not while it is being typed. */
  if (is_same || *again == '\0' || g_str_has_prefix (passphrase, again))
    gtk_widget_remove_css_class (GTK_WIDGET (self->again_row), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->again_row), "error");
}

static void
sally_vault_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SALLY_TYPE_VAULT_DIALOG);

  G_OBJECT_CLASS (sally_vault_dialog_parent_class)->dispose (object);
}

static void
sally_vault_dialog_class_init (SallyVaultDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_vault_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/keyring/vault-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyVaultDialog, passphrase_row);
  gtk_widget_class_bind_template_child (widget_class, SallyVaultDialog, again_row);
  gtk_widget_class_bind_template_child (widget_class, SallyVaultDialog, message_label);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
sally_vault_dialog_init (SallyVaultDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *
sally_vault_dialog_new (SallyVaultQuestion question, const GError *refusal)
{
  SallyVaultDialog *self = g_object_new (SALLY_TYPE_VAULT_DIALOG, NULL);
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (self);

  self->question = question;
  if (question == SALLY_VAULT_CHOOSE)
    {
      adw_alert_dialog_set_heading (dialog, _ ("Passphrase for the Vault"));
      adw_alert_dialog_set_body (
          dialog, _ ("It encrypts your codes and passwords. Keep it in a safe place: without it, "
                     "nobody can open the vault, and nobody can reset it."));
      adw_alert_dialog_set_response_label (dialog, "answer", _ ("_Set"));
      gtk_widget_set_visible (GTK_WIDGET (self->again_row), TRUE);
      /* The second entry is the last. */
      g_object_set (self->passphrase_row, "activates-default", FALSE, NULL);
    }
  else
    {
      adw_alert_dialog_set_heading (dialog, _ ("Unlock the Vault"));
      adw_alert_dialog_set_body (
          dialog, _ ("Your codes and passwords are in a vault that this passphrase opens."));
    }
  if (refusal != NULL)
    gtk_label_set_text (self->message_label, refusal->message);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), refusal != NULL);
  adw_dialog_set_focus (ADW_DIALOG (self), GTK_WIDGET (self->passphrase_row));
  return ADW_DIALOG (self);
}

SallySecret *
sally_vault_dialog_take_passphrase (SallyVaultDialog *self)
{
  SallySecret *passphrase;

  g_return_val_if_fail (SALLY_IS_VAULT_DIALOG (self), NULL);

  passphrase = sally_secret_new (gtk_editable_get_text (self->passphrase_row), -1);
  gtk_editable_set_text (self->passphrase_row, "");
  gtk_editable_set_text (self->again_row, "");
  return passphrase;
}
