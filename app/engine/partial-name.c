/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/partial-name.h"

#include <string.h>

#define MAX_TOKEN_BYTES 32
/* A name of the file systems that matter is at most this long. */
#define MAX_NAME_BYTES  255

gboolean
sally_partial_name_is_token (const char *token)
{
  gsize length = strspn (token, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS);

  return token[length] == '\0' && length <= MAX_TOKEN_BYTES;
}

char *
sally_partial_name_make (const char *path, const char *token)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  g_autofree char *directory = g_strndup (path, (gsize) (name - path));
  g_autofree char *suffix = g_strconcat (token, ".part", NULL);

  if (strlen (name) + strlen (suffix) + 2 > MAX_NAME_BYTES)
    return g_strconcat (directory, ".sallyport.", suffix, NULL);
  return g_strconcat (directory, ".", name, ".", suffix, NULL);
}
