/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-ladder.h"

#define NONE   SALLY_KEYRING_STORE_NONE
#define SYSTEM SALLY_KEYRING_STORE_SYSTEM
#define VAULT  SALLY_KEYRING_STORE_VAULT
#define MEMORY SALLY_KEYRING_STORE_MEMORY

typedef struct
{
  const char *name;
  SallyKeyringFacts facts; /* forced, home, wish, system, vault, vault was in use */
  SallyKeyringStep step;
  SallyKeyringStore store;
} Row;

static const Row rows[] = {
  { "first-use-takes-the-keyring",
    { NONE, NONE, NONE, TRUE, FALSE, FALSE },
    SALLY_KEYRING_STEP_USE,
    SYSTEM },
  { "nothing-there-offers-a-vault",
    { NONE, NONE, NONE, FALSE, FALSE, FALSE },
    SALLY_KEYRING_STEP_OFFER_VAULT,
    NONE },
  { "a-vault-that-is-there-was-meant",
    { NONE, NONE, NONE, TRUE, TRUE, FALSE },
    SALLY_KEYRING_STEP_USE,
    VAULT },
  { "a-wish-for-the-keyring-waits-for-it",
    { NONE, NONE, SYSTEM, FALSE, FALSE, FALSE },
    SALLY_KEYRING_STEP_USE,
    SYSTEM },
  { "a-wish-for-the-keyring-passes-a-vault-by",
    { NONE, NONE, SYSTEM, TRUE, TRUE, FALSE },
    SALLY_KEYRING_STEP_USE,
    SYSTEM },
  { "a-wish-for-a-vault-makes-one",
    { NONE, NONE, VAULT, TRUE, FALSE, FALSE },
    SALLY_KEYRING_STEP_MAKE_VAULT,
    VAULT },
  { "a-wish-for-a-vault-uses-it",
    { NONE, NONE, VAULT, TRUE, TRUE, FALSE },
    SALLY_KEYRING_STEP_USE,
    VAULT },
  { "the-home-stays-though-it-does-not-answer",
    { NONE, SYSTEM, NONE, FALSE, FALSE, FALSE },
    SALLY_KEYRING_STEP_USE,
    SYSTEM },
  { "the-home-stays-though-a-vault-appears",
    { NONE, SYSTEM, NONE, TRUE, TRUE, FALSE },
    SALLY_KEYRING_STEP_USE,
    SYSTEM },
  { "the-home-stays-though-a-keyring-appears",
    { NONE, VAULT, NONE, TRUE, TRUE, TRUE },
    SALLY_KEYRING_STEP_USE,
    VAULT },
  { "a-wish-does-not-move-what-is-kept",
    { NONE, SYSTEM, VAULT, TRUE, TRUE, FALSE },
    SALLY_KEYRING_STEP_USE,
    SYSTEM },
  { "nor-the-other-way", { NONE, VAULT, SYSTEM, TRUE, TRUE, TRUE }, SALLY_KEYRING_STEP_USE, VAULT },
  { "a-lost-vault-is-not-made-anew",
    { NONE, VAULT, NONE, TRUE, FALSE, TRUE },
    SALLY_KEYRING_STEP_FIND_VAULT,
    VAULT },
  { "a-lost-vault-is-not-made-anew-by-a-wish",
    { NONE, NONE, VAULT, TRUE, FALSE, TRUE },
    SALLY_KEYRING_STEP_FIND_VAULT,
    VAULT },
  { "the-environment-rules",
    { SYSTEM, VAULT, VAULT, FALSE, TRUE, TRUE },
    SALLY_KEYRING_STEP_USE,
    SYSTEM },
  { "the-environment-rules-for-the-vault",
    { VAULT, SYSTEM, SYSTEM, TRUE, FALSE, FALSE },
    SALLY_KEYRING_STEP_MAKE_VAULT,
    VAULT },
  { "the-environment-rules-for-a-trial",
    { MEMORY, SYSTEM, SYSTEM, TRUE, TRUE, TRUE },
    SALLY_KEYRING_STEP_USE,
    MEMORY },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  SallyKeyringStore store = MEMORY;

  g_assert_cmpint (sally_keyring_ladder_choose (&row->facts, &store), ==, row->step);
  g_assert_cmpint (store, ==, row->store);
}

/* Whatever the facts are, nothing leads from a home to another store or to an empty one. */
static void
test_home_is_never_left (void)
{
  for (guint bits = 0; bits < 3 * 2 * 2 * 2; bits++)
    for (int home = SYSTEM; home <= VAULT; home++)
      {
        const SallyKeyringFacts facts = {
          .home = (SallyKeyringStore) home,
          .wish = (SallyKeyringStore) (bits % 3),
          .has_system = bits / 3 % 2,
          .has_vault = bits / 6 % 2,
          .vault_is_in_use = home == VAULT || bits / 12 % 2,
        };
        SallyKeyringStore store;
        SallyKeyringStep step = sally_keyring_ladder_choose (&facts, &store);

        g_assert_cmpint (store, ==, home);
        g_assert_true (step == SALLY_KEYRING_STEP_USE || step == SALLY_KEYRING_STEP_FIND_VAULT);
      }
}

static void
test_words (void)
{
  SallyKeyringStore store;

  for (int i = NONE; i <= MEMORY; i++)
    {
      g_assert_true (
          sally_keyring_store_from_string (sally_keyring_store_to_string ((SallyKeyringStore) i),
                                           &store));
      g_assert_cmpint (store, ==, i);
    }
  g_assert_true (sally_keyring_store_from_string ("auto", &store));
  g_assert_cmpint (store, ==, NONE);
  g_assert_false (sally_keyring_store_from_string ("paper", &store));
  g_assert_false (sally_keyring_store_from_string (NULL, &store));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/keyring-ladder/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/keyring-ladder/home-is-never-left", test_home_is_never_left);
  g_test_add_func ("/keyring-ladder/words", test_words);
  return g_test_run ();
}
