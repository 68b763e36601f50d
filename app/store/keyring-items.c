/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-items.h"

struct _SallyKeyringItems
{
  GPtrArray *items;      /* (element-type SallyKeyringItem) */
  GArray *modified;      /* (element-type guint64), of `items` */
  GHashTable *positions; /* id -> position in `items`, which has the ids */
};

static GPtrArray *
create_array (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) sally_keyring_item_free);
}

SallyKeyringItems *
sally_keyring_items_new (void)
{
  SallyKeyringItems *self = g_new (SallyKeyringItems, 1);

  self->items = create_array ();
  self->modified = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->positions = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
sally_keyring_items_free (SallyKeyringItems *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->positions);
  g_array_unref (self->modified);
  g_ptr_array_unref (self->items);
  g_free (self);
}

static void
replace (SallyKeyringItems *self, guint position, SallySecret *secret, guint64 modified_s)
{
  SallyKeyringItem *item = self->items->pdata[position];
  guint64 *known_s = &g_array_index (self->modified, guint64, position);

  if (modified_s < *known_s)
    {
      sally_secret_unref (secret);
      return;
    }
  sally_secret_unref (item->secret);
  item->secret = secret;
  *known_s = modified_s;
}

void
sally_keyring_items_add (SallyKeyringItems *self,
                         const char *id,
                         SallySecret *secret,
                         guint64 modified_s)
{
  SallyKeyringItem *item;
  gpointer position;

  g_return_if_fail (self != NULL && id != NULL && secret != NULL);

  if (g_hash_table_lookup_extended (self->positions, id, NULL, &position))
    {
      replace (self, GPOINTER_TO_UINT (position), secret, modified_s);
      return;
    }
  item = g_new0 (SallyKeyringItem, 1);
  item->id = g_strdup (id);
  item->secret = secret;
  g_hash_table_insert (self->positions, item->id, GUINT_TO_POINTER (self->items->len));
  g_ptr_array_add (self->items, item);
  g_array_append_val (self->modified, modified_s);
}

void
sally_keyring_items_clear (SallyKeyringItems *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_remove_all (self->positions);
  g_array_set_size (self->modified, 0);
  g_ptr_array_set_size (self->items, 0);
}

SallySecret *
sally_keyring_items_get_first (SallyKeyringItems *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->items->len > 0 ? ((SallyKeyringItem *) self->items->pdata[0])->secret : NULL;
}

GPtrArray *
sally_keyring_items_steal (SallyKeyringItems *self)
{
  GPtrArray *items;

  g_return_val_if_fail (self != NULL, NULL);

  items = g_steal_pointer (&self->items);
  self->items = create_array ();
  sally_keyring_items_clear (self);
  return items;
}
