/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a remote folder in columns: sorted, folders first, filtered, many selectable. */
#pragma once

#include "remote/directory.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signals: "activated" (SallyRemoteFile) by double click or Return; "selection-changed"; "menu"
 * (x, y as double) when a context menu is wanted there. */
#define SALLY_TYPE_FILE_LIST (sally_file_list_get_type ())
G_DECLARE_FINAL_TYPE (SallyFileList, sally_file_list, SALLY, FILE_LIST, AdwBin)

void sally_file_list_set_directory (SallyFileList *self, SallyDirectory *directory);
void sally_file_list_set_search (SallyFileList *self, const char *search);
void sally_file_list_set_show_hidden (SallyFileList *self, gboolean show_hidden);

/* How many files are shown, after filters. */
guint sally_file_list_get_n_shown (SallyFileList *self);

/* (element-type SallyRemoteFile) (transfer container), in the order shown. */
GPtrArray *sally_file_list_dup_selected (SallyFileList *self) G_GNUC_WARN_UNUSED_RESULT;

/* Selects the file of that raw name alone and brings it into view, if it is shown. */
void sally_file_list_select_name (SallyFileList *self, const char *raw_name);

/* The widget with the rows, for controllers. */
GtkWidget *sally_file_list_get_view (SallyFileList *self);

G_END_DECLS
