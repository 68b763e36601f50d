/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window shows while it is locked: no name, no code, and a way back. */
#pragma once

#include "lock/lock.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Action: lock.unlock. */
#define SALLY_TYPE_LOCK_PAGE (sally_lock_page_get_type ())
G_DECLARE_FINAL_TYPE (SallyLockPage, sally_lock_page, SALLY, LOCK_PAGE, AdwBin)

GtkWidget *sally_lock_page_new (SallyLock *lock);

/* Empty, and ready to be typed into. */
void sally_lock_page_reset (SallyLockPage *self);

G_END_DECLS
