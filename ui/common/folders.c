/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "common/folders.h"

/* What is written there to a folder that was not handed in is lost. */
static gboolean
is_sandboxed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

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
  if (chosen != NULL && chosen[0] != '\0' &&
      (!is_sandboxed () || g_file_test (chosen, G_FILE_TEST_IS_DIR)))
    return g_steal_pointer (&chosen);
  if (is_sandboxed ())
    return NULL;
  return g_strdup (usual != NULL ? usual : g_get_home_dir ());
}

void
sally_folders_set_download (SallySettings *settings, GFile *folder)
{
  GSettings *gsettings;

  g_return_if_fail (SALLY_IS_SETTINGS (settings));
  g_return_if_fail (G_IS_FILE (folder));

  gsettings = sally_settings_get_gsettings (settings);
  if (gsettings != NULL && g_file_peek_path (folder) != NULL)
    g_settings_set_string (gsettings, "download-folder", g_file_peek_path (folder));
}
