/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/account-batch.h"

#include <glib/gi18n.h>

typedef struct
{
  SallyAccount *account;  /* as it was saved */
  SallyAccount *previous; /* as it was before; NULL: it was not there */
} Change;

struct _SallyAccountBatch
{
  GPtrArray *changes; /* (element-type Change) */
};

typedef struct
{
  GPtrArray *accounts;
  SallyAccountBatch *batch; /* what is saved already */
  GError *error;            /* why it is being taken back */
} Save;

/* Backwards through the changes. */
typedef struct
{
  GPtrArray *changes;
  guint n_left;
  GError *error;
} Undo;

static void save_next (GTask *task);
static void undo_next (GTask *task);

static void
change_free (gpointer data)
{
  Change *change = data;

  g_object_unref (change->account);
  g_clear_object (&change->previous);
  g_free (change);
}

static SallyAccountBatch *
batch_new (void)
{
  SallyAccountBatch *self = g_new0 (SallyAccountBatch, 1);

  self->changes = g_ptr_array_new_with_free_func (change_free);
  return self;
}

void
sally_account_batch_free (SallyAccountBatch *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->changes);
  g_free (self);
}

guint
sally_account_batch_get_n_accounts (SallyAccountBatch *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->changes->len;
}

static void
save_free (gpointer data)
{
  Save *save = data;

  g_ptr_array_unref (save->accounts);
  g_clear_pointer (&save->batch, sally_account_batch_free);
  g_clear_error (&save->error);
  g_free (save);
}

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  g_ptr_array_unref (undo->changes);
  g_clear_error (&undo->error);
  g_free (undo);
}

static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Save *save = g_task_get_task_data (task);

  if (!sally_account_batch_undo_finish (SALLY_ACCOUNT_STORE (source), result, NULL))
    g_prefix_error_literal (&save->error,
                            _ ("Some accounts were saved and could not be taken back: "));
  g_task_return_error (task, g_steal_pointer (&save->error));
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyAccountStore *store = SALLY_ACCOUNT_STORE (source);
  Save *save = g_task_get_task_data (task);

  if (sally_account_store_save_finish (store, result, &save->error))
    {
      save_next (g_steal_pointer (&task));
      return;
    }
  /* The one that failed may be there or not: taking it back is right for both. No cancellable: who
   * gave up wants the end of it above all. */
  sally_account_batch_undo_async (store, save->batch, NULL, on_taken_back, g_steal_pointer (&task));
}

static void
save_next (GTask *task)
{
  SallyAccountStore *store = g_task_get_source_object (task);
  Save *save = g_task_get_task_data (task);
  SallyAccount *present;
  Change *change;

  if (save->batch->changes->len == save->accounts->len)
    {
      g_task_return_pointer (task, g_steal_pointer (&save->batch),
                             (GDestroyNotify) sally_account_batch_free);
      g_object_unref (task);
      return;
    }
  change = g_new0 (Change, 1);
  change->account = g_object_ref (save->accounts->pdata[save->batch->changes->len]);
  present = sally_account_store_get_by_id (store, sally_account_get_id (change->account));
  change->previous = present != NULL ? sally_account_dup (present) : NULL;
  g_ptr_array_add (save->batch->changes, change);
  sally_account_store_save_async (store, change->account, g_task_get_cancellable (task), on_saved,
                                  task);
}

void
sally_account_batch_save_async (SallyAccountStore *store,
                                GPtrArray *accounts,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task;
  Save *save;

  g_return_if_fail (SALLY_IS_ACCOUNT_STORE (store));
  g_return_if_fail (accounts != NULL);

  task = g_task_new (store, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_account_batch_save_async);
  /* What is saved to the last one is saved, even if Ctrl-C comes then. */
  g_task_set_check_cancellable (task, FALSE);
  save = g_new0 (Save, 1);
  save->accounts = g_ptr_array_ref (accounts);
  save->batch = batch_new ();
  g_task_set_task_data (task, save, save_free);
  save_next (task);
}

SallyAccountBatch *
sally_account_batch_save_finish (SallyAccountStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyAccountStore *store = SALLY_ACCOUNT_STORE (source);
  Undo *undo = g_task_get_task_data (task);
  Change *change = undo->changes->pdata[undo->n_left];
  g_autoptr (GError) error = NULL;
  gboolean ok = change->previous != NULL
                    ? sally_account_store_save_finish (store, result, &error)
                    : sally_account_store_remove_finish (store, result, &error);

  if (!ok && undo->error == NULL)
    undo->error = g_steal_pointer (&error);
  undo_next (g_steal_pointer (&task));
}

static void
undo_next (GTask *task)
{
  SallyAccountStore *store = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  Undo *undo = g_task_get_task_data (task);
  Change *change;

  if (undo->n_left == 0)
    {
      if (undo->error != NULL)
        g_task_return_error (task, g_steal_pointer (&undo->error));
      else
        g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  change = undo->changes->pdata[--undo->n_left];
  if (change->previous != NULL)
    sally_account_store_save_async (store, change->previous, cancellable, on_undone, task);
  else
    sally_account_store_remove_async (store, change->account, cancellable, on_undone, task);
}

void
sally_account_batch_undo_async (SallyAccountStore *store,
                                SallyAccountBatch *batch,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task;
  Undo *undo;

  g_return_if_fail (SALLY_IS_ACCOUNT_STORE (store));
  g_return_if_fail (batch != NULL);

  task = g_task_new (store, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_account_batch_undo_async);
  g_task_set_check_cancellable (task, FALSE);
  undo = g_new0 (Undo, 1);
  undo->changes = g_ptr_array_ref (batch->changes);
  undo->n_left = batch->changes->len;
  g_task_set_task_data (task, undo, undo_free);
  undo_next (task);
}

gboolean
sally_account_batch_undo_finish (SallyAccountStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
