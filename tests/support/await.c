/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tests/support/await.h"

#include <glib/gstdio.h>

static gboolean
on_deadline (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

void
await_condition (gboolean (*condition) (gpointer data), gpointer data)
{
  gboolean is_late = FALSE;
  guint deadline = g_timeout_add (AWAIT_DEADLINE_MS, on_deadline, &is_late);

  while (!condition (data))
    {
      if (is_late)
        g_error ("the awaited condition has not come about");
      g_main_context_iteration (NULL, TRUE);
    }
  if (!is_late)
    g_source_remove (deadline);
}

void
await_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  g_assert_null (*place);
  *place = g_object_ref (result);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

GAsyncResult *
await_result (GAsyncResult **result)
{
  await_condition (is_set, result);
  return *result;
}

char *
await_make_directory (void)
{
  GError *error = NULL;
  char *path = g_dir_make_tmp ("sallyport-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

void
await_remove_directory (char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        await_remove_directory (child);
      else
        {
          g_remove (child);
          g_free (child);
        }
    }
  g_rmdir (path);
  g_free (path);
}
