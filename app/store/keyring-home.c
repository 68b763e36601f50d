/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-home-private.h"

#include "base/error.h"
#include "store/keyring-libsecret.h"
#include "store/keyring-memory.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define VAULT_NAME  "vault"
#define NOTE_NAME   "keyring.conf"
#define TURN_NAME   "keyring"
/* Written after each change, for other programs that show what there is. */
#define NOTICE_NAME "keyring-changed"

typedef struct
{
  SallyKeyringTurnFunc run;
  int lock; /* -1 */
} Turn;

/* One call of the interface, the data of its task. */
typedef struct
{
  SallyKeyringVerb verb;
  SallyKeyringKind kind;
  char *id;
  SallySecret *secret; /* to store */
  gboolean is_checked_anew;
} Operation;

enum
{
  PROP_STORE = 1,
  PROP_CAN_MAKE_VAULT,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void sally_keyring_home_iface_init (SallyKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyKeyringHome,
                               sally_keyring_home,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SALLY_TYPE_KEYRING,
                                                      sally_keyring_home_iface_init))

static void check (GTask *task, SallyKeyringCheck how);

static void
operation_free (gpointer data)
{
  Operation *operation = data;

  g_free (operation->id);
  g_clear_pointer (&operation->secret, sally_secret_unref);
  g_free (operation);
}

static void
turn_free (gpointer data)
{
  Turn *turn = data;

  g_clear_fd (&turn->lock, NULL);
  g_free (turn);
}

static Turn *
get_turn (GTask *task)
{
  return g_object_get_data (G_OBJECT (task), "turn");
}

void
sally_keyring_home_begin_turn (GTask *task, SallyKeyringTurnFunc run)
{
  SallyKeyringHome *self = g_task_get_source_object (task);
  Turn *turn = g_new (Turn, 1);

  *turn = (Turn) { run, -1 };
  g_object_set_data_full (G_OBJECT (task), "turn", turn, turn_free);
  g_queue_push_tail (&self->turns, task);
  if (self->turns.length == 1)
    run (task);
}

void
sally_keyring_home_hold_lock (GTask *task, int lock)
{
  get_turn (task)->lock = lock;
}

void
sally_keyring_home_end_turn (GTask *task)
{
  g_autoptr (SallyKeyringHome) self = g_object_ref (g_task_get_source_object (task));
  GTask *head = g_queue_pop_head (&self->turns);
  GTask *next = g_queue_peek_head (&self->turns);

  g_assert (head == task);
  g_clear_fd (&get_turn (head)->lock, NULL);
  g_object_unref (head);
  if (next != NULL)
    get_turn (next)->run (next);
}

void
sally_keyring_home_return (GTask *task, GError *error)
{
  /* Before anybody hears of the end. */
  g_clear_fd (&get_turn (task)->lock, NULL);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  sally_keyring_home_end_turn (task);
}

/* Without an error it was returned already. */
static void
end_operation (GTask *task, GError *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  sally_keyring_home_end_turn (task);
}

static void
on_home_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* It is noted again with the next list. */
  if (!sally_keyring_home_note_finish (SALLY_KEYRING_HOME (source), result, &error))
    g_debug ("%s", error->message);
  end_operation (user_data, NULL);
}

/* Secrets are here: from now on they are looked for here, whatever else there will be. */
static void
note_home (GTask *task)
{
  SallyKeyringHome *self = g_task_get_source_object (task);
  const SallyKeyringNoteChange change = { .sets_home = TRUE, .home = self->store };

  sally_keyring_home_note_async (self, &change, on_home_noted, task);
}

static void
on_listed (GTask *task, GAsyncResult *result)
{
  SallyKeyringHome *self = g_task_get_source_object (task);
  GError *error = NULL;
  GPtrArray *items = sally_keyring_list_finish (self->stores[self->store], result, &error);
  guint n_items = items != NULL ? items->len : 0;

  if (items != NULL)
    g_task_return_pointer (task, items, (GDestroyNotify) g_ptr_array_unref);
  if (n_items > 0 && self->note.home == SALLY_KEYRING_STORE_NONE &&
      self->forced == SALLY_KEYRING_STORE_NONE)
    note_home (task);
  else
    end_operation (task, error);
}

static void
on_looked_up (GTask *task, GAsyncResult *result)
{
  SallyKeyringHome *self = g_task_get_source_object (task);
  Operation *operation = g_task_get_task_data (task);
  GError *error = NULL;
  SallySecret *secret = sally_keyring_lookup_finish (self->stores[self->store], result, &error);

  if (secret != NULL)
    g_task_return_pointer (task, secret, (GDestroyNotify) sally_secret_unref);
  else if (!operation->is_checked_anew &&
           g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING))
    {
      /* Another keyring may have taken its place, or another program may have moved all. */
      g_error_free (error);
      check (task, SALLY_KEYRING_CHECK_ANEW);
      return;
    }
  end_operation (task, error);
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GError) error = NULL;

  /* What was wished for is done, whether others hear of it or not. */
  if (!sally_change_notice_post_finish (SALLY_CHANGE_NOTICE (source), result, &error))
    g_debug ("%s", error->message);
  g_task_return_boolean (task, TRUE);
  end_operation (task, NULL);
}

/* Something was stored or removed, unless there is an `error`. */
static void
end_change (GTask *task, GError *error)
{
  SallyKeyringHome *self = g_task_get_source_object (task);

  if (error != NULL)
    end_operation (task, error);
  else
    sally_change_notice_post_async (self->notice, on_told, task);
}

static void
on_forwarded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Operation *operation = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean is_open;

  switch (operation->verb)
    {
    case SALLY_KEYRING_LIST:
      on_listed (task, result);
      return;
    case SALLY_KEYRING_LOOKUP:
      on_looked_up (task, result);
      return;
    case SALLY_KEYRING_IS_OPEN:
      is_open = sally_keyring_is_open_finish (SALLY_KEYRING (source), result, &error);
      if (error == NULL)
        g_task_return_boolean (task, is_open);
      break;
    case SALLY_KEYRING_STORE:
      sally_keyring_store_finish (SALLY_KEYRING (source), result, &error);
      end_change (task, error);
      return;
    case SALLY_KEYRING_REMOVE:
      sally_keyring_remove_finish (SALLY_KEYRING (source), result, &error);
      end_change (task, error);
      return;
    default:
      g_assert_not_reached ();
    }
  end_operation (task, error);
}

static void
forward (GTask *task)
{
  SallyKeyringHome *self = g_task_get_source_object (task);
  Operation *operation = g_task_get_task_data (task);
  SallyKeyring *store = self->stores[self->store];
  GCancellable *cancellable = g_task_get_cancellable (task);

  switch (operation->verb)
    {
    case SALLY_KEYRING_LIST:
      sally_keyring_list_async (store, operation->kind, cancellable, on_forwarded, task);
      break;
    case SALLY_KEYRING_LOOKUP:
      sally_keyring_lookup_async (store, operation->kind, operation->id, cancellable, on_forwarded,
                                  task);
      break;
    case SALLY_KEYRING_IS_OPEN:
      sally_keyring_is_open_async (store, cancellable, on_forwarded, task);
      break;
    case SALLY_KEYRING_STORE:
      sally_keyring_store_async (store, operation->kind, operation->id, operation->secret,
                                 cancellable, on_forwarded, task);
      break;
    case SALLY_KEYRING_REMOVE:
      sally_keyring_remove_async (store, operation->kind, operation->id, cancellable, on_forwarded,
                                  task);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
on_has_canary (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (sally_keyring_home_ensure_canary_finish (SALLY_KEYRING_HOME (source), result, &error))
    forward (user_data);
  else
    end_operation (user_data, error);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringHome *self = SALLY_KEYRING_HOME (source);
  GTask *task = user_data;
  Operation *operation = g_task_get_task_data (task);
  GError *error = NULL;

  if (!sally_keyring_home_check_finish (self, result, &error))
    end_operation (task, error);
  else if (operation->verb == SALLY_KEYRING_IS_OPEN && self->stores[self->store] == NULL)
    {
      g_task_return_boolean (task, FALSE);
      end_operation (task, NULL);
    }
  else if (operation->verb == SALLY_KEYRING_STORE)
    sally_keyring_home_ensure_canary_async (self, self->store, g_task_get_cancellable (task),
                                            on_has_canary, task);
  else
    forward (task);
}

static void
check (GTask *task, SallyKeyringCheck how)
{
  Operation *operation = g_task_get_task_data (task);

  operation->is_checked_anew = how == SALLY_KEYRING_CHECK_ANEW;
  sally_keyring_home_check_async (g_task_get_source_object (task), how,
                                  g_task_get_cancellable (task), on_checked, task);
}

static void
on_locked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  int lock = sally_keyring_home_lock_finish (SALLY_KEYRING_HOME (source), result, &error);

  sally_keyring_home_hold_lock (task, lock);
  if (lock < 0)
    end_operation (task, error);
  else
    check (task, SALLY_KEYRING_CHECK);
}

static void
run (GTask *task)
{
  SallyKeyringHome *self = g_task_get_source_object (task);
  Operation *operation = g_task_get_task_data (task);

  if (operation->verb == SALLY_KEYRING_IS_OPEN)
    check (task, SALLY_KEYRING_LOOK);
  else if (operation->verb < SALLY_KEYRING_STORE)
    check (task,
           operation->verb == SALLY_KEYRING_LIST ? SALLY_KEYRING_CHECK_ANEW : SALLY_KEYRING_CHECK);
  else if (self->forced == SALLY_KEYRING_STORE_MEMORY)
    check (task, SALLY_KEYRING_CHECK);
  else
    sally_keyring_home_lock_async (self, TRUE, g_task_get_cancellable (task), on_locked, task);
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
  GTask *task = g_task_new (keyring, cancellable, callback, user_data);
  Operation *operation = g_new0 (Operation, 1);

  g_task_set_source_tag (task, call_async);
  g_task_set_check_cancellable (task, FALSE);
  operation->verb = verb;
  operation->kind = kind;
  operation->id = g_strdup (id);
  operation->secret = secret != NULL ? sally_secret_ref (secret) : NULL;
  g_task_set_task_data (task, operation, operation_free);
  sally_keyring_home_begin_turn (task, run);
}

static void
sally_keyring_home_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  SallyKeyringHome *self = SALLY_KEYRING_HOME (object);

  switch (property)
    {
    case PROP_STORE:
      g_value_set_uint (value, self->store);
      break;
    case PROP_CAN_MAKE_VAULT:
      g_value_set_boolean (value, sally_keyring_home_get_can_make_vault (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
sally_keyring_home_finalize (GObject *object)
{
  SallyKeyringHome *self = SALLY_KEYRING_HOME (object);

  g_free (self->note_path);
  g_free (self->turn_path);
  g_clear_object (&self->settings);
  g_clear_object (&self->notice);
  for (gsize i = 0; i < SALLY_KEYRING_N_STORES; i++)
    g_clear_object (&self->stores[i]);
  sally_keyring_note_clear (&self->note);

  G_OBJECT_CLASS (sally_keyring_home_parent_class)->finalize (object);
}

static void
sally_keyring_home_iface_init (SallyKeyringInterface *iface)
{
  iface->call_async = call_async;
}

static void
sally_keyring_home_class_init (SallyKeyringHomeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sally_keyring_home_get_property;
  object_class->finalize = sally_keyring_home_finalize;

  properties[PROP_STORE] =
      g_param_spec_uint ("store", NULL, NULL, 0, SALLY_KEYRING_N_STORES - 1, 0, flags);
  properties[PROP_CAN_MAKE_VAULT] =
      g_param_spec_boolean ("can-make-vault", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sally_keyring_home_init (SallyKeyringHome *self)
{
  g_queue_init (&self->turns);
}

SallyKeyring *
sally_keyring_home_new (const char *directory,
                        SallySettings *settings,
                        SallyVaultPrompter *prompter,
                        GError **error)
{
  g_autoptr (SallyKeyringHome) self = NULL;
  const char *word = g_getenv ("SALLY_KEYRING");
  g_autofree char *own_directory = NULL;
  g_autofree char *vault_path = NULL;
  g_autofree char *notice_path = NULL;

  g_return_val_if_fail (settings == NULL || SALLY_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (prompter == NULL || SALLY_IS_VAULT_PROMPTER (prompter), NULL);

  self = g_object_new (SALLY_TYPE_KEYRING_HOME, NULL);
  if (word != NULL && !sally_keyring_store_from_string (word, &self->forced))
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("SALLY_KEYRING is “%s”: use secret-service, vault or memory, or unset it"),
                   word);
      return NULL;
    }
  if (directory == NULL)
    directory = own_directory = g_build_filename (g_get_user_data_dir (), "sallyport", NULL);
  vault_path = g_build_filename (directory, VAULT_NAME, NULL);
  self->note_path = g_build_filename (directory, NOTE_NAME, NULL);
  self->turn_path = g_build_filename (directory, TURN_NAME, NULL);
  notice_path = g_build_filename (directory, NOTICE_NAME, NULL);
  self->notice = sally_change_notice_new (notice_path);
  g_signal_connect_object (self->notice, "changed", G_CALLBACK (sally_keyring_emit_changed), self,
                           G_CONNECT_SWAPPED);
  if (settings != NULL)
    g_set_object (&self->settings, sally_settings_get_gsettings (settings));
  self->stores[SALLY_KEYRING_STORE_SYSTEM] = sally_keyring_libsecret_new ();
  self->stores[SALLY_KEYRING_STORE_VAULT] = sally_keyring_vault_new (vault_path, prompter);
  self->stores[SALLY_KEYRING_STORE_MEMORY] = sally_keyring_memory_new ();
  return SALLY_KEYRING (g_steal_pointer (&self));
}

SallyKeyringStore
sally_keyring_home_get_store (SallyKeyringHome *self)
{
  g_return_val_if_fail (SALLY_IS_KEYRING_HOME (self), SALLY_KEYRING_STORE_NONE);

  return self->store;
}

gboolean
sally_keyring_home_get_can_make_vault (SallyKeyringHome *self)
{
  g_return_val_if_fail (SALLY_IS_KEYRING_HOME (self), FALSE);

  return self->step == SALLY_KEYRING_STEP_MAKE_VAULT ||
         self->step == SALLY_KEYRING_STEP_OFFER_VAULT;
}

SallyKeyringVault *
sally_keyring_home_get_vault (SallyKeyringHome *self)
{
  g_return_val_if_fail (SALLY_IS_KEYRING_HOME (self), NULL);

  return SALLY_KEYRING_VAULT (self->stores[SALLY_KEYRING_STORE_VAULT]);
}

void
sally_keyring_home_set_store (SallyKeyringHome *self,
                              SallyKeyringStore store,
                              SallyKeyringStep step)
{
  gboolean could_make_vault = sally_keyring_home_get_can_make_vault (self);

  g_object_freeze_notify (G_OBJECT (self));
  if (self->store != store)
    {
      self->store = store;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STORE]);
    }
  self->step = step;
  if (sally_keyring_home_get_can_make_vault (self) != could_make_vault)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_MAKE_VAULT]);
  g_object_thaw_notify (G_OBJECT (self));
}
