/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "keyring/dialog-vault.h"

#include "base/error.h"
#include "keyring/vault-dialog.h"

#include <glib/gi18n.h>

struct _SallyDialogVault
{
  GObject parent_instance;

  GtkApplication *application; /* weak */
};

static void sally_dialog_vault_prompter_init (SallyVaultPrompterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyDialogVault,
                               sally_dialog_vault,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SALLY_TYPE_VAULT_PROMPTER,
                                                      sally_dialog_vault_prompter_init))

static void
on_cancelled (GCancellable *cancellable, AdwDialog *dialog)
{
  adw_dialog_force_close (dialog);
}

static void
on_response (SallyVaultDialog *dialog, const char *response, GTask *task)
{
  g_autoptr (SallySecret) passphrase = sally_vault_dialog_take_passphrase (dialog);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (g_str_equal (response, "answer") && sally_secret_get_length (passphrase) > 0)
    g_task_return_pointer (task, g_steal_pointer (&passphrase),
                           (GDestroyNotify) sally_secret_unref);
  else
    g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED,
                                     _ ("The vault stays as it is, because its passphrase was not "
                                        "entered"));
}

static void
ask_async (SallyVaultPrompter *prompter,
           SallyVaultQuestion question,
           const GError *refusal,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  SallyDialogVault *self = SALLY_DIALOG_VAULT (prompter);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GtkWindow *window =
      self->application != NULL ? gtk_application_get_active_window (self->application) : NULL;
  g_autoptr (AdwDialog) dialog = NULL;

  g_task_set_source_tag (task, ask_async);
  if (window == NULL)
    {
      g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED,
                                       _ ("The vault is locked, and there is no window to ask for "
                                          "its passphrase"));
      return;
    }
  dialog = g_object_ref_sink (sally_vault_dialog_new (question, refusal));
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), dialog,
                             G_CONNECT_DEFAULT);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), g_steal_pointer (&task),
                         (GClosureNotify) (GCallback) g_object_unref, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, GTK_WIDGET (window));
}

static SallySecret *
ask_finish (SallyVaultPrompter *prompter, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, prompter), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
sally_dialog_vault_dispose (GObject *object)
{
  g_clear_weak_pointer (&SALLY_DIALOG_VAULT (object)->application);

  G_OBJECT_CLASS (sally_dialog_vault_parent_class)->dispose (object);
}

static void
sally_dialog_vault_prompter_init (SallyVaultPrompterInterface *iface)
{
  iface->ask_async = ask_async;
  iface->ask_finish = ask_finish;
}

static void
sally_dialog_vault_class_init (SallyDialogVaultClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sally_dialog_vault_dispose;
}

static void
sally_dialog_vault_init (SallyDialogVault *self)
{
}

SallyVaultPrompter *
sally_dialog_vault_new (GtkApplication *application)
{
  SallyDialogVault *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);

  self = g_object_new (SALLY_TYPE_DIALOG_VAULT, NULL);
  g_set_weak_pointer (&self->application, application);
  return SALLY_VAULT_PROMPTER (self);
}
