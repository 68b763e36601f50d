/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-items.h"

static void
add (SallyKeyringItems *items, const char *id, const char *secret, guint64 modified_s)
{
  sally_keyring_items_add (items, id, sally_secret_new (secret, -1), modified_s);
}

static void
assert_item (GPtrArray *items, guint position, const char *id, const char *secret)
{
  const SallyKeyringItem *item;

  g_assert_cmpuint (position, <, items->len);
  item = items->pdata[position];
  g_assert_cmpstr (item->id, ==, id);
  g_assert_cmpstr (sally_secret_peek (item->secret, NULL), ==, secret);
}

static void
test_newest_of_each_id (void)
{
  g_autoptr (SallyKeyringItems) items = sally_keyring_items_new ();
  g_autoptr (GPtrArray) stolen = NULL;

  add (items, "a", "old", 10);
  add (items, "b", "only", 5);
  add (items, "a", "new", 20);
  add (items, "a", "older", 1);
  add (items, "c", "first", 7);
  add (items, "c", "second", 7);

  stolen = sally_keyring_items_steal (items);
  g_assert_cmpuint (stolen->len, ==, 3);
  assert_item (stolen, 0, "a", "new");
  assert_item (stolen, 1, "b", "only");
  assert_item (stolen, 2, "c", "second");
}

static void
test_empty_again (void)
{
  g_autoptr (SallyKeyringItems) items = sally_keyring_items_new ();
  g_autoptr (GPtrArray) stolen = NULL;

  g_assert_null (sally_keyring_items_get_first (items));
  add (items, "a", "one", 10);
  g_assert_cmpstr (sally_secret_peek (sally_keyring_items_get_first (items), NULL), ==, "one");
  sally_keyring_items_clear (items);
  g_assert_null (sally_keyring_items_get_first (items));

  /* What was cleared or given away is not known any more. */
  add (items, "a", "two", 1);
  stolen = sally_keyring_items_steal (items);
  assert_item (stolen, 0, "a", "two");
  add (items, "a", "three", 0);
  g_assert_cmpstr (sally_secret_peek (sally_keyring_items_get_first (items), NULL), ==, "three");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keyring-items/newest-of-each-id", test_newest_of_each_id);
  g_test_add_func ("/keyring-items/empty-again", test_empty_again);
  return g_test_run ();
}
