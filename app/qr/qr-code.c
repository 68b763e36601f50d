/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "qr/qr.h"

#include <qrencode.h>

SallyQrCode *
sally_qr_code_new (SallySecret *text)
{
  SallyQrCode *self;
  const char *bytes;
  QRcode *code;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  bytes = sally_secret_peek (text, &length);
  code = QRcode_encodeData ((int) length, (const unsigned char *) bytes, 0, QR_ECLEVEL_L);
  if (code == NULL)
    return NULL;
  self = g_new0 (SallyQrCode, 1);
  self->width = (guint) code->width;
  self->modules = g_malloc ((gsize) self->width * self->width);
  /* The lowest bit is the colour; the others are the library's own notes. */
  for (gsize i = 0; i < (gsize) self->width * self->width; i++)
    self->modules[i] = code->data[i] & 1;
  sally_secret_wipe (code->data, (gsize) self->width * self->width);
  QRcode_free (code);
  return self;
}

void
sally_qr_code_free (SallyQrCode *self)
{
  if (self == NULL)
    return;
  sally_secret_wipe (self->modules, (gsize) self->width * self->width);
  g_free (self->modules);
  g_free (self);
}
