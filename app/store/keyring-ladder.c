/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-ladder.h"

static const char *const names[] = { "", "secret-service", "vault", "memory" };

static SallyKeyringStep
use_vault (const SallyKeyringFacts *facts, SallyKeyringStore *store)
{
  *store = SALLY_KEYRING_STORE_VAULT;
  if (facts->has_vault)
    return SALLY_KEYRING_STEP_USE;
  return facts->vault_is_in_use ? SALLY_KEYRING_STEP_FIND_VAULT : SALLY_KEYRING_STEP_MAKE_VAULT;
}

SallyKeyringStep
sally_keyring_ladder_choose (const SallyKeyringFacts *facts, SallyKeyringStore *store)
{
  SallyKeyringStore meant;

  g_return_val_if_fail (facts != NULL, SALLY_KEYRING_STEP_OFFER_VAULT);
  g_return_val_if_fail (store != NULL, SALLY_KEYRING_STEP_OFFER_VAULT);

  meant = facts->forced != SALLY_KEYRING_STORE_NONE ? facts->forced
          : facts->home != SALLY_KEYRING_STORE_NONE ? facts->home
                                                    : facts->wish;
  /* A vault is made by a person only: if there is one, it was meant to be used. */
  if (meant == SALLY_KEYRING_STORE_NONE && facts->has_vault)
    meant = SALLY_KEYRING_STORE_VAULT;
  if (meant == SALLY_KEYRING_STORE_NONE && facts->has_system)
    meant = SALLY_KEYRING_STORE_SYSTEM;

  if (meant == SALLY_KEYRING_STORE_VAULT)
    return use_vault (facts, store);
  *store = meant;
  return meant != SALLY_KEYRING_STORE_NONE ? SALLY_KEYRING_STEP_USE
                                           : SALLY_KEYRING_STEP_OFFER_VAULT;
}

const char *
sally_keyring_store_to_string (SallyKeyringStore store)
{
  g_return_val_if_fail (store < G_N_ELEMENTS (names), "");

  return names[store];
}

gboolean
sally_keyring_store_from_string (const char *word, SallyKeyringStore *store)
{
  g_return_val_if_fail (store != NULL, FALSE);

  *store = SALLY_KEYRING_STORE_NONE;
  if (g_strcmp0 (word, "auto") == 0)
    return TRUE;
  for (gsize i = 0; word != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (word, names[i]))
      {
        *store = (SallyKeyringStore) i;
        return TRUE;
      }
  return FALSE;
}
