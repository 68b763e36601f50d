/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/disk-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define N_PIECES    200
#define PIECE_BYTES 70000
#define DEADLINE_US (30 * G_USEC_PER_SEC)

typedef struct
{
  guint n_told;
  int last_error;
} Told;

static void
count (int error_number, gpointer user_data)
{
  Told *told = user_data;

  told->n_told++;
  told->last_error = error_number;
}

static int
open_nameless (void)
{
  int descriptor = open (g_get_tmp_dir (), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  g_assert_cmpint (descriptor, >=, 0);
  return descriptor;
}

/* Every piece has its number in each byte. Backwards: the order is the caller's. */
static void
push_pieces (SallyDiskWriter *writer, int descriptor, Told *told)
{
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);

  for (guint i = N_PIECES; i-- > 0;)
    {
      memset (piece, (int) i, PIECE_BYTES);
      sally_disk_writer_push (writer, descriptor, piece, PIECE_BYTES, (guint64) i * PIECE_BYTES,
                              count, told);
    }
}

static void
assert_written (int descriptor)
{
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);

  g_assert_cmpint (lseek (descriptor, 0, SEEK_END), ==, N_PIECES * PIECE_BYTES);
  for (guint i = 0; i < N_PIECES; i++)
    {
      g_assert_cmpint (pread (descriptor, piece, PIECE_BYTES, (off_t) i * PIECE_BYTES), ==,
                       PIECE_BYTES);
      for (guint j = 0; j < PIECE_BYTES; j++)
        g_assert_cmpuint (piece[j], ==, i);
    }
}

static void
test_tells_of_each (void)
{
  SallyDiskWriter *writer = sally_disk_writer_new ();
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  g_autofd int descriptor = open_nameless ();
  Told told = { 0 };

  push_pieces (writer, descriptor, &told);
  g_assert_cmpuint (told.n_told, ==, 0);
  while (told.n_told < N_PIECES && g_get_monotonic_time () < deadline_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (told.n_told, ==, N_PIECES);
  g_assert_cmpint (told.last_error, ==, 0);
  assert_written (descriptor);
  sally_disk_writer_free (writer);
  g_assert_cmpuint (told.n_told, ==, N_PIECES);
}

static void
test_end_leaves_nothing_behind (void)
{
  SallyDiskWriter *writer = sally_disk_writer_new ();
  g_autofd int descriptor = open_nameless ();
  Told told = { 0 };

  push_pieces (writer, descriptor, &told);
  sally_disk_writer_free (writer);
  g_assert_cmpuint (told.n_told, ==, N_PIECES);
  assert_written (descriptor);
}

static void
test_full_disk_is_told (void)
{
  SallyDiskWriter *writer = sally_disk_writer_new ();
  g_autofd int descriptor = open ("/dev/full", O_WRONLY | O_CLOEXEC);
  Told told = { 0 };

  sally_disk_writer_push (writer, descriptor, (const guint8 *) "x", 1, 0, count, &told);
  sally_disk_writer_free (writer);
  g_assert_cmpuint (told.n_told, ==, 1);
  g_assert_cmpint (told.last_error, ==, ENOSPC);
}

static void
test_room_is_made (void)
{
  SallyDiskWriter *writer = sally_disk_writer_new ();
  g_autofd int descriptor = open_nameless ();
  Told enough = { 0 }, too_much = { 0 };
  GStatBuf info;

  sally_disk_writer_reserve (writer, descriptor, PIECE_BYTES, count, &enough);
  sally_disk_writer_reserve (writer, descriptor, G_GUINT64_CONSTANT (1) << 50, count, &too_much);
  sally_disk_writer_free (writer);
  g_assert_cmpuint (enough.n_told + too_much.n_told, ==, 2);
  g_assert_cmpint (enough.last_error, ==, 0);
  g_assert_true (too_much.last_error == ENOSPC || too_much.last_error == 0);
  g_assert_cmpint (fstat (descriptor, &info), ==, 0);
  g_assert_cmpint (info.st_size, ==, 0);
}

static void
test_unused (void)
{
  sally_disk_writer_free (sally_disk_writer_new ());
  sally_disk_writer_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disk-writer/tells-of-each", test_tells_of_each);
  g_test_add_func ("/disk-writer/end-leaves-nothing-behind", test_end_leaves_nothing_behind);
  g_test_add_func ("/disk-writer/full-disk-is-told", test_full_disk_is_told);
  g_test_add_func ("/disk-writer/room-is-made", test_room_is_made);
  g_test_add_func ("/disk-writer/unused", test_unused);
  return g_test_run ();
}
