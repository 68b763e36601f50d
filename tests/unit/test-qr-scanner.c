/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "qr/qr-scanner.h"

#include "remote/program.h"
#include "tests/support/await.h"

#include <signal.h>
#include <string.h>

#define FIRST  "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example"
#define SECOND "otpauth://hotp/VPN:bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=5"

#define WIDTH  640
#define HEIGHT 480
/* Rows of a camera may have room at their end. */
#define STRIDE (WIDTH * 4 + 64)
#define SCALE  5

/* A frame in which `text` is drawn; NULL: an empty one. */
static guint8 *
make_frame (const char *text, guint left, guint8 dark, guint8 light)
{
  guint8 *pixels = g_malloc (STRIDE * HEIGHT);
  g_autoptr (SallySecret) secret = text != NULL ? sally_secret_new (text, -1) : NULL;
  g_autoptr (SallyQrCode) code = secret != NULL ? sally_qr_code_new (secret) : NULL;

  memset (pixels, light, STRIDE * HEIGHT);
  for (guint y = 0; code != NULL && y < code->width * SCALE; y++)
    for (guint x = 0; x < code->width * SCALE; x++)
      if (code->modules[(y / SCALE) * code->width + x / SCALE] != 0)
        memset (pixels + (gsize) (y + 100) * STRIDE + (gsize) (left + x) * 4, dark, 4);
  return pixels;
}

static gboolean
is_ready (gpointer data)
{
  return sally_qr_scanner_is_ready (data);
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
begin (SallyQrScanner *scanner, const guint8 *pixels, GAsyncResult **result)
{
  guint source_id = g_timeout_add (10, look_again, NULL);

  await_condition (is_ready, scanner);
  g_source_remove (source_id);
  sally_qr_scanner_read_async (scanner, pixels, WIDTH, HEIGHT, STRIDE, await_ready, result);
}

static GPtrArray *
read_frame (SallyQrScanner *scanner, const guint8 *pixels, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  begin (scanner, pixels, &result);
  return sally_qr_scanner_read_finish (scanner, await_result (&result), error);
}

static void
assert_shows (SallyQrScanner *scanner, const guint8 *pixels, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) texts = read_frame (scanner, pixels, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (texts->len, ==, text != NULL ? 1 : 0);
  if (text != NULL)
    g_assert_cmpstr (sally_secret_peek (texts->pdata[0], NULL), ==, text);
}

/* One program for all frames, and no text comes again in the answer to the next one. */
static void
test_one_after_the_other (void)
{
  g_autoptr (SallyQrScanner) scanner = sally_qr_scanner_new ();
  g_autofree guint8 *first = make_frame (FIRST, 40, 0, 255);
  g_autofree guint8 *nothing = make_frame (NULL, 0, 0, 255);
  g_autofree guint8 *second = make_frame (SECOND, 200, 230, 20);

  assert_shows (scanner, first, FIRST);
  assert_shows (scanner, nothing, NULL);
  assert_shows (scanner, second, SECOND);
  assert_shows (scanner, first, FIRST);
}

static void
test_not_ready_at_once (void)
{
  g_autoptr (SallyQrScanner) scanner = sally_qr_scanner_new ();
  g_autofree guint8 *nothing = make_frame (NULL, 0, 0, 255);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) texts = NULL;

  g_assert_true (sally_qr_scanner_is_ready (scanner));
  begin (scanner, nothing, &result);
  g_assert_false (sally_qr_scanner_is_ready (scanner));
  texts = sally_qr_scanner_read_finish (scanner, await_result (&result), NULL);
  g_assert_nonnull (texts);
}

static void
test_stopped (void)
{
  g_autoptr (SallyQrScanner) scanner = sally_qr_scanner_new ();
  g_autofree guint8 *first = make_frame (FIRST, 40, 0, 255);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  begin (scanner, first, &result);
  sally_qr_scanner_stop (scanner);
  g_assert_null (sally_qr_scanner_read_finish (scanner, await_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (sally_qr_scanner_is_ready (scanner));
}

/* A frame that its reader does not survive is an empty one; after some of them there is no other
 * reader. */
static void
test_keeps_ending (void)
{
  g_autofree char *libexec = g_strdup (g_getenv ("SALLYPORT_LIBEXEC"));
  g_autofree char *folder = await_make_directory ();
  g_autofree char *program = g_build_filename (folder, "sallyport-qr", NULL);
  g_autoptr (SallyQrScanner) scanner = sally_qr_scanner_new ();
  g_autofree guint8 *first = make_frame (FIRST, 40, 0, 255);
  g_autoptr (GError) error = NULL;
  guint n_empty = 0;

  g_assert_true (g_file_set_contents_full (program, "#!/bin/sh\nexit 1\n", -1,
                                           G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  g_setenv ("SALLYPORT_LIBEXEC", folder, TRUE);
  while (error == NULL && n_empty < 100)
    {
      g_autoptr (GPtrArray) texts = read_frame (scanner, first, &error);

      if (texts != NULL)
        g_assert_cmpuint (texts->len, ==, 0);
      n_empty += texts != NULL ? 1 : 0;
    }
  g_assert_nonnull (error);
  g_assert_cmpuint (n_empty, >, 0);
  g_setenv ("SALLYPORT_LIBEXEC", libexec, TRUE);
  await_remove_directory (g_steal_pointer (&folder));
}

/* What comes in by the wire itself: sizes of nothing, of too much, of more than arrives. */
static void
test_hostile_frames (void)
{
  static const struct
  {
    guint32 width;
    guint32 height;
    gsize n_pixels; /* that follow */
    int status;
    gsize n_answers;
  } rows[] = {
    { 0, 0, 0, SALLY_QR_EXIT_NO_PICTURE, 0 },
    { 0, 480, 0, SALLY_QR_EXIT_NO_PICTURE, 0 },
    { G_MAXUINT32, G_MAXUINT32, 64, SALLY_QR_EXIT_NO_PICTURE, 0 },
    { 65536, 65536, 64, SALLY_QR_EXIT_NO_PICTURE, 0 },
    { SALLY_QR_MAX_FRAME_SIDE + 1, 1, SALLY_QR_MAX_FRAME_SIDE + 1, SALLY_QR_EXIT_NO_PICTURE, 0 },
    { 640, 480, 640 * 480 - 1, SALLY_QR_EXIT_NO_PICTURE, 0 },
    { 1, 1, 4, SALLY_QR_EXIT_NO_PICTURE, 1 }, /* three bytes are no header */
    { 1, 1, 1, EXIT_SUCCESS, 1 },
    { SALLY_QR_MAX_FRAME_SIDE, 1, SALLY_QR_MAX_FRAME_SIDE, EXIT_SUCCESS, 1 },
    { 3, SALLY_QR_MAX_FRAME_SIDE, 3 * SALLY_QR_MAX_FRAME_SIDE, EXIT_SUCCESS, 1 },
  };
  g_autofree char *program = sally_program_dup_path ("sallyport-qr");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const guint32 header[2] = { GUINT32_TO_BE (rows[i].width), GUINT32_TO_BE (rows[i].height) };
      g_autoptr (GByteArray) frame = g_byte_array_new ();
      g_autofree guint8 *pixels = g_malloc0 (rows[i].n_pixels);
      g_autoptr (GBytes) input = NULL;
      g_autoptr (GBytes) output = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) process =
          g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                            program, SALLY_QR_FRAMES_OPTION, NULL);

      g_test_message ("%u x %u, %zu bytes", rows[i].width, rows[i].height, rows[i].n_pixels);
      g_assert_no_error (error);
      g_byte_array_append (frame, (const guint8 *) header, sizeof header);
      g_byte_array_append (frame, pixels, (guint) rows[i].n_pixels);
      input = g_byte_array_free_to_bytes (g_steal_pointer (&frame));
      g_assert_true (g_subprocess_communicate (process, input, NULL, &output, NULL, &error));
      g_assert_no_error (error);
      g_assert_true (g_subprocess_get_if_exited (process));
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, rows[i].status);
      g_assert_cmpuint (g_bytes_get_size (output), ==, rows[i].n_answers);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  g_test_add_func ("/qr-scanner/frames-one-after-the-other", test_one_after_the_other);
  g_test_add_func ("/qr-scanner/one-frame-at-a-time", test_not_ready_at_once);
  g_test_add_func ("/qr-scanner/stopped-in-mid-frame", test_stopped);
  g_test_add_func ("/qr-scanner/reader-that-keeps-ending", test_keeps_ending);
  g_test_add_func ("/qr-scanner/hostile-frames", test_hostile_frames);
  return g_test_run ();
}
