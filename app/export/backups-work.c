/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/backups-private.h"

#include "base/error.h"

#include <glib/gi18n.h>

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* The readable accounts; FALSE in `is_all` if there are others. */
static GPtrArray *
collect (SallyBackups *self, gboolean *is_all)
{
  GListModel *accounts = G_LIST_MODEL (self->accounts);
  GPtrArray *uris = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_otp_uri_free);

  *is_all = TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (SallyAccount) account = g_list_model_get_item (accounts, i);
      SallyOtpUri *uri = sally_account_to_uri (account);

      if (uri != NULL)
        g_ptr_array_add (uris, uri);
      else
        *is_all = FALSE;
    }
  return uris;
}

/* An error never looks like an empty list. */
static gboolean
check_accounts (SallyBackups *self, GError **error)
{
  const GError *why = sally_account_store_get_error (self->accounts);

  if (why != NULL)
    {
      g_propagate_error (error, g_error_copy (why));
      return FALSE;
    }
  if (sally_account_store_get_is_loaded (self->accounts))
    return TRUE;
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_FAILED,
                       _ ("The keyring has to be read first"));
  return FALSE;
}

/* Every end of a run comes by here. `run` goes with the task, or goes. */
static void
conclude (GTask *task, SallyBackupRun *run, GError *error)
{
  SallyBackups *self = g_task_get_source_object (task);

  if (self->settings != NULL && error == NULL)
    {
      g_autofree char *shown = g_filename_display_name (run->path);

      g_settings_set_int64 (self->settings, "backup-time", run->now_s);
      g_settings_set_uint (self->settings, "backup-accounts", run->uris->len);
      g_settings_set_string (self->settings, "backup-file", shown);
      g_settings_reset (self->settings, "backup-failure-time");
      g_settings_reset (self->settings, "backup-failure");
    }
  else if (self->settings != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_settings_set_int64 (self->settings, "backup-failure-time", now ());
      g_settings_set_string (self->settings, "backup-failure", error->message);
    }
  sally_backups_add_busy (self, -1);
  if (error == NULL)
    {
      g_clear_pointer (&run->password, sally_secret_unref);
      g_task_return_pointer (task, run, (GDestroyNotify) sally_backup_run_free);
      return;
    }
  sally_backup_run_free (run);
  g_task_return_error (task, error);
}

/* Has `func` work on the data of `task` on another thread. That thread may be the last to let go of
 * its own task, and so never holds `task` and what belongs to it. */
static void
work (GTask *task, GTaskThreadFunc func, GAsyncReadyCallback done)
{
  g_autoptr (GTask) worker =
      g_task_new (NULL, g_task_get_cancellable (task), done, g_object_ref (task));

  g_task_set_source_tag (worker, work);
  g_task_set_task_data (worker, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (worker, func);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (sally_backup_run (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyBackupRun *run = g_task_get_task_data (task);
  GError *error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  conclude (task, run, error);
}

static void
on_password (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyBackupRun *run = g_task_get_task_data (task);
  GError *error = NULL;

  run->password = sally_backups_get_password_finish (SALLY_BACKUPS (source), result, &error);
  if (run->password == NULL)
    conclude (task, run, error);
  else
    work (task, run_in_thread, on_run);
}

void
sally_backups_run_async (SallyBackups *self,
                         gboolean is_lazy,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  SallyBackupRun *run;
  GError *error = NULL;

  g_return_if_fail (SALLY_IS_BACKUPS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_backups_run_async);
  sally_backups_add_busy (self, 1);
  if (!check_accounts (self, &error))
    {
      conclude (task, NULL, error);
      return;
    }
  run = g_new0 (SallyBackupRun, 1);
  g_task_set_task_data (task, run, NULL);
  run->uris = collect (self, &run->is_all);
  run->folder = sally_backups_dup_folder (self);
  run->host = g_strdup (g_get_host_name ());
  run->keep = sally_backups_get_keep (self);
  run->is_lazy = is_lazy;
  run->now_s = now ();
  if (run->folder == NULL)
    error = g_error_new_literal (SALLY_ERROR, SALLY_ERROR_NOT_FOUND,
                                 _ ("No folder for backups is chosen yet"));
  else if (run->uris->len == 0)
    error = g_error_new_literal (SALLY_ERROR, SALLY_ERROR_INVALID,
                                 _ ("There is no account to back up: older backups stay as they "
                                    "are"));
  if (error != NULL)
    conclude (task, run, error);
  else
    sally_backups_get_password_async (self, cancellable, on_password, g_steal_pointer (&task));
}

SallyBackupRun *
sally_backups_run_finish (SallyBackups *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A file that is checked. */
typedef struct
{
  char *path;
  SallySecret *password;
  GPtrArray *uris;
} Check;

static void
check_free (gpointer data)
{
  Check *check = data;

  g_free (check->path);
  g_clear_pointer (&check->password, sally_secret_unref);
  g_clear_pointer (&check->uris, g_ptr_array_unref);
  g_free (check);
}

static void
check_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Check *check = task_data;
  GError *error = NULL;
  SallyComparison *comparison =
      sally_backup_run_drill (check->path, check->password, check->uris, FALSE, &error);

  if (comparison != NULL)
    g_task_return_pointer (task, comparison, (GDestroyNotify) sally_comparison_free);
  else
    g_task_return_error (task, error);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  SallyComparison *comparison = g_task_propagate_pointer (G_TASK (result), &error);

  if (comparison != NULL)
    g_task_return_pointer (task, comparison, (GDestroyNotify) sally_comparison_free);
  else
    g_task_return_error (task, error);
}

static void
on_check_password (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);

  /* Without one, the file tells whether it needs one. */
  check->password = sally_backups_get_password_finish (SALLY_BACKUPS (source), result, NULL);
  work (task, check_in_thread, on_checked);
}

void
sally_backups_check_async (SallyBackups *self,
                           const char *path,
                           SallySecret *password,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Check *check;
  GError *error = NULL;
  gboolean is_all;

  g_return_if_fail (SALLY_IS_BACKUPS (self));
  g_return_if_fail (path != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_backups_check_async);
  if (!check_accounts (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  check = g_new0 (Check, 1);
  check->path = g_strdup (path);
  check->password = password != NULL ? sally_secret_ref (password) : NULL;
  check->uris = collect (self, &is_all);
  g_task_set_task_data (task, check, check_free);
  if (password != NULL)
    work (task, check_in_thread, on_checked);
  else
    sally_backups_get_password_async (self, cancellable, on_check_password,
                                      g_steal_pointer (&task));
}

SallyComparison *
sally_backups_check_finish (SallyBackups *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
