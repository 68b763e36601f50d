/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QR codes: read from pictures by a confined program, and made. */
#pragma once

#include "base/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A screen of 8K, as a PNG of noise, is not larger. */
#define SALLY_QR_MAX_PICTURE_BYTES (64 * 1024 * 1024)
/* More in one picture are no export of anything. */
#define SALLY_QR_MAX_CODES         64
/* What sallyport-qr ends with if its input cannot be decoded. */
#define SALLY_QR_EXIT_NO_PICTURE   3

/* The pictures of a camera, as sallyport-qr takes them with this option: width and height (4 bytes
 * each, big-endian), then the brightness of each pixel, a byte each. */
#define SALLY_QR_FRAMES_OPTION  "--frames"
/* More pixels a side show nothing to the reader but grain. */
#define SALLY_QR_MAX_FRAME_SIDE 2048

/* "png" "jpeg" "gif" "bmp" "webp" "tiff" by the first bytes; NULL if it is none. */
const char *sally_qr_picture_kind (gconstpointer bytes, gsize length);

/* Reads all QR codes in `picture`. What decodes it is sallyport-qr, which can reach neither files
 * nor the network and is ended after some seconds. Main thread. */
void sally_qr_read_async (GBytes *picture,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/* The texts (element-type SallySecret), at least one. SALLY_ERROR_NOT_FOUND if no code is in it,
 * SALLY_ERROR_INVALID if it cannot be decoded. */
GPtrArray *sally_qr_read_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What sallyport-qr has said, `length` bytes: the texts (element-type SallySecret), maybe none.
 * Empty and overlong ones are left out. */
GPtrArray *sally_qr_split_texts (const char *output, gsize length) G_GNUC_WARN_UNUSED_RESULT;

/* The modules of a code, a byte each, 1 is dark; they show a secret and are wiped. */
typedef struct
{
  guint width; /* and height, without the quiet zone */
  guchar *modules;
} SallyQrCode;

/* NULL if `text` is too long for one code. */
SallyQrCode *sally_qr_code_new (SallySecret *text) G_GNUC_WARN_UNUSED_RESULT;
void sally_qr_code_free (SallyQrCode *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyQrCode, sally_qr_code_free)

G_END_DECLS
