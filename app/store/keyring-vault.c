/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-vault-private.h"

#include "base/error.h"
#include "store/own-file.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

static void sally_keyring_vault_iface_init (SallyKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyKeyringVault,
                               sally_keyring_vault,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SALLY_TYPE_KEYRING,
                                                      sally_keyring_vault_iface_init))

/* One call of the interface, the data of its task. */
typedef struct
{
  SallyKeyringVerb verb;
  SallyKeyringKind kind;
  char *id;            /* NULL to list */
  SallySecret *secret; /* to store, or what was found */
  GPtrArray *listed;   /* (element-type SallyKeyringItem) */
  gboolean was_cancelled;
} Operation;

/* All that waited when the file was last free, in the order of the calls. */
typedef struct
{
  GPtrArray *tasks; /* (element-type GTask) */
  char *path;
  SallyVaultKey *key; /* NULL: none yet */
} Batch;

typedef enum
{
  OUTCOME_FAILED = -1,
  OUTCOME_DONE,
  OUTCOME_NEEDS_KEY,
} Outcome;

static void run (SallyKeyringVault *self);

static void
operation_free (gpointer data)
{
  Operation *operation = data;

  g_free (operation->id);
  g_clear_pointer (&operation->secret, sally_secret_unref);
  g_clear_pointer (&operation->listed, g_ptr_array_unref);
  g_free (operation);
}

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_clear_pointer (&batch->tasks, g_ptr_array_unref);
  g_free (batch->path);
  g_clear_pointer (&batch->key, sally_vault_key_unref);
  g_free (batch);
}

GBytes *
sally_keyring_vault_read (const char *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GBytes *file = sally_own_file_read (path, SALLY_VAULT_MAX_FILE_BYTES, &reason);

  if (file == NULL && g_error_matches (reason, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND))
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_ABSENT, _ ("There is no vault at %s"),
                 path);
  else if (file == NULL)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_FAILED, _ ("The vault cannot be read: %s"),
                 reason->message);
  return file;
}

static gboolean
find_item (GPtrArray *items, const Operation *operation, guint *position)
{
  for (guint i = 0; i < items->len; i++)
    {
      SallyVaultItem *item = items->pdata[i];

      if (item->kind == operation->kind && g_str_equal (item->id, operation->id))
        {
          *position = i;
          return TRUE;
        }
    }
  return FALSE;
}

static GPtrArray *
list (GPtrArray *items, SallyKeyringKind kind)
{
  GPtrArray *listed = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_keyring_item_free);

  for (guint i = 0; i < items->len; i++)
    {
      SallyVaultItem *item = items->pdata[i];
      SallyKeyringItem *found;

      if (item->kind != kind)
        continue;
      found = g_new0 (SallyKeyringItem, 1);
      found->id = g_strdup (item->id);
      found->secret = sally_secret_ref (item->secret);
      g_ptr_array_add (listed, found);
    }
  return listed;
}

/* Whether `items` are others afterwards. */
static gboolean
apply (GPtrArray *items, Operation *operation)
{
  guint position;
  gboolean is_there =
      operation->verb != SALLY_KEYRING_LIST && find_item (items, operation, &position);
  SallyVaultItem *item;

  switch (operation->verb)
    {
    case SALLY_KEYRING_LIST:
      g_clear_pointer (&operation->listed, g_ptr_array_unref);
      operation->listed = list (items, operation->kind);
      return FALSE;
    case SALLY_KEYRING_LOOKUP:
      g_clear_pointer (&operation->secret, sally_secret_unref);
      if (is_there)
        operation->secret = sally_secret_ref (((SallyVaultItem *) items->pdata[position])->secret);
      return FALSE;
    case SALLY_KEYRING_STORE:
      item = sally_vault_item_new (operation->kind, operation->id, operation->secret);
      if (is_there)
        {
          sally_vault_item_free (items->pdata[position]);
          items->pdata[position] = item;
        }
      else
        g_ptr_array_add (items, item);
      return TRUE;
    case SALLY_KEYRING_REMOVE:
      if (is_there)
        g_ptr_array_remove_index (items, position);
      return is_there;
    case SALLY_KEYRING_IS_OPEN:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
has_writes (Batch *batch)
{
  for (guint i = 0; i < batch->tasks->len; i++)
    if (((Operation *) g_task_get_task_data (batch->tasks->pdata[i]))->verb >= SALLY_KEYRING_STORE)
      return TRUE;
  return FALSE;
}

static Outcome
work (Batch *batch, GError **error)
{
  g_autofd int lock = -1;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GPtrArray) items = NULL;
  gboolean is_changed = FALSE;
  gboolean fits;

  if (has_writes (batch) && (lock = sally_own_file_lock (batch->path, FALSE, NULL, error)) < 0)
    return OUTCOME_FAILED;
  file = sally_keyring_vault_read (batch->path, error);
  if (file == NULL || !sally_vault_key_fits (batch->key, file, &fits, error))
    return OUTCOME_FAILED;
  if (!fits)
    return OUTCOME_NEEDS_KEY;
  items = sally_vault_file_open (file, batch->key, error);
  if (items == NULL)
    return OUTCOME_FAILED;
  for (guint i = 0; i < batch->tasks->len; i++)
    {
      GTask *task = batch->tasks->pdata[i];
      Operation *operation = g_task_get_task_data (task);

      operation->was_cancelled = g_cancellable_is_cancelled (g_task_get_cancellable (task));
      if (!operation->was_cancelled && apply (items, operation))
        is_changed = TRUE;
    }
  if (!is_changed)
    return OUTCOME_DONE;
  sealed = sally_vault_file_seal (batch->key, items, error);
  return sealed != NULL && sally_own_file_replace (batch->path, sealed, error) ? OUTCOME_DONE
                                                                               : OUTCOME_FAILED;
}

static void
work_thread (GTask *worker, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  Outcome outcome = work (task_data, &error);

  if (outcome == OUTCOME_FAILED)
    g_task_return_error (worker, error);
  else
    g_task_return_int (worker, outcome);
}

static void
answer (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);

  if (operation->was_cancelled)
    g_task_return_error_if_cancelled (task);
  else if (operation->verb == SALLY_KEYRING_LIST)
    g_task_return_pointer (task, g_steal_pointer (&operation->listed),
                           (GDestroyNotify) g_ptr_array_unref);
  else if (operation->verb != SALLY_KEYRING_LOOKUP)
    g_task_return_boolean (task, TRUE);
  else if (operation->secret != NULL)
    g_task_return_pointer (task, g_steal_pointer (&operation->secret),
                           (GDestroyNotify) sally_secret_unref);
  else
    g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING,
                                     _ ("The entry is not in the vault: enter it again"));
}

/* Gives every task its answer, which is `error` (nullable), and goes on with the next. */
static void
finish_batch (SallyKeyringVault *self, GPtrArray *tasks, const GError *error)
{
  self->is_busy = FALSE;
  for (guint i = 0; i < tasks->len; i++)
    if (error != NULL)
      g_task_return_error (tasks->pdata[i], g_error_copy (error));
    else
      answer (tasks->pdata[i]);
  run (self);
}

/* The question was broken off by the call that it was asked for: the others ask again. */
static void
drop_cancelled (SallyKeyringVault *self, GPtrArray *tasks)
{
  self->is_busy = FALSE;
  for (guint i = tasks->len; i > 1; i--)
    g_queue_push_head (&self->waiting, g_object_ref (tasks->pdata[i - 1]));
  g_task_return_error_if_cancelled (tasks->pdata[0]);
  run (self);
}

static void start (SallyKeyringVault *self, GPtrArray *tasks);

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringVault *self = SALLY_KEYRING_VAULT (source);
  g_autoptr (GPtrArray) tasks = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyVaultKey) key = sally_keyring_vault_unlock_finish (self, result, &error);

  if (key != NULL)
    {
      sally_keyring_vault_set_key (self, key);
      start (self, tasks);
    }
  else if (g_cancellable_is_cancelled (g_task_get_cancellable (tasks->pdata[0])))
    drop_cancelled (self, tasks);
  else
    finish_batch (self, tasks, error);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringVault *self = SALLY_KEYRING_VAULT (source);
  Batch *batch = g_task_get_task_data (G_TASK (result));
  g_autoptr (GPtrArray) tasks = g_ptr_array_ref (batch->tasks);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_int (G_TASK (result), &error) != OUTCOME_NEEDS_KEY)
    finish_batch (self, tasks, error);
  else if (g_cancellable_is_cancelled (g_task_get_cancellable (tasks->pdata[0])))
    drop_cancelled (self, tasks);
  else
    sally_keyring_vault_unlock_async (self, NULL, g_task_get_cancellable (tasks->pdata[0]),
                                      on_unlocked, g_ptr_array_ref (tasks));
}

static void
start (SallyKeyringVault *self, GPtrArray *tasks)
{
  g_autoptr (GTask) worker = g_task_new (self, NULL, on_worked, NULL);
  Batch *batch = g_new0 (Batch, 1);

  g_task_set_source_tag (worker, start);
  batch->tasks = g_ptr_array_ref (tasks);
  batch->path = g_strdup (self->path);
  batch->key = self->key != NULL ? sally_vault_key_ref (self->key) : NULL;
  g_task_set_task_data (worker, batch, batch_free);
  g_task_run_in_thread (worker, work_thread);
}

/* Takes all that waits. */
static void
run (SallyKeyringVault *self)
{
  g_autoptr (GPtrArray) tasks = NULL;

  if (self->is_busy || g_queue_is_empty (&self->waiting))
    return;
  self->is_busy = TRUE;
  tasks = g_ptr_array_new_with_free_func (g_object_unref);
  while (!g_queue_is_empty (&self->waiting))
    g_ptr_array_add (tasks, g_queue_pop_head (&self->waiting));
  start (self, tasks);
}

/* The key that is held still opens the file. */
static void
is_open_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Batch *batch = task_data;
  GError *error = NULL;
  g_autoptr (GBytes) file = sally_keyring_vault_read (batch->path, &error);
  gboolean fits;

  if (file != NULL && sally_vault_key_fits (batch->key, file, &fits, &error))
    g_task_return_boolean (task, fits);
  else
    g_task_return_error (task, error);
}

/* Waits for nobody: others may be waiting for a person. */
static void
examine (SallyKeyringVault *self, GTask *task)
{
  Batch *batch;

  if (self->key == NULL)
    {
      g_task_return_boolean (task, FALSE);
      return;
    }
  batch = g_new0 (Batch, 1);
  batch->path = g_strdup (self->path);
  batch->key = sally_vault_key_ref (self->key);
  g_task_set_task_data (task, batch, batch_free);
  g_task_run_in_thread (task, is_open_thread);
}

static void
call_async (SallyKeyring *keyring,
            SallyKeyringVerb verb,
            SallyKeyringKind kind,
            const char *id,
            SallySecret *secret,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  SallyKeyringVault *self = SALLY_KEYRING_VAULT (keyring);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Operation *operation;

  g_task_set_source_tag (task, call_async);
  if (verb == SALLY_KEYRING_IS_OPEN)
    {
      examine (self, task);
      return;
    }
  /* Once the file is replaced, it is: a late cancellation must not hide that. */
  g_task_set_check_cancellable (task, FALSE);
  operation = g_new0 (Operation, 1);
  operation->verb = verb;
  operation->kind = kind;
  operation->id = g_strdup (id);
  operation->secret = secret != NULL ? sally_secret_ref (secret) : NULL;
  g_task_set_task_data (task, operation, operation_free);
  g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
  run (self);
}

static void
sally_keyring_vault_finalize (GObject *object)
{
  SallyKeyringVault *self = SALLY_KEYRING_VAULT (object);

  g_free (self->path);
  g_clear_object (&self->prompter);
  g_clear_pointer (&self->key, sally_vault_key_unref);
  g_assert (g_queue_is_empty (&self->waiting));

  G_OBJECT_CLASS (sally_keyring_vault_parent_class)->finalize (object);
}

static void
sally_keyring_vault_iface_init (SallyKeyringInterface *iface)
{
  iface->call_async = call_async;
}

static void
sally_keyring_vault_class_init (SallyKeyringVaultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_keyring_vault_finalize;
}

static void
sally_keyring_vault_init (SallyKeyringVault *self)
{
  g_queue_init (&self->waiting);
}

SallyKeyring *
sally_keyring_vault_new (const char *path, SallyVaultPrompter *prompter)
{
  SallyKeyringVault *self;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (prompter == NULL || SALLY_IS_VAULT_PROMPTER (prompter), NULL);

  self = g_object_new (SALLY_TYPE_KEYRING_VAULT, NULL);
  self->path = g_strdup (path);
  g_set_object (&self->prompter, prompter);
  return SALLY_KEYRING (self);
}

const char *
sally_keyring_vault_get_path (SallyKeyringVault *self)
{
  g_return_val_if_fail (SALLY_IS_KEYRING_VAULT (self), NULL);

  return self->path;
}

void
sally_keyring_vault_set_key (SallyKeyringVault *self, SallyVaultKey *key)
{
  sally_vault_key_ref (key);
  g_clear_pointer (&self->key, sally_vault_key_unref);
  self->key = key;
}
