/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/program.h"

#include "base/error.h"
#include "remote/flatpak-spawn.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Beside a program that runs from its build folder. */
static const char *const build_folders[] = { "../engine",     "../remote",     "../qr",
                                             "../app/engine", "../app/remote", "../app/qr" };

static char *
find_in (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer (&path) : NULL;
}

static char *
find_in_build (const char *name)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *here = self != NULL ? g_path_get_dirname (self) : NULL;
  char *path = NULL;

  for (guint i = 0; here != NULL && path == NULL && i < G_N_ELEMENTS (build_folders); i++)
    {
      g_autofree char *folder = g_build_filename (here, build_folders[i], NULL);

      path = find_in (folder, name);
    }
  return path;
}

char *
sally_program_dup_path (const char *name)
{
  const char *folders = g_getenv ("SALLYPORT_LIBEXEC");
  g_auto (GStrv) list = g_strsplit (folders != NULL ? folders : "", ":", -1);
  char *path = NULL;

  for (guint i = 0; list[i] != NULL && path == NULL; i++)
    if (*list[i] != '\0')
      path = find_in (list[i], name);
  if (path == NULL)
    path = find_in_build (name);
  return path != NULL ? path : g_build_filename (SALLY_LIBEXECDIR, name, NULL);
}

/* Of a Flatpak's runtime folder each run has its own; only this part of it is shared by them all.
 */
static char *
dup_sockets_path (void)
{
  const char *runtime = g_get_user_runtime_dir ();
  const char *flatpak = g_getenv ("FLATPAK_ID");

  if (flatpak != NULL && sally_flatpak_is_inside ())
    return g_build_filename (runtime, "app", flatpak, "engines", NULL);
  return g_build_filename (runtime, "sallyport", "engines", NULL);
}

char *
sally_program_dup_runtime_directory (GError **error)
{
  g_autofree char *path = dup_sockets_path ();
  struct stat info;

  if (g_mkdir_with_parents (path, 0700) != 0 || lstat (path, &info) != 0)
    {
      sally_error_set_errno (error, errno, path);
      return NULL;
    }
  /* Without XDG_RUNTIME_DIR this lies in the cache folder, beside what others may read. */
  if (!S_ISDIR (info.st_mode) || info.st_uid != geteuid () || (info.st_mode & 077) != 0)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_PERMISSION,
                   "%s must be a folder that only you can use (mode 0700)", path);
      return NULL;
    }
  return g_steal_pointer (&path);
}
