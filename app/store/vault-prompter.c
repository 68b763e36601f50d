/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/vault-prompter.h"

G_DEFINE_INTERFACE (SallyVaultPrompter, sally_vault_prompter, G_TYPE_OBJECT)

static void
sally_vault_prompter_default_init (SallyVaultPrompterInterface *iface)
{
}

void
sally_vault_prompter_ask_async (SallyVaultPrompter *self,
                                SallyVaultQuestion question,
                                const GError *refusal,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (SALLY_IS_VAULT_PROMPTER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  SALLY_VAULT_PROMPTER_GET_IFACE (self)->ask_async (self, question, refusal, cancellable, callback,
                                                    user_data);
}

SallySecret *
sally_vault_prompter_ask_finish (SallyVaultPrompter *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (SALLY_IS_VAULT_PROMPTER (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  return SALLY_VAULT_PROMPTER_GET_IFACE (self)->ask_finish (self, result, error);
}
