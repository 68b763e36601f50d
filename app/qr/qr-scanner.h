/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QR codes in the pictures of a camera: sallyport-qr, kept running for one after the other. */
#pragma once

#include "qr/qr.h"

G_BEGIN_DECLS

/* One frame is read at a time, and only some a second; who has a frame while it is not ready drops
 * it for the next one. A program that ends or takes too long over a frame is replaced, some times.
 * Main thread. */
#define SALLY_TYPE_QR_SCANNER (sally_qr_scanner_get_type ())
G_DECLARE_FINAL_TYPE (SallyQrScanner, sally_qr_scanner, SALLY, QR_SCANNER, GObject)

SallyQrScanner *sally_qr_scanner_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a frame may be read now. */
gboolean sally_qr_scanner_is_ready (SallyQrScanner *self);

/* Pixels of four bytes: blue, green, red, and one that is ignored. `stride` bytes from row to row;
 * at most SALLY_QR_MAX_FRAME_SIDE wide and high. Copied; only while it is ready. */
void sally_qr_scanner_read_async (SallyQrScanner *self,
                                  const guint8 *pixels,
                                  guint width,
                                  guint height,
                                  gsize stride,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/* The texts (element-type SallySecret), often none. G_IO_ERROR_CANCELLED after
 * sally_qr_scanner_stop(); any other error means that no frame will ever be read. */
GPtrArray *sally_qr_scanner_read_finish (SallyQrScanner *self,
                                         GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends the program at once, and reads nothing more. */
void sally_qr_scanner_stop (SallyQrScanner *self);

G_END_DECLS
