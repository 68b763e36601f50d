/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/prompter.h"

G_DEFINE_INTERFACE (SallyPrompter, sally_prompter, G_TYPE_OBJECT)

static void
sally_prompter_default_init (SallyPrompterInterface *iface)
{
}

void
sally_prompter_confirm_host_key_async (SallyPrompter *self,
                                       const SallyHostQuestion *question,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_return_if_fail (SALLY_IS_PROMPTER (self));

  SALLY_PROMPTER_GET_IFACE (self)->confirm_host_key_async (self, question, cancellable, callback,
                                                           user_data);
}

gboolean
sally_prompter_confirm_host_key_finish (SallyPrompter *self,
                                        GAsyncResult *result,
                                        gboolean *accepted,
                                        GError **error)
{
  g_return_val_if_fail (SALLY_IS_PROMPTER (self), FALSE);

  return SALLY_PROMPTER_GET_IFACE (self)->confirm_host_key_finish (self, result, accepted, error);
}

void
sally_prompter_ask_async (SallyPrompter *self,
                          const SallyPromptQuestion *question,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (SALLY_IS_PROMPTER (self));

  SALLY_PROMPTER_GET_IFACE (self)->ask_async (self, question, cancellable, callback, user_data);
}

GPtrArray *
sally_prompter_ask_finish (SallyPrompter *self,
                           GAsyncResult *result,
                           gboolean *remember,
                           GError **error)
{
  gboolean unused;

  g_return_val_if_fail (SALLY_IS_PROMPTER (self), NULL);

  if (remember == NULL)
    remember = &unused;
  *remember = FALSE;
  return SALLY_PROMPTER_GET_IFACE (self)->ask_finish (self, result, remember, error);
}

gboolean
sally_prompter_is_there (SallyPrompter *self)
{
  g_return_val_if_fail (SALLY_IS_PROMPTER (self), FALSE);

  return SALLY_PROMPTER_GET_IFACE (self)->is_there (self);
}

void
sally_prompter_confirm_attempt_async (SallyPrompter *self,
                                      const SallyAttemptQuestion *question,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_return_if_fail (SALLY_IS_PROMPTER (self));

  SALLY_PROMPTER_GET_IFACE (self)->confirm_attempt_async (self, question, cancellable, callback,
                                                          user_data);
}

gboolean
sally_prompter_confirm_attempt_finish (SallyPrompter *self,
                                       GAsyncResult *result,
                                       gboolean *allowed,
                                       GError **error)
{
  g_return_val_if_fail (SALLY_IS_PROMPTER (self), FALSE);

  return SALLY_PROMPTER_GET_IFACE (self)->confirm_attempt_finish (self, result, allowed, error);
}
