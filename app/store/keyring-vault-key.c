/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-vault-private.h"

#include "base/error.h"
#include "store/own-file.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

/* Then the person wants to do something else. */
#define MAX_ATTEMPTS 5

/* What a task works with until it has a key. */
typedef struct
{
  char *path;
  SallySecret *passphrase;     /* of the file */
  SallySecret *new_passphrase; /* NULL: the prompter knows it, or it stays */
  SallyVaultKey *key;
  gboolean may_ask;
  guint n_attempts;
  GError *refusal;
} Unlock;

static void on_answer (GObject *source, GAsyncResult *result, gpointer user_data);

static void
unlock_free (gpointer data)
{
  Unlock *unlock = data;

  g_free (unlock->path);
  g_clear_pointer (&unlock->passphrase, sally_secret_unref);
  g_clear_pointer (&unlock->new_passphrase, sally_secret_unref);
  g_clear_pointer (&unlock->key, sally_vault_key_unref);
  g_clear_error (&unlock->refusal);
  g_free (unlock);
}

static GTask *
begin (SallyKeyringVault *self,
       SallySecret *passphrase,
       gpointer source_tag,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Unlock *unlock = g_new0 (Unlock, 1);

  g_task_set_source_tag (task, source_tag);
  g_task_set_check_cancellable (task, FALSE);
  unlock->path = g_strdup (self->path);
  unlock->passphrase = passphrase != NULL ? sally_secret_ref (passphrase) : NULL;
  unlock->may_ask = passphrase == NULL;
  g_task_set_task_data (task, unlock, unlock_free);
  return task;
}

static void
ask (GTask *task, SallyVaultQuestion question, GAsyncReadyCallback callback)
{
  SallyKeyringVault *self = g_task_get_source_object (task);
  Unlock *unlock = g_task_get_task_data (task);

  if (self->prompter != NULL)
    {
      sally_vault_prompter_ask_async (self->prompter, question, unlock->refusal,
                                      g_task_get_cancellable (task), callback, task);
      return;
    }
  g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED,
                                   _ ("The vault is locked, and nobody is there to be asked for "
                                      "its passphrase"));
  g_object_unref (task);
}

static void
open_thread (GTask *opener, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Unlock *unlock = task_data;
  GError *error = NULL;
  g_autoptr (GBytes) file = sally_keyring_vault_read (unlock->path, &error);
  SallyVaultKey *key =
      file != NULL ? sally_vault_key_open (file, unlock->passphrase, &error) : NULL;

  if (key != NULL)
    g_task_return_pointer (opener, key, (GDestroyNotify) sally_vault_key_unref);
  else
    g_task_return_error (opener, error);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Unlock *unlock = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  SallyVaultKey *key = g_task_propagate_pointer (G_TASK (result), &error);

  if (key != NULL)
    g_task_return_pointer (task, key, (GDestroyNotify) sally_vault_key_unref);
  else if (unlock->may_ask && unlock->n_attempts < MAX_ATTEMPTS &&
           g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_PASSPHRASE))
    {
      g_clear_error (&unlock->refusal);
      unlock->refusal = g_steal_pointer (&error);
      ask (g_steal_pointer (&task), SALLY_VAULT_UNLOCK, on_answer);
    }
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The worker borrows the data of `task`, which waits for it. */
static void
run_in_thread (GTask *task, GTaskThreadFunc thread, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) worker = g_task_new (g_task_get_source_object (task), NULL, callback, task);

  g_task_set_source_tag (worker, run_in_thread);
  g_task_set_task_data (worker, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (worker, thread);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Unlock *unlock = g_task_get_task_data (task);
  GError *error = NULL;

  g_clear_pointer (&unlock->passphrase, sally_secret_unref);
  unlock->passphrase =
      sally_vault_prompter_ask_finish (SALLY_VAULT_PROMPTER (source), result, &error);
  unlock->n_attempts++;
  if (unlock->passphrase == NULL)
    g_task_return_error (task, error);
  else
    run_in_thread (g_steal_pointer (&task), open_thread, on_opened);
}

void
sally_keyring_vault_unlock_async (SallyKeyringVault *self,
                                  SallySecret *passphrase,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task =
      begin (self, passphrase, sally_keyring_vault_unlock_async, cancellable, callback, user_data);

  if (passphrase != NULL)
    run_in_thread (task, open_thread, on_opened);
  else
    ask (task, SALLY_VAULT_UNLOCK, on_answer);
}

SallyVaultKey *
sally_keyring_vault_unlock_finish (SallyKeyringVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The end of making a vault, or of changing one: the key that opens it now. */
static void
on_sealed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (SallyVaultKey) key = g_task_propagate_pointer (G_TASK (result), &error);

  if (key == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  sally_keyring_vault_set_key (SALLY_KEYRING_VAULT (source), key);
  g_task_return_boolean (task, TRUE);
}

static SallyVaultKey *
create (Unlock *unlock, GError **error)
{
  g_autofd int lock = sally_own_file_lock (unlock->path, FALSE, NULL, error);
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  g_autoptr (SallyVaultKey) key = NULL;
  g_autoptr (GBytes) sealed = NULL;

  if (lock < 0)
    return NULL;
  if (g_file_test (unlock->path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_EXISTS, _ ("There is a vault already, %s"),
                   unlock->path);
      return NULL;
    }
  key = sally_vault_key_new (unlock->new_passphrase, error);
  sealed = key != NULL ? sally_vault_file_seal (key, nothing, error) : NULL;
  if (sealed == NULL || !sally_own_file_replace (unlock->path, sealed, error))
    return NULL;
  return g_steal_pointer (&key);
}

static void
create_thread (GTask *worker, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  SallyVaultKey *key = create (task_data, &error);

  if (key != NULL)
    g_task_return_pointer (worker, key, (GDestroyNotify) sally_vault_key_unref);
  else
    g_task_return_error (worker, error);
}

/* All under the lock: what another program saves meanwhile comes before or after, never between. */
static SallyVaultKey *
change (Unlock *unlock, GError **error)
{
  g_autofd int lock = sally_own_file_lock (unlock->path, FALSE, NULL, error);
  g_autoptr (GBytes) file = lock >= 0 ? sally_keyring_vault_read (unlock->path, error) : NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SallyVaultKey) key = NULL;
  g_autoptr (GBytes) sealed = NULL;

  if (file == NULL)
    return NULL;
  items = sally_vault_file_open (file, unlock->key, error);
  key = items != NULL ? sally_vault_key_new (unlock->new_passphrase, error) : NULL;
  sealed = key != NULL ? sally_vault_file_seal (key, items, error) : NULL;
  if (sealed == NULL || !sally_own_file_replace (unlock->path, sealed, error))
    return NULL;
  return g_steal_pointer (&key);
}

static void
change_thread (GTask *worker, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  SallyVaultKey *key = change (task_data, &error);

  if (key != NULL)
    g_task_return_pointer (worker, key, (GDestroyNotify) sally_vault_key_unref);
  else
    g_task_return_error (worker, error);
}

/* With both passphrases known; without a key there is nothing to be changed yet. */
static void
seal (GTask *task)
{
  Unlock *unlock = g_task_get_task_data (task);

  run_in_thread (task, unlock->key != NULL ? change_thread : create_thread, on_sealed);
}

static void
on_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Unlock *unlock = g_task_get_task_data (task);
  GError *error = NULL;

  unlock->new_passphrase =
      sally_vault_prompter_ask_finish (SALLY_VAULT_PROMPTER (source), result, &error);
  if (unlock->new_passphrase == NULL)
    g_task_return_error (task, error);
  else
    seal (g_steal_pointer (&task));
}

/* Chooses the new passphrase, unless it is known. */
static void
choose (GTask *task)
{
  Unlock *unlock = g_task_get_task_data (task);

  if (unlock->new_passphrase != NULL)
    seal (task);
  else
    ask (task, SALLY_VAULT_CHOOSE, on_chosen);
}

static gboolean
take_new_passphrase (GTask *task, SallySecret *passphrase)
{
  Unlock *unlock = g_task_get_task_data (task);

  unlock->new_passphrase = passphrase != NULL ? sally_secret_ref (passphrase) : NULL;
  if (passphrase == NULL || sally_secret_get_length (passphrase) > 0)
    return TRUE;
  g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_INVALID,
                                   _ ("An empty passphrase protects nothing"));
  g_object_unref (task);
  return FALSE;
}

void
sally_keyring_vault_create_async (SallyKeyringVault *self,
                                  SallySecret *passphrase,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_KEYRING_VAULT (self));

  task = begin (self, NULL, sally_keyring_vault_create_async, cancellable, callback, user_data);
  if (take_new_passphrase (task, passphrase))
    choose (task);
}

gboolean
sally_keyring_vault_create_finish (SallyKeyringVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Unlock *unlock = g_task_get_task_data (task);
  GError *error = NULL;

  unlock->key = sally_keyring_vault_unlock_finish (SALLY_KEYRING_VAULT (source), result, &error);
  if (unlock->key == NULL)
    g_task_return_error (task, error);
  else
    choose (g_steal_pointer (&task));
}

void
sally_keyring_vault_change_passphrase_async (SallyKeyringVault *self,
                                             SallySecret *old_passphrase,
                                             SallySecret *new_passphrase,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_KEYRING_VAULT (self));

  task = begin (self, NULL, sally_keyring_vault_change_passphrase_async, cancellable, callback,
                user_data);
  if (take_new_passphrase (task, new_passphrase))
    sally_keyring_vault_unlock_async (self, old_passphrase, cancellable, on_unlocked, task);
}

gboolean
sally_keyring_vault_change_passphrase_finish (SallyKeyringVault *self,
                                              GAsyncResult *result,
                                              GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
