/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which programs live: each holds the lock of a file that bears its name. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A lock ends with the program, however that ends, and means the same in every process-id
 * namespace, which a process id does not. Not thread-safe: one thread at a time. */
typedef struct _SallyOwnerLock SallyOwnerLock;

/* `directory` is made (0700) when the first lock is. */
SallyOwnerLock *sally_owner_lock_new (const char *directory) G_GNUC_WARN_UNUSED_RESULT;
/* Lets go and removes the file. */
void sally_owner_lock_free (SallyOwnerLock *self);

/* Takes our lock, unless it is ours already. LOCAL_* errors. */
gboolean sally_owner_lock_ensure (SallyOwnerLock *self, GError **error);
/* Of this program; never changes. */
const char *sally_owner_lock_get_name (SallyOwnerLock *self);

gboolean sally_owner_lock_is_ours (SallyOwnerLock *self, const char *name);
/* Whether the program of that name runs. What one that has ended left is removed, and remembered.
 */
gboolean sally_owner_lock_is_alive (SallyOwnerLock *self, const char *name);

G_END_DECLS
