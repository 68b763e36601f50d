/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gives a fuzz target its seeds, each whole, cut at every length and with each byte changed: what a
 * compiler without libFuzzer can do. The argument is the folder of the seeds. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <glib.h>
#include <string.h>

/* Longer seeds are only given whole. */
#define MAX_MUTATED 1024

static char *seeds;

/* In memory of its own, so that a read beyond is seen by the address sanitizer. */
static void
run (const char *bytes, gsize length)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, length);

  g_assert_cmpint (LLVMFuzzerTestOneInput (copy, length), ==, 0);
}

static void
mutate (const char *bytes, gsize length)
{
  static const guint8 values[] = { 0, 1, 0x7f, 0x80, 0xff, '%', '=' };
  g_autofree char *changed = g_memdup2 (bytes, length);

  for (gsize i = 0; i < length; i++)
    {
      run (bytes, i);
      for (gsize j = 0; j < G_N_ELEMENTS (values); j++)
        {
          changed[i] = (char) values[j];
          run (changed, length);
        }
      changed[i] = bytes[i];
    }
}

static void
test_seeds (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) directory = g_dir_open (seeds, 0, &error);
  const char *name;
  guint count = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (seeds, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      run (bytes, length);
      if (length <= MAX_MUTATED)
        mutate (bytes, length);
      count++;
    }
  g_assert_cmpuint (count, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  seeds = argv[1];
  g_test_add_func ("/replay/seeds", test_seeds);
  return g_test_run ();
}
