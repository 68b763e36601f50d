/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Icon and name of a remote file, in a row of the list. */
#pragma once

#include "model/remote-file.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Property: file (SallyRemoteFile, nullable). */
#define SALLY_TYPE_FILE_CELL (sally_file_cell_get_type ())
G_DECLARE_FINAL_TYPE (SallyFileCell, sally_file_cell, SALLY, FILE_CELL, GtkBox)

SallyRemoteFile *sally_file_cell_get_file (SallyFileCell *self);

/* The file of the row of a column view that is at this point; NULL beside all rows. `row` (out,
 * optional) is its widget. */
SallyRemoteFile *sally_file_cell_pick (GtkWidget *column_view, double x, double y, GtkWidget **row);

G_END_DECLS
