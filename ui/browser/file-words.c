/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/file-words.h"

#include <glib/gi18n.h>

char *
sally_file_words_size (SallyRemoteFile *file)
{
  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (file), NULL);

  if (sally_remote_file_get_kind (file) != SALLY_REMOTE_FILE_REGULAR)
    return g_strdup ("—");
  return g_format_size (sally_remote_file_get_size (file));
}

char *
sally_file_words_modified (SallyRemoteFile *file)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) modified = NULL;

  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (file), NULL);

  if (sally_remote_file_get_modified (file) > 0)
    modified = g_date_time_new_from_unix_local (sally_remote_file_get_modified (file));
  if (modified == NULL)
    return g_strdup ("—");

  if (g_date_time_get_year (now) != g_date_time_get_year (modified))
    /* Translators: the date of a file from another year, as for g_date_time_format. */
    return g_date_time_format (modified, _ ("%-d %b %Y"));
  if (g_date_time_get_day_of_year (now) != g_date_time_get_day_of_year (modified))
    /* Translators: the date and time of a file from this year, as for g_date_time_format. */
    return g_date_time_format (modified, _ ("%-d %b, %H:%M"));
  /* Translators: the time of a file from today, as for g_date_time_format. */
  return g_date_time_format (modified, _ ("%H:%M"));
}

char *
sally_file_words_kind (SallyRemoteFile *file)
{
  g_autofree char *type = NULL;

  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (file), NULL);

  switch (sally_remote_file_get_kind (file))
    {
    case SALLY_REMOTE_FILE_DIRECTORY:
      return g_strdup (_ ("Folder"));
    case SALLY_REMOTE_FILE_SYMLINK:
      return g_strdup (sally_remote_file_is_enterable (file) ? _ ("Link to a folder") : _ ("Link"));
    case SALLY_REMOTE_FILE_REGULAR:
      type = g_content_type_guess (sally_remote_file_get_name (file), NULL, 0, NULL);
      if (g_content_type_is_unknown (type))
        return g_strdup (_ ("Binary file"));
      return g_content_type_get_description (type);
    case SALLY_REMOTE_FILE_OTHER:
    default:
      return g_strdup (_ ("Special file"));
    }
}
