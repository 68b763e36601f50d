/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by window.c and window-import.c. */
#pragma once

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
  GtkWidget *lock_page;
  char *title;        /* that of the page, while it may not be shown */
  gboolean may_close; /* the person has agreed to stop what is on its way */
};

/* The page of a server that is gone goes too. */
void sally_window_forget_server (SallyWindow *self, SallyServer *server);

/* window-import.c: `sources` (nullable): files or links, else the person chooses. */
void sally_window_present_import (SallyWindow *self, const char *const *sources);

G_END_DECLS
