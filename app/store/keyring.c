/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring.h"

static guint changed_signal;

G_DEFINE_INTERFACE (SallyKeyring, sally_keyring, G_TYPE_OBJECT)

static void
sally_keyring_default_init (SallyKeyringInterface *iface)
{
  changed_signal = g_signal_new ("changed", SALLY_TYPE_KEYRING, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

void
sally_keyring_emit_changed (SallyKeyring *self)
{
  g_return_if_fail (SALLY_IS_KEYRING (self));

  g_signal_emit (self, changed_signal, 0);
}

void
sally_keyring_item_free (SallyKeyringItem *item)
{
  if (item == NULL)
    return;
  g_free (item->id);
  g_clear_pointer (&item->secret, sally_secret_unref);
  g_free (item);
}

void
sally_keyring_list_async (SallyKeyring *self,
                          SallyKeyringKind kind,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (SALLY_IS_KEYRING (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  SALLY_KEYRING_GET_IFACE (self)->call_async (self, SALLY_KEYRING_LIST, kind, NULL, NULL,
                                              cancellable, callback, user_data);
}

GPtrArray *
sally_keyring_list_finish (SallyKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (SALLY_IS_KEYRING (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sally_keyring_lookup_async (SallyKeyring *self,
                            SallyKeyringKind kind,
                            const char *id,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (SALLY_IS_KEYRING (self));
  g_return_if_fail (id != NULL && *id != '\0');
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  SALLY_KEYRING_GET_IFACE (self)->call_async (self, SALLY_KEYRING_LOOKUP, kind, id, NULL,
                                              cancellable, callback, user_data);
}

SallySecret *
sally_keyring_lookup_finish (SallyKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (SALLY_IS_KEYRING (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sally_keyring_store_async (SallyKeyring *self,
                           SallyKeyringKind kind,
                           const char *id,
                           SallySecret *secret,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (SALLY_IS_KEYRING (self));
  g_return_if_fail (id != NULL && *id != '\0');
  g_return_if_fail (secret != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  SALLY_KEYRING_GET_IFACE (self)->call_async (self, SALLY_KEYRING_STORE, kind, id, secret,
                                              cancellable, callback, user_data);
}

gboolean
sally_keyring_store_finish (SallyKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (SALLY_IS_KEYRING (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sally_keyring_remove_async (SallyKeyring *self,
                            SallyKeyringKind kind,
                            const char *id,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (SALLY_IS_KEYRING (self));
  g_return_if_fail (id != NULL && *id != '\0');
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  SALLY_KEYRING_GET_IFACE (self)->call_async (self, SALLY_KEYRING_REMOVE, kind, id, NULL,
                                              cancellable, callback, user_data);
}

gboolean
sally_keyring_remove_finish (SallyKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (SALLY_IS_KEYRING (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sally_keyring_is_open_async (SallyKeyring *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (SALLY_IS_KEYRING (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  SALLY_KEYRING_GET_IFACE (self)->call_async (self, SALLY_KEYRING_IS_OPEN, SALLY_KEYRING_ACCOUNT,
                                              NULL, NULL, cancellable, callback, user_data);
}

gboolean
sally_keyring_is_open_finish (SallyKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (SALLY_IS_KEYRING (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
