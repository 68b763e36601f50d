/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/key-store.h"

#include "base/error.h"
#include "base/text.h"

#include <glib/gi18n.h>

struct _SallyKeyStore
{
  GObject parent_instance;

  SallyKeyring *keyring;
  GPtrArray *keys; /* (element-type SallySshKey), sorted */
};

static void sally_key_store_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyKeyStore,
                               sally_key_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      sally_key_store_list_model_init))

static GType
sally_key_store_get_item_type (GListModel *model)
{
  return SALLY_TYPE_SSH_KEY;
}

static guint
sally_key_store_get_n_items (GListModel *model)
{
  return SALLY_KEY_STORE (model)->keys->len;
}

static gpointer
sally_key_store_get_item (GListModel *model, guint position)
{
  GPtrArray *keys = SALLY_KEY_STORE (model)->keys;

  return position < keys->len ? g_object_ref (keys->pdata[position]) : NULL;
}

static void
sally_key_store_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = sally_key_store_get_item_type;
  iface->get_n_items = sally_key_store_get_n_items;
  iface->get_item = sally_key_store_get_item;
}

static void
sally_key_store_finalize (GObject *object)
{
  SallyKeyStore *self = SALLY_KEY_STORE (object);

  g_clear_object (&self->keyring);
  g_ptr_array_unref (self->keys);
  G_OBJECT_CLASS (sally_key_store_parent_class)->finalize (object);
}

static void
sally_key_store_class_init (SallyKeyStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_key_store_finalize;
}

static void
sally_key_store_init (SallyKeyStore *self)
{
  self->keys = g_ptr_array_new_with_free_func (g_object_unref);
}

SallyKeyStore *
sally_key_store_new (SallyKeyring *keyring)
{
  SallyKeyStore *self;

  g_return_val_if_fail (SALLY_IS_KEYRING (keyring), NULL);

  self = g_object_new (SALLY_TYPE_KEY_STORE, NULL);
  self->keyring = g_object_ref (keyring);
  return self;
}

static int
compare_names (const char *a, const char *b)
{
  g_autofree char *folded_a = g_utf8_casefold (a, -1);
  g_autofree char *folded_b = g_utf8_casefold (b, -1);

  return g_utf8_collate (folded_a, folded_b);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  SallySshKey *one = (SallySshKey *) a;
  SallySshKey *other = (SallySshKey *) b;
  int order = compare_names (sally_ssh_key_get_name (one), sally_ssh_key_get_name (other));

  return order != 0 ? order : g_strcmp0 (sally_ssh_key_get_id (one), sally_ssh_key_get_id (other));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyKeyStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) items = sally_keyring_list_finish (SALLY_KEYRING (source), result, &error);
  guint n_before = self->keys->len;

  if (items == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_set_size (self->keys, 0);
  for (guint i = 0; i < items->len; i++)
    {
      SallyKeyringItem *item = items->pdata[i];
      SallySshKey *key = sally_ssh_key_new_from_stored (item->id, item->secret);

      /* Another program's hand, or a newer Sallyport's: it stays in the keyring as it is. */
      if (key == NULL)
        g_message ("The keyring has a key that cannot be read: %s", item->id);
      else
        g_ptr_array_add (self->keys, key);
    }
  g_ptr_array_sort_values (self->keys, compare_keys);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->keys->len);
  g_task_return_boolean (task, TRUE);
}

void
sally_key_store_load_async (SallyKeyStore *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_KEY_STORE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_key_store_load_async);
  sally_keyring_list_async (self->keyring, SALLY_KEYRING_SSH_KEY, cancellable, on_listed, task);
}

gboolean
sally_key_store_load_finish (SallyKeyStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static SallySshKey *
find_by_name (SallyKeyStore *self, const char *name)
{
  for (guint i = 0; i < self->keys->len; i++)
    if (compare_names (sally_ssh_key_get_name (self->keys->pdata[i]), name) == 0)
      return self->keys->pdata[i];
  return NULL;
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyKeyStore *self = g_task_get_source_object (task);
  SallySshKey *key = g_task_get_task_data (task);
  GError *error = NULL;
  guint position = 0;

  if (!sally_keyring_store_finish (SALLY_KEYRING (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  while (position < self->keys->len && compare_keys (self->keys->pdata[position], key) < 0)
    position++;
  g_ptr_array_insert (self->keys, (int) position, g_object_ref (key));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
  g_task_return_pointer (task, g_object_ref (key), g_object_unref);
}

void
sally_key_store_make_async (SallyKeyStore *self,
                            const char *name,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (SallySecret) stored = NULL;
  GError *error = NULL;
  SallySshKey *key;

  g_return_if_fail (SALLY_IS_KEY_STORE (self));
  g_return_if_fail (name != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_key_store_make_async);
  if (find_by_name (self, name) != NULL)
    {
      g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_EXISTS,
                               _ ("There is a key called “%s” already: choose another name"), name);
      return;
    }
  key = sally_ssh_key_generate (name, &error);
  if (key == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, key, g_object_unref);
  stored = sally_ssh_key_to_stored (key);
  sally_keyring_store_async (self->keyring, SALLY_KEYRING_SSH_KEY, sally_ssh_key_get_id (key),
                             stored, cancellable, on_stored, g_steal_pointer (&task));
}

SallySshKey *
sally_key_store_make_finish (SallyKeyStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyKeyStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  guint position;

  if (!sally_keyring_remove_finish (SALLY_KEYRING (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_ptr_array_find (self->keys, g_task_get_task_data (task), &position))
    {
      g_ptr_array_remove_index (self->keys, position);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
    }
  g_task_return_boolean (task, TRUE);
}

void
sally_key_store_remove_async (SallyKeyStore *self,
                              SallySshKey *key,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_KEY_STORE (self));
  g_return_if_fail (SALLY_IS_SSH_KEY (key));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_key_store_remove_async);
  g_task_set_task_data (task, g_object_ref (key), g_object_unref);
  sally_keyring_remove_async (self->keyring, SALLY_KEYRING_SSH_KEY, sally_ssh_key_get_id (key),
                              cancellable, on_removed, task);
}

gboolean
sally_key_store_remove_finish (SallyKeyStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

SallySshKey *
sally_key_store_get_by_id (SallyKeyStore *self, const char *id)
{
  g_return_val_if_fail (SALLY_IS_KEY_STORE (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; i < self->keys->len; i++)
    if (g_str_equal (sally_ssh_key_get_id (self->keys->pdata[i]), id))
      return self->keys->pdata[i];
  return NULL;
}

SallySshKey *
sally_key_store_find (SallyKeyStore *self, const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *shown = NULL;
  SallySshKey *key;

  g_return_val_if_fail (SALLY_IS_KEY_STORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  key = sally_key_store_get_by_id (self, name);
  if (key == NULL)
    key = find_by_name (self, name);
  if (key != NULL)
    return key;
  shown = sally_text_from_server (name, -1, FALSE);
  for (guint i = 0; i < self->keys->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            sally_ssh_key_get_name (self->keys->pdata[i]));
  if (names->len == 0)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND,
                 _ ("No key is called “%s”: none was made yet"), shown);
  else
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND,
                 _ ("No key is called “%s”: there is %s"), shown, names->str);
  return NULL;
}
