/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the browser share: browser.c (where one is), browser-actions.c (changes on the
 * server), browser-transfers.c (up and down), browser-sync.c (one folder made like another). */
#pragma once

#include "browser/browser.h"
#include "browser/file-list.h"
#include "browser/path-bar.h"
#include "transfers/transfers-button.h"

G_BEGIN_DECLS

struct _SallyBrowser
{
  AdwBin parent_instance;

  AdwWindowTitle *window_title;
  SallyTransfersButton *transfers_button;
  SallyPathBar *path_bar;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  SallyFileList *file_list;
  AdwStatusPage *error_page;
  GtkButton *error_button;
  GMenuModel *file_menu;
  GMenuModel *folder_menu;
  GtkWidget *menu;
  GtkWidget *drop_row; /* weak: the folder that files are held over */

  SallyConnection *connection;
  SallyTransferQueue *queue;
  SallySettings *settings;
  SallyDirectory *directory; /* what is shown */
  GPtrArray *visited;        /* (element-type SallyDirectory) the last ones, the newest last */
  GCancellable *cancellable; /* of the changes under way; ends with the browser */
  GPtrArray *history;        /* (element-type filename) raw paths; history_index is shown */
  guint history_index;
  char *select_name; /* raw name to select once it is listed */
  gboolean show_hidden;

  /* What has ended since the person was told last. */
  guint tell_source;
  guint n_uploaded, n_downloaded, n_failed;
  char *ended_name; /* of one of them */
  GError *failure;  /* the first */
};

/* `message` is plain text: file names need no escaping. */
void sally_browser_show_message (SallyBrowser *self, const char *message);
void sally_browser_show_error (SallyBrowser *self, const GError *error);

void sally_browser_install_change_actions (GtkWidgetClass *widget_class);
void sally_browser_install_transfer_actions (GtkWidgetClass *widget_class);
void sally_browser_install_sync_actions (GtkWidgetClass *widget_class);

/* Connects drops, drags and the queue's signals. */
void sally_browser_set_up_transfers (SallyBrowser *self);

/* Whether all of these are files or folders, which is what can be downloaded. */
gboolean sally_browser_can_download (GPtrArray *files);

G_END_DECLS
