/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-home-private.h"

#include "base/error.h"
#include "store/own-file.h"
#include "store/vault-file.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

/* A move, step by step:
 *
 *   lock  check  note "moving"  collect  copy  verify  canary  note the new home  clear  note
 *
 * Until the new home is noted, the old one is whole and is used; from then on the new one is. */
typedef struct
{
  SallyKeyringStore target;
  SallyKeyringStore source; /* NONE: there is only a vault to be made */
  GPtrArray *items;         /* (element-type SallyVaultItem) all that moves */
  GPtrArray *doomed;        /* (element-type SallyVaultItem) what is cleared away */
  SallyKeyringKind kind;    /* the one that is being listed */
  gboolean is_all;          /* nothing else is in the store that is cleared */
  guint n_pending;
  GError *error; /* the first */
} Move;

static void list_kind (GTask *task, SallyKeyringStore store, GAsyncReadyCallback callback);
static void clear (GTask *task);

static void
move_free (gpointer data)
{
  Move *move = data;

  g_ptr_array_unref (move->items);
  g_ptr_array_unref (move->doomed);
  g_clear_error (&move->error);
  g_free (move);
}

static void
end_with (GTask *task, SallyError code, const char *message)
{
  sally_keyring_home_return (task, g_error_new_literal (SALLY_ERROR, (int) code, message));
}

static SallyKeyring *
get_store (GTask *task, SallyKeyringStore store)
{
  return ((SallyKeyringHome *) g_task_get_source_object (task))->stores[store];
}

static void
set_wish (SallyKeyringHome *self, SallyKeyringStore store)
{
  if (self->settings != NULL)
    g_settings_set_enum (self->settings, "keyring", (int) store);
}

static gboolean
has_item (GPtrArray *items, SallyKeyringKind kind, const char *id, SallySecret *secret)
{
  for (guint i = 0; i < items->len; i++)
    {
      SallyVaultItem *item = items->pdata[i];

      if (item->kind == kind && g_str_equal (item->id, id))
        return secret == NULL || sally_secret_equal (item->secret, secret);
    }
  return FALSE;
}

static void
on_left (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;

  sally_keyring_home_note_finish (SALLY_KEYRING_HOME (source), result, &error);
  sally_keyring_home_return (task, error);
}

static void
note_left (GTask *task)
{
  Move *move = g_task_get_task_data (task);
  const SallyKeyringNoteChange change = { .sets_leaving = TRUE, .canary_store = move->source };

  sally_keyring_home_note_async (g_task_get_source_object (task), &change, on_left, task);
}

static void
unlink_thread (GTask *worker, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const char *path = task_data;
  GError *error = NULL;
  g_autofd int lock = sally_own_file_lock (path, FALSE, NULL, &error);

  if (lock >= 0 && g_unlink (path) != 0)
    sally_error_set_errno (&error, errno, path);
  if (error != NULL)
    g_task_return_error (worker, error);
  else
    g_task_return_boolean (worker, TRUE);
}

static void
on_unlinked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    note_left (user_data);
  else
    sally_keyring_home_return (user_data, error);
}

static void
on_one_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Move *move = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!sally_keyring_remove_finish (SALLY_KEYRING (source), result, &error) && move->error == NULL)
    move->error = g_steal_pointer (&error);
  if (--move->n_pending > 0)
    return;
  if (move->error == NULL)
    {
      note_left (task);
      return;
    }
  g_prefix_error_literal (&move->error,
                          _ ("All is moved, but copies are left where it was; move once more to "
                             "remove them: "));
  sally_keyring_home_return (task, g_steal_pointer (&move->error));
}

/* What is cleared away is known, and whether it is all. */
static void
remove_doomed (GTask *task)
{
  SallyKeyringHome *self = g_task_get_source_object (task);
  Move *move = g_task_get_task_data (task);

  if (move->source == SALLY_KEYRING_STORE_VAULT && move->is_all)
    {
      g_autoptr (GTask) worker = g_task_new (self, NULL, on_unlinked, task);

      g_task_set_source_tag (worker, remove_doomed);
      g_task_set_task_data (worker,
                            g_strdup (
                                sally_keyring_vault_get_path (sally_keyring_home_get_vault (self))),
                            g_free);
      g_task_run_in_thread (worker, unlink_thread);
      return;
    }
  move->n_pending = move->doomed->len;
  if (move->n_pending == 0)
    note_left (task);
  for (guint i = 0; i < move->doomed->len; i++)
    {
      SallyVaultItem *item = move->doomed->pdata[i];

      sally_keyring_remove_async (get_store (task, move->source), item->kind, item->id, NULL,
                                  on_one_removed, task);
    }
}

/* Only what the new home has is removed: what came there by another way stays. */
static void
on_old_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Move *move = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) found = sally_keyring_list_finish (SALLY_KEYRING (source), result, &error);

  /* The vault was removed, and that was not noted any more. */
  if (move->source == SALLY_KEYRING_STORE_VAULT &&
      g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_ABSENT))
    {
      g_error_free (error);
      note_left (task);
      return;
    }
  if (found == NULL)
    {
      sally_keyring_home_return (task, error);
      return;
    }
  for (guint i = 0; i < found->len; i++)
    {
      SallyKeyringItem *item = found->pdata[i];

      if (move->kind == SALLY_KEYRING_CANARY || has_item (move->items, move->kind, item->id, NULL))
        g_ptr_array_add (move->doomed, sally_vault_item_new (move->kind, item->id, item->secret));
      else
        move->is_all = FALSE;
    }
  if (++move->kind < SALLY_KEYRING_N_KINDS)
    list_kind (task, move->source, on_old_listed);
  else
    remove_doomed (task);
}

static void
clear (GTask *task)
{
  Move *move = g_task_get_task_data (task);

  move->kind = 0;
  move->is_all = TRUE;
  list_kind (task, move->source, on_old_listed);
}

static void
on_switched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringHome *self = SALLY_KEYRING_HOME (source);
  GTask *task = user_data;
  Move *move = g_task_get_task_data (task);
  GError *error = NULL;

  if (!sally_keyring_home_note_finish (self, result, &error))
    {
      sally_keyring_home_return (task, error);
      return;
    }
  sally_keyring_home_set_store (self, move->target, SALLY_KEYRING_STEP_USE);
  set_wish (self, move->target);
  if (move->source == SALLY_KEYRING_STORE_NONE)
    sally_keyring_home_return (task, NULL);
  else
    clear (task);
}

static void
switch_home (GTask *task)
{
  Move *move = g_task_get_task_data (task);
  const SallyKeyringNoteChange change = {
    .sets_home = TRUE,
    .home = move->target,
    .sets_moving = TRUE,
    .sets_leaving = TRUE,
    .leaving = move->source,
  };

  sally_keyring_home_note_async (g_task_get_source_object (task), &change, on_switched, task);
}

static void
on_has_canary (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (sally_keyring_home_ensure_canary_finish (SALLY_KEYRING_HOME (source), result, &error))
    switch_home (user_data);
  else
    sally_keyring_home_return (user_data, error);
}

static void
on_copies_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Move *move = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) found = sally_keyring_list_finish (SALLY_KEYRING (source), result, &error);
  g_autoptr (GPtrArray) copies =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_vault_item_free);

  if (found == NULL)
    {
      sally_keyring_home_return (task, error);
      return;
    }
  for (guint i = 0; i < found->len; i++)
    {
      SallyKeyringItem *item = found->pdata[i];

      g_ptr_array_add (copies, sally_vault_item_new (move->kind, item->id, item->secret));
    }
  for (guint i = 0; i < move->items->len; i++)
    {
      SallyVaultItem *item = move->items->pdata[i];

      if (item->kind == move->kind && !has_item (copies, item->kind, item->id, item->secret))
        {
          end_with (task, SALLY_ERROR_KEYRING_FAILED,
                    _ ("What was copied did not come back the same: nothing was moved"));
          return;
        }
    }
  if (++move->kind < SALLY_KEYRING_CANARY)
    list_kind (task, move->target, on_copies_listed);
  else
    sally_keyring_home_ensure_canary_async (g_task_get_source_object (task), move->target,
                                            g_task_get_cancellable (task), on_has_canary, task);
}

static void
verify (GTask *task)
{
  Move *move = g_task_get_task_data (task);

  move->kind = 0;
  list_kind (task, move->target, on_copies_listed);
}

static void
on_one_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Move *move = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!sally_keyring_store_finish (SALLY_KEYRING (source), result, &error) && move->error == NULL)
    move->error = g_steal_pointer (&error);
  if (--move->n_pending > 0)
    return;
  if (move->error != NULL)
    sally_keyring_home_return (task, g_steal_pointer (&move->error));
  else
    verify (task);
}

/* All at once: each store takes them in its own order. */
static void
copy (GTask *task)
{
  Move *move = g_task_get_task_data (task);

  move->n_pending = move->items->len;
  if (move->n_pending == 0)
    verify (task);
  for (guint i = 0; i < move->items->len; i++)
    {
      SallyVaultItem *item = move->items->pdata[i];

      sally_keyring_store_async (get_store (task, move->target), item->kind, item->id, item->secret,
                                 g_task_get_cancellable (task), on_one_stored, task);
    }
}

static void
list_kind (GTask *task, SallyKeyringStore store, GAsyncReadyCallback callback)
{
  Move *move = g_task_get_task_data (task);

  sally_keyring_list_async (get_store (task, store), move->kind, g_task_get_cancellable (task),
                            callback, task);
}

/* Of the home as it is, canaries aside. */
static void
on_collected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringHome *self = g_task_get_source_object (user_data);
  GTask *task = user_data;
  Move *move = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) found = sally_keyring_list_finish (SALLY_KEYRING (source), result, &error);

  if (found == NULL)
    {
      sally_keyring_home_return (task, error);
      return;
    }
  for (guint i = 0; i < found->len; i++)
    {
      SallyKeyringItem *item = found->pdata[i];

      g_ptr_array_add (move->items, sally_vault_item_new (move->kind, item->id, item->secret));
    }
  if (++move->kind < SALLY_KEYRING_CANARY)
    list_kind (task, self->store, on_collected);
  else if (self->store == move->target)
    clear (task);
  else
    copy (task);
}

static void
collect (GTask *task)
{
  Move *move = g_task_get_task_data (task);

  move->kind = 0;
  list_kind (task, sally_keyring_home_get_store (g_task_get_source_object (task)), on_collected);
}

/* A vault that is there already, from a move that did not come to its end, is opened and filled. */
static void
on_vault_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Move *move = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!sally_keyring_vault_create_finish (SALLY_KEYRING_VAULT (source), result, &error) &&
      !g_error_matches (error, SALLY_ERROR, SALLY_ERROR_EXISTS))
    sally_keyring_home_return (task, g_steal_pointer (&error));
  else if (move->source == SALLY_KEYRING_STORE_NONE)
    switch_home (task);
  else
    collect (task);
}

static void
make_vault (GTask *task)
{
  sally_keyring_vault_create_async (sally_keyring_home_get_vault (g_task_get_source_object (task)),
                                    NULL, g_task_get_cancellable (task), on_vault_made, task);
}

static void
on_marked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringHome *self = SALLY_KEYRING_HOME (source);
  GTask *task = user_data;
  Move *move = g_task_get_task_data (task);
  GError *error = NULL;

  if (!sally_keyring_home_note_finish (self, result, &error))
    sally_keyring_home_return (task, error);
  else if (move->target == SALLY_KEYRING_STORE_VAULT && !self->has_vault)
    make_vault (task);
  else
    collect (task);
}

/* From here on the home is known to be the old one, whatever appears elsewhere. */
static void
mark (GTask *task)
{
  Move *move = g_task_get_task_data (task);
  const SallyKeyringNoteChange change = {
    .sets_home = TRUE,
    .home = move->source,
    .sets_moving = TRUE,
    .moving = move->target,
  };

  sally_keyring_home_note_async (g_task_get_source_object (task), &change, on_marked, task);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringHome *self = SALLY_KEYRING_HOME (source);
  GTask *task = user_data;
  Move *move = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean ok = sally_keyring_home_check_finish (self, result, &error);

  if (!ok && sally_keyring_home_get_can_make_vault (self) &&
      move->target == SALLY_KEYRING_STORE_VAULT)
    {
      make_vault (task);
      return;
    }
  if (!ok)
    {
      sally_keyring_home_return (task, g_steal_pointer (&error));
      return;
    }
  move->source = self->store;
  if (move->source != move->target)
    mark (task);
  else if (self->note.leaving != SALLY_KEYRING_STORE_NONE)
    {
      move->source = self->note.leaving;
      collect (task);
    }
  else
    end_with (task, SALLY_ERROR_EXISTS, _ ("The codes and passwords are kept there already"));
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
    sally_keyring_home_check_async (self, SALLY_KEYRING_CHECK_ANEW, g_task_get_cancellable (task),
                                    on_checked, task);
}

static void
run_move (GTask *task)
{
  SallyKeyringHome *self = g_task_get_source_object (task);

  if (self->forced != SALLY_KEYRING_STORE_NONE)
    end_with (task, SALLY_ERROR_INVALID,
              _ ("SALLY_KEYRING in the environment says where the secrets are: unset it first"));
  else
    sally_keyring_home_lock_async (self, FALSE, g_task_get_cancellable (task), on_locked, task);
}

void
sally_keyring_home_move_async (SallyKeyringHome *self,
                               SallyKeyringStore target,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task;
  Move *move;

  g_return_if_fail (SALLY_IS_KEYRING_HOME (self));
  g_return_if_fail (target == SALLY_KEYRING_STORE_SYSTEM || target == SALLY_KEYRING_STORE_VAULT);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_keyring_home_move_async);
  g_task_set_check_cancellable (task, FALSE);
  move = g_new0 (Move, 1);
  move->target = target;
  move->items = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_vault_item_free);
  move->doomed = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_vault_item_free);
  g_task_set_task_data (task, move, move_free);
  sally_keyring_home_begin_turn (task, run_move);
}

gboolean
sally_keyring_home_move_finish (SallyKeyringHome *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
