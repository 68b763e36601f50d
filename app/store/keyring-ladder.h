/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which store of secrets is used, from what there is and what the person wished. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* SYSTEM is what libsecret reaches: the Secret Service, or the Secret portal inside a sandbox. */
typedef enum
{
  SALLY_KEYRING_STORE_NONE,
  SALLY_KEYRING_STORE_SYSTEM,
  SALLY_KEYRING_STORE_VAULT,
  SALLY_KEYRING_STORE_MEMORY,
} SallyKeyringStore;

typedef struct
{
  /* SALLY_KEYRING names it, whatever else is true; NONE: it is not set. */
  SallyKeyringStore forced;
  /* Where the secrets are, as was noted when they were put there; NONE: nowhere yet. */
  SallyKeyringStore home;
  /* The setting: a wish as long as there is no home; NONE: whatever there is. */
  SallyKeyringStore wish;
  gboolean has_system;      /* a service or a portal answers */
  gboolean has_vault;       /* the vault's file is there */
  gboolean vault_is_in_use; /* something was kept in one before */
} SallyKeyringFacts;

typedef enum
{
  SALLY_KEYRING_STEP_USE,
  SALLY_KEYRING_STEP_MAKE_VAULT,  /* wished, and there is none yet: a passphrase is to be chosen */
  SALLY_KEYRING_STEP_OFFER_VAULT, /* there is no store at all; never a plain file */
  SALLY_KEYRING_STEP_FIND_VAULT,  /* its file has gone */
} SallyKeyringStep;

/* The home comes first, then the wish, then what is there: secrets are looked for where they were
 * put, though that may not answer today, and an empty store never stands in for a full one.
 * `*store` is the one to use, NONE if there is none. */
SallyKeyringStep
sally_keyring_ladder_choose (const SallyKeyringFacts *facts, SallyKeyringStore *store);

/* "secret-service", "vault", "memory"; "" for NONE: the words of the setting, the environment and
 * the command. Static. */
const char *sally_keyring_store_to_string (SallyKeyringStore store);
/* FALSE if `word` (nullable) is none of them; "auto" and "" mean NONE. */
gboolean sally_keyring_store_from_string (const char *word, SallyKeyringStore *store);

G_END_DECLS
