/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A QR code on the screen: dark on white in every style, for cameras expect that. */
#pragma once

#include "qr/qr.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SALLY_TYPE_QR_VIEW (sally_qr_view_get_type ())
G_DECLARE_FINAL_TYPE (SallyQrView, sally_qr_view, SALLY, QR_VIEW, GtkWidget)

/* NULL: white. FALSE if `text` is too long for one code. */
gboolean sally_qr_view_set_text (SallyQrView *self, SallySecret *text);

G_END_DECLS
