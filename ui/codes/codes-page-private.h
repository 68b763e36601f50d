/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the codes page share. */
#pragma once

#include "codes/codes-page.h"
#include "codes/ticker.h"

G_BEGIN_DECLS

struct _SallyCodesPage
{
  AdwBin parent_instance;

  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkListBox *list_box;
  AdwStatusPage *error_page;
  GtkButton *error_button;
  GtkFilterListModel *filtered;

  SallyAccountStore *accounts;
  SallyClipboard *clipboard;
  SallyTicker *ticker;
};

/* A toast. */
void sally_codes_page_show_message (SallyCodesPage *self, const char *message);

/* codes-import.c: the actions codes.import, codes.paste, codes.scan-screen, and what is dropped. */
void sally_codes_page_install_import (GtkWidgetClass *widget_class);
void sally_codes_page_set_up_drop (SallyCodesPage *self);

G_END_DECLS
