/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the codes page share. */
#pragma once

#include "camera/camera-access.h"
#include "codes/codes-page.h"
#include "codes/ticker.h"
#include "keyring/keyring-page.h"

G_BEGIN_DECLS

/* As in the schema. */
typedef enum
{
  SALLY_CODES_SORT_NAME,
  SALLY_CODES_SORT_RECENT,
  SALLY_CODES_SORT_USES,
  SALLY_CODES_SORT_MANUAL,
} SallyCodesSort;

struct _SallyCodesPage
{
  AdwBin parent_instance;

  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  AdwToastOverlay *toasts;
  AdwBanner *clock_banner;
  AdwBanner *backup_banner;
  GtkStack *stack;
  GtkListView *list_view;
  GtkGridView *grid_view;
  SallyKeyringPage *keyring_page;
  GtkWidget *camera_button;
  GtkWidget *tag_bar;
  GtkBox *tag_box;
  GtkSortListModel *sorted;     /* all accounts in their order */
  GtkFilterListModel *filtered; /* those of them that show */
  GtkMultiFilter *filter;

  SallyAccountStore *accounts;
  SallyBackups *backups;
  SallyServerStore *servers;
  SallyClipboard *clipboard;
  SallyCameraAccess *camera; /* NULL where the program is built without */
  SallyTicker *ticker;
  SallyClockWatch *clock;
  gint64 shown_clock_s;     /* the offset that the banner tells */
  gint64 dismissed_clock_s; /* where there are no settings to keep it; 0: nothing */
  GSettings *settings;      /* NULL where the schema is not installed */
  GHashTable *busy;         /* (element-type utf8) ids of accounts that are being saved */
  GHashTable *counted;      /* (element-type utf8 SallySecret) the codes by counter that show */
  GHashTable *rows; /* (element-type SallyAccount SallyCodeRow) those that are bound, borrowed */
  gboolean is_grid;
  gboolean has_rows;

  GtkCustomSorter *sorter;
  GtkCustomFilter *tag_filter;
  SallyCodesSort sort;
  char *tag;       /* the chosen one; NULL: all */
  GPtrArray *tags; /* (element-type utf8) those of the bar */
  guint order_id;
  gboolean is_moving;
};

/* Shows the page of the stack that fits. */
void sally_codes_page_update_state (SallyCodesPage *self);

/* A toast. */
void sally_codes_page_show_message (SallyCodesPage *self, const char *message);

/* codes-backup.c: the banner where there is no copy of the accounts. */
void sally_codes_page_set_up_reminder (SallyCodesPage *self);
void sally_codes_page_update_reminder (SallyCodesPage *self);

/* codes-camera.c: the action codes.scan-camera, as long as there is a camera. */
void sally_codes_page_install_camera (GtkWidgetClass *widget_class);
void sally_codes_page_set_up_camera (SallyCodesPage *self);

/* codes-clock.c: the banner where this computer's clock is off. */
void sally_codes_page_set_up_clock (SallyCodesPage *self, SallyClockWatch *clock);
void sally_codes_page_update_clock (SallyCodesPage *self);

/* codes-import.c: the actions codes.import, codes.export, codes.paste, codes.scan-screen, and
 * what is dropped. */
void sally_codes_page_install_import (GtkWidgetClass *widget_class);
void sally_codes_page_set_up_drop (SallyCodesPage *self);
/* What QR codes said (element-type SallySecret). */
void sally_codes_page_import_texts (SallyCodesPage *self, GPtrArray *texts);

/* codes-order.c: the order of the rows, groups, and moving by hand. */
void sally_codes_page_set_up_order (SallyCodesPage *self, GSettings *settings);
void sally_codes_page_queue_order (SallyCodesPage *self);
/* What is queued is done now; of whatever group, all rows are there. */
void sally_codes_page_show_all (SallyCodesPage *self);
/* Puts `account` where `target` stands. */
void sally_codes_page_move (SallyCodesPage *self, SallyAccount *account, SallyAccount *target);

/* codes-rows.c: rows for accounts, what they can do, and the keys of the one that has the focus. */
void sally_codes_page_set_up_rows (SallyCodesPage *self);
/* A list or a grid, as the setting says. */
void sally_codes_page_update_view (SallyCodesPage *self);
void sally_codes_page_install_rows (GtkWidgetClass *widget_class);
void sally_codes_page_activate (SallyCodesPage *self, SallyAccount *account);

G_END_DECLS
