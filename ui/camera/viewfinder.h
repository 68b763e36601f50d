/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The live picture of a camera, whole on a dark ground, with a frame for a QR code. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SALLY_TYPE_VIEWFINDER (sally_viewfinder_get_type ())
G_DECLARE_FINAL_TYPE (SallyViewfinder, sally_viewfinder, SALLY, VIEWFINDER, GtkWidget)

/* `texture` NULL: nothing but the ground. `is_mirror`: left and right change places. */
void sally_viewfinder_show (SallyViewfinder *self, GdkTexture *texture, gboolean is_mirror);

/* Marks that a code was read. */
void sally_viewfinder_set_has_found (SallyViewfinder *self, gboolean has_found);

G_END_DECLS
