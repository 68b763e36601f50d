/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/tree-links.h"

#include "base/error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Names that are tried for the link that takes another one's place. */
#define MAX_NAMES 100

gboolean
sally_links_from_word (const char *word, SallyLinks *links)
{
  static const char *const words[] = {
    [SALLY_LINKS_SAFE] = "safe",
    [SALLY_LINKS_FOLLOW] = "follow",
    [SALLY_LINKS_SKIP] = "skip",
    [SALLY_LINKS_RECREATE] = "recreate",
  };

  g_return_val_if_fail (word != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (word, words[i]))
      {
        *links = (SallyLinks) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
sally_links_stay_inside (const char *target, guint depth)
{
  g_auto (GStrv) parts = NULL;
  gint64 level = depth;
  gboolean goes_down = FALSE;

  g_return_val_if_fail (target != NULL, FALSE);

  if (*target == '\0' || *target == '/')
    return FALSE;
  parts = g_strsplit (target, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (*parts[i] == '\0' || g_str_equal (parts[i], "."))
        continue;
      if (!g_str_equal (parts[i], ".."))
        {
          goes_down = TRUE;
          continue;
        }
      /* What it goes down through may itself be a link: from there ".." leads anywhere. */
      if (goes_down || --level < 0)
        return FALSE;
    }
  return TRUE;
}

gboolean
sally_links_is_inside (const char *path, const char *folder)
{
  gsize length;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);

  length = strlen (folder);
  while (length > 0 && folder[length - 1] == '/')
    length--;
  return strncmp (path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* The old link is there until the new one is. */
static gboolean
replace (const char *path, const char *target, GError **error)
{
  for (guint i = 0; i < MAX_NAMES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s.%08x.link", path, g_random_int ());

      if (symlink (target, name) != 0)
        {
          if (errno == EEXIST)
            continue;
          break;
        }
      if (g_rename (name, path) == 0)
        return TRUE;
      sally_error_set_errno (error, errno, path);
      g_unlink (name);
      return FALSE;
    }
  sally_error_set_errno (error, errno, path);
  return FALSE;
}

gboolean
sally_links_make_local (const char *path,
                        const char *target,
                        SallyConflict conflict,
                        GError **error)
{
  g_autofree char *present = NULL;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (target != NULL, FALSE);

  if (symlink (target, path) == 0)
    return TRUE;
  if (errno != EEXIST)
    {
      sally_error_set_errno (error, errno, path);
      return FALSE;
    }
  present = g_file_read_link (path, NULL);
  if (g_strcmp0 (present, target) == 0 || conflict == SALLY_CONFLICT_SKIP)
    return TRUE;
  if (present != NULL && (conflict == SALLY_CONFLICT_REPLACE || conflict == SALLY_CONFLICT_NEWER))
    return replace (path, target, error);
  sally_error_set_errno (error, EEXIST, path);
  return FALSE;
}
