/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-home-private.h"

#include "base/error.h"
#include "store/own-file.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

/* Of one second. */
#define MAX_ASIDE 100

typedef struct
{
  char *vault_path;
  char *kept; /* the vault's new name */
} Afresh;

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringHome *self = SALLY_KEYRING_HOME (source);
  GTask *task = user_data;
  GError *error = NULL;

  if (sally_keyring_home_check_finish (self, result, &error))
    {
      SallyKeyringStatus *status = g_new0 (SallyKeyringStatus, 1);

      status->store = self->store;
      status->step = self->step;
      status->leaving = self->note.leaving;
      status->has_portal = self->probe.has_portal;
      status->has_service = self->probe.has_service || self->probe.has_file;
      status->has_vault = self->has_vault;
      g_task_return_pointer (task, status, g_free);
    }
  else
    g_task_return_error (task, error);
  sally_keyring_home_end_turn (task);
}

static void
run_examine (GTask *task)
{
  sally_keyring_home_check_async (g_task_get_source_object (task), SALLY_KEYRING_LOOK,
                                  g_task_get_cancellable (task), on_looked, task);
}

void
sally_keyring_home_examine_async (SallyKeyringHome *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_KEYRING_HOME (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_keyring_home_examine_async);
  sally_keyring_home_begin_turn (task, run_examine);
}

gboolean
sally_keyring_home_examine_finish (SallyKeyringHome *self,
                                   GAsyncResult *result,
                                   SallyKeyringStatus *status,
                                   GError **error)
{
  g_autofree SallyKeyringStatus *found = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (status != NULL, FALSE);

  found = g_task_propagate_pointer (G_TASK (result), error);
  if (found == NULL)
    return FALSE;
  *status = *found;
  return TRUE;
}

static void
afresh_free (gpointer data)
{
  Afresh *afresh = data;

  g_free (afresh->vault_path);
  g_free (afresh->kept);
  g_free (afresh);
}

static void
on_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringHome *self = SALLY_KEYRING_HOME (source);
  GError *error = NULL;

  if (sally_keyring_home_note_finish (self, result, &error))
    self->is_checked = FALSE;
  sally_keyring_home_return (user_data, error);
}

/* `home` NONE: the ladder chooses anew. */
static void
note (GTask *task, SallyKeyringStore store, SallyKeyringStore home, const char *canary)
{
  SallyKeyringHome *self = g_task_get_source_object (task);
  const SallyKeyringNoteChange change = {
    .sets_home = self->forced == SALLY_KEYRING_STORE_NONE,
    .home = home,
    .canary_store = store,
    .canary = canary,
  };

  if (home == SALLY_KEYRING_STORE_NONE && self->settings != NULL)
    g_settings_reset (self->settings, "keyring");
  sally_keyring_home_note_async (self, &change, on_noted, task);
}

static void
set_aside_thread (GTask *worker, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Afresh *afresh = task_data;
  GError *error = NULL;
  g_autofd int lock = sally_own_file_lock (afresh->vault_path, FALSE, NULL, &error);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");

  for (guint i = 0; lock >= 0 && i < MAX_ASIDE && afresh->kept == NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s.old-%s-%u", afresh->vault_path, stamp, i);

      if (!g_file_test (name, G_FILE_TEST_EXISTS))
        afresh->kept = g_steal_pointer (&name);
    }
  errno = EEXIST;
  if (lock >= 0 && (afresh->kept == NULL || g_rename (afresh->vault_path, afresh->kept) != 0))
    {
      if (errno != ENOENT)
        sally_error_set_errno (&error, errno, afresh->vault_path);
      g_clear_pointer (&afresh->kept, g_free);
    }
  if (error != NULL)
    g_task_return_error (worker, error);
  else
    g_task_return_boolean (worker, TRUE);
}

static void
on_set_aside (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    note (user_data, SALLY_KEYRING_STORE_VAULT, SALLY_KEYRING_STORE_NONE, NULL);
  else
    sally_keyring_home_return (user_data, error);
}

/* The system's keyring is taken as it is, with a canary if it has one. */
static void
on_canaries_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) canaries =
      sally_keyring_list_finish (SALLY_KEYRING (source), result, &error);

  if (canaries != NULL)
    note (user_data, SALLY_KEYRING_STORE_SYSTEM, SALLY_KEYRING_STORE_SYSTEM,
          canaries->len > 0 ? ((SallyKeyringItem *) canaries->pdata[0])->id : NULL);
  else if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_ABSENT))
    note (user_data, SALLY_KEYRING_STORE_SYSTEM, SALLY_KEYRING_STORE_NONE, NULL);
  else
    sally_keyring_home_return (user_data, g_steal_pointer (&error));
}

static void
on_store_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringHome *self = SALLY_KEYRING_HOME (source);
  GTask *task = user_data;
  Afresh *afresh = g_task_get_task_data (task);
  GError *error = NULL;

  if (!sally_keyring_home_check_finish (self, result, &error))
    sally_keyring_home_return (task, error);
  else if (self->store == SALLY_KEYRING_STORE_VAULT)
    {
      g_autoptr (GTask) worker = g_task_new (self, NULL, on_set_aside, task);

      g_task_set_source_tag (worker, on_store_known);
      g_task_set_task_data (worker, afresh, NULL);
      g_task_run_in_thread (worker, set_aside_thread);
    }
  else if (self->store == SALLY_KEYRING_STORE_SYSTEM)
    sally_keyring_list_async (self->stores[self->store], SALLY_KEYRING_CANARY,
                              g_task_get_cancellable (task), on_canaries_listed, task);
  else
    sally_keyring_home_return (task, NULL);
}

static void
on_locked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringHome *self = SALLY_KEYRING_HOME (source);
  GTask *task = user_data;
  GError *error = NULL;
  int lock = sally_keyring_home_lock_finish (self, result, &error);

  sally_keyring_home_hold_lock (task, lock);
  if (lock < 0)
    sally_keyring_home_return (task, error);
  else
    sally_keyring_home_check_async (self, SALLY_KEYRING_LOOK, g_task_get_cancellable (task),
                                    on_store_known, task);
}

static void
run_afresh (GTask *task)
{
  sally_keyring_home_lock_async (g_task_get_source_object (task), FALSE,
                                 g_task_get_cancellable (task), on_locked, task);
}

void
sally_keyring_home_start_afresh_async (SallyKeyringHome *self,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  GTask *task;
  Afresh *afresh;

  g_return_if_fail (SALLY_IS_KEYRING_HOME (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_keyring_home_start_afresh_async);
  g_task_set_check_cancellable (task, FALSE);
  afresh = g_new0 (Afresh, 1);
  afresh->vault_path =
      g_strdup (sally_keyring_vault_get_path (sally_keyring_home_get_vault (self)));
  g_task_set_task_data (task, afresh, afresh_free);
  sally_keyring_home_begin_turn (task, run_afresh);
}

gboolean
sally_keyring_home_start_afresh_finish (SallyKeyringHome *self,
                                        GAsyncResult *result,
                                        char **kept,
                                        GError **error)
{
  Afresh *afresh;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  afresh = g_task_get_task_data (G_TASK (result));
  if (kept != NULL)
    *kept = g_strdup (afresh->kept);
  return g_task_propagate_boolean (G_TASK (result), error);
}
