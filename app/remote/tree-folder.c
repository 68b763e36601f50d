/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/tree-folder.h"

#include "base/error.h"
#include "remote/local-file.h"
#include "remote/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>

SallyTreeFolder *
sally_tree_folder_new (SallyTreeFolder *parent, const char *source, const char *target)
{
  SallyTreeFolder *self = g_new0 (SallyTreeFolder, 1);

  g_atomic_ref_count_init (&self->references);
  if (parent != NULL)
    {
      self->parent = sally_tree_folder_ref (parent);
      self->depth = parent->depth + 1;
    }
  self->source = g_strdup (source);
  self->target = g_strdup (target);
  return self;
}

SallyTreeFolder *
sally_tree_folder_ref (SallyTreeFolder *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
sally_tree_folder_unref (SallyTreeFolder *self)
{
  /* Not by recursion: a chain is as long as the walk is deep. */
  while (self != NULL && g_atomic_ref_count_dec (&self->references))
    {
      SallyTreeFolder *parent = self->parent;

      g_free (self->source);
      g_free (self->target);
      g_free (self->real);
      g_free (self);
      self = parent;
    }
}

gboolean
sally_tree_folder_is_circle (const SallyTreeFolder *self, const char *own_real, const char *real)
{
  if (sally_links_is_inside (own_real, real))
    return TRUE;
  for (const SallyTreeFolder *folder = self; folder != NULL; folder = folder->parent)
    if (folder->real != NULL && sally_links_is_inside (folder->real, real))
      return TRUE;
  return FALSE;
}

void
sally_tree_entry_free (SallyTreeEntry *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->real);
  g_free (self->link);
  g_free (self);
}

/* glibc allocates it. */
static char *
resolve (const char *path)
{
  char *resolved = realpath (path, NULL);
  char *copy = g_strdup (resolved);

  free (resolved);
  return copy;
}

static SallyRemoteFileKind
kind_of (mode_t mode)
{
  if (S_ISREG (mode))
    return SALLY_REMOTE_FILE_REGULAR;
  return S_ISDIR (mode) ? SALLY_REMOTE_FILE_DIRECTORY : SALLY_REMOTE_FILE_OTHER;
}

/* What a link stands for. */
static void
follow (SallyTreeFolder *self,
        const char *root,
        SallyLinks links,
        const char *path,
        SallyTreeEntry *entry)
{
  g_autofree char *real = resolve (path);
  g_autofree char *own_real = resolve (self->source);
  g_autofree char *root_real = resolve (root);
  struct stat info;

  entry->kind = SALLY_REMOTE_FILE_OTHER;
  if (real == NULL || own_real == NULL || root_real == NULL || lstat (real, &info) != 0 ||
      (links == SALLY_LINKS_SAFE && !sally_links_is_inside (real, root_real)) ||
      (S_ISDIR (info.st_mode) && sally_tree_folder_is_circle (self, own_real, real)))
    return;
  entry->kind = kind_of (info.st_mode);
  entry->real = g_steal_pointer (&real);
}

/* NULL if it went meanwhile. */
static SallyTreeEntry *
look_at (SallyTreeFolder *self, const char *root, SallyLinks links, const char *name)
{
  g_autofree char *path = g_build_filename (self->source, name, NULL);
  SallyTreeEntry *entry;
  struct stat info;

  if (lstat (path, &info) != 0)
    return NULL;
  entry = g_new0 (SallyTreeEntry, 1);
  entry->name = g_strdup (name);
  entry->kind = kind_of (info.st_mode);
  if (!S_ISLNK (info.st_mode))
    return entry;
  if (links == SALLY_LINKS_RECREATE)
    {
      entry->link = g_file_read_link (path, NULL);
      if (entry->link != NULL)
        entry->kind = SALLY_REMOTE_FILE_SYMLINK;
    }
  else if (links != SALLY_LINKS_SKIP)
    follow (self, root, links, path, entry);
  return entry;
}

GPtrArray *
sally_tree_folder_read (SallyTreeFolder *self, const char *root, SallyLinks links, GError **error)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_tree_entry_free);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GDir) directory = g_dir_open (self->source, 0, &reason);
  struct stat info;
  const char *name;

  if (directory == NULL)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED, reason->message);
      return NULL;
    }
  if (stat (self->source, &info) == 0)
    {
      self->has_mode = TRUE;
      self->mode = info.st_mode & 0777;
      self->mtime = info.st_mtime;
    }
  while ((name = g_dir_read_name (directory)) != NULL && entries->len < SALLY_TREE_MAX_ENTRIES)
    {
      SallyTreeEntry *entry =
          sally_local_file_is_partial (name) ? NULL : look_at (self, root, links, name);

      if (entry != NULL)
        g_ptr_array_add (entries, entry);
    }
  return g_steal_pointer (&entries);
}

gboolean
sally_tree_folder_make (SallyTreeFolder *self, gboolean keep_mode, GError **error)
{
  /* What is private there must not be open here, not even while it comes. */
  mode_t mode = keep_mode && self->has_mode ? (self->mode & 0777) | 0700 : 0777;
  struct stat info;

  self->is_ours = g_mkdir (self->target, mode) == 0;
  if (self->is_ours ||
      (errno == EEXIST && lstat (self->target, &info) == 0 && S_ISDIR (info.st_mode)))
    return TRUE;
  sally_error_set_errno (error, errno, self->target);
  return FALSE;
}

void
sally_tree_folder_keep_attributes (SallyTreeFolder *self, gboolean keep_mode, gboolean keep_time)
{
  g_autofd int descriptor = open (self->target, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = self->mtime } };

  if (descriptor < 0)
    return;
  /* A file system without modes or times (FAT) is no reason to fail. */
  if (keep_mode && self->has_mode &&
      fchmod (descriptor, ((self->mode & 0777) | 0700) & ~sally_local_file_get_umask ()) != 0)
    g_debug ("mode of a folder not kept: %s", g_strerror (errno));
  if (keep_time && self->mtime != 0 && futimens (descriptor, times) != 0)
    g_debug ("time of a folder not kept: %s", g_strerror (errno));
}
