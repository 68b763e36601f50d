/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/owner-lock.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>

struct _SallyOwnerLock
{
  char *directory;
  char *name;
  int descriptor;   /* -1 until it is taken */
  GHashTable *dead; /* names that were seen to be */
};

SallyOwnerLock *
sally_owner_lock_new (const char *directory)
{
  SallyOwnerLock *self = g_new0 (SallyOwnerLock, 1);

  self->directory = g_strdup (directory);
  self->name = g_uuid_string_random ();
  self->descriptor = -1;
  self->dead = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

static char *
dup_path (SallyOwnerLock *self, const char *name)
{
  return g_build_filename (self->directory, name, NULL);
}

void
sally_owner_lock_free (SallyOwnerLock *self)
{
  g_autofree char *path = NULL;

  if (self == NULL)
    return;
  path = dup_path (self, self->name);
  if (self->descriptor >= 0)
    g_unlink (path);
  g_clear_fd (&self->descriptor, NULL);
  g_hash_table_unref (self->dead);
  g_free (self->directory);
  g_free (self->name);
  g_free (self);
}

gboolean
sally_owner_lock_ensure (SallyOwnerLock *self, GError **error)
{
  g_autofree char *path = dup_path (self, self->name);
  g_autofd int descriptor = -1;

  if (self->descriptor >= 0)
    return TRUE;
  if (g_mkdir_with_parents (self->directory, 0700) == 0)
    descriptor = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0 || flock (descriptor, LOCK_EX | LOCK_NB) != 0)
    {
      sally_error_set_errno (error, errno, path);
      return FALSE;
    }
  self->descriptor = g_steal_fd (&descriptor);
  return TRUE;
}

const char *
sally_owner_lock_get_name (SallyOwnerLock *self)
{
  return self->name;
}

gboolean
sally_owner_lock_is_ours (SallyOwnerLock *self, const char *name)
{
  return g_strcmp0 (name, self->name) == 0;
}

gboolean
sally_owner_lock_is_alive (SallyOwnerLock *self, const char *name)
{
  g_autofree char *path = NULL;
  g_autofd int descriptor = -1;

  /* Only what we have made is a name: nothing leads out of the folder. */
  if (sally_owner_lock_is_ours (self, name))
    return TRUE;
  if (name == NULL || !g_uuid_string_is_valid (name) || g_hash_table_contains (self->dead, name))
    return FALSE;
  path = dup_path (self, name);
  descriptor = g_open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);
  /* Whatever else stands in the way: better to leave a dead one's than to take a living one's. */
  if (descriptor >= 0 ? flock (descriptor, LOCK_EX | LOCK_NB) != 0 : errno != ENOENT)
    return TRUE;
  if (descriptor >= 0)
    g_unlink (path);
  g_hash_table_add (self->dead, g_strdup (name));
  return FALSE;
}
