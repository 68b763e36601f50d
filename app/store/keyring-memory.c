/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-memory.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SallyKeyringMemory
{
  GObject parent_instance;

  GHashTable *items; /* (element-type utf8 SallySecret), by "kind/id" */
  int failure;       /* a SALLY_ERROR_KEYRING_* code, 0: none */
};

static void sally_keyring_memory_iface_init (SallyKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyKeyringMemory,
                               sally_keyring_memory,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SALLY_TYPE_KEYRING,
                                                      sally_keyring_memory_iface_init))

static char *
make_key (SallyKeyringKind kind, const char *id)
{
  return g_strdup_printf ("%d/%s", (int) kind, id);
}

static const char *
failure_message (int code)
{
  switch (code)
    {
    case SALLY_ERROR_KEYRING_ABSENT:
      return _ ("No keyring service is running");
    case SALLY_ERROR_KEYRING_LOCKED:
      return _ ("The keyring is locked");
    case SALLY_ERROR_KEYRING_DISMISSED:
      return _ ("The keyring stays locked: its prompt was closed");
    case SALLY_ERROR_KEYRING_MISSING:
      return _ ("The entry is not in the keyring");
    default:
      return _ ("The keyring failed");
    }
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (((const SallyKeyringItem *) a)->id, ((const SallyKeyringItem *) b)->id);
}

static GPtrArray *
list (SallyKeyringMemory *self, SallyKeyringKind kind)
{
  g_autofree char *prefix = make_key (kind, "");
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_keyring_item_free);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_str_has_prefix (key, prefix))
      {
        SallyKeyringItem *item = g_new0 (SallyKeyringItem, 1);

        item->id = g_strdup ((const char *) key + strlen (prefix));
        item->secret = sally_secret_ref (value);
        g_ptr_array_add (items, item);
      }
  g_ptr_array_sort_values (items, compare_items);
  return items;
}

static void
look_up (SallyKeyringMemory *self, const char *key, GTask *task)
{
  SallySecret *secret = g_hash_table_lookup (self->items, key);

  if (secret == NULL)
    g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING,
                                     failure_message (SALLY_ERROR_KEYRING_MISSING));
  else
    g_task_return_pointer (task, sally_secret_ref (secret), (GDestroyNotify) sally_secret_unref);
}

static void
call_async (SallyKeyring *keyring,
            SallyKeyringVerb verb,
            SallyKeyringKind kind,
            const char *id,
            SallySecret *secret,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  SallyKeyringMemory *self = SALLY_KEYRING_MEMORY (keyring);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *key = id != NULL ? make_key (kind, id) : NULL;

  g_task_set_source_tag (task, call_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->failure != 0)
    {
      g_task_return_new_error_literal (task, SALLY_ERROR, self->failure,
                                       failure_message (self->failure));
      return;
    }
  switch (verb)
    {
    case SALLY_KEYRING_LIST:
      g_task_return_pointer (task, list (self, kind), (GDestroyNotify) g_ptr_array_unref);
      break;
    case SALLY_KEYRING_LOOKUP:
      look_up (self, key, task);
      break;
    case SALLY_KEYRING_IS_OPEN:
      g_task_return_boolean (task, TRUE);
      break;
    case SALLY_KEYRING_STORE:
      g_hash_table_replace (self->items, g_steal_pointer (&key), sally_secret_ref (secret));
      g_task_return_boolean (task, TRUE);
      break;
    case SALLY_KEYRING_REMOVE:
      g_hash_table_remove (self->items, key);
      g_task_return_boolean (task, TRUE);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
sally_keyring_memory_finalize (GObject *object)
{
  SallyKeyringMemory *self = SALLY_KEYRING_MEMORY (object);

  g_hash_table_unref (self->items);
  G_OBJECT_CLASS (sally_keyring_memory_parent_class)->finalize (object);
}

static void
sally_keyring_memory_iface_init (SallyKeyringInterface *iface)
{
  iface->call_async = call_async;
}

static void
sally_keyring_memory_class_init (SallyKeyringMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_keyring_memory_finalize;
}

static void
sally_keyring_memory_init (SallyKeyringMemory *self)
{
  self->items =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sally_secret_unref);
}

SallyKeyring *
sally_keyring_memory_new (void)
{
  return g_object_new (SALLY_TYPE_KEYRING_MEMORY, NULL);
}

void
sally_keyring_memory_set_failure (SallyKeyringMemory *self, int code)
{
  g_return_if_fail (SALLY_IS_KEYRING_MEMORY (self));

  self->failure = code;
}
