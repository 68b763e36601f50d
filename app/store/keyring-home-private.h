/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the keyring's home share. */
#pragma once

#include "store/change-notice.h"
#include "store/keyring-home.h"
#include "store/keyring-note.h"
#include "store/keyring-probe.h"

G_BEGIN_DECLS

struct _SallyKeyringHome
{
  GObject parent_instance;

  char *note_path;
  char *turn_path; /* its lock: shared by those who write, of one who moves */
  GSettings *settings;
  SallyChangeNotice *notice; /* to and from other programs */
  SallyKeyringStore forced;
  SallyKeyring *stores[SALLY_KEYRING_N_STORES]; /* NULL for NONE */

  GQueue turns;          /* (element-type GTask) one after the other; the head runs */
  SallyKeyringNote note; /* as it was read last, like the next two */
  gboolean has_vault;
  SallyKeyringProbe probe; /* only after SALLY_KEYRING_LOOK */
  SallyKeyringStore store;
  SallyKeyringStep step;
  gboolean is_checked; /* `store` gave its canary back, or never had one */
};

typedef void (*SallyKeyringTurnFunc) (GTask *task);

/* Queues a task, whose data is set already; `run` is called when it is its turn. Each ends with one
 * of the two below. */
void sally_keyring_home_begin_turn (GTask *task, SallyKeyringTurnFunc run);

/* Takes a lock, which the end of the turn gives back. */
void sally_keyring_home_hold_lock (GTask *task, int lock);

/* The end of a turn whose task was returned. */
void sally_keyring_home_end_turn (GTask *task);

/* Returns the task, TRUE or `error` (nullable, taken), and ends its turn. */
void sally_keyring_home_return (GTask *task, GError *error);

typedef enum
{
  SALLY_KEYRING_LOOK,  /* only at what there is */
  SALLY_KEYRING_CHECK, /* unless that store was checked, and nothing has been noted since */
  SALLY_KEYRING_CHECK_ANEW,
} SallyKeyringCheck;

/* keyring-home-check.c: reads the note, chooses the store and looks for its canary. Within a turn.
 */
void sally_keyring_home_check_async (SallyKeyringHome *self,
                                     SallyKeyringCheck how,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
sally_keyring_home_check_finish (SallyKeyringHome *self, GAsyncResult *result, GError **error);

/* Puts a canary into `store` and notes it, unless there is one; first of all takes one that is
 * there already. Within a turn. */
void sally_keyring_home_ensure_canary_async (SallyKeyringHome *self,
                                             SallyKeyringStore store,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
gboolean sally_keyring_home_ensure_canary_finish (SallyKeyringHome *self,
                                                  GAsyncResult *result,
                                                  GError **error);

/* Takes the lock on a thread; the descriptor, or -1. */
void sally_keyring_home_lock_async (SallyKeyringHome *self,
                                    gboolean is_shared,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
int sally_keyring_home_lock_finish (SallyKeyringHome *self, GAsyncResult *result, GError **error);

/* Changes the note on a thread, and takes over what it says then. */
typedef struct
{
  gboolean sets_home;
  SallyKeyringStore home;
  gboolean sets_moving;
  SallyKeyringStore moving;
  gboolean sets_leaving;
  SallyKeyringStore leaving;
  SallyKeyringStore canary_store; /* NONE: no canary changes */
  const char *canary;             /* nullable */
} SallyKeyringNoteChange;

void sally_keyring_home_note_async (SallyKeyringHome *self,
                                    const SallyKeyringNoteChange *change,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
sally_keyring_home_note_finish (SallyKeyringHome *self, GAsyncResult *result, GError **error);

void sally_keyring_home_set_store (SallyKeyringHome *self,
                                   SallyKeyringStore store,
                                   SallyKeyringStep step);

G_END_DECLS
