/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/server-store.h"

#include "base/error.h"
#include "base/text.h"
#include "store/own-file.h"
#include "store/server-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

struct _SallyServerStore
{
  GObject parent_instance;

  char *path;
  GPtrArray *servers; /* (element-type SallyServer), sorted */
  GPtrArray *given; /* (element-type SallyServer) as the administrator gives them, never changed */
  GFileMonitor *monitor;
  guint n_reads; /* started; a read that is not the newest is dropped */
  GError *error;
};

enum
{
  PROP_ERROR = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

/* One change of the file, made on a worker thread. */
typedef struct
{
  char *path;
  GPtrArray *objects; /* (element-type SallyServer) the caller's; touched on the main thread only */
  GPtrArray *values;  /* (element-type SallyServer) nobody else has them; of a removal only the ids
                         count */
  GPtrArray *given;   /* (element-type SallyServer) the store's */
  gboolean is_save;
  GKeyFile *written; /* what the file holds afterwards */
} Change;

static void sally_server_store_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyServerStore,
                               sally_server_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      sally_server_store_list_model_init))

static GType
sally_server_store_get_item_type (GListModel *model)
{
  return SALLY_TYPE_SERVER;
}

static guint
sally_server_store_get_n_items (GListModel *model)
{
  return SALLY_SERVER_STORE (model)->servers->len;
}

static gpointer
sally_server_store_get_item (GListModel *model, guint position)
{
  GPtrArray *servers = SALLY_SERVER_STORE (model)->servers;

  return position < servers->len ? g_object_ref (servers->pdata[position]) : NULL;
}

static gboolean
names_equal (const char *a, const char *b)
{
  g_autofree char *folded_a = g_utf8_casefold (a, -1);
  g_autofree char *folded_b = g_utf8_casefold (b, -1);

  return g_str_equal (folded_a, folded_b);
}

static int
compare_servers (SallyServer *a, SallyServer *b)
{
  g_autofree char *folded_a = g_utf8_casefold (sally_server_get_name (a), -1);
  g_autofree char *folded_b = g_utf8_casefold (sally_server_get_name (b), -1);
  int order = g_utf8_collate (folded_a, folded_b);

  return order != 0 ? order : g_strcmp0 (sally_server_get_id (a), sally_server_get_id (b));
}

static gboolean
find_position (SallyServerStore *self, const char *id, guint *position)
{
  for (guint i = 0; i < self->servers->len; i++)
    if (g_str_equal (sally_server_get_id (self->servers->pdata[i]), id))
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

static void
remove_at (SallyServerStore *self, guint position)
{
  g_ptr_array_remove_index (self->servers, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

static void
insert_sorted (SallyServerStore *self, SallyServer *server)
{
  guint position = 0;

  while (position < self->servers->len &&
         compare_servers (self->servers->pdata[position], server) < 0)
    position++;
  g_ptr_array_insert (self->servers, (int) position, g_object_ref (server));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

/* Changes the server of this id in place, keeping the order, or adds `object`. */
static void
put (SallyServerStore *self, SallyServer *object, SallyServer *values)
{
  g_autoptr (SallyServer) present = NULL;
  guint position;

  if (!find_position (self, sally_server_get_id (values), &position))
    {
      insert_sorted (self, object);
      return;
    }
  present = g_object_ref (self->servers->pdata[position]);
  sally_server_set_from (present, values);
  if ((position > 0 && compare_servers (self->servers->pdata[position - 1], present) > 0) ||
      (position + 1 < self->servers->len &&
       compare_servers (present, self->servers->pdata[position + 1]) > 0))
    {
      remove_at (self, position);
      insert_sorted (self, present);
    }
}

static SallyServer *
find_given (GPtrArray *given, const char *id)
{
  for (guint i = 0; i < given->len; i++)
    if (g_str_equal (sally_server_get_id (given->pdata[i]), id))
      return given->pdata[i];
  return NULL;
}

/* Each with what the person has said of it. */
static void
apply_given (SallyServerStore *self, GKeyFile *file)
{
  for (guint i = 0; i < self->given->len; i++)
    {
      SallyServer *given = self->given->pdata[i];
      g_autoptr (SallyServer) server = sally_server_new (sally_server_get_id (given));

      sally_server_set_from (server, given);
      sally_server_file_get_own (file, server);
      put (self, server, server);
    }
}

static void
apply_file (SallyServerStore *self, GKeyFile *file)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = self->servers->len; i > 0; i--)
    {
      const char *id = sally_server_get_id (self->servers->pdata[i - 1]);

      if (!sally_server_file_has (file, id) && find_given (self->given, id) == NULL)
        remove_at (self, i - 1);
    }
  for (guint i = 0; groups[i] != NULL; i++)
    if (sally_server_file_has (file, groups[i]) && find_given (self->given, groups[i]) == NULL)
      {
        g_autoptr (SallyServer) server = sally_server_file_get (file, groups[i]);

        put (self, server, server);
      }
  apply_given (self, file);
}

static void
set_error (SallyServerStore *self, const GError *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  GKeyFile *file = sally_server_file_read (task_data, &error);

  if (file != NULL)
    g_task_return_pointer (task, file, (GDestroyNotify) g_key_file_unref);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyServerStore *self = SALLY_SERVER_STORE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) file = g_task_propagate_pointer (G_TASK (result), &error);

  if (GPOINTER_TO_UINT (user_data) != self->n_reads)
    return;
  if (file != NULL)
    apply_file (self, file);
  set_error (self, error);
}

static void
reload (SallyServerStore *self)
{
  g_autoptr (GTask) task = NULL;

  self->n_reads++;
  task = g_task_new (self, NULL, on_read, GUINT_TO_POINTER (self->n_reads));
  g_task_set_source_tag (task, reload);
  g_task_set_task_data (task, g_strdup (self->path), g_free);
  g_task_run_in_thread (task, read_in_thread);
}

static void
on_file_changed (SallyServerStore *self, GFile *file, GFile *other, GFileMonitorEvent event)
{
  if (event != G_FILE_MONITOR_EVENT_CHANGED && event != G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED)
    reload (self);
}

static void
sally_server_store_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  SallyServerStore *self = SALLY_SERVER_STORE (object);

  switch (property)
    {
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
sally_server_store_dispose (GObject *object)
{
  SallyServerStore *self = SALLY_SERVER_STORE (object);

  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (sally_server_store_parent_class)->dispose (object);
}

static void
sally_server_store_finalize (GObject *object)
{
  SallyServerStore *self = SALLY_SERVER_STORE (object);

  g_free (self->path);
  g_ptr_array_unref (self->servers);
  g_ptr_array_unref (self->given);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (sally_server_store_parent_class)->finalize (object);
}

static void
sally_server_store_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = sally_server_store_get_item_type;
  iface->get_n_items = sally_server_store_get_n_items;
  iface->get_item = sally_server_store_get_item;
}

static void
sally_server_store_class_init (SallyServerStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sally_server_store_get_property;
  object_class->dispose = sally_server_store_dispose;
  object_class->finalize = sally_server_store_finalize;

  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sally_server_store_init (SallyServerStore *self)
{
  self->servers = g_ptr_array_new_with_free_func (g_object_unref);
  self->given = g_ptr_array_new_with_free_func (g_object_unref);
}

SallyServerStore *
sally_server_store_new (const char *path)
{
  SallyServerStore *self = g_object_new (SALLY_TYPE_SERVER_STORE, NULL);
  g_autofree char *directory = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GKeyFile) contents = NULL;

  self->path = path != NULL
                   ? g_strdup (path)
                   : g_build_filename (g_get_user_config_dir (), "sallyport", "servers.conf", NULL);
  /* So that there is a folder to watch; where it cannot be made, saving will say why. */
  directory = g_path_get_dirname (self->path);
  g_mkdir_with_parents (directory, 0700);

  file = g_file_new_for_path (self->path);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_file_changed), self,
                             G_CONNECT_SWAPPED);
  contents = sally_server_file_read (self->path, &self->error);
  if (contents != NULL)
    apply_file (self, contents);
  return self;
}

void
sally_server_store_set_given (SallyServerStore *self, GPtrArray *given)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (SALLY_IS_SERVER_STORE (self));
  g_return_if_fail (given != NULL);

  g_ptr_array_unref (self->given);
  self->given = g_ptr_array_ref (given);
  file = sally_server_file_read (self->path, &error);
  /* A list that cannot be read is no reason to hide these; what the person said of them is. */
  if (file == NULL)
    {
      file = g_key_file_new ();
      apply_given (self, file);
    }
  else
    apply_file (self, file);
}

const GError *
sally_server_store_get_error (SallyServerStore *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER_STORE (self), NULL);

  return self->error;
}

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->path);
  g_ptr_array_unref (change->objects);
  g_ptr_array_unref (change->values);
  g_ptr_array_unref (change->given);
  g_clear_pointer (&change->written, g_key_file_unref);
  g_free (change);
}

static void
set_name_is_taken (GError **error, const char *name)
{
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_EXISTS,
               _ ("There is a server called “%s” already: choose another name"), name);
}

static gboolean
check_name_is_free (GKeyFile *file, GPtrArray *given, SallyServer *server, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *name = NULL;

      if (!sally_server_file_has (file, groups[i]) ||
          g_str_equal (groups[i], sally_server_get_id (server)))
        continue;
      name = g_key_file_get_string (file, groups[i], "name", NULL);
      if (name != NULL && names_equal (name, sally_server_get_name (server)))
        {
          set_name_is_taken (error, name);
          return FALSE;
        }
    }
  for (guint i = 0; i < given->len; i++)
    if (names_equal (sally_server_get_name (given->pdata[i]), sally_server_get_name (server)))
      {
        set_name_is_taken (error, sally_server_get_name (given->pdata[i]));
        return FALSE;
      }
  return TRUE;
}

/* One server into the file, the whole of it or what is the person's. */
static gboolean
put_into_file (Change *change, GKeyFile *file, SallyServer *values, GError **error)
{
  SallyServer *given = find_given (change->given, sally_server_get_id (values));

  if (given != NULL)
    sally_server_file_put_own (file, values, given);
  else if (check_name_is_free (file, change->given, values, error))
    sally_server_file_put (file, values);
  else
    return FALSE;
  return TRUE;
}

static GKeyFile *
make_change (Change *change, GCancellable *cancellable, GError **error)
{
  g_autofd int lock_fd = sally_own_file_lock (change->path, FALSE, cancellable, error);
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GError) reason = NULL;
  g_autofree char *text = NULL;
  gboolean is_changed = change->is_save;
  gsize length;

  if (lock_fd < 0)
    return NULL;
  file = sally_server_file_read (change->path, error);
  if (file == NULL)
    return NULL;
  for (guint i = 0; i < change->values->len; i++)
    {
      SallyServer *values = change->values->pdata[i];

      if (!change->is_save)
        is_changed =
            g_key_file_remove_group (file, sally_server_get_id (values), NULL) || is_changed;
      else if (!put_into_file (change, file, values, error))
        return NULL;
    }
  if (!is_changed)
    return g_steal_pointer (&file);

  text = g_key_file_to_data (file, &length, NULL);
  if (!g_file_set_contents_full (change->path, text, (gssize) length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &reason))
    {
      g_set_error (error, SALLY_ERROR,
                   g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
                       ? SALLY_ERROR_LOCAL_NO_SPACE
                       : SALLY_ERROR_LOCAL_FAILED,
                   _ ("The list of servers cannot be written: %s"), reason->message);
      return NULL;
    }
  return g_steal_pointer (&file);
}

static void
change_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Change *change = task_data;
  GError *error = NULL;

  change->written = make_change (change, cancellable, &error);
  if (change->written != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The inner task's answer, on the main thread: the list follows before the caller hears of it. */
static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  SallyServerStore *self = SALLY_SERVER_STORE (source);
  Change *change = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (outer, error);
      return;
    }
  /* A read that began before this change has old contents. */
  self->n_reads++;
  for (guint i = 0; change->is_save && i < change->objects->len; i++)
    put (self, change->objects->pdata[i], change->values->pdata[i]);
  apply_file (self, change->written);
  set_error (self, NULL);
  g_task_return_boolean (outer, TRUE);
}

/* `servers` (element-type SallyServer). */
static void
start_change (SallyServerStore *self, GTask *outer, GPtrArray *servers, gboolean is_save)
{
  Change *change = g_new0 (Change, 1);
  g_autoptr (GTask) task = g_task_new (self, g_task_get_cancellable (outer), on_changed, outer);

  g_task_set_source_tag (task, start_change);
  change->path = g_strdup (self->path);
  change->given = g_ptr_array_ref (self->given);
  change->is_save = is_save;
  change->objects = g_ptr_array_new_with_free_func (g_object_unref);
  change->values = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < servers->len; i++)
    {
      SallyServer *values = sally_server_new (sally_server_get_id (servers->pdata[i]));

      sally_server_set_from (values, servers->pdata[i]);
      g_ptr_array_add (change->values, values);
      g_ptr_array_add (change->objects, g_object_ref (servers->pdata[i]));
    }
  g_task_set_task_data (task, change, change_free);
  /* Once the file is replaced, it is: a late cancellation must not hide that. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_check_cancellable (outer, FALSE);
  g_task_run_in_thread (task, change_in_thread);
}

/* What the administrator gives cannot be changed here, but for what is the person's. */
static gboolean
check_given (SallyServerStore *self, SallyServer *server, gboolean is_save, GError **error)
{
  SallyServer *given = find_given (self->given, sally_server_get_id (server));

  if (given == NULL)
    return TRUE;
  if (!is_save)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                 _ ("“%s” is given by the administrator (%s) and cannot be removed here"),
                 sally_server_get_name (given), sally_server_get_given_by (given));
  else if (!sally_server_file_is_own (server, given))
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                 _ ("“%s” is given by the administrator (%s): its address and how it is signed in "
                    "to cannot be changed here. User, account, key, start folder and group can"),
                 sally_server_get_name (given), sally_server_get_given_by (given));
  else
    return TRUE;
  return FALSE;
}

void
sally_server_store_save_all_async (SallyServerStore *self,
                                   GPtrArray *servers,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (SALLY_IS_SERVER_STORE (self));
  g_return_if_fail (servers != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_server_store_save_all_async);
  for (guint i = 0; i < servers->len; i++)
    if (!sally_server_validate (servers->pdata[i], &error) ||
        !check_given (self, servers->pdata[i], TRUE, &error))
      {
        g_task_return_error (task, error);
        return;
      }
  start_change (self, g_steal_pointer (&task), servers, TRUE);
}

gboolean
sally_server_store_save_all_finish (SallyServerStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sally_server_store_remove_all_async (SallyServerStore *self,
                                     GPtrArray *servers,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (SALLY_IS_SERVER_STORE (self));
  g_return_if_fail (servers != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_server_store_remove_all_async);
  for (guint i = 0; i < servers->len; i++)
    if (!check_given (self, servers->pdata[i], FALSE, &error))
      {
        g_task_return_error (task, error);
        return;
      }
  start_change (self, g_steal_pointer (&task), servers, FALSE);
}

gboolean
sally_server_store_remove_all_finish (SallyServerStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sally_server_store_save_async (SallyServerStore *self,
                               SallyServer *server,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GPtrArray) servers = g_ptr_array_new ();

  g_return_if_fail (SALLY_IS_SERVER (server));

  g_ptr_array_add (servers, server);
  sally_server_store_save_all_async (self, servers, cancellable, callback, user_data);
}

gboolean
sally_server_store_save_finish (SallyServerStore *self, GAsyncResult *result, GError **error)
{
  return sally_server_store_save_all_finish (self, result, error);
}

void
sally_server_store_remove_async (SallyServerStore *self,
                                 SallyServer *server,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GPtrArray) servers = g_ptr_array_new ();

  g_return_if_fail (SALLY_IS_SERVER (server));

  g_ptr_array_add (servers, server);
  sally_server_store_remove_all_async (self, servers, cancellable, callback, user_data);
}

gboolean
sally_server_store_remove_finish (SallyServerStore *self, GAsyncResult *result, GError **error)
{
  return sally_server_store_remove_all_finish (self, result, error);
}

SallyServer *
sally_server_store_get_by_id (SallyServerStore *self, const char *id)
{
  guint position;

  g_return_val_if_fail (SALLY_IS_SERVER_STORE (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return find_position (self, id, &position) ? self->servers->pdata[position] : NULL;
}

static void
set_not_found_error (SallyServerStore *self, const char *name, GError **error)
{
  g_autofree char *shown = sally_text_from_server (name, -1, FALSE);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < self->servers->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            sally_server_get_name (self->servers->pdata[i]));
  if (names->len == 0)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND,
                 _ ("No server is called “%s”: none is saved yet"), shown);
  else
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_NOT_FOUND,
                 _ ("No server is called “%s”: there is %s"), shown, names->str);
}

SallyServer *
sally_server_store_find (SallyServerStore *self, const char *name, GError **error)
{
  SallyServer *server;

  g_return_val_if_fail (SALLY_IS_SERVER_STORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  server = sally_server_store_get_by_id (self, name);
  for (guint i = 0; server == NULL && i < self->servers->len; i++)
    if (names_equal (sally_server_get_name (self->servers->pdata[i]), name))
      server = self->servers->pdata[i];
  /* A name that the administrator took later is still the person's own server's. */
  for (guint i = 0; server != NULL && *sally_server_get_given_by (server) != '\0' &&
                    !g_str_equal (sally_server_get_id (server), name) && i < self->servers->len;
       i++)
    if (names_equal (sally_server_get_name (self->servers->pdata[i]), name) &&
        *sally_server_get_given_by (self->servers->pdata[i]) == '\0')
      server = self->servers->pdata[i];
  if (server == NULL)
    set_not_found_error (self, name, error);
  return server;
}
