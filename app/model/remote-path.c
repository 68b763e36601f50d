/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/remote-path.h"

#include <string.h>

/* NAME_MAX of every file system that a download may land on. */
#define MAX_NAME_BYTES 255

char *
sally_remote_path_join (const char *directory, const char *name)
{
  g_return_val_if_fail (directory != NULL && name != NULL, NULL);

  if (*directory == '\0' || g_str_equal (directory, "."))
    return g_strdup (name);
  if (g_str_has_suffix (directory, "/"))
    return g_strconcat (directory, name, NULL);
  return g_strconcat (directory, "/", name, NULL);
}

/* The length of `path` without trailing slashes; the first byte always stays. */
static gsize
trimmed_length (const char *path, gsize length)
{
  while (length > 1 && path[length - 1] == '/')
    length--;
  return length;
}

/* Where the last component begins; `*end` is behind it. */
static const char *
last_component (const char *path, const char **end)
{
  const char *start;

  *end = path + trimmed_length (path, strlen (path));
  start = *end;
  while (start > path && start[-1] != '/')
    start--;
  return start;
}

char *
sally_remote_path_dup_parent (const char *path)
{
  const char *start;
  const char *end;

  g_return_val_if_fail (path != NULL, NULL);

  if (path[0] == '/' && path[trimmed_length (path, strlen (path)) - 1] == '/')
    return g_strdup ("/");
  start = last_component (path, &end);
  if (start == path)
    return g_strdup (".");
  return g_strndup (path, trimmed_length (path, (gsize) (start - path)));
}

char *
sally_remote_path_dup_name (const char *path)
{
  const char *start;
  const char *end;

  g_return_val_if_fail (path != NULL, NULL);

  start = last_component (path, &end);
  return g_strndup (start, (gsize) (end - start));
}

char *
sally_remote_path_normalize (const char *path)
{
  GString *normal;

  g_return_val_if_fail (path != NULL, NULL);

  normal = g_string_sized_new (strlen (path));
  if (*path == '/')
    g_string_append_c (normal, '/');
  while (*path != '\0')
    {
      gsize length = strcspn (path, "/");

      if (length > 0 && !(length == 1 && *path == '.'))
        {
          if (normal->len > 0 && normal->str[normal->len - 1] != '/')
            g_string_append_c (normal, '/');
          g_string_append_len (normal, path, (gssize) length);
        }
      path += length;
      path += strspn (path, "/");
    }
  if (normal->len == 0)
    g_string_append_c (normal, '.');
  return g_string_free_and_steal (normal);
}

gboolean
sally_remote_name_is_safe (const char *name, gsize length)
{
  g_return_val_if_fail (name != NULL || length == 0, FALSE);

  if (length == 0 || length > MAX_NAME_BYTES)
    return FALSE;
  if (memchr (name, '/', length) != NULL || memchr (name, '\0', length) != NULL)
    return FALSE;
  return !(length == 1 && name[0] == '.') && !(length == 2 && name[0] == '.' && name[1] == '.');
}
