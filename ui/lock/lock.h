/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the window may show anything: locked by hand, after a while, with the screen, before
 * sleep.
 */
#pragma once

#include "store/keyring.h"
#include "store/settings.h"

G_BEGIN_DECLS

/* Properties: is-locked; is-set, whether there is a passphrase. Starts locked if there is. It keeps
 * people from looking, not programs: what runs as this user can read the keyring, too. Main thread.
 */
#define SALLY_TYPE_LOCK (sally_lock_get_type ())
G_DECLARE_FINAL_TYPE (SallyLock, sally_lock, SALLY, LOCK, GObject)

SallyLock *
sally_lock_new (SallyKeyring *keyring, SallySettings *settings) G_GNUC_WARN_UNUSED_RESULT;

gboolean sally_lock_get_is_locked (SallyLock *self);
gboolean sally_lock_get_is_set (SallyLock *self);

/* FALSE if there is no passphrase, without which nobody could unlock. */
gboolean sally_lock_lock (SallyLock *self);

/* A person did something: the time until it locks by itself begins anew. */
void sally_lock_touch (SallyLock *self);

/* Calls `func` once: now, or as soon as it is unlocked, for what would show something. Then frees
 * `user_data` with `destroy` (nullable), uncalled if the program ends first. */
typedef void (*SallyLockFunc) (gpointer user_data);
void sally_lock_when_open (SallyLock *self,
                           SallyLockFunc func,
                           gpointer user_data,
                           GDestroyNotify destroy);

/* SALLY_ERROR_PASSWORD_WRONG, or why the keyring could not be asked. */
void sally_lock_unlock_async (SallyLock *self,
                              SallySecret *passphrase,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean sally_lock_unlock_finish (SallyLock *self, GAsyncResult *result, GError **error);

/* NULL: no passphrase and no lock any more. Only while unlocked. */
void sally_lock_set_passphrase_async (SallyLock *self,
                                      SallySecret *passphrase,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean sally_lock_set_passphrase_finish (SallyLock *self, GAsyncResult *result, GError **error);

G_END_DECLS
