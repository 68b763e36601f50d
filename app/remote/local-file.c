/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/local-file.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names that are tried where both files are kept, and for a temporary name that is free. */
#define MAX_NAMES      1000
/* What a name may have on the file systems of Linux (NAME_MAX). */
#define MAX_NAME_BYTES 255

struct _SallyLocalTarget
{
  char *directory;
  char *name;
  SallyConflict conflict;
  int folder;
  int descriptor;
  char *temporary_name; /* NULL once committed */
};

char *
sally_local_file_numbered_name (const char *name, guint n)
{
  const char *dot = strrchr (name, '.');
  const char *extension = dot == NULL || dot == name ? "" : dot;
  g_autofree char *number = g_strdup_printf (" (%u)", n);
  gsize stem = strlen (name) - strlen (extension);
  gsize rest = strlen (number) + strlen (extension);

  /* A long name gives way to its number, by whole characters. */
  if (stem + rest > MAX_NAME_BYTES && rest < MAX_NAME_BYTES)
    {
      stem = MAX_NAME_BYTES - rest;
      while (stem > 1 && ((guchar) name[stem] & 0xC0) == 0x80)
        stem--;
    }
  return g_strdup_printf ("%.*s%s%s", (int) stem, name, number, extension);
}

static gboolean
open_temporary (SallyLocalTarget *self, GError **error)
{
  for (guint i = 0; i < MAX_NAMES; i++)
    {
      g_autofree char *suffix = g_strdup_printf ("%08x.part", g_random_int ());
      g_autofree char *name = NULL;

      if (strlen (self->name) + strlen (suffix) + 2 > MAX_NAME_BYTES)
        name = g_strconcat (".sallyport.", suffix, NULL);
      else
        name = g_strconcat (".", self->name, ".", suffix, NULL);
      self->descriptor =
          openat (self->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
      if (self->descriptor >= 0)
        {
          self->temporary_name = g_steal_pointer (&name);
          return TRUE;
        }
      if (errno != EEXIST)
        break;
    }
  sally_error_set_errno (error, errno, self->directory);
  return FALSE;
}

static void
set_exists_error (SallyLocalTarget *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->directory, self->name, NULL);
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS, _ ("%s exists already"), shown);
}

static gboolean
check_target (SallyLocalTarget *self, GError **error)
{
  struct stat info;
  g_autofree char *path = NULL;
  g_autofree char *shown = NULL;

  if (fstatat (self->folder, self->name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    return TRUE;
  if (self->conflict == SALLY_CONFLICT_KEEP_BOTH)
    return TRUE;
  if (S_ISDIR (info.st_mode))
    {
      path = g_build_filename (self->directory, self->name, NULL);
      shown = g_filename_display_name (path);
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS, _ ("%s is a folder"), shown);
      return FALSE;
    }
  if (self->conflict == SALLY_CONFLICT_REPLACE)
    return TRUE;
  set_exists_error (self, error);
  return FALSE;
}

SallyLocalTarget *
sally_local_target_new (const char *directory,
                        const char *name,
                        SallyConflict conflict,
                        GError **error)
{
  g_autoptr (SallyLocalTarget) self = g_new0 (SallyLocalTarget, 1);

  self->directory = g_strdup (directory);
  self->name = g_strdup (name);
  self->conflict = conflict;
  self->descriptor = -1;
  self->folder = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->folder < 0)
    {
      sally_error_set_errno (error, errno, directory);
      return NULL;
    }
  if (!check_target (self, error) || !open_temporary (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sally_local_target_free (SallyLocalTarget *self)
{
  if (self == NULL)
    return;
  if (self->temporary_name != NULL)
    unlinkat (self->folder, self->temporary_name, 0);
  g_clear_fd (&self->descriptor, NULL);
  g_clear_fd (&self->folder, NULL);
  g_free (self->directory);
  g_free (self->name);
  g_free (self->temporary_name);
  g_free (self);
}

int
sally_local_target_get_descriptor (SallyLocalTarget *self)
{
  return self->descriptor;
}

/* Nothing is replaced unless that is the wish, not even what appeared meanwhile. File systems that
 * do not know RENAME_NOREPLACE get a hard link, which does not replace either. */
static int
rename_without_replacing (SallyLocalTarget *self, const char *name)
{
  if (renameat2 (self->folder, self->temporary_name, self->folder, name, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;
  if (linkat (self->folder, self->temporary_name, self->folder, name, 0) != 0)
    return -1;
  return unlinkat (self->folder, self->temporary_name, 0);
}

static gboolean
rename_into_place (SallyLocalTarget *self, char **final_name, GError **error)
{
  g_autofree char *name = g_strdup (self->name);

  for (guint n = 2; n < MAX_NAMES; n++)
    {
      int rc = self->conflict == SALLY_CONFLICT_REPLACE
                   ? renameat (self->folder, self->temporary_name, self->folder, name)
                   : rename_without_replacing (self, name);

      if (rc == 0)
        {
          *final_name = g_steal_pointer (&name);
          return TRUE;
        }
      if (errno == EEXIST && self->conflict == SALLY_CONFLICT_FAIL)
        {
          set_exists_error (self, error);
          return FALSE;
        }
      if (errno != EEXIST || self->conflict == SALLY_CONFLICT_REPLACE)
        break;
      g_free (name);
      name = sally_local_file_numbered_name (self->name, n);
    }
  sally_error_set_errno (error, errno, self->name);
  return FALSE;
}

/* The umask can only be read by setting it, which other threads would notice: /proc tells it. */
static mode_t
read_umask (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 022;
  line = strstr (status, "\nUmask:");
  return line != NULL ? (mode_t) g_ascii_strtoull (line + strlen ("\nUmask:"), NULL, 8) : 022;
}

static void
keep_attributes (SallyLocalTarget *self, const SallyRemoteAttributes *attributes)
{
  mode_t mode = 0666;

  if (attributes->flags & SALLY_ATTRIBUTE_PERMISSIONS)
    mode = attributes->permissions & 0777;
  /* A file system without modes or times (FAT) is no reason to fail. */
  if (fchmod (self->descriptor, mode & ~read_umask ()) != 0)
    g_debug ("mode not kept: %s", g_strerror (errno));
  if (attributes->flags & SALLY_ATTRIBUTE_TIMES)
    {
      const struct timespec times[2] = { { .tv_sec = attributes->atime },
                                         { .tv_sec = attributes->mtime } };

      if (futimens (self->descriptor, times) != 0)
        g_debug ("time not kept: %s", g_strerror (errno));
    }
}

gboolean
sally_local_target_commit (SallyLocalTarget *self,
                           guint64 bytes,
                           const SallyRemoteAttributes *attributes,
                           char **path,
                           GError **error)
{
  g_autofree char *name = NULL;
  struct stat info;

  if (fstat (self->descriptor, &info) != 0 || (guint64) info.st_size != bytes)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_LOCAL_CHANGED,
                           _ ("The local file has another size than what was received"));
      return FALSE;
    }
  keep_attributes (self, attributes);
  if (fsync (self->descriptor) != 0)
    {
      sally_error_set_errno (error, errno, self->name);
      return FALSE;
    }
  if (!rename_into_place (self, &name, error))
    return FALSE;
  g_clear_pointer (&self->temporary_name, g_free);
  /* Not every file system lets a folder be synced; the file itself is safe. */
  fsync (self->folder);
  *path = g_build_filename (self->directory, name, NULL);
  return TRUE;
}

gboolean
sally_local_source_open (const char *path, SallyLocalSource *source, GError **error)
{
  /* O_NONBLOCK: a named pipe must not hold us up. */
  g_autofd int descriptor = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  g_autofree char *shown = g_filename_display_name (path);
  struct stat info;

  if (descriptor < 0 || fstat (descriptor, &info) != 0)
    {
      sally_error_set_errno (error, errno, shown);
      return FALSE;
    }
  if (!S_ISREG (info.st_mode))
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED,
                   S_ISDIR (info.st_mode) ? _ ("%s is a folder, not a file")
                                          : _ ("%s is not a regular file"),
                   shown);
      return FALSE;
    }
  source->size = (guint64) info.st_size;
  source->mode = info.st_mode & 0777;
  source->mtime = info.st_mtime > 0 && info.st_mtime <= G_MAXUINT32 ? (guint32) info.st_mtime : 0;
  source->descriptor = g_steal_fd (&descriptor);
  return TRUE;
}
