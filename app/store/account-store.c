/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/account-store.h"

#include "base/error.h"
#include "base/text.h"

#include <glib/gi18n.h>

/* A load that overlaps a save starts again; so often at most. */
#define MAX_LOAD_ATTEMPTS 5
/* An import by another program changes the keyring a thousand times. */
#define REFRESH_MS        500

struct _SallyAccountStore
{
  GObject parent_instance;

  SallyKeyring *keyring;
  GPtrArray *accounts; /* (element-type SallyAccount), sorted */
  guint n_loading;
  guint n_changes; /* saves and removals that worked, to see that a load has become stale */
  gboolean is_loaded;
  guint refresh_id; /* another program has changed the keyring a moment ago */
  GError *error;
};

enum
{
  PROP_IS_LOADED = 1,
  PROP_IS_LOADING,
  PROP_ERROR,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

typedef struct
{
  guint n_changes;
  guint n_attempts;
} Load;

static void sally_account_store_list_model_init (GListModelInterface *iface);
static void on_listed (GObject *source, GAsyncResult *result, gpointer user_data);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyAccountStore,
                               sally_account_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      sally_account_store_list_model_init))

static GType
sally_account_store_get_item_type (GListModel *model)
{
  return SALLY_TYPE_ACCOUNT;
}

static guint
sally_account_store_get_n_items (GListModel *model)
{
  return SALLY_ACCOUNT_STORE (model)->accounts->len;
}

static gpointer
sally_account_store_get_item (GListModel *model, guint position)
{
  GPtrArray *accounts = SALLY_ACCOUNT_STORE (model)->accounts;

  return position < accounts->len ? g_object_ref (accounts->pdata[position]) : NULL;
}

/* By name as a person sorts, what is unreadable last. */
static int
compare_accounts (SallyAccount *a, SallyAccount *b)
{
  g_autofree char *folded_a = g_utf8_casefold (sally_account_get_name (a), -1);
  g_autofree char *folded_b = g_utf8_casefold (sally_account_get_name (b), -1);
  int order = sally_account_is_broken (a) - sally_account_is_broken (b);

  if (order == 0)
    order = g_utf8_collate (folded_a, folded_b);
  return order != 0 ? order : g_strcmp0 (sally_account_get_id (a), sally_account_get_id (b));
}

static gboolean
find_position (SallyAccountStore *self, const char *id, guint *position)
{
  for (guint i = 0; i < self->accounts->len; i++)
    if (g_str_equal (sally_account_get_id (self->accounts->pdata[i]), id))
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

static void
remove_at (SallyAccountStore *self, guint position)
{
  g_ptr_array_remove_index (self->accounts, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

static void
insert_sorted (SallyAccountStore *self, SallyAccount *account)
{
  guint position = 0;

  while (position < self->accounts->len &&
         compare_accounts (self->accounts->pdata[position], account) < 0)
    position++;
  g_ptr_array_insert (self->accounts, (int) position, g_object_ref (account));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

static gboolean
is_sorted_at (SallyAccountStore *self, guint position)
{
  GPtrArray *accounts = self->accounts;

  return (position == 0 ||
          compare_accounts (accounts->pdata[position - 1], accounts->pdata[position]) < 0) &&
         (position + 1 == accounts->len ||
          compare_accounts (accounts->pdata[position], accounts->pdata[position + 1]) < 0);
}

/* Changes the account of this id in place, or adds `account` itself. */
static void
put (SallyAccountStore *self, SallyAccount *account, SallyAccount *values)
{
  g_autoptr (SallyAccount) present = NULL;
  guint position;

  if (!find_position (self, sally_account_get_id (account), &position))
    {
      insert_sorted (self, account);
      return;
    }
  present = g_object_ref (self->accounts->pdata[position]);
  sally_account_set_from (present, values);
  if (!is_sorted_at (self, position))
    {
      remove_at (self, position);
      insert_sorted (self, present);
    }
}

static void
set_error (SallyAccountStore *self, const GError *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
set_loaded (SallyAccountStore *self)
{
  if (self->is_loaded)
    return;
  self->is_loaded = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_LOADED]);
}

static void
change_n_loading (SallyAccountStore *self, int change)
{
  gboolean was_loading = self->n_loading > 0;

  self->n_loading = (guint) ((int) self->n_loading + change);
  if (was_loading != (self->n_loading > 0))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_LOADING]);
}

static gint
compare_pointers (gconstpointer a, gconstpointer b)
{
  return compare_accounts (*(SallyAccount *const *) a, *(SallyAccount *const *) b);
}

/* The first time all come at once: models and views would sort anew for each. */
static void
fill (SallyAccountStore *self, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      SallyKeyringItem *item = items->pdata[i];

      g_ptr_array_add (self->accounts, sally_account_new_from_stored (item->id, item->secret));
    }
  g_ptr_array_sort (self->accounts, compare_pointers);
  if (items->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, items->len);
}

static void
apply_items (SallyAccountStore *self, GPtrArray *items)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  if (self->accounts->len == 0)
    {
      fill (self, items);
      return;
    }
  for (guint i = 0; i < items->len; i++)
    {
      SallyKeyringItem *item = items->pdata[i];
      g_autoptr (SallyAccount) account = sally_account_new_from_stored (item->id, item->secret);

      g_hash_table_add (ids, item->id);
      put (self, account, account);
    }
  for (guint i = self->accounts->len; i > 0; i--)
    if (!g_hash_table_contains (ids, sally_account_get_id (self->accounts->pdata[i - 1])))
      remove_at (self, i - 1);
}

static void
sally_account_store_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  SallyAccountStore *self = SALLY_ACCOUNT_STORE (object);

  switch (property)
    {
    case PROP_IS_LOADED:
      g_value_set_boolean (value, self->is_loaded);
      break;
    case PROP_IS_LOADING:
      g_value_set_boolean (value, self->n_loading > 0);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
sally_account_store_finalize (GObject *object)
{
  SallyAccountStore *self = SALLY_ACCOUNT_STORE (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_object (&self->keyring);
  g_ptr_array_unref (self->accounts);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (sally_account_store_parent_class)->finalize (object);
}

static void
sally_account_store_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = sally_account_store_get_item_type;
  iface->get_n_items = sally_account_store_get_n_items;
  iface->get_item = sally_account_store_get_item;
}

static void
sally_account_store_class_init (SallyAccountStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sally_account_store_get_property;
  object_class->finalize = sally_account_store_finalize;

  properties[PROP_IS_LOADED] = g_param_spec_boolean ("is-loaded", NULL, NULL, FALSE, flags);
  properties[PROP_IS_LOADING] = g_param_spec_boolean ("is-loading", NULL, NULL, FALSE, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sally_account_store_init (SallyAccountStore *self)
{
  self->accounts = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* It is this store's error as well. */
  if (!sally_account_store_load_finish (SALLY_ACCOUNT_STORE (source), result, &error))
    g_debug ("%s", error->message);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyAccountStore) self = user_data;

  /* Nobody is asked for a password because of what another program does. */
  if (sally_keyring_is_open_finish (SALLY_KEYRING (source), result, NULL))
    sally_account_store_load_async (self, NULL, on_refreshed, NULL);
}

static gboolean
on_refresh_due (gpointer user_data)
{
  SallyAccountStore *self = user_data;

  if (self->n_loading > 0)
    return G_SOURCE_CONTINUE;
  self->refresh_id = 0;
  sally_keyring_is_open_async (self->keyring, NULL, on_looked, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
on_keyring_changed (SallyAccountStore *self)
{
  if (self->is_loaded && self->refresh_id == 0)
    self->refresh_id = g_timeout_add (REFRESH_MS, on_refresh_due, self);
}

SallyAccountStore *
sally_account_store_new (SallyKeyring *keyring)
{
  SallyAccountStore *self;

  g_return_val_if_fail (SALLY_IS_KEYRING (keyring), NULL);

  self = g_object_new (SALLY_TYPE_ACCOUNT_STORE, NULL);
  self->keyring = g_object_ref (keyring);
  g_signal_connect_object (keyring, "changed", G_CALLBACK (on_keyring_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

SallyKeyring *
sally_account_store_get_keyring (SallyAccountStore *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT_STORE (self), NULL);

  return self->keyring;
}

static void
list_keyring (GTask *task)
{
  SallyAccountStore *self = g_task_get_source_object (task);
  Load *load = g_task_get_task_data (task);

  load->n_changes = self->n_changes;
  load->n_attempts++;
  sally_keyring_list_async (self->keyring, SALLY_KEYRING_ACCOUNT, g_task_get_cancellable (task),
                            on_listed, task);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyAccountStore *self = g_task_get_source_object (task);
  Load *load = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = NULL;

  items = sally_keyring_list_finish (SALLY_KEYRING (source), result, &error);
  if (items != NULL && load->n_changes != self->n_changes && load->n_attempts < MAX_LOAD_ATTEMPTS)
    {
      list_keyring (g_steal_pointer (&task));
      return;
    }
  if (items != NULL)
    {
      apply_items (self, items);
      set_error (self, NULL);
      set_loaded (self);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_error (self, error);

  change_n_loading (self, -1);
  if (items != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
sally_account_store_load_async (SallyAccountStore *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_ACCOUNT_STORE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_account_store_load_async);
  g_task_set_task_data (task, g_new0 (Load, 1), g_free);
  change_n_loading (self, +1);
  list_keyring (task);
}

gboolean
sally_account_store_load_finish (SallyAccountStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  SallyAccount *account; /* the caller's object */
  SallyAccount *values;  /* as they were when the call was made */
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_object_unref (save->account);
  g_object_unref (save->values);
  g_free (save);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyAccountStore *self = g_task_get_source_object (task);
  Save *save = g_task_get_task_data (task);
  GError *error = NULL;

  if (!sally_keyring_store_finish (SALLY_KEYRING (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->n_changes++;
  put (self, save->account, save->values);
  g_task_return_boolean (task, TRUE);
}

void
sally_account_store_save_async (SallyAccountStore *self,
                                SallyAccount *account,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (SallyOtpUri) uri = NULL;
  g_autoptr (SallySecret) stored = NULL;
  GError *error = NULL;
  Save *save;

  g_return_if_fail (SALLY_IS_ACCOUNT_STORE (self));
  g_return_if_fail (SALLY_IS_ACCOUNT (account));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_account_store_save_async);
  uri = sally_account_to_uri (account);
  if (uri != NULL && !sally_otp_uri_validate (uri, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  stored = sally_account_to_stored (account);
  save = g_new0 (Save, 1);
  save->account = g_object_ref (account);
  save->values = sally_account_new_from_stored (sally_account_get_id (account), stored);
  g_task_set_task_data (task, save, save_free);
  sally_keyring_store_async (self->keyring, SALLY_KEYRING_ACCOUNT, sally_account_get_id (account),
                             stored, cancellable, on_saved, g_steal_pointer (&task));
}

gboolean
sally_account_store_save_finish (SallyAccountStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyAccountStore *self = g_task_get_source_object (task);
  GError *error = NULL;
  guint position;

  if (!sally_keyring_remove_finish (SALLY_KEYRING (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->n_changes++;
  if (find_position (self, g_task_get_task_data (task), &position))
    remove_at (self, position);
  g_task_return_boolean (task, TRUE);
}

void
sally_account_store_remove_async (SallyAccountStore *self,
                                  SallyAccount *account,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_ACCOUNT_STORE (self));
  g_return_if_fail (SALLY_IS_ACCOUNT (account));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_account_store_remove_async);
  g_task_set_task_data (task, g_strdup (sally_account_get_id (account)), g_free);
  sally_keyring_remove_async (self->keyring, SALLY_KEYRING_ACCOUNT, sally_account_get_id (account),
                              cancellable, on_removed, task);
}

gboolean
sally_account_store_remove_finish (SallyAccountStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
sally_account_store_get_is_loaded (SallyAccountStore *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT_STORE (self), FALSE);

  return self->is_loaded;
}

const GError *
sally_account_store_get_error (SallyAccountStore *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT_STORE (self), NULL);

  return self->error;
}

SallyAccount *
sally_account_store_get_by_id (SallyAccountStore *self, const char *id)
{
  guint position;

  g_return_val_if_fail (SALLY_IS_ACCOUNT_STORE (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return find_position (self, id, &position) ? self->accounts->pdata[position] : NULL;
}

/* "A:b, C:d"; accounts that have one name are told apart by their ids. */
static char *
join_names (GPtrArray *accounts)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < accounts->len; i++)
    {
      const char *name = sally_account_get_name (accounts->pdata[i]);
      g_autofree char *shown = sally_text_from_server (name, -1, FALSE);
      gboolean is_double = FALSE;

      for (guint other = 0; other < accounts->len; other++)
        is_double =
            is_double ||
            (other != i && g_str_equal (name, sally_account_get_name (accounts->pdata[other])));
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", shown);
      if (is_double)
        g_string_append_printf (names, " (%s)", sally_account_get_id (accounts->pdata[i]));
    }
  return g_string_free_and_steal (names);
}

SallyAccount *
sally_account_store_find (SallyAccountStore *self, const char *name, GError **error)
{
  g_autoptr (GPtrArray) candidates = g_ptr_array_new ();
  g_autofree char *shown = NULL;
  g_autofree char *names = NULL;

  g_return_val_if_fail (SALLY_IS_ACCOUNT_STORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->accounts->len; i++)
    if (sally_account_matches (self->accounts->pdata[i], name))
      g_ptr_array_add (candidates, self->accounts->pdata[i]);
  if (candidates->len == 1)
    return candidates->pdata[0];

  shown = sally_text_from_server (name, -1, FALSE);
  if (candidates->len == 0)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND, _ ("No account is called “%s”"), shown);
  else
    {
      names = join_names (candidates);
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_AMBIGUOUS,
                   _ ("Several accounts are called “%s”: %s"), shown, names);
    }
  return NULL;
}
