/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/backup-run.h"

#include "base/error.h"
#include "export/schedule.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

/* A folder with more is none for backups; what is behind them stays. */
#define MAX_NAMES    100000
/* Two programs may begin in the same second. */
#define MAX_ATTEMPTS 9

void
sally_backup_run_free (SallyBackupRun *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->uris, g_ptr_array_unref);
  g_clear_pointer (&self->password, sally_secret_unref);
  g_free (self->folder);
  g_free (self->host);
  g_free (self->path);
  g_free (self);
}

SallyComparison *
sally_backup_run_drill (
    const char *path, SallySecret *password, GPtrArray *uris, gboolean is_exact, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SallyBackup) backup = NULL;

  g_return_val_if_fail (path != NULL && uris != NULL, NULL);

  bytes = sally_backup_load (path, error);
  if (bytes == NULL)
    return NULL;
  backup = sally_backup_read (bytes, NULL, password, error);
  return backup != NULL ? sally_merge_compare (uris, backup, is_exact) : NULL;
}

/* (element-type filename) */
static GPtrArray *
list_names (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  while (directory != NULL && names->len < MAX_NAMES &&
         (name = g_dir_read_name (directory)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  return names;
}

static gboolean
check_folder (SallyBackupRun *self, GError **error)
{
  g_autofree char *shown = g_filename_display_name (self->folder);

  if (g_file_test (self->folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND,
               _ ("The folder for backups, “%s”, is not there: plug in its disk, or choose another "
                  "folder"),
               shown);
  return FALSE;
}

/* A file that cannot be read, or of another password, is no reason not to write a new one. */
static gboolean
find_unchanged (SallyBackupRun *self)
{
  g_autoptr (GPtrArray) names = list_names (self->folder);
  const char *newest = sally_schedule_find_newest (names, self->host);
  g_autofree char *path = NULL;
  g_autoptr (SallyComparison) comparison = NULL;

  if (newest == NULL)
    return FALSE;
  path = g_build_filename (self->folder, newest, NULL);
  comparison = sally_backup_run_drill (path, self->password, self->uris, TRUE, NULL);
  if (comparison == NULL || !sally_comparison_is_same (comparison))
    return FALSE;
  self->path = g_steal_pointer (&path);
  self->is_unchanged = TRUE;
  return TRUE;
}

static gboolean
save (SallyBackupRun *self, GBytes *bytes, GError **error)
{
  for (guint attempt = 1; attempt <= MAX_ATTEMPTS; attempt++)
    {
      g_autofree char *name = sally_schedule_make_name (self->host, self->now_s, attempt);
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      g_autoptr (GError) why = NULL;

      if (sally_backup_save (path, bytes, FALSE, &why))
        {
          self->path = g_steal_pointer (&path);
          return TRUE;
        }
      if (attempt == MAX_ATTEMPTS || !g_error_matches (why, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS))
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&why),
                                      /* Translators: why follows. */
                                      _ ("The backup could not be written: "));
          return FALSE;
        }
    }
  g_assert_not_reached ();
}

static gboolean
drill (SallyBackupRun *self, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (SallyComparison) comparison =
      sally_backup_run_drill (self->path, self->password, self->uris, TRUE, &why);

  if (comparison != NULL && sally_comparison_is_same (comparison))
    return TRUE;
  if (comparison == NULL)
    g_set_error (
        error, SALLY_ERROR, SALLY_ERROR_FAILED,
        _ ("The backup did not come back from the disk as it was written, and was removed; "
           "older ones stay: %s"),
        why->message);
  else
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_FAILED,
                 _ ("The backup was read back to test it, and “%s” is not as it was: it was "
                    "removed, and older ones stay"),
                 comparison->first != NULL ? comparison->first : "");
  return FALSE;
}

static void
remove_obsolete (SallyBackupRun *self)
{
  g_autoptr (GPtrArray) names = list_names (self->folder);
  g_autofree char *fresh = g_path_get_basename (self->path);
  g_autoptr (GPtrArray) obsolete =
      sally_schedule_choose_obsolete (names, self->host, fresh, self->keep);

  for (guint i = 0; i < obsolete->len; i++)
    {
      g_autofree char *path = g_build_filename (self->folder, obsolete->pdata[i], NULL);

      /* What stays this time goes the next. */
      if (g_unlink (path) == 0)
        self->n_removed++;
    }
}

gboolean
sally_backup_run (SallyBackupRun *self, GError **error)
{
  const SallyBackupFormat *format = sally_backup_find_format ("sallyport");
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (self != NULL && self->uris->len > 0, FALSE);
  g_return_val_if_fail (self->password != NULL && self->keep > 0, FALSE);

  if (!check_folder (self, error))
    return FALSE;
  if (self->is_lazy && find_unchanged (self))
    return TRUE;
  bytes = sally_backup_write (format, self->uris, self->password, losses, error);
  if (bytes == NULL || !save (self, bytes, error))
    return FALSE;
  if (!drill (self, error))
    {
      g_unlink (self->path);
      return FALSE;
    }
  if (self->is_all)
    remove_obsolete (self);
  return TRUE;
}
