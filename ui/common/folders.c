/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "common/folders.h"

char *
sally_folders_dup_download (SallySettings *settings)
{
  GSettings *gsettings;
  g_autofree char *chosen = NULL;
  const char *usual = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);

  g_return_val_if_fail (SALLY_IS_SETTINGS (settings), NULL);

  gsettings = sally_settings_get_gsettings (settings);
  if (gsettings != NULL)
    chosen = g_settings_get_string (gsettings, "download-folder");
  if (chosen != NULL && chosen[0] != '\0')
    return g_steal_pointer (&chosen);
  return g_strdup (usual != NULL ? usual : g_get_home_dir ());
}
