/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The preferences, bound to the settings. */
#pragma once

#include "export/backups.h"
#include "lock/lock.h"
#include "store/keyring-home.h"
#include "store/server-store.h"
#include "store/settings.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define SALLY_TYPE_PREFERENCES_DIALOG (sally_preferences_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SallyPreferencesDialog,
                      sally_preferences_dialog,
                      SALLY,
                      PREFERENCES_DIALOG,
                      AdwPreferencesDialog)

/* Pages by name: general, backups, keys. */
AdwDialog *sally_preferences_dialog_new (SallySettings *settings,
                                         SallyLock *lock,
                                         SallyBackups *backups,
                                         SallyKeyringHome *home,
                                         SallyServerStore *servers);

G_END_DECLS
