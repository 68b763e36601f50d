/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring that drains or fills: how much of something is left or done. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Property: fraction (0 to 1). Colour and size come from style.css (node "ring"). */
#define SALLY_TYPE_RING (sally_ring_get_type ())
G_DECLARE_FINAL_TYPE (SallyRing, sally_ring, SALLY, RING, GtkWidget)

void sally_ring_set_fraction (SallyRing *self, double fraction);

G_END_DECLS
