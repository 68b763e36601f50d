/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-libsecret.h"

#include "base/error.h"
#include "store/keyring-items.h"
#include "store/keyring-probe.h"
#include "store/secret-file.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>

/* What is readable in a locked keyring and on the bus: nothing that tells whose secret this is. */
#define ITEM_LABEL   "Sallyport entry"
#define SERVICE_NAME "org.freedesktop.secrets"
#define ITEM_VERSION "1"
/* No person has more; a service that sends more is broken. */
#define MAX_ITEMS    10000
/* What a service that has gone still owes comes at once, from the bus, or never. */
#define GONE_MS      3000
/* For what was cancelled to say so. */
#define ABANDON_MS   2000

/* Besides these libsecret writes the schema's name (xdg:schema). The file backend does not, which
 * is why `application` is there. */
static const SecretSchema schema = {
  SALLY_APPLICATION_ID,
  SECRET_SCHEMA_NONE,
  {
      { "application", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { "id", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { "version", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { NULL, 0 },
  },
};

static const char *const kind_names[] = { "account", "password", "passphrase", "lock",
                                          "ssh-key", "backup",   "canary" };

G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == SALLY_KEYRING_N_KINDS);

struct _SallyKeyringLibsecret
{
  GObject parent_instance;

  /* One operation at a time, in order: a store and its reading back are one, and the person is
   * never shown two unlock prompts. The head runs. */
  GQueue operations; /* (element-type GTask) */

  guint watch_id; /* of the service's name */
  gboolean was_there;
  gboolean has_opened; /* the file, or the portal's secret that opens it */
};

/* One call of the interface, the data of its task. All of them end in reading items: search without
 * unlocking (so that locked is told from missing), unlock what is locked, read. Store and remove
 * act first and then read to see what has become of it; remove unlocks before it acts. */
typedef struct
{
  SallyKeyringVerb verb;
  SallyKeyringKind kind;
  char *id;            /* NULL to list */
  SallySecret *secret; /* to store */

  GCancellable *cancellable; /* the caller's or the deadline's */
  gulong cancelled_handler;
  guint deadline;
  gboolean timed_out;
  gboolean is_over; /* its task was returned */

  gboolean has_answered; /* a keyring is there */
  GPtrArray *found;      /* (element-type SecretRetrievable) */
  guint next;            /* of `found`, to be read */
  SallyKeyringItems *items;
  gboolean has_acted;
  gboolean has_unlocked;
  gboolean has_reconnected;
} Operation;

static void sally_keyring_libsecret_iface_init (SallyKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyKeyringLibsecret,
                               sally_keyring_libsecret,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SALLY_TYPE_KEYRING,
                                                      sally_keyring_libsecret_iface_init))

static void search (GTask *task);
static void run (GTask *task);
static void fail (GTask *task, GError *error);

static void
stop_deadline (Operation *operation)
{
  g_clear_handle_id (&operation->deadline, g_source_remove);
}

/* libsecret forgets a call when the service goes at the wrong moment: nothing will ever come of it.
 * Should something come all the same, it finds the task still there, and over. */
static void
on_abandoned (gpointer user_data)
{
  GTask *task = user_data;
  Operation *operation = g_task_get_task_data (task);

  operation->deadline = 0;
  g_object_ref (task);
  fail (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "lost"));
}

static void
on_deadline (gpointer user_data)
{
  GTask *task = user_data;
  Operation *operation = g_task_get_task_data (task);

  operation->timed_out = TRUE;
  operation->deadline = g_timeout_add_once (ABANDON_MS, on_abandoned, task);
  g_cancellable_cancel (operation->cancellable);
}

/* Runs while a service has to answer; not while a person is asked. */
static void
start_deadline (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);

  stop_deadline (operation);
  operation->deadline = g_timeout_add_once (SALLY_KEYRING_TIMEOUT_MS, on_deadline, task);
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  SALLY_KEYRING_LIBSECRET (user_data)->was_there = TRUE;
}

/* Also where a person is asked: nobody will take the answer. */
static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  SallyKeyringLibsecret *self = user_data;
  GTask *head = g_queue_peek_head (&self->operations);
  Operation *operation = head != NULL ? g_task_get_task_data (head) : NULL;

  if (self->was_there && operation != NULL && !operation->timed_out)
    {
      stop_deadline (operation);
      operation->deadline = g_timeout_add_once (GONE_MS, on_deadline, head);
    }
  self->was_there = FALSE;
}

/* Whether the answer to a call comes too late for anybody to want it. */
static gboolean
is_over (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);

  return operation->is_over;
}

static void
operation_free (gpointer data)
{
  Operation *operation = data;

  stop_deadline (operation);
  g_free (operation->id);
  g_clear_pointer (&operation->secret, sally_secret_unref);
  g_clear_object (&operation->cancellable);
  g_clear_pointer (&operation->found, g_ptr_array_unref);
  g_clear_pointer (&operation->items, sally_keyring_items_free);
  g_free (operation);
}

/* Ends the head of the queue, once it has its answer, and starts the next. */
static void
finish_turn (GTask *task)
{
  SallyKeyringLibsecret *self = g_task_get_source_object (task);
  Operation *operation = g_task_get_task_data (task);
  GTask *head = g_queue_pop_head (&self->operations);
  GTask *next = g_queue_peek_head (&self->operations);

  g_assert (head == task);
  operation->is_over = TRUE;
  stop_deadline (operation);
  g_cancellable_disconnect (g_task_get_cancellable (task), operation->cancelled_handler);
  operation->cancelled_handler = 0;
  if (next != NULL)
    run (next);
  g_object_unref (head);
}

/* The portal answers "failed" when the keyring behind it is locked and nobody opens it. */
static gboolean
is_locked (const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED) ||
         (!sally_keyring_uses_service () && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED));
}

/* Where there is no keyring yet, libsecret lets the service make one, which asks a person for a
 * password. If that is closed, it tries to store all the same, where nothing is. */
static gboolean
is_nowhere (const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD);
}

/* A service that was started anew does not know the session that libsecret keeps, and says so by an
 * error of its own, whose name libsecret does not hand on. */
static gboolean
may_be_stale (const GError *error)
{
  return sally_keyring_uses_service () &&
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR);
}

/* Gives the task its error; `error` is libsecret's, GDBus' or GIO's, and is consumed. */
static void
fail (GTask *task, GError *error)
{
  Operation *operation = g_task_get_task_data (task);
  g_autoptr (GError) owned = error;

  if (may_be_stale (error) && !operation->has_reconnected && !operation->timed_out)
    {
      operation->has_reconnected = TRUE;
      operation->has_acted = FALSE;
      secret_service_disconnect ();
      run (task);
      return;
    }
  if (operation->timed_out)
    g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_KEYRING_FAILED,
                                     _ ("The keyring does not answer any more: try again"));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
           error->domain == SALLY_ERROR)
    g_task_return_error (task, g_steal_pointer (&owned));
  else if (is_locked (error))
    g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED,
                             _ ("The keyring is locked: unlock it and try again"));
  else if (sally_keyring_is_absence (error, operation->has_answered))
    g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_KEYRING_ABSENT,
                             _ ("No keyring service is running (%s): start GNOME Keyring, KWallet "
                                "or KeePassXC"),
                             error->message);
  else
    g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_KEYRING_FAILED,
                             _ ("The keyring failed: %s"), error->message);
  finish_turn (task);
}

static void
fail_with (GTask *task, SallyError code, const char *message)
{
  fail (task, g_error_new_literal (SALLY_ERROR, (int) code, message));
}

/* The service says "dismissed" also when it could show no prompt; without a display nobody can have
 * closed one. */
static void
fail_unanswered (GTask *task, const char *closed, const char *not_shown)
{
  if (g_getenv ("WAYLAND_DISPLAY") == NULL && g_getenv ("DISPLAY") == NULL)
    fail_with (task, SALLY_ERROR_KEYRING_LOCKED, not_shown);
  else
    fail_with (task, SALLY_ERROR_KEYRING_DISMISSED, closed);
}

static void
set_attribute (GHashTable *attributes, const char *name, const char *value)
{
  g_hash_table_insert (attributes, g_strdup (name), g_strdup (value));
}

static GHashTable *
make_attributes (Operation *operation, gboolean to_store)
{
  GHashTable *attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  set_attribute (attributes, "application", SALLY_APPLICATION_ID);
  if (operation->verb != SALLY_KEYRING_IS_OPEN)
    set_attribute (attributes, "kind", kind_names[operation->kind]);
  if (operation->id != NULL)
    set_attribute (attributes, "id", operation->id);
  if (to_store)
    set_attribute (attributes, "version", ITEM_VERSION);
  return attributes;
}

static void
succeed (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);
  SallySecret *secret = sally_keyring_items_get_first (operation->items);

  switch (operation->verb)
    {
    case SALLY_KEYRING_LIST:
      g_task_return_pointer (task, sally_keyring_items_steal (operation->items),
                             (GDestroyNotify) g_ptr_array_unref);
      break;
    case SALLY_KEYRING_LOOKUP:
      if (secret == NULL)
        {
          fail_with (task, SALLY_ERROR_KEYRING_MISSING,
                     _ ("The entry is not in the keyring: enter it again"));
          return;
        }
      g_task_return_pointer (task, sally_secret_ref (secret), (GDestroyNotify) sally_secret_unref);
      break;
    case SALLY_KEYRING_STORE:
      if (secret == NULL || !sally_secret_equal (secret, operation->secret))
        {
          fail_with (task, SALLY_ERROR_KEYRING_FAILED,
                     _ ("The keyring did not keep what was given to it: nothing was saved"));
          return;
        }
      g_task_return_boolean (task, TRUE);
      break;
    case SALLY_KEYRING_REMOVE:
      if (operation->found->len > 0)
        {
          fail_with (task, SALLY_ERROR_KEYRING_FAILED,
                     _ ("The keyring still holds an entry that it was told to remove"));
          return;
        }
      g_task_return_boolean (task, TRUE);
      break;
    default:
      g_assert_not_reached ();
    }
  finish_turn (task);
}

static void
add_item (Operation *operation, SecretRetrievable *retrievable, SecretValue *value)
{
  g_autoptr (GHashTable) attributes = secret_retrievable_get_attributes (retrievable);
  const char *id = g_hash_table_lookup (attributes, "id");
  gsize length;
  const char *bytes = secret_value_get (value, &length);

  if (id != NULL && length <= SALLY_SECRET_MAX_BYTES)
    sally_keyring_items_add (operation->items, id, sally_secret_new (bytes, (gssize) length),
                             secret_retrievable_get_modified (retrievable));
}

static void on_retrieved (GObject *source, GAsyncResult *result, gpointer user_data);

/* What came along with the search; NULL if it has to be asked for. */
static SecretValue *
ref_loaded (SecretRetrievable *retrievable)
{
  return SECRET_IS_ITEM (retrievable) ? secret_item_get_secret (SECRET_ITEM (retrievable)) : NULL;
}

static void
retrieve_next (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);

  while (operation->next < operation->found->len)
    {
      SecretRetrievable *retrievable = operation->found->pdata[operation->next];
      g_autoptr (SecretValue) value = ref_loaded (retrievable);

      if (value == NULL)
        {
          secret_retrievable_retrieve_secret (retrievable, operation->cancellable, on_retrieved,
                                              task);
          return;
        }
      add_item (operation, retrievable, value);
      operation->next++;
    }
  succeed (task);
}

static void
on_retrieved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Operation *operation = g_task_get_task_data (task);
  SecretRetrievable *retrievable = SECRET_RETRIEVABLE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretValue) value = NULL;

  if (is_over (task))
    return;

  value = secret_retrievable_retrieve_secret_finish (retrievable, result, &error);
  /* Removed by another program since it was found: as if it had not been. */
  if (error != NULL && is_nowhere (error))
    g_clear_error (&error);
  else if (error == NULL && value == NULL)
    g_set_error_literal (&error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "no value");
  if (error != NULL)
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  if (value != NULL)
    add_item (operation, retrievable, value);
  operation->next++;
  retrieve_next (task);
}

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GError) error = NULL;

  if (is_over (task))
    return;

  secret_password_clear_finish (result, &error);
  if (error != NULL)
    fail (task, g_steal_pointer (&error));
  else
    search (task);
}

static void
answer_is_open (GTask *task, gboolean is_open)
{
  g_task_return_boolean (task, is_open);
  finish_turn (task);
}

/* Everything that was found is open. */
static void
on_open (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);

  if (operation->verb == SALLY_KEYRING_IS_OPEN)
    {
      answer_is_open (task, TRUE);
      return;
    }
  if (operation->verb != SALLY_KEYRING_REMOVE)
    {
      retrieve_next (task);
      return;
    }
  if (operation->found->len > 0 && !operation->has_acted)
    {
      g_autoptr (GHashTable) attributes = make_attributes (operation, FALSE);

      operation->has_acted = TRUE;
      secret_password_clearv (&schema, attributes, operation->cancellable, on_cleared, task);
      return;
    }
  succeed (task);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GError) error = NULL;
  int n_unlocked;

  if (is_over (task))
    return;

  n_unlocked = secret_service_unlock_finish (SECRET_SERVICE (source), result, NULL, &error);
  if (n_unlocked > 0)
    {
      search (task);
      return;
    }
  if (error != NULL && !g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  fail_unanswered (task,
                   _ ("The keyring stays locked, because its prompt was closed: try again to be "
                      "asked once more"),
                   _ ("The keyring is locked, and there is no display to ask for its password: "
                      "unlock it first"));
}

/* `objects` are SecretItems or the default collection. A person may be asked now, who may take as
 * long as they like. */
static void
unlock (GTask *task, GList *objects)
{
  Operation *operation = g_task_get_task_data (task);

  stop_deadline (operation);
  if (operation->verb == SALLY_KEYRING_IS_OPEN)
    {
      answer_is_open (task, FALSE);
      return;
    }
  if (operation->has_unlocked)
    {
      fail_with (task, SALLY_ERROR_KEYRING_LOCKED,
                 _ ("The keyring was unlocked and is locked again: try again"));
      return;
    }
  operation->has_unlocked = TRUE;
  secret_service_unlock (NULL, objects, operation->cancellable, on_unlocked, task);
}

static void
on_collection (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretCollection) collection = NULL;

  if (is_over (task))
    return;

  collection = secret_collection_for_alias_finish (result, &error);
  if (error != NULL)
    fail (task, g_steal_pointer (&error));
  else if (collection != NULL && secret_collection_get_locked (collection))
    {
      g_autoptr (GList) objects = g_list_prepend (NULL, collection);

      unlock (task, objects);
    }
  else
    on_open (task);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Operation *operation = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autolist (SecretRetrievable) found = secret_password_search_finish (result, &error);
  g_autoptr (GList) locked = NULL;
  guint n_found = g_list_length (found);

  if (is_over (task))
    return;

  if (error != NULL)
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  if (n_found > MAX_ITEMS)
    {
      fail_with (task, SALLY_ERROR_KEYRING_FAILED, _ ("The keyring holds far too many entries"));
      return;
    }

  operation->has_answered = TRUE;
  SALLY_KEYRING_LIBSECRET (g_task_get_source_object (task))->has_opened = TRUE;
  g_ptr_array_set_size (operation->found, 0);
  sally_keyring_items_clear (operation->items);
  operation->next = 0;
  for (GList *link = found; link != NULL; link = link->next)
    {
      g_ptr_array_add (operation->found, g_object_ref (link->data));
      if (SECRET_IS_ITEM (link->data) && secret_item_get_locked (link->data))
        locked = g_list_prepend (locked, link->data);
    }

  if (locked != NULL)
    unlock (task, locked);
  else if (n_found == 0 && !operation->has_acted && sally_keyring_uses_service ())
    /* Some services show nothing of a locked collection: only an open one can be empty. */
    secret_collection_for_alias (NULL, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                                 operation->cancellable, on_collection, task);
  else
    on_open (task);
}

static void
search (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = make_attributes (operation, FALSE);
  SecretSearchFlags flags = SECRET_SEARCH_ALL;

  start_deadline (task);
  if (operation->verb == SALLY_KEYRING_LIST)
    flags |= SECRET_SEARCH_LOAD_SECRETS; /* all in one call: one by one, a thousand take seconds */
  secret_password_searchv (&schema, attributes, flags, operation->cancellable, on_found, task);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Operation *operation = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (is_over (task))
    return;

  if (!secret_password_store_finish (result, &error))
    {
      if (is_nowhere (error))
        {
          fail_unanswered (
              task,
              _ ("There is no keyring yet, and none was made, because the question for "
                 "its password was closed: try again to be asked once more"),
              _ ("There is no keyring yet, and no display to ask for the password of "
                 "a new one: make it in a session with a display first"));
          return;
        }
      if (error == NULL)
        g_set_error_literal (&error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "not stored");
      fail (task, g_steal_pointer (&error));
      return;
    }
  operation->has_answered = TRUE;
  operation->has_acted = TRUE;
  search (task);
}

/* libsecret unlocks or makes the default collection when it has to, which asks a person. */
static void
store (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = make_attributes (operation, TRUE);
  g_autoptr (SecretValue) value = NULL;
  const char *bytes;
  gsize length;

  bytes = sally_secret_peek (operation->secret, &length);
  value = secret_value_new (bytes, (gssize) length, "text/plain");
  stop_deadline (operation);
  secret_password_storev_binary (&schema, attributes, SECRET_COLLECTION_DEFAULT, ITEM_LABEL, value,
                                 operation->cancellable, on_stored, task);
}

static void
act (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);

  if (operation->verb == SALLY_KEYRING_STORE)
    store (task);
  else
    search (task);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (sally_secret_file_check_finish (result, &error))
    act (user_data);
  else
    fail (user_data, error);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyKeyringProbe probe;

  sally_keyring_probe_finish (result, &probe);
  if (probe.is_running)
    act (user_data);
  else
    answer_is_open (user_data, FALSE);
}

/* Nobody can see from here whether the portal would ask: only what it gave once is sure. */
static void
examine (GTask *task)
{
  SallyKeyringLibsecret *self = g_task_get_source_object (task);

  if (sally_keyring_uses_service ())
    sally_keyring_probe_async (on_probed, task);
  else
    answer_is_open (task, self->has_opened);
}

static void
run (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);

  if (operation->verb == SALLY_KEYRING_IS_OPEN)
    {
      examine (task);
      return;
    }
  if (sally_keyring_uses_service ())
    act (task);
  else
    sally_secret_file_check_async (on_checked, task);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
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
  SallyKeyringLibsecret *self = SALLY_KEYRING_LIBSECRET (keyring);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Operation *operation = g_new0 (Operation, 1);

  g_assert ((guint) kind < G_N_ELEMENTS (kind_names));

  g_task_set_source_tag (task, call_async);
  operation->verb = verb;
  operation->kind = kind;
  operation->id = g_strdup (id);
  operation->secret = secret != NULL ? sally_secret_ref (secret) : NULL;
  operation->found = g_ptr_array_new_with_free_func (g_object_unref);
  operation->items = sally_keyring_items_new ();
  operation->cancellable = g_cancellable_new ();
  g_task_set_task_data (task, operation, operation_free);
  if (cancellable != NULL)
    operation->cancelled_handler =
        g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                               g_object_ref (operation->cancellable), g_object_unref);

  g_queue_push_tail (&self->operations, task);
  if (self->watch_id == 0 && sally_keyring_uses_service ())
    self->watch_id =
        g_bus_watch_name (G_BUS_TYPE_SESSION, SERVICE_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                          on_appeared, on_vanished, self, NULL);
  if (self->operations.length == 1)
    run (task);
}

static void
sally_keyring_libsecret_iface_init (SallyKeyringInterface *iface)
{
  iface->call_async = call_async;
}

static void
sally_keyring_libsecret_dispose (GObject *object)
{
  SallyKeyringLibsecret *self = SALLY_KEYRING_LIBSECRET (object);

  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);

  G_OBJECT_CLASS (sally_keyring_libsecret_parent_class)->dispose (object);
}

static void
sally_keyring_libsecret_class_init (SallyKeyringLibsecretClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sally_keyring_libsecret_dispose;
}

static void
sally_keyring_libsecret_init (SallyKeyringLibsecret *self)
{
  g_queue_init (&self->operations);
}

SallyKeyring *
sally_keyring_libsecret_new (void)
{
  return g_object_new (SALLY_TYPE_KEYRING_LIBSECRET, NULL);
}
