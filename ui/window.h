/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window: the sidebar, and one page for each thing in it. */
#pragma once

#include "common/clipboard.h"
#include "export/backups.h"
#include "lock/lock.h"
#include "remote/clock-watch.h"
#include "remote/transfer-queue.h"
#include "servers/connections.h"
#include "store/account-store.h"
#include "store/journal.h"
#include "store/server-store.h"
#include "store/settings.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* What the composition root hands down; all borrowed for the call. */
typedef struct
{
  SallyAccountStore *accounts;
  SallyBackups *backups;
  SallyClockWatch *clock;
  SallyServerStore *servers;
  SallyJournal *journal;
  SallyConnections *connections;
  SallyTransferQueue *queue;
  SallySettings *settings;
  SallyClipboard *clipboard;
  SallyLock *lock;
} SallyWindowParts;

/* Actions: win.add-server, win.import-servers, win.add-account, win.search, win.toggle-sidebar,
 * win.show-codes, win.show-transfers, win.show-history, win.import, win.export, win.paste,
 * win.lock. */
#define SALLY_TYPE_WINDOW (sally_window_get_type ())
G_DECLARE_FINAL_TYPE (SallyWindow, sally_window, SALLY, WINDOW, AdwApplicationWindow)

GtkWindow *sally_window_new (GtkApplication *application, const SallyWindowParts *parts);

/* Shows the page of a saved server and signs in; does nothing while locked. */
void sally_window_open_server (SallyWindow *self, SallyServer *server);

/* Shows what a file of servers, such as a connection file, would add, for the person to save it. */
void sally_window_open_connection_file (SallyWindow *self, GFile *file);

/* Shows what a link means: an otpauth link in the dialog of a new account; an sftp link as the
 * folder of a saved server, else in the dialog of a new one. SALLY_ERROR_INVALID if it is neither.
 * `link` is a secret since it may hold a key. While locked it does
 * nothing. */
gboolean sally_window_open_link (SallyWindow *self, SallySecret *link, GError **error);

/* The next three are what somebody chose in the desktop's search. It is done as soon as the window
 * is unlocked (and the accounts are read, and it has the focus, where that needs to be), unless
 * that takes so long that it will surprise, or something else is chosen. */

/* Shows the account and copies its code; of one that counts, only shows it. */
void sally_window_copy_code (SallyWindow *self, const char *account_id);
/* As sally_window_open_server. */
void sally_window_go_to_server (SallyWindow *self, const char *server_id);
void sally_window_search_codes (SallyWindow *self, const char *text);

/* In a toast. */
void sally_window_show_message (SallyWindow *self, const char *message);

/* In a dialog; the message is shown as it is. */
void sally_window_show_error (SallyWindow *self, const GError *error);

/* Transfers of an earlier time are in the list, paused. */
void sally_window_offer_resume (SallyWindow *self, guint n_left);

G_END_DECLS
