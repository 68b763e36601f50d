/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "remote/digest.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_BYTES (3 * 1024 * 1024 + 17)

typedef struct
{
  char *path;
  int descriptor;
  guint8 *bytes;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->descriptor = g_file_open_tmp ("digest-XXXXXX", &self->path, NULL);
  g_assert_cmpint (self->descriptor, >=, 0);
  self->bytes = g_malloc (FILE_BYTES);
  for (gsize i = 0; i < FILE_BYTES; i++)
    self->bytes[i] = (guint8) g_test_rand_int ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_fd (&self->descriptor, NULL);
  g_unlink (self->path);
  g_free (self->path);
  g_free (self->bytes);
}

/* FIPS 180-4, and the empty string. */
static void
test_vectors (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *digest;
  } table[] = {
    { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyDigest) digest = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      gsize length = strlen (table[i].text);

      g_assert_cmpint (pwrite (self->descriptor, table[i].text, length, 0), ==, length);
      digest = sally_digest_new (self->descriptor);
      text = sally_digest_finish (digest, length, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, table[i].digest);
    }
}

/* Written at random lengths, followed all the while; what lies beyond the safe prefix is wrong
 * until it is written. */
static void
test_follows (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyDigest) digest = sally_digest_new (self->descriptor);
  g_autofree char *expected =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, self->bytes, FILE_BYTES);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize done = 0;

  g_assert_cmpint (ftruncate (self->descriptor, FILE_BYTES), ==, 0);
  while (done < FILE_BYTES)
    {
      gsize length = (gsize) g_test_rand_int_range (1, 100000);

      length = MIN (length, FILE_BYTES - done);
      g_assert_cmpint (pwrite (self->descriptor, self->bytes + done, length, (off_t) done), ==,
                       length);
      done += length;
      sally_digest_advance (digest, done);
    }
  text = sally_digest_finish (digest, FILE_BYTES, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_shorter (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyDigest) digest = sally_digest_new (self->descriptor);
  g_autoptr (GError) error = NULL;

  g_assert_null (sally_digest_finish (digest, 1, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_CHANGED);
}

/* Let go of in the middle, nothing is left behind: the leak checker sees. */
static void
test_given_up (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (pwrite (self->descriptor, self->bytes, FILE_BYTES, 0), ==, FILE_BYTES);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (SallyDigest) digest = sally_digest_new (self->descriptor);

      sally_digest_advance (digest, FILE_BYTES);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/digest/vectors", Fixture, NULL, set_up, test_vectors, tear_down);
  g_test_add ("/digest/follows-what-is-written", Fixture, NULL, set_up, test_follows, tear_down);
  g_test_add ("/digest/file-became-shorter", Fixture, NULL, set_up, test_shorter, tear_down);
  g_test_add ("/digest/given-up", Fixture, NULL, set_up, test_given_up, tear_down);
  return g_test_run ();
}
