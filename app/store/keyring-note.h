/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of the keyring outside it: where the secrets are, and how to tell it from another.
 */
#pragma once

#include "store/keyring-ladder.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define SALLY_KEYRING_N_STORES (SALLY_KEYRING_STORE_MEMORY + 1)

/* A small file beside the vault, without any secret. What is not noted is NONE or NULL. */
typedef struct
{
  SallyKeyringStore home;    /* where the secrets are */
  SallyKeyringStore moving;  /* where a move was copying them to: what is there are copies */
  SallyKeyringStore leaving; /* where a move was clearing away: what is there are copies, too */
  char *canaries[SALLY_KEYRING_N_STORES]; /* the id of an item that each store has to give back */
} SallyKeyringNote;

void sally_keyring_note_clear (SallyKeyringNote *self);
gboolean sally_keyring_note_equal (const SallyKeyringNote *a, const SallyKeyringNote *b);
void sally_keyring_note_copy (SallyKeyringNote *self, const SallyKeyringNote *other);

/* Fills the cleared `self`; a file that is not there is an empty note. A damaged one is
 * SALLY_ERROR_KEYRING_FAILED, for nobody may take it for an empty one. Blocks. */
gboolean sally_keyring_note_read (SallyKeyringNote *self, const char *path, GError **error);

/* Reads it under its lock, lets `change` change it, writes it; `self` is what it says then. Blocks.
 */
typedef void (*SallyKeyringNoteFunc) (SallyKeyringNote *note, gpointer user_data);
gboolean sally_keyring_note_change (SallyKeyringNote *self,
                                    const char *path,
                                    SallyKeyringNoteFunc change,
                                    gpointer user_data,
                                    GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SallyKeyringNote, sally_keyring_note_clear)

G_END_DECLS
