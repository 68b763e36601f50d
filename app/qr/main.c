/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sallyport-qr: a picture on standard input, the texts of its QR codes on standard output, each
 * ended by a NUL. It parses what comes from anywhere, so it locks itself in before it reads. */
#include "config.h"

#include "engine/sandbox.h"
#include "qr/qr.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zbar.h>

/* A screen of 8K has 33 million. */
#define MAX_PIXELS       (48 * 1024 * 1024)
/* Room for the picture in colour and grey, and what a decoder keeps beside them. */
#define MAX_MEMORY_BYTES (1024L * 1024 * 1024)
#define MAX_CPU_S        10

#define Y800 zbar_fourcc ('Y', '8', '0', '0')

/* Kinds of pictures; their decoders are loaded while files can still be opened. */
static const char *const kinds[] = { "png", "jpeg", "gif", "bmp", "webp", "tiff" };

static GdkPixbufLoader *loaders[G_N_ELEMENTS (kinds)];

/* Brightness, one byte a pixel. */
typedef struct
{
  guchar *pixels;
  int width;
  int height;
} Grey;

#ifdef __SANITIZE_ADDRESS__
/* The leak checker at exit would trace this process from a child, which the sandbox forbids. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "detect_leaks=0";
}
#endif

static void
limit_resources (void)
{
  const struct rlimit cpu = { MAX_CPU_S, MAX_CPU_S };
  const struct rlimit none = { 0, 0 };

#ifndef __SANITIZE_ADDRESS__
  /* The sanitizer's own map takes more address space than any picture. */
  const struct rlimit memory = { MAX_MEMORY_BYTES, MAX_MEMORY_BYTES };

  setrlimit (RLIMIT_AS, &memory);
#endif
  setrlimit (RLIMIT_CPU, &cpu);
  setrlimit (RLIMIT_FSIZE, &none);
}

/* 0 by 0 makes the decoder give up before it takes memory. */
static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height)
{
  if (width <= 0 || height <= 0 || (gint64) width * height > MAX_PIXELS)
    gdk_pixbuf_loader_set_size (loader, 0, 0);
}

static void
load_decoders (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      loaders[i] = gdk_pixbuf_loader_new_with_type (kinds[i], NULL);
      if (loaders[i] != NULL)
        g_signal_connect (loaders[i], "size-prepared", G_CALLBACK (on_size_prepared), NULL);
    }
}

static GByteArray *
read_input (void)
{
  GByteArray *input = g_byte_array_new ();
  guchar chunk[65536];

  for (;;)
    {
      ssize_t length = read (STDIN_FILENO, chunk, sizeof chunk);

      if (length < 0 && errno == EINTR)
        continue;
      if (length <= 0)
        return input;
      g_byte_array_append (input, chunk, (guint) length);
      if (input->len > SALLY_QR_MAX_PICTURE_BYTES)
        exit (EXIT_FAILURE);
    }
}

static GdkPixbuf *
decode (const char *kind, const GByteArray *input)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      GdkPixbuf *picture;

      if (!g_str_equal (kinds[i], kind) || loaders[i] == NULL)
        continue;
      /* What was decoded before an error may hold the code all the same. */
      if (gdk_pixbuf_loader_write (loaders[i], input->data, input->len, NULL))
        gdk_pixbuf_loader_close (loaders[i], NULL);
      picture = gdk_pixbuf_loader_get_pixbuf (loaders[i]);
      return picture != NULL ? g_object_ref (picture) : NULL;
    }
  return NULL;
}

/* On white where it is transparent, as most that draw codes expect. */
static Grey
to_grey (GdkPixbuf *picture)
{
  const guchar *rows = gdk_pixbuf_read_pixels (picture);
  const int stride = gdk_pixbuf_get_rowstride (picture);
  const int channels = gdk_pixbuf_get_n_channels (picture);
  Grey grey = { NULL, gdk_pixbuf_get_width (picture), gdk_pixbuf_get_height (picture) };

  grey.pixels = g_malloc ((gsize) grey.width * grey.height);
  for (int y = 0; y < grey.height; y++)
    for (int x = 0; x < grey.width; x++)
      {
        const guchar *pixel = rows + (gsize) y * stride + (gsize) x * channels;
        guint alpha = channels == 4 ? pixel[3] : 255;
        guint bright = (pixel[0] * 77u + pixel[1] * 151u + pixel[2] * 28u) >> 8;

        grey.pixels[(gsize) y * grey.width + x] =
            (guchar) ((bright * alpha + 255 * (255 - alpha)) / 255);
      }
  return grey;
}

static void
invert (Grey *grey)
{
  for (gsize i = 0; i < (gsize) grey->width * grey->height; i++)
    grey->pixels[i] = 255 - grey->pixels[i];
}

/* Small codes on a screen have too few pixels for zbar's taste. */
static Grey
enlarge (const Grey *grey)
{
  Grey large = { NULL, 2 * grey->width, 2 * grey->height };

  large.pixels = g_malloc ((gsize) large.width * large.height);
  for (int y = 0; y < large.height; y++)
    for (int x = 0; x < large.width; x++)
      large.pixels[(gsize) y * large.width + x] =
          grey->pixels[(gsize) (y / 2) * grey->width + x / 2];
  return large;
}

/* The number of codes found; `found` keeps each text once. */
static guint
scan (const Grey *grey, GHashTable *found)
{
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  zbar_image_t *image = zbar_image_create ();

  zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  zbar_image_set_format (image, Y800);
  zbar_image_set_size (image, (unsigned) grey->width, (unsigned) grey->height);
  zbar_image_set_data (image, grey->pixels, (gulong) grey->width * grey->height, NULL);
  if (zbar_scan_image (scanner, image) > 0)
    for (const zbar_symbol_t *symbol = zbar_image_first_symbol (image); symbol != NULL;
         symbol = zbar_symbol_next (symbol))
      if (g_hash_table_size (found) < SALLY_QR_MAX_CODES)
        g_hash_table_add (found, g_strndup (zbar_symbol_get_data (symbol),
                                            zbar_symbol_get_data_length (symbol)));
  zbar_image_destroy (image);
  zbar_image_scanner_destroy (scanner);
  return g_hash_table_size (found);
}

/* As it is and in reverse, for dark pages show light codes. */
static guint
scan_both_ways (Grey *grey, GHashTable *found)
{
  scan (grey, found);
  invert (grey);
  scan (grey, found);
  invert (grey);
  return g_hash_table_size (found);
}

static void
print (GHashTable *found)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, found);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const char *text = key;
      gsize left = strlen (text) + 1;

      while (left > 0)
        {
          ssize_t written = write (STDOUT_FILENO, text, left);

          if (written < 0 && errno == EINTR)
            continue;
          if (written <= 0)
            exit (EXIT_FAILURE);
          text += written;
          left -= (gsize) written;
        }
    }
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) input = NULL;
  g_autoptr (GdkPixbuf) picture = NULL;
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *kind;
  Grey grey;

  load_decoders ();
  limit_resources ();
  if (!sally_sandbox_enter (&error))
    {
      g_printerr ("sallyport-qr: %s\n", error->message);
      return EXIT_FAILURE;
    }
  input = read_input ();
  kind = sally_qr_picture_kind (input->data, input->len);
  picture = kind != NULL ? decode (kind, input) : NULL;
  if (picture == NULL)
    return SALLY_QR_EXIT_NO_PICTURE;
  grey = to_grey (picture);
  if (scan_both_ways (&grey, found) == 0 && (gint64) grey.width * grey.height < MAX_PIXELS / 4)
    {
      Grey large = enlarge (&grey);

      scan_both_ways (&large, found);
      g_free (large.pixels);
    }
  g_free (grey.pixels);
  print (found);
  return EXIT_SUCCESS;
}
