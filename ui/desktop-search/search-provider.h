/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers the desktop's search, GNOME Shell's and KRunner's, over D-Bus: by names, never by codes.
 */
#pragma once

#include "lock/lock.h"
#include "store/account-store.h"
#include "store/server-store.h"
#include "store/settings.h"

G_BEGIN_DECLS

/* What may be found is app/search/search.h's, how often anybody may ask app/search/allowance.h's.
 * The accounts are read for it only where nobody is asked to unlock anything; who has not got them
 * in time is answered without. Each question keeps the program up for a while, as a service without
 * a window.
 *
 * Signals, each with the time of the event that led to it (of the display, 0: unknown):
 * "account-chosen" (string id, uint), "server-chosen" (string id, uint), "launched" (string search,
 * uint). Main thread. */
#define SALLY_TYPE_SEARCH_PROVIDER (sally_search_provider_get_type ())
G_DECLARE_FINAL_TYPE (SallySearchProvider, sally_search_provider, SALLY, SEARCH_PROVIDER, GObject)

/* `application` is the owner, and is not kept alive. */
SallySearchProvider *
sally_search_provider_new (GApplication *application) G_GNUC_WARN_UNUSED_RESULT;

/* Before the program has its name on the bus, as questions come from then on. */
gboolean sally_search_provider_export (SallySearchProvider *self,
                                       GDBusConnection *bus,
                                       const char *path,
                                       GError **error);
void sally_search_provider_unexport (SallySearchProvider *self);

/* Until then it finds nothing. */
void sally_search_provider_set_up (SallySearchProvider *self,
                                   SallyAccountStore *accounts,
                                   SallyServerStore *servers,
                                   SallyLock *lock,
                                   SallySettings *settings);

G_END_DECLS
