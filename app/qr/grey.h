/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brightness, and the QR codes in it. For sallyport-qr alone: what it parses comes from anywhere.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One byte a pixel, row after row without a gap. */
typedef struct
{
  guchar *pixels;
  guint width;
  guint height;
} SallyGrey;

/* Twice as wide and high, for small codes on a screen have too few pixels for zbar's taste. The
 * pixels are the caller's to free. */
SallyGrey sally_grey_enlarge (const SallyGrey *self);

/* Adds the text of each QR code to `found` (a set of owned strings), at most SALLY_QR_MAX_CODES: as
 * it is and in reverse, for dark pages show light codes. `self` is what it was afterwards. Returns
 * how many are in `found`. */
guint sally_grey_scan (SallyGrey *self, GHashTable *found);

G_END_DECLS
