/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets, changes or removes the passphrase of the lock. */
#pragma once

#include "lock/lock.h"

#include <adwaita.h>

G_BEGIN_DECLS

void sally_passphrase_dialog_present (SallyLock *lock, GtkWidget *parent);

G_END_DECLS
