/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the files of the window. */
#pragma once

#include "common/backup-timer.h"
#include "servers/sidebar.h"
#include "ui/window.h"

G_BEGIN_DECLS

struct _SallyWindow
{
  AdwApplicationWindow parent_instance;

  GtkStack *cover;
  AdwToastOverlay *toasts;
  AdwNavigationSplitView *split_view;
  SallySidebar *sidebar;
  AdwNavigationPage *content_page;
  GtkStack *stack;

  GtkWidget *codes_page;
  GtkWidget *transfers_page;
  GtkWidget *history_page;

  SallyAccountStore *accounts;
  SallyServerStore *servers;
  SallyConnections *connections;
  SallyTransferQueue *queue;
  SallySettings *settings;
  SallyLock *lock;
  SallyClipboard *clipboard;
  SallyBackupTimer *backup_timer;
  GtkWidget *lock_page;
  char *title;  /* that of the page, while it may not be shown */
  char *wanted; /* what the desktop's search asked for and is still to be done */
  void (*want) (SallyWindow *self, const char *wanted);
  guint want_id;
  guint unwanted_id;  /* a dialog is to go, for the window is locked */
  gboolean may_close; /* the person has agreed to stop what is on its way */
};

void sally_window_show_page (SallyWindow *self, GtkWidget *page, const char *title);
void sally_window_show_place (SallyWindow *self, SallyPlace place);

/* window-servers.c: its page, made at need. */
GtkWidget *sally_window_ensure_server_page (SallyWindow *self, SallyServer *server);
/* Its page, which signs in; where it is not known who does, the dialog that asks. */
void sally_window_show_server (SallyWindow *self, SallyServer *server);
/* `server` NULL: a new one. Borrowed. */
AdwDialog *sally_window_present_server_dialog (SallyWindow *self, SallyServer *server);
/* With a toast to undo it. */
void sally_window_delete_server (SallyWindow *self, SallyServer *server);
/* The page of a server that is gone goes too, and its connection ends. */
void sally_window_forget_server (SallyWindow *self, SallyServer *server);
/* An sftp link: the page of the saved server that it means, else the dialog of a new one. */
gboolean sally_window_open_server_link (SallyWindow *self, const char *uri, GError **error);

/* window-import.c: `sources` (nullable): files or links, else the person chooses. */
void sally_window_present_import (SallyWindow *self, const char *const *sources);

/* Data of a dialog that may show while the window is locked: it names nothing. */
#define SALLY_DIALOG_NAMES_NOTHING "names-nothing"

/* window-lock.c */
void sally_window_install_lock (GtkWidgetClass *widget_class);
void sally_window_set_up_lock (SallyWindow *self);

/* window-search.c: what waits for the lock, the accounts or the focus. */
void sally_window_set_up_wants (SallyWindow *self);
void sally_window_drop_want (SallyWindow *self);

G_END_DECLS
