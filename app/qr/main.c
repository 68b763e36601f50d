/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sallyport-qr: a picture on standard input, the texts of its QR codes on standard output, each
 * ended by a NUL. With --frames the input is a camera's pictures, one after the other (qr.h), and
 * an empty text ends the answer to each. It parses what comes from anywhere, so it locks itself in
 * before it reads. */
#include "config.h"

#include "engine/sandbox.h"
#include "qr/grey.h"
#include "qr/qr.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* A screen of 8K has 33 million. */
#define MAX_PIXELS       (48 * 1024 * 1024)
/* Room for the picture in colour and grey, and what a decoder keeps beside them. */
#define MAX_MEMORY_BYTES (1024L * 1024 * 1024)
#define MAX_CPU_S        10
/* Who asks ends it with the camera, and much sooner if a frame takes too long. */
#define MAX_FRAMES_CPU_S (60 * 60)

/* Kinds of pictures; their decoders are loaded while files can still be opened. */
static const char *const kinds[] = { "png", "jpeg", "gif", "bmp", "webp", "tiff" };

static GdkPixbufLoader *loaders[G_N_ELEMENTS (kinds)];

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
limit_resources (rlim_t cpu_s)
{
  const struct rlimit cpu = { cpu_s, cpu_s };
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
static SallyGrey
to_grey (GdkPixbuf *picture)
{
  const guchar *rows = gdk_pixbuf_read_pixels (picture);
  const gsize stride = (gsize) gdk_pixbuf_get_rowstride (picture);
  const gsize channels = (gsize) gdk_pixbuf_get_n_channels (picture);
  SallyGrey grey = { NULL, (guint) gdk_pixbuf_get_width (picture),
                     (guint) gdk_pixbuf_get_height (picture) };

  grey.pixels = g_malloc ((gsize) grey.width * grey.height);
  for (guint y = 0; y < grey.height; y++)
    for (guint x = 0; x < grey.width; x++)
      {
        const guchar *pixel = rows + y * stride + x * channels;
        guint alpha = channels == 4 ? pixel[3] : 255;
        guint bright = (pixel[0] * 77u + pixel[1] * 151u + pixel[2] * 28u) >> 8;

        grey.pixels[(gsize) y * grey.width + x] =
            (guchar) ((bright * alpha + 255 * (255 - alpha)) / 255);
      }
  return grey;
}

static void
write_all (const char *text, gsize left)
{
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

static void
print (GHashTable *found)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, found);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (*(const char *) key != '\0')
      write_all (key, strlen (key) + 1);
}

static int
read_picture (void)
{
  g_autoptr (GByteArray) input = read_input ();
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *kind = sally_qr_picture_kind (input->data, input->len);
  g_autoptr (GdkPixbuf) picture = kind != NULL ? decode (kind, input) : NULL;
  SallyGrey grey;

  if (picture == NULL)
    return SALLY_QR_EXIT_NO_PICTURE;
  grey = to_grey (picture);
  if (sally_grey_scan (&grey, found) == 0 && (gint64) grey.width * grey.height < MAX_PIXELS / 4)
    {
      SallyGrey large = sally_grey_enlarge (&grey);

      sally_grey_scan (&large, found);
      g_free (large.pixels);
    }
  g_free (grey.pixels);
  print (found);
  return EXIT_SUCCESS;
}

/* What is there of `length` bytes before the input ends. */
static gsize
read_up_to (guchar *bytes, gsize length)
{
  gsize there = 0;

  while (there < length)
    {
      ssize_t got = read (STDIN_FILENO, bytes + there, length - there);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        break;
      there += (gsize) got;
    }
  return there;
}

static int
read_frames (void)
{
  g_autofree guchar *pixels = g_malloc (SALLY_QR_MAX_FRAME_SIDE * SALLY_QR_MAX_FRAME_SIDE);
  guint32 header[2];
  gsize length;

  while ((length = read_up_to ((guchar *) header, sizeof header)) == sizeof header)
    {
      g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      SallyGrey grey = { pixels, GUINT32_FROM_BE (header[0]), GUINT32_FROM_BE (header[1]) };

      if (grey.width == 0 || grey.width > SALLY_QR_MAX_FRAME_SIDE || grey.height == 0 ||
          grey.height > SALLY_QR_MAX_FRAME_SIDE)
        return SALLY_QR_EXIT_NO_PICTURE;
      length = (gsize) grey.width * grey.height;
      if (read_up_to (pixels, length) < length)
        return SALLY_QR_EXIT_NO_PICTURE;
      sally_grey_scan (&grey, found);
      print (found);
      write_all ("", 1);
    }
  return length == 0 ? EXIT_SUCCESS : SALLY_QR_EXIT_NO_PICTURE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const gboolean is_camera = argc == 2 && g_str_equal (argv[1], SALLY_QR_FRAMES_OPTION);

  if (argc > 1 && !is_camera)
    {
      g_printerr ("usage: sallyport-qr [" SALLY_QR_FRAMES_OPTION "]\n");
      return EXIT_FAILURE;
    }
  if (!is_camera)
    load_decoders ();
  limit_resources (is_camera ? MAX_FRAMES_CPU_S : MAX_CPU_S);
  if (!sally_sandbox_enter (&error))
    {
      g_printerr ("sallyport-qr: %s\n", error->message);
      return EXIT_FAILURE;
    }
  return is_camera ? read_frames () : read_picture ();
}
