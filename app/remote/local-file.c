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
  guint64 offset;
  gboolean is_kept;
  gboolean is_whole;
  char *temporary_name; /* NULL once published */
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

static char *
dup_temporary_name (const char *name, const char *token)
{
  if (strlen (name) + strlen (token) + strlen ("..") + strlen (".part") > MAX_NAME_BYTES)
    return g_strconcat (".sallyport.", token, ".part", NULL);
  return g_strconcat (".", name, ".", token, ".part", NULL);
}

/* What lies there under a name that only we know is ours, unless somebody planted it: then it is
 * another's, has a second name, or is no file at all. */
static gboolean
is_ours (int descriptor, struct stat *info)
{
  return fstat (descriptor, info) == 0 && S_ISREG (info->st_mode) && info->st_uid == geteuid () &&
         info->st_nlink == 1;
}

static gboolean
open_temporary (SallyLocalTarget *self, const SallyLocalWish *wish, GError **error)
{
  g_autofree char *name = dup_temporary_name (wish->name, wish->token);
  struct stat info;

  self->descriptor =
      openat (self->folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
  if (self->descriptor < 0)
    {
      sally_error_set_errno (error, errno, self->directory);
      return FALSE;
    }
  if (!is_ours (self->descriptor, &info))
    {
      sally_error_set_errno (error, EPERM, name);
      return FALSE;
    }
  self->temporary_name = g_steal_pointer (&name);
  if ((guint64) info.st_size >= wish->offset && wish->offset <= wish->source.size)
    self->offset = wish->offset;
  if (ftruncate (self->descriptor, (off_t) self->offset) == 0)
    return TRUE;
  sally_error_set_errno (error, errno, self->directory);
  return FALSE;
}

/* The beginning that somebody else has left under the final name: a copy of it (on file systems
 * that can, without copying) is what we go on with, so that the target stays until ours is whole.
 */
static void
copy_beginning (SallyLocalTarget *self, guint64 size)
{
  g_autofd int source = openat (self->folder, self->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  guint64 copied = 0;
  ssize_t n;

  while (source >= 0 && copied < size &&
         (n = copy_file_range (source, NULL, self->descriptor, NULL, size - copied, 0)) > 0)
    copied += (guint64) n;
  self->offset = copied;
}

static void
set_exists_error (SallyLocalTarget *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->directory, self->name, NULL);
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS, _ ("%s exists already"), shown);
}

static SallyConflictFile
describe (const struct stat *info)
{
  return (SallyConflictFile) { (guint64) info->st_size, info->st_mtime };
}

/* An attempt that was killed between its rename and its last word has left no temporary file, and a
 * target that is the source to the second. */
static gboolean
was_finished (SallyLocalTarget *self, const SallyLocalWish *wish, const struct stat *target)
{
  g_autofree char *temporary = dup_temporary_name (wish->name, wish->token);
  struct stat info;

  return wish->was_begun && S_ISREG (target->st_mode) && wish->source.mtime != 0 &&
         (guint64) target->st_size == wish->source.size && target->st_mtime == wish->source.mtime &&
         fstatat (self->folder, temporary, &info, AT_SYMLINK_NOFOLLOW) != 0;
}

static gboolean
open_whole (SallyLocalTarget *self)
{
  self->descriptor = openat (self->folder, self->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  self->is_whole = self->descriptor >= 0;
  return self->is_whole;
}

static SallyConflictDecision
decide (SallyLocalTarget *self, const SallyLocalWish *wish, const struct stat *info)
{
  SallyConflictFile target = describe (info);

  if (S_ISDIR (info->st_mode))
    return wish->conflict == SALLY_CONFLICT_KEEP_BOTH ? SALLY_CONFLICT_DO_KEEP_BOTH
                                                      : SALLY_CONFLICT_DO_FAIL;
  /* Of a link or a device neither size nor time says anything. */
  if (!S_ISREG (info->st_mode) &&
      (wish->conflict == SALLY_CONFLICT_NEWER || wish->conflict == SALLY_CONFLICT_RESUME))
    return SALLY_CONFLICT_DO_FAIL;
  return sally_conflict_decide (wish->conflict, &wish->source, &target);
}

static void
set_folder_error (SallyLocalTarget *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->directory, self->name, NULL);
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS, _ ("%s is a folder"), shown);
}

static gboolean
open_target (SallyLocalTarget *self,
             const SallyLocalWish *wish,
             SallyConflictDecision *decision,
             GError **error)
{
  struct stat info;

  *decision = SALLY_CONFLICT_DO_REPLACE;
  if (fstatat (self->folder, self->name, &info, AT_SYMLINK_NOFOLLOW) == 0)
    {
      if (was_finished (self, wish, &info) && open_whole (self))
        return TRUE;
      *decision = decide (self, wish, &info);
    }
  switch (*decision)
    {
    case SALLY_CONFLICT_DO_FAIL:
      if (S_ISDIR (info.st_mode))
        set_folder_error (self, error);
      else
        set_exists_error (self, error);
      return FALSE;
    case SALLY_CONFLICT_DO_ASK:
    case SALLY_CONFLICT_DO_SKIP:
      return FALSE;
    case SALLY_CONFLICT_DO_RESUME:
      if (!open_temporary (self, wish, error))
        return FALSE;
      if (self->offset == 0)
        copy_beginning (self, (guint64) info.st_size);
      self->conflict = SALLY_CONFLICT_REPLACE;
      return TRUE;
    case SALLY_CONFLICT_DO_KEEP_BOTH:
    case SALLY_CONFLICT_DO_REPLACE:
    default:
      /* What appears from now on was not in the question. */
      if (*decision == SALLY_CONFLICT_DO_KEEP_BOTH || wish->conflict == SALLY_CONFLICT_KEEP_BOTH)
        self->conflict = SALLY_CONFLICT_KEEP_BOTH;
      else if (wish->conflict == SALLY_CONFLICT_REPLACE || wish->conflict == SALLY_CONFLICT_NEWER)
        self->conflict = SALLY_CONFLICT_REPLACE;
      return open_temporary (self, wish, error);
    }
}

SallyLocalTarget *
sally_local_target_new (const SallyLocalWish *wish, SallyConflictDecision *decision, GError **error)
{
  g_autoptr (SallyLocalTarget) self = g_new0 (SallyLocalTarget, 1);

  self->directory = g_strdup (wish->directory);
  self->name = g_strdup (wish->name);
  self->conflict = SALLY_CONFLICT_FAIL;
  self->descriptor = -1;
  self->folder = open (wish->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->folder < 0)
    {
      sally_error_set_errno (error, errno, wish->directory);
      return NULL;
    }
  if (!open_target (self, wish, decision, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sally_local_target_free (SallyLocalTarget *self)
{
  if (self == NULL)
    return;
  if (self->temporary_name != NULL && !self->is_kept)
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

void
sally_local_target_keep (SallyLocalTarget *self)
{
  self->is_kept = TRUE;
}

guint64
sally_local_target_get_offset (SallyLocalTarget *self)
{
  return self->offset;
}

gboolean
sally_local_target_is_whole (SallyLocalTarget *self)
{
  return self->is_whole;
}

const char *
sally_local_target_get_directory (SallyLocalTarget *self)
{
  return self->directory;
}

void
sally_local_target_discard (const char *path, const char *token)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *temporary = dup_temporary_name (name, token);
  g_autofree char *full = g_build_filename (directory, temporary, NULL);

  if (*token != '\0')
    g_unlink (full);
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

/* It can only be read by setting it, which other threads would notice: /proc tells it. */
mode_t
sally_local_file_get_umask (void)
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
  if (fchmod (self->descriptor, mode & ~sally_local_file_get_umask ()) != 0)
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
sally_local_target_seal (SallyLocalTarget *self,
                         guint64 bytes,
                         const SallyRemoteAttributes *attributes,
                         GError **error)
{
  struct stat info;

  if (fstat (self->descriptor, &info) != 0 || (guint64) info.st_size != bytes)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_LOCAL_CHANGED,
                           _ ("The local file has another size than what was received"));
      return FALSE;
    }
  if (self->is_whole)
    return TRUE;
  keep_attributes (self, attributes);
  if (fsync (self->descriptor) == 0)
    return TRUE;
  sally_error_set_errno (error, errno, self->name);
  return FALSE;
}

gboolean
sally_local_target_publish (SallyLocalTarget *self, char **path, GError **error)
{
  g_autofree char *name = NULL;

  if (self->is_whole)
    name = g_strdup (self->name);
  else if (!rename_into_place (self, &name, error))
    return FALSE;
  g_clear_pointer (&self->temporary_name, g_free);
  *path = g_build_filename (self->directory, name, NULL);
  return TRUE;
}

/* Not every file system lets a folder be synced; the files themselves are safe. */
void
sally_local_target_sync_directory (SallyLocalTarget *self)
{
  fsync (self->folder);
}

gboolean
sally_local_file_is_partial (const char *name)
{
  static const char suffix[] = ".part";
  gsize length;
  const char *token;

  g_return_val_if_fail (name != NULL, FALSE);

  length = strlen (name);
  if (*name != '.' || !g_str_has_suffix (name, suffix) ||
      length < strlen ("..") + SALLY_TRANSFER_TOKEN_BYTES + strlen (suffix) + 1)
    return FALSE;
  token = name + length - strlen (suffix) - SALLY_TRANSFER_TOKEN_BYTES;
  if (token[-1] != '.')
    return FALSE;
  for (guint i = 0; i < SALLY_TRANSFER_TOKEN_BYTES; i++)
    if (!g_ascii_islower (token[i]) && !g_ascii_isdigit (token[i]))
      return FALSE;
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
  source->stamp = (gint64) info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
  source->descriptor = g_steal_fd (&descriptor);
  return TRUE;
}
