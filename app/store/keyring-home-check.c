/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-home-private.h"

#include "base/error.h"
#include "store/own-file.h"

#include <glib/gi18n.h>

typedef struct
{
  SallyKeyringCheck how;
  char *note_path;
  char *vault_path;
  SallyKeyringNote note;
  gboolean has_vault;
} Check;

typedef struct
{
  SallyKeyringStore store;
  char *id;
} Canary;

typedef struct
{
  char *path;
  SallyKeyringNoteChange values;
  char *canary; /* of `values` */
  SallyKeyringNote note;
} Note;

typedef struct
{
  char *path;
  gboolean is_shared;
} Lock;

static GTask *
begin (SallyKeyringHome *self,
       gpointer source_tag,
       gpointer data,
       GDestroyNotify free_data,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, free_data);
  return task;
}

static gboolean
finish (SallyKeyringHome *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static const char *
vault_path (SallyKeyringHome *self)
{
  return sally_keyring_vault_get_path (
      SALLY_KEYRING_VAULT (self->stores[SALLY_KEYRING_STORE_VAULT]));
}

static void
lock_free (gpointer data)
{
  Lock *lock = data;

  g_free (lock->path);
  g_free (lock);
}

static void
lock_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Lock *lock = task_data;
  GError *error = NULL;
  int fd = sally_own_file_lock (lock->path, lock->is_shared, cancellable, &error);

  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, error);
}

void
sally_keyring_home_lock_async (SallyKeyringHome *self,
                               gboolean is_shared,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Lock *lock = g_new0 (Lock, 1);
  g_autoptr (GTask) task = begin (self, sally_keyring_home_lock_async, lock, lock_free, cancellable,
                                  callback, user_data);

  lock->path = g_strdup (self->turn_path);
  lock->is_shared = is_shared;
  g_task_run_in_thread (task, lock_thread);
}

int
sally_keyring_home_lock_finish (SallyKeyringHome *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return (int) g_task_propagate_int (G_TASK (result), error);
}

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->path);
  g_free (note->canary);
  sally_keyring_note_clear (&note->note);
  g_free (note);
}

static void
apply_change (SallyKeyringNote *note, gpointer user_data)
{
  const SallyKeyringNoteChange *values = user_data;

  if (values->sets_home)
    note->home = values->home;
  if (values->sets_moving)
    note->moving = values->moving;
  if (values->sets_leaving)
    note->leaving = values->leaving;
  if (values->canary_store != SALLY_KEYRING_STORE_NONE)
    g_set_str (&note->canaries[values->canary_store], values->canary);
}

static void
note_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Note *note = task_data;
  GError *error = NULL;

  if (sally_keyring_note_change (&note->note, note->path, apply_change, &note->values, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
sally_keyring_home_note_async (SallyKeyringHome *self,
                               const SallyKeyringNoteChange *change,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Note *note = g_new0 (Note, 1);
  g_autoptr (GTask) task =
      begin (self, sally_keyring_home_note_async, note, note_free, NULL, callback, user_data);

  note->path = g_strdup (self->note_path);
  note->values = *change;
  note->values.canary = note->canary = g_strdup (change->canary);
  g_task_run_in_thread (task, note_thread);
}

gboolean
sally_keyring_home_note_finish (SallyKeyringHome *self, GAsyncResult *result, GError **error)
{
  Note *note;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  note = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  sally_keyring_note_copy (&self->note, &note->note);
  return TRUE;
}

static void
check_free (gpointer data)
{
  Check *check = data;

  g_free (check->note_path);
  g_free (check->vault_path);
  sally_keyring_note_clear (&check->note);
  g_free (check);
}

static void
succeed (GTask *task)
{
  SallyKeyringHome *self = g_task_get_source_object (task);

  self->is_checked = TRUE;
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
fail (GTask *task, SallyError code, const char *message)
{
  g_task_return_new_error_literal (task, SALLY_ERROR, (int) code, message);
  g_object_unref (task);
}

static void
on_canary (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallySecret) canary =
      sally_keyring_lookup_finish (SALLY_KEYRING (source), result, &error);

  if (canary != NULL)
    succeed (task);
  else if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING))
    fail (task, SALLY_ERROR_KEYRING_CHANGED,
          _ ("This keyring is not the one that holds your codes: what was put into it before is "
             "not there, and nothing is written to it"));
  else
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
    }
}

static void
look_for_canary (GTask *task)
{
  SallyKeyringHome *self = g_task_get_source_object (task);
  const char *id = self->note.canaries[self->store];

  if (id == NULL)
    succeed (task);
  else
    sally_keyring_lookup_async (self->stores[self->store], SALLY_KEYRING_CANARY, id,
                                g_task_get_cancellable (task), on_canary, task);
}

static void
choose (GTask *task, gboolean has_system)
{
  SallyKeyringHome *self = g_task_get_source_object (task);
  Check *check = g_task_get_task_data (task);
  const SallyKeyringFacts facts = {
    .forced = self->forced,
    .home = self->note.home,
    .wish = self->settings != NULL
                ? (SallyKeyringStore) g_settings_get_enum (self->settings, "keyring")
                : SALLY_KEYRING_STORE_NONE,
    .has_system = has_system,
    .has_vault = check->has_vault,
    .vault_is_in_use = self->note.home == SALLY_KEYRING_STORE_VAULT ||
                       self->note.canaries[SALLY_KEYRING_STORE_VAULT] != NULL,
  };
  SallyKeyringStore store;
  SallyKeyringStep step = sally_keyring_ladder_choose (&facts, &store);
  g_autofree char *message = NULL;

  sally_keyring_home_set_store (self, store, step);
  if (check->how == SALLY_KEYRING_LOOK)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  switch (step)
    {
    case SALLY_KEYRING_STEP_USE:
      look_for_canary (task);
      break;
    case SALLY_KEYRING_STEP_MAKE_VAULT:
      fail (task, SALLY_ERROR_KEYRING_ABSENT,
            _ ("Codes and passwords are to be kept in a vault with a passphrase, and there is none "
               "yet"));
      break;
    case SALLY_KEYRING_STEP_FIND_VAULT:
      message = g_strdup_printf (_ ("The vault that holds your codes is gone: put %s back"),
                                 check->vault_path);
      fail (task, SALLY_ERROR_KEYRING_CHANGED, message);
      break;
    case SALLY_KEYRING_STEP_OFFER_VAULT:
    default:
      fail (task, SALLY_ERROR_KEYRING_ABSENT,
            _ ("No keyring is here to keep codes and passwords: start GNOME Keyring, KWallet or "
               "KeePassXC, or make a vault with a passphrase"));
    }
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringHome *self = g_task_get_source_object (user_data);
  SallyKeyringProbe *probe = &self->probe;

  sally_keyring_probe_finish (result, probe);
  choose (user_data, probe->has_service || probe->has_portal || probe->has_file);
}

static void
look_thread (GTask *looker, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Check *check = task_data;
  GError *error = NULL;

  check->has_vault = g_file_test (check->vault_path, G_FILE_TEST_EXISTS);
  if (sally_keyring_note_read (&check->note, check->note_path, &error))
    g_task_return_boolean (looker, TRUE);
  else
    g_task_return_error (looker, error);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringHome *self = SALLY_KEYRING_HOME (source);
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  if (check->how == SALLY_KEYRING_CHECK && self->is_checked &&
      sally_keyring_note_equal (&self->note, &check->note))
    {
      succeed (task);
      return;
    }
  self->is_checked = FALSE;
  self->has_vault = check->has_vault;
  sally_keyring_note_copy (&self->note, &check->note);
  /* Only who has no other hint asks the bus. */
  if (check->how == SALLY_KEYRING_LOOK ||
      (self->forced == SALLY_KEYRING_STORE_NONE && self->note.home == SALLY_KEYRING_STORE_NONE &&
       !check->has_vault))
    sally_keyring_probe_async (on_probed, task);
  else
    choose (task, FALSE);
}

void
sally_keyring_home_check_async (SallyKeyringHome *self,
                                SallyKeyringCheck how,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Check *check = g_new0 (Check, 1);
  GTask *task = begin (self, sally_keyring_home_check_async, check, check_free, cancellable,
                       callback, user_data);
  g_autoptr (GTask) looker = NULL;

  if (self->forced == SALLY_KEYRING_STORE_MEMORY)
    {
      sally_keyring_home_set_store (self, self->forced, SALLY_KEYRING_STEP_USE);
      succeed (task);
      return;
    }
  check->how = how;
  check->note_path = g_strdup (self->note_path);
  check->vault_path = g_strdup (vault_path (self));
  looker = g_task_new (self, NULL, on_looked, task);
  g_task_set_source_tag (looker, on_looked);
  /* Borrowed from the task that waits for it. */
  g_task_set_task_data (looker, check, NULL);
  g_task_run_in_thread (looker, look_thread);
}

gboolean
sally_keyring_home_check_finish (SallyKeyringHome *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, error);
}

static void
canary_free (gpointer data)
{
  Canary *canary = data;

  g_free (canary->id);
  g_free (canary);
}

static void
on_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (sally_keyring_home_note_finish (SALLY_KEYRING_HOME (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Last: a note without its canary would be a false alarm, a canary without a note is none. */
static void
note_canary (GTask *task)
{
  SallyKeyringHome *self = g_task_get_source_object (task);
  Canary *canary = g_task_get_task_data (task);
  const SallyKeyringNoteChange change = {
    .sets_home =
        self->forced == SALLY_KEYRING_STORE_NONE && self->note.home == SALLY_KEYRING_STORE_NONE,
    .home = canary->store,
    .canary_store = canary->store,
    .canary = canary->id,
  };

  sally_keyring_home_note_async (self, &change, on_noted, task);
}

static void
on_canary_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (sally_keyring_store_finish (SALLY_KEYRING (source), result, &error))
    note_canary (g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

static void
on_canaries_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  Canary *canary = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) items = sally_keyring_list_finish (SALLY_KEYRING (source), result, &error);
  g_autoptr (SallySecret) secret = NULL;

  if (items == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (items->len > 0)
    {
      canary->id = g_strdup (((SallyKeyringItem *) items->pdata[0])->id);
      note_canary (g_steal_pointer (&task));
      return;
    }
  canary->id = g_uuid_string_random ();
  secret = sally_secret_new (canary->id, -1);
  sally_keyring_store_async (SALLY_KEYRING (source), SALLY_KEYRING_CANARY, canary->id, secret,
                             cancellable, on_canary_stored, g_steal_pointer (&task));
}

void
sally_keyring_home_ensure_canary_async (SallyKeyringHome *self,
                                        SallyKeyringStore store,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  Canary *canary = g_new0 (Canary, 1);
  GTask *task = begin (self, sally_keyring_home_ensure_canary_async, canary, canary_free,
                       cancellable, callback, user_data);

  canary->store = store;
  canary->id = g_strdup (self->note.canaries[store]);
  if (store == SALLY_KEYRING_STORE_MEMORY ||
      (canary->id != NULL &&
       (self->note.home != SALLY_KEYRING_STORE_NONE || self->forced != SALLY_KEYRING_STORE_NONE)))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else if (canary->id != NULL)
    note_canary (task);
  else
    sally_keyring_list_async (self->stores[store], SALLY_KEYRING_CANARY, cancellable,
                              on_canaries_listed, task);
}

gboolean
sally_keyring_home_ensure_canary_finish (SallyKeyringHome *self,
                                         GAsyncResult *result,
                                         GError **error)
{
  return finish (self, result, error);
}
