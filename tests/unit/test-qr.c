/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "qr/qr.h"

#include "base/error.h"
#include "tests/support/await.h"

#include <string.h>

#define FIRST  "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example"
#define SECOND "otpauth://hotp/VPN:bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=5"

#define HEADER_BYTES 54

/* An uncompressed BMP of 24 bits, bottom row first, rows padded to four bytes. */
typedef struct
{
  guint width;
  guint height;
  gsize stride;
  GByteArray *bytes;
} Picture;

static void
put_32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, sizeof value);
}

static Picture
picture_new (guint width, guint height, guint8 bright)
{
  Picture picture = { width, height, ((gsize) width * 3 + 3) / 4 * 4, g_byte_array_new () };
  gsize length = picture.stride * height;
  g_autofree guint8 *pixels = g_malloc (length);
  guint8 header[HEADER_BYTES] = { 0 };

  memcpy (header, "BM", 2);
  put_32 (header + 2, (guint32) (HEADER_BYTES + length));
  put_32 (header + 10, HEADER_BYTES);
  put_32 (header + 14, 40);
  put_32 (header + 18, width);
  put_32 (header + 22, height);
  header[26] = 1;
  header[28] = 24;
  memset (pixels, bright, length);
  g_byte_array_append (picture.bytes, header, HEADER_BYTES);
  g_byte_array_append (picture.bytes, pixels, (guint) length);
  return picture;
}

static void
draw (Picture *picture, const char *text, guint left, guint top, guint scale, guint8 dark)
{
  g_autoptr (SallySecret) secret = sally_secret_new (text, -1);
  g_autoptr (SallyQrCode) code = sally_qr_code_new (secret);

  for (guint y = 0; y < code->width * scale; y++)
    for (guint x = 0; x < code->width * scale; x++)
      if (code->modules[(y / scale) * code->width + x / scale] != 0)
        memset (picture->bytes->data + HEADER_BYTES +
                    (picture->height - 1 - top - y) * picture->stride + (gsize) (left + x) * 3,
                dark, 3);
}

static GPtrArray *
read_bytes (GBytes *bytes, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_qr_read_async (bytes, NULL, await_ready, &result);
  return sally_qr_read_finish (await_result (&result), error);
}

static GPtrArray *
read_picture (Picture *picture, GError **error)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (picture->bytes);

  return read_bytes (bytes, error);
}

static gboolean
has_text (GPtrArray *texts, const char *text)
{
  for (guint i = 0; i < texts->len; i++)
    if (g_str_equal (sally_secret_peek (texts->pdata[i], NULL), text))
      return TRUE;
  return FALSE;
}

static void
test_reads_what_it_drew (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) texts = NULL;
  Picture picture = picture_new (400, 400, 255);

  draw (&picture, FIRST, 40, 60, 5, 0);
  texts = read_picture (&picture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (texts->len, ==, 1);
  g_assert_true (has_text (texts, FIRST));
}

static void
test_several (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) texts = NULL;
  Picture picture = picture_new (700, 400, 255);

  draw (&picture, FIRST, 40, 60, 5, 0);
  draw (&picture, SECOND, 400, 100, 6, 0);
  texts = read_picture (&picture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (texts->len, ==, 2);
  g_assert_true (has_text (texts, FIRST));
  g_assert_true (has_text (texts, SECOND));
}

static void
test_light_on_dark (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) texts = NULL;
  Picture picture = picture_new (400, 400, 30);

  draw (&picture, FIRST, 40, 60, 5, 240);
  texts = read_picture (&picture, &error);
  g_assert_no_error (error);
  g_assert_true (has_text (texts, FIRST));
}

static void
test_small (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) texts = NULL;
  Picture picture = picture_new (120, 120, 255);

  draw (&picture, FIRST, 20, 20, 2, 0);
  texts = read_picture (&picture, &error);
  g_assert_no_error (error);
  g_assert_true (has_text (texts, FIRST));
}

static void
test_none (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) texts = NULL;
  Picture picture = picture_new (300, 200, 200);

  texts = read_picture (&picture, &error);
  g_assert_null (texts);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND);
}

/* What says that it is 60000 by 60000 pixels, cut off pictures, and no picture at all. */
static void
test_broken (void)
{
  Picture picture = picture_new (400, 400, 255);
  static const char *const texts[] = { "", "BM", "\x89PNG\r\n\x1a\n", "no picture" };

  put_32 (picture.bytes->data + 18, 60000);
  put_32 (picture.bytes->data + 22, 60000);
  for (gsize i = 0; i <= G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) bytes = i < G_N_ELEMENTS (texts)
                                     ? g_bytes_new_static (texts[i], strlen (texts[i]))
                                     : g_byte_array_free_to_bytes (picture.bytes);
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) found = read_bytes (bytes, &error);

      g_assert_null (found);
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
    }
}

static void
test_kinds (void)
{
  g_assert_cmpstr (sally_qr_picture_kind ("\x89PNG\r\n\x1a\n..", 10), ==, "png");
  g_assert_cmpstr (sally_qr_picture_kind ("\xff\xd8\xff\xe0", 4), ==, "jpeg");
  g_assert_cmpstr (sally_qr_picture_kind ("RIFF....WEBPVP8 ", 16), ==, "webp");
  g_assert_null (sally_qr_picture_kind ("RIFF....WAVEfmt ", 16));
  g_assert_null (sally_qr_picture_kind ("otpauth://totp/", 15));
  g_assert_null (sally_qr_picture_kind (NULL, 0));
}

static void
test_too_long (void)
{
  char *bytes;
  g_autoptr (SallySecret) text = sally_secret_new_sized (4000, &bytes);

  memset (bytes, 'a', 4000);
  g_assert_null (sally_qr_code_new (text));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qr/reads-what-it-drew", test_reads_what_it_drew);
  g_test_add_func ("/qr/several-in-one-picture", test_several);
  g_test_add_func ("/qr/light-on-dark", test_light_on_dark);
  g_test_add_func ("/qr/small", test_small);
  g_test_add_func ("/qr/none-in-it", test_none);
  g_test_add_func ("/qr/broken-pictures-are-refused", test_broken);
  g_test_add_func ("/qr/kinds", test_kinds);
  g_test_add_func ("/qr/too-long-for-a-code", test_too_long);
  return g_test_run ();
}
