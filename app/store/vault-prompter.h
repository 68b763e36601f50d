/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who knows the vault's passphrase: an interface that the window and the terminal implement. */
#pragma once

#include "base/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_VAULT_UNLOCK, /* the passphrase of a vault that is there */
  SALLY_VAULT_CHOOSE, /* a new one, which a person enters twice */
} SallyVaultQuestion;

#define SALLY_TYPE_VAULT_PROMPTER (sally_vault_prompter_get_type ())
G_DECLARE_INTERFACE (SallyVaultPrompter, sally_vault_prompter, SALLY, VAULT_PROMPTER, GObject)

struct _SallyVaultPrompterInterface
{
  GTypeInterface parent;

  void (*ask_async) (SallyVaultPrompter *self,
                     SallyVaultQuestion question,
                     const GError *refusal,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  SallySecret *(*ask_finish) (SallyVaultPrompter *self, GAsyncResult *result, GError **error);
};

/* One question at a time. `refusal` (nullable): why the answer before was not taken. Errors:
 * SALLY_ERROR_KEYRING_DISMISSED if the person does not want to, SALLY_ERROR_KEYRING_LOCKED if
 * nobody can be asked (or asked again), G_IO_ERROR_CANCELLED. An answer is not empty. */
void sally_vault_prompter_ask_async (SallyVaultPrompter *self,
                                     SallyVaultQuestion question,
                                     const GError *refusal,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
SallySecret *sally_vault_prompter_ask_finish (SallyVaultPrompter *self,
                                              GAsyncResult *result,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
