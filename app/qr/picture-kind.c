/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "qr/qr.h"

#include <string.h>

static const struct
{
  const char *kind;
  const char *magic;
  gsize length;
} magics[] = {
  { "png", "\x89PNG\r\n\x1a\n", 8 },
  { "jpeg", "\xff\xd8\xff", 3 },
  { "gif", "GIF8", 4 },
  { "bmp", "BM", 2 },
  { "tiff", "II*\0", 4 },
  { "tiff", "MM\0*", 4 },
};

const char *
sally_qr_picture_kind (gconstpointer bytes, gsize length)
{
  g_return_val_if_fail (bytes != NULL || length == 0, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++)
    if (length >= magics[i].length && memcmp (bytes, magics[i].magic, magics[i].length) == 0)
      return magics[i].kind;
  if (length >= 12 && memcmp (bytes, "RIFF", 4) == 0 &&
      memcmp ((const char *) bytes + 8, "WEBP", 4) == 0)
    return "webp";
  return NULL;
}
