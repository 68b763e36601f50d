/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "lock/lock.h"

#include "backup/passphrase.h"
#include "base/error.h"
#include "lock/lock-watch.h"

#include <glib/gi18n.h>

/* The one item of its kind. */
#define ITEM_ID "6d1f3b62-0c57-4d0f-9a53-7b9a5f0f4f11"

struct _SallyLock
{
  GObject parent_instance;

  SallyKeyring *keyring;
  GSettings *settings; /* NULL where the schema is not installed: there is no lock then */
  gboolean is_locked;
  guint idle_id;
  SallyLockWatch *watch;
  GQueue waiting; /* (element-type Waiting) */
};

G_DEFINE_FINAL_TYPE (SallyLock, sally_lock, G_TYPE_OBJECT)

typedef enum
{
  PROP_IS_LOCKED = 1,
  PROP_IS_SET,
} SallyLockProperty;

static GParamSpec *properties[PROP_IS_SET + 1];

static const char *const lock_keys[] = { "lock", "lock-after-minutes", "lock-with-screen" };

/* Something that waits until the window is unlocked. */
typedef struct
{
  SallyLockFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  if (waiting->destroy != NULL)
    waiting->destroy (waiting->user_data);
  g_free (waiting);
}

/* What is called may lock again, or wait once more. */
static void
call_waiting (SallyLock *self)
{
  Waiting *waiting;

  while (!self->is_locked && (waiting = g_queue_pop_head (&self->waiting)) != NULL)
    {
      waiting->func (waiting->user_data);
      waiting_free (waiting);
    }
}

static void
set_is_locked (SallyLock *self, gboolean is_locked)
{
  if (self->is_locked == is_locked)
    return;
  self->is_locked = is_locked;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_LOCKED]);
  call_waiting (self);
}

gboolean
sally_lock_get_is_locked (SallyLock *self)
{
  g_return_val_if_fail (SALLY_IS_LOCK (self), TRUE);

  return self->is_locked;
}

gboolean
sally_lock_get_is_set (SallyLock *self)
{
  g_return_val_if_fail (SALLY_IS_LOCK (self), FALSE);

  return self->settings != NULL && g_settings_get_boolean (self->settings, "lock");
}

gboolean
sally_lock_lock (SallyLock *self)
{
  g_return_val_if_fail (SALLY_IS_LOCK (self), FALSE);

  if (!sally_lock_get_is_set (self))
    return FALSE;
  g_clear_handle_id (&self->idle_id, g_source_remove);
  set_is_locked (self, TRUE);
  return TRUE;
}

static void
on_idle (gpointer user_data)
{
  SallyLock *self = user_data;

  self->idle_id = 0;
  sally_lock_lock (self);
}

void
sally_lock_touch (SallyLock *self)
{
  guint minutes;

  g_return_if_fail (SALLY_IS_LOCK (self));

  g_clear_handle_id (&self->idle_id, g_source_remove);
  if (self->is_locked || !sally_lock_get_is_set (self))
    return;
  minutes = g_settings_get_uint (self->settings, "lock-after-minutes");
  if (minutes > 0)
    self->idle_id = g_timeout_add_seconds_once (minutes * 60, on_idle, self);
}

void
sally_lock_when_open (SallyLock *self,
                      SallyLockFunc func,
                      gpointer user_data,
                      GDestroyNotify destroy)
{
  Waiting *waiting;

  g_return_if_fail (SALLY_IS_LOCK (self));
  g_return_if_fail (func != NULL);

  waiting = g_new (Waiting, 1);
  *waiting = (Waiting) { func, user_data, destroy };
  g_queue_push_tail (&self->waiting, waiting);
  call_waiting (self);
}

static gboolean
locks_with_screen (SallyLock *self)
{
  return sally_lock_get_is_set (self) &&
         g_settings_get_boolean (self->settings, "lock-with-screen");
}

static void
on_away (SallyLock *self)
{
  if (locks_with_screen (self))
    sally_lock_lock (self);
}

static void
on_settings_changed (SallyLock *self)
{
  sally_lock_watch_set_delays_sleep (self->watch, locks_with_screen (self));
  sally_lock_touch (self);
}

static void
sally_lock_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallyLock *self = SALLY_LOCK (object);

  switch ((SallyLockProperty) id)
    {
    case PROP_IS_LOCKED:
      g_value_set_boolean (value, self->is_locked);
      break;
    case PROP_IS_SET:
      g_value_set_boolean (value, sally_lock_get_is_set (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_lock_dispose (GObject *object)
{
  SallyLock *self = SALLY_LOCK (object);

  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_queue_clear_full (&self->waiting, waiting_free);
  g_clear_object (&self->watch);
  g_clear_object (&self->keyring);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (sally_lock_parent_class)->dispose (object);
}

static void
sally_lock_class_init (SallyLockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sally_lock_get_property;
  object_class->dispose = sally_lock_dispose;

  properties[PROP_IS_LOCKED] = g_param_spec_boolean ("is-locked", NULL, NULL, FALSE, flags);
  properties[PROP_IS_SET] = g_param_spec_boolean ("is-set", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sally_lock_init (SallyLock *self)
{
  g_queue_init (&self->waiting);
  self->watch = sally_lock_watch_new ();
  g_signal_connect_object (self->watch, "away", G_CALLBACK (on_away), self, G_CONNECT_SWAPPED);
}

SallyLock *
sally_lock_new (SallyKeyring *keyring, SallySettings *settings)
{
  SallyLock *self;
  GSettings *gsettings;

  g_return_val_if_fail (SALLY_IS_KEYRING (keyring), NULL);
  g_return_val_if_fail (SALLY_IS_SETTINGS (settings), NULL);

  self = g_object_new (SALLY_TYPE_LOCK, NULL);
  gsettings = sally_settings_get_gsettings (settings);
  self->keyring = g_object_ref (keyring);
  self->settings = gsettings != NULL ? g_object_ref (gsettings) : NULL;
  self->is_locked = sally_lock_get_is_set (self);
  if (gsettings == NULL)
    return self;
  for (gsize i = 0; i < G_N_ELEMENTS (lock_keys); i++)
    {
      g_autofree char *signal = g_strconcat ("changed::", lock_keys[i], NULL);

      g_signal_connect_object (gsettings, signal, G_CALLBACK (on_settings_changed), self,
                               G_CONNECT_SWAPPED);
    }
  on_settings_changed (self);
  return self;
}

/* For the worker: what is checked, or made. */
typedef struct
{
  SallySecret *passphrase;
  SallySecret *verifier;
} Check;

static void
check_free (gpointer data)
{
  Check *check = data;

  g_clear_pointer (&check->passphrase, sally_secret_unref);
  g_clear_pointer (&check->verifier, sally_secret_unref);
  g_free (check);
}

static void
set_is_set (SallyLock *self, gboolean is_set)
{
  g_settings_set_boolean (self->settings, "lock", is_set);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_SET]);
}

static void
check_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Check *check = task_data;
  GError *error = NULL;

  if (sally_passphrase_check (check->verifier, check->passphrase, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  SallyLock *self = g_task_get_source_object (task);
  GError *error = NULL;

  check->verifier = sally_keyring_lookup_finish (SALLY_KEYRING (source), result, &error);
  if (check->verifier != NULL)
    {
      g_task_run_in_thread (task, check_thread);
      return;
    }
  /* It went with the keyring, and with all that it protected. */
  if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING))
    {
      g_error_free (error);
      set_is_set (self, FALSE);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

void
sally_lock_unlock_async (SallyLock *self,
                         SallySecret *passphrase,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;
  Check *check;

  g_return_if_fail (SALLY_IS_LOCK (self));
  g_return_if_fail (passphrase != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, sally_lock_unlock_async);
  check = g_new0 (Check, 1);
  check->passphrase = sally_secret_ref (passphrase);
  g_task_set_task_data (task, check, check_free);
  sally_keyring_lookup_async (self->keyring, SALLY_KEYRING_LOCK, ITEM_ID, NULL, on_looked_up, task);
}

gboolean
sally_lock_unlock_finish (SallyLock *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  set_is_locked (self, FALSE);
  sally_lock_touch (self);
  return TRUE;
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (sally_keyring_store_finish (SALLY_KEYRING (source), result, &error))
    {
      set_is_set (g_task_get_source_object (task), TRUE);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (sally_keyring_remove_finish (SALLY_KEYRING (source), result, &error))
    {
      set_is_set (g_task_get_source_object (task), FALSE);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

static void
make_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  SallySecret *verifier = sally_passphrase_make (task_data, &error);

  if (verifier != NULL)
    g_task_return_pointer (task, verifier, (GDestroyNotify) sally_secret_unref);
  else
    g_task_return_error (task, error);
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyLock *self = SALLY_LOCK (source);
  GError *error = NULL;
  g_autoptr (SallySecret) verifier = g_task_propagate_pointer (G_TASK (result), &error);

  if (verifier == NULL)
    g_task_return_error (task, error);
  else
    sally_keyring_store_async (self->keyring, SALLY_KEYRING_LOCK, ITEM_ID, verifier, NULL,
                               on_stored, g_steal_pointer (&task));
}

void
sally_lock_set_passphrase_async (SallyLock *self,
                                 SallySecret *passphrase,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;
  g_autoptr (GTask) maker = NULL;

  g_return_if_fail (SALLY_IS_LOCK (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, sally_lock_set_passphrase_async);
  if (self->settings == NULL || self->is_locked)
    {
      g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_FAILED,
                                       _ ("The lock cannot be changed now"));
      g_object_unref (task);
      return;
    }
  if (passphrase == NULL)
    {
      sally_keyring_remove_async (self->keyring, SALLY_KEYRING_LOCK, ITEM_ID, NULL, on_removed,
                                  task);
      return;
    }
  maker = g_task_new (self, NULL, on_made, task);
  g_task_set_source_tag (maker, on_made);
  g_task_set_task_data (maker, sally_secret_ref (passphrase), (GDestroyNotify) sally_secret_unref);
  g_task_run_in_thread (maker, make_thread);
}

gboolean
sally_lock_set_passphrase_finish (SallyLock *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
