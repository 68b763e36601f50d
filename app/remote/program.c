/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/program.h"

#include "base/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

char *
sally_program_dup_path (const char *name)
{
  const char *folders = g_getenv ("SALLYPORT_LIBEXEC");
  g_auto (GStrv) list = g_strsplit (folders != NULL ? folders : "", ":", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (list[i], name, NULL);

      if (*list[i] != '\0' && g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&path);
    }
  return g_build_filename (SALLY_LIBEXECDIR, name, NULL);
}

char *
sally_program_dup_runtime_directory (GError **error)
{
  g_autofree char *path = g_build_filename (g_get_user_runtime_dir (), "sallyport", NULL);
  struct stat info;

  if (g_mkdir_with_parents (path, 0700) != 0 || lstat (path, &info) != 0)
    {
      sally_error_set_errno (error, errno, path);
      return NULL;
    }
  /* Where there is no XDG_RUNTIME_DIR this may be a folder that others can write to. */
  if (!S_ISDIR (info.st_mode) || info.st_uid != geteuid () || (info.st_mode & 077) != 0)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_PERMISSION,
                   "%s must be a folder that only you can use (mode 0700)", path);
      return NULL;
    }
  return g_steal_pointer (&path);
}
