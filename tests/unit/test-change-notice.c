/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/change-notice.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>

static void
count (SallyChangeNotice *notice, guint *n_told)
{
  (*n_told)++;
}

static SallyChangeNotice *
watch (const char *folder, guint *n_told)
{
  g_autofree char *path = g_build_filename (folder, "changed", NULL);
  SallyChangeNotice *self = sally_change_notice_new (path);

  g_signal_connect (self, "changed", G_CALLBACK (count), n_told);
  return self;
}

/* TRUE: it was written. */
static gboolean
post (SallyChangeNotice *notice)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_change_notice_post_async (notice, await_ready, &result);
  return sally_change_notice_post_finish (notice, await_result (&result), NULL);
}

static gboolean
is_told (gpointer n_told)
{
  return *(guint *) n_told > 0;
}

/* Whoever posts is not told of it, all others are: the first time, and when the file is there. */
static void
test_others_are_told (void)
{
  char *folder = await_make_directory ();
  guint told_one = 0, told_two = 0;
  g_autoptr (SallyChangeNotice) one = watch (folder, &told_one);
  g_autoptr (SallyChangeNotice) two = watch (folder, &told_two);

  g_assert_true (post (one));
  await_condition (is_told, &told_two);
  told_two = 0;
  g_assert_true (post (one));
  await_condition (is_told, &told_two);
  g_assert_cmpuint (told_one, ==, 0);
  told_two = 0;
  g_assert_true (post (two));
  await_condition (is_told, &told_one);
  g_assert_cmpuint (told_two, ==, 0);
  await_remove_directory (folder);
}

static void
test_folder_that_is_not_there (void)
{
  char *folder = await_make_directory ();
  g_autofree char *missing = g_build_filename (folder, "missing", NULL);
  guint told = 0, told_other = 0;
  g_autoptr (SallyChangeNotice) self = watch (missing, &told);
  g_autoptr (SallyChangeNotice) other = watch (folder, &told_other);
  g_autoptr (SallyChangeNotice) poster = watch (folder, &told);

  g_assert_false (post (self));
  g_assert_true (post (poster));
  await_condition (is_told, &told_other);
  g_assert_cmpuint (told, ==, 0);
  await_remove_directory (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/change-notice/others-are-told", test_others_are_told);
  g_test_add_func ("/change-notice/folder-that-is-not-there", test_folder_that_is_not_there);
  return g_test_run ();
}
