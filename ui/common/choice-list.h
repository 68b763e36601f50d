/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A combo row whose choices are sentences: shown whole, where AdwComboRow cuts them after some
 * twenty letters. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The choice stands below the title, and in the list no sentence is cut. The model holds
 * GtkStringObjects. Main thread. */
void sally_choice_list_show_whole (AdwComboRow *row);

G_END_DECLS
