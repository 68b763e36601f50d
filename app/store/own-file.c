/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/own-file.h"

#include "backup/wiped.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Another program holds the lock for a few milliseconds; a hung one must not hang this. */
#define LOCK_ATTEMPTS    200
#define LOCK_INTERVAL_US 25000

static void
set_error (GError **error, int saved_errno, const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);

  sally_error_set_errno (error, saved_errno, shown);
}

int
sally_own_file_lock (const char *path,
                     gboolean is_shared,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *lock_path = g_strconcat (path, ".lock", NULL);
  g_autofd int fd = -1;

  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      set_error (error, errno, directory);
      return -1;
    }
  fd = g_open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      set_error (error, errno, lock_path);
      return -1;
    }
  for (guint i = 0; i < LOCK_ATTEMPTS; i++)
    {
      if (flock (fd, (is_shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0)
        return g_steal_fd (&fd);
      if (errno != EWOULDBLOCK && errno != EINTR)
        {
          set_error (error, errno, lock_path);
          return -1;
        }
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return -1;
      g_usleep (LOCK_INTERVAL_US);
    }
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED,
               _ ("Another program is at work on %s: try again when it is done"), path);
  return -1;
}

static gboolean
read_all (int fd, guint8 *out, gsize length)
{
  gsize done = 0;

  while (done < length)
    {
      ssize_t n_read = read (fd, out + done, length - done);

      if (n_read == 0)
        errno = EIO;
      if (n_read == 0 || (n_read < 0 && errno != EINTR))
        return FALSE;
      done += n_read > 0 ? (gsize) n_read : 0;
    }
  return TRUE;
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  gsize done = 0;

  while (done < length)
    {
      ssize_t n_written = write (fd, data + done, length - done);

      if (n_written < 0 && errno != EINTR)
        return FALSE;
      done += n_written > 0 ? (gsize) n_written : 0;
    }
  return TRUE;
}

GBytes *
sally_own_file_read (const char *path, gsize max_bytes, GError **error)
{
  g_autofd int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
  g_autoptr (GBytes) bytes = NULL;
  struct stat status;
  guint8 *out;

  if (fd < 0 || fstat (fd, &status) != 0)
    {
      set_error (error, errno, path);
      return NULL;
    }
  if (!S_ISREG (status.st_mode) || (guint64) status.st_size > max_bytes)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED,
                   _ ("%s is not a file that this program has written: it is far too large, or no "
                      "file at all"),
                   path);
      return NULL;
    }
  bytes = sally_wiped_new ((gsize) status.st_size, &out);
  if (!read_all (fd, out, (gsize) status.st_size))
    {
      set_error (error, errno, path);
      return NULL;
    }
  return g_steal_pointer (&bytes);
}

/* What the disk has of `fd` is `bytes`. */
static gboolean
is_written (int fd, GBytes *bytes)
{
  gsize length = g_bytes_get_size (bytes);
  guint8 *out;
  g_autoptr (GBytes) back = sally_wiped_new (length, &out);

  if (lseek (fd, 0, SEEK_SET) != 0 || !read_all (fd, out, length))
    return FALSE;
  if (g_bytes_equal (bytes, back))
    return TRUE;
  errno = EIO;
  return FALSE;
}

static gboolean
flush_folder (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofd int fd = g_open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  /* Some file systems cannot flush a folder, and need not. */
  return fd >= 0 && (fsync (fd) == 0 || errno == EINVAL);
}

gboolean
sally_own_file_replace (const char *path, GBytes *bytes, GError **error)
{
  /* Always the same name, which the lock makes ours: a kill leaves one at most, for the next. */
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);
  g_autofd int fd = -1;

  g_unlink (temporary);
  fd = g_open (temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      set_error (error, errno, temporary);
      return FALSE;
    }
  if (write_all (fd, bytes) && fsync (fd) == 0 && is_written (fd, bytes) &&
      g_rename (temporary, path) == 0)
    {
      if (flush_folder (path))
        return TRUE;
      set_error (error, errno, path);
      return FALSE;
    }
  set_error (error, errno, path);
  g_unlink (temporary);
  return FALSE;
}
