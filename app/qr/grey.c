/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "qr/grey.h"

#include "qr/qr.h"

#include <zbar.h>

#define Y800 zbar_fourcc ('Y', '8', '0', '0')

SallyGrey
sally_grey_enlarge (const SallyGrey *self)
{
  SallyGrey large = { NULL, 2 * self->width, 2 * self->height };

  g_return_val_if_fail (self->pixels != NULL, large);

  large.pixels = g_malloc ((gsize) large.width * large.height);
  for (guint y = 0; y < large.height; y++)
    for (guint x = 0; x < large.width; x++)
      large.pixels[(gsize) y * large.width + x] =
          self->pixels[(gsize) (y / 2) * self->width + x / 2];
  return large;
}

static void
invert (SallyGrey *grey)
{
  for (gsize i = 0; i < (gsize) grey->width * grey->height; i++)
    grey->pixels[i] = 255 - grey->pixels[i];
}

static void
scan (const SallyGrey *grey, GHashTable *found)
{
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  zbar_image_t *image = zbar_image_create ();

  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  zbar_image_set_format (image, Y800);
  zbar_image_set_size (image, grey->width, grey->height);
  zbar_image_set_data (image, grey->pixels, (gulong) grey->width * grey->height, NULL);
  if (zbar_scan_image (scanner, image) > 0)
    for (const zbar_symbol_t *symbol = zbar_image_first_symbol (image); symbol != NULL;
         symbol = zbar_symbol_next (symbol))
      if (g_hash_table_size (found) < SALLY_QR_MAX_CODES)
        g_hash_table_add (found, g_strndup (zbar_symbol_get_data (symbol),
                                            zbar_symbol_get_data_length (symbol)));
  zbar_image_destroy (image);
  zbar_image_scanner_destroy (scanner);
}

guint
sally_grey_scan (SallyGrey *self, GHashTable *found)
{
  g_return_val_if_fail (self->pixels != NULL, 0);
  g_return_val_if_fail (found != NULL, 0);

  scan (self, found);
  invert (self);
  scan (self, found);
  invert (self);
  return g_hash_table_size (found);
}
