/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/directory.h"

#include "base/text.h"

#include <string.h>

struct _SallyDirectory
{
  GObject parent_instance;

  SallyConnection *connection;
  char *path;
  char *display_path;
  GPtrArray *files;    /* of SallyRemoteFile, in the server's order */
  GHashTable *by_name; /* raw name -> SallyRemoteFile, borrowed from files */
  GError *error;

  /* The load that is under way. A first load shows each page as it comes; a reload gathers, and
   * replaces what is shown only if something has changed. */
  GCancellable *loading;
  GPtrArray *gathered;
  gboolean is_reload;
  gboolean is_stale; /* somebody wants it anew, since it began */
};

enum
{
  PROP_0,
  PROP_CONNECTION,
  PROP_DISPLAY_PATH,
  PROP_IS_LOADING,
  PROP_ERROR,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void sally_directory_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyDirectory,
                               sally_directory,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      sally_directory_list_model_init))

/* What the list call-back needs, which may outlive the directory. */
typedef struct
{
  GWeakRef directory;
  GCancellable *cancellable;
} Load;

static void
load_free (Load *load)
{
  g_weak_ref_clear (&load->directory);
  g_object_unref (load->cancellable);
  g_free (load);
}

static void
sally_directory_dispose (GObject *object)
{
  SallyDirectory *self = SALLY_DIRECTORY (object);

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (sally_directory_parent_class)->dispose (object);
}

static void
sally_directory_finalize (GObject *object)
{
  SallyDirectory *self = SALLY_DIRECTORY (object);

  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->files);
  g_clear_pointer (&self->gathered, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self->path);
  g_free (self->display_path);
  G_OBJECT_CLASS (sally_directory_parent_class)->finalize (object);
}

static void
sally_directory_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallyDirectory *self = SALLY_DIRECTORY (object);

  switch (id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_DISPLAY_PATH:
      g_value_set_string (value, self->display_path);
      break;
    case PROP_IS_LOADING:
      g_value_set_boolean (value, self->loading != NULL);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_directory_class_init (SallyDirectoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sally_directory_dispose;
  object_class->finalize = sally_directory_finalize;
  object_class->get_property = sally_directory_get_property;

  properties[PROP_CONNECTION] =
      g_param_spec_object ("connection", NULL, NULL, SALLY_TYPE_CONNECTION, flags);
  properties[PROP_DISPLAY_PATH] = g_param_spec_string ("display-path", NULL, NULL, NULL, flags);
  properties[PROP_IS_LOADING] = g_param_spec_boolean ("is-loading", NULL, NULL, FALSE, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sally_directory_init (SallyDirectory *self)
{
  self->files = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
}

static GType
get_item_type (GListModel *model)
{
  return SALLY_TYPE_REMOTE_FILE;
}

static guint
get_n_items (GListModel *model)
{
  return SALLY_DIRECTORY (model)->files->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SallyDirectory *self = SALLY_DIRECTORY (model);

  if (position >= self->files->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->files, position));
}

static void
sally_directory_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* A server may name a file twice; the first stands, since views and paths tell files by name. */
static void
append_files (SallyDirectory *self, GPtrArray *page)
{
  guint before = self->files->len;

  for (guint i = 0; i < page->len; i++)
    {
      SallyRemoteFile *file = g_ptr_array_index (page, i);

      if (g_hash_table_insert (self->by_name, (gpointer) sally_remote_file_get_raw_name (file),
                               file))
        g_ptr_array_add (self->files, g_object_ref (file));
    }
  if (self->files->len > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->files->len - before);
}

static gboolean
is_same (SallyRemoteFile *a, SallyRemoteFile *b)
{
  const SallyRemoteAttributes *x = sally_remote_file_get_attributes (a);
  const SallyRemoteAttributes *y = sally_remote_file_get_attributes (b);

  return x->flags == y->flags && x->size == y->size && x->permissions == y->permissions &&
         x->mtime == y->mtime && x->uid == y->uid && x->gid == y->gid &&
         sally_remote_file_is_enterable (a) == sally_remote_file_is_enterable (b);
}

/* What has gone is removed, from the end, run by run; what is new or changed is put at the end.
 * Objects of entries that stay the same stay, and with them the selection of a view. */
static void
apply_difference (SallyDirectory *self, GPtrArray *fresh)
{
  g_autoptr (GHashTable) fresh_names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) added = g_ptr_array_new ();

  for (guint i = 0; i < fresh->len; i++)
    {
      SallyRemoteFile *file = g_ptr_array_index (fresh, i);
      const char *name = sally_remote_file_get_raw_name (file);
      SallyRemoteFile *old = g_hash_table_lookup (self->by_name, name);

      if (old != NULL && is_same (old, file))
        g_hash_table_insert (fresh_names, (gpointer) name, old);
      else
        g_ptr_array_add (added, file);
    }

  for (guint end = self->files->len; end > 0;)
    {
      guint start = end;

      while (start > 0)
        {
          SallyRemoteFile *file = g_ptr_array_index (self->files, start - 1);
          const char *name = sally_remote_file_get_raw_name (file);

          if (g_hash_table_lookup (fresh_names, name) == file)
            break;
          g_hash_table_remove (self->by_name, name);
          start--;
        }
      if (start < end)
        {
          g_ptr_array_remove_range (self->files, start, end - start);
          g_list_model_items_changed (G_LIST_MODEL (self), start, end - start, 0);
        }
      end = start > 0 ? start - 1 : 0;
    }
  append_files (self, added);
}

static void
page_cb (GPtrArray *page, gpointer user_data)
{
  Load *load = user_data;
  g_autoptr (SallyDirectory) self = g_weak_ref_get (&load->directory);

  if (self == NULL || self->loading != load->cancellable)
    return;
  if (!self->is_reload)
    {
      append_files (self, page);
      return;
    }
  for (guint i = 0; i < page->len; i++)
    g_ptr_array_add (self->gathered, g_object_ref (g_ptr_array_index (page, i)));
}

static void
set_error (SallyDirectory *self, GError *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void begin (SallyDirectory *self);

static void
loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  g_autoptr (SallyDirectory) self = g_weak_ref_get (&load->directory);
  g_autoptr (GError) error = NULL;
  gboolean worked = sally_connection_list_finish (SALLY_CONNECTION (source), result, NULL, &error);

  if (self != NULL && self->loading == load->cancellable)
    {
      if (worked && self->is_reload)
        apply_difference (self, self->gathered);
      g_clear_pointer (&self->gathered, g_ptr_array_unref);
      g_clear_object (&self->loading);
      set_error (self, g_steal_pointer (&error));
      if (self->is_stale)
        begin (self);
      else
        g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_LOADING]);
    }
  load_free (load);
}

static void
begin (SallyDirectory *self)
{
  Load *load = g_new0 (Load, 1);

  self->is_stale = FALSE;
  self->loading = g_cancellable_new ();
  self->gathered = g_ptr_array_new_with_free_func (g_object_unref);
  self->is_reload = self->files->len > 0;
  g_weak_ref_init (&load->directory, self);
  load->cancellable = g_object_ref (self->loading);
  sally_connection_list_async (self->connection, self->path, page_cb, load, self->loading, loaded,
                               load);
}

void
sally_directory_reload (SallyDirectory *self)
{
  g_return_if_fail (SALLY_IS_DIRECTORY (self));

  if (self->loading != NULL)
    {
      self->is_stale = TRUE;
      return;
    }
  begin (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_LOADING]);
}

SallyDirectory *
sally_directory_new (SallyConnection *connection, const char *path)
{
  SallyDirectory *self;

  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (SALLY_TYPE_DIRECTORY, NULL);
  self->connection = g_object_ref (connection);
  self->path = g_strdup (path);
  self->display_path = sally_text_from_name (path, strlen (path));
  sally_directory_reload (self);
  return self;
}

SallyConnection *
sally_directory_get_connection (SallyDirectory *self)
{
  g_return_val_if_fail (SALLY_IS_DIRECTORY (self), NULL);

  return self->connection;
}

const char *
sally_directory_get_path (SallyDirectory *self)
{
  g_return_val_if_fail (SALLY_IS_DIRECTORY (self), NULL);

  return self->path;
}

const char *
sally_directory_get_display_path (SallyDirectory *self)
{
  g_return_val_if_fail (SALLY_IS_DIRECTORY (self), NULL);

  return self->display_path;
}

gboolean
sally_directory_get_is_loading (SallyDirectory *self)
{
  g_return_val_if_fail (SALLY_IS_DIRECTORY (self), FALSE);

  return self->loading != NULL;
}

const GError *
sally_directory_get_error (SallyDirectory *self)
{
  g_return_val_if_fail (SALLY_IS_DIRECTORY (self), NULL);

  return self->error;
}

SallyRemoteFile *
sally_directory_find (SallyDirectory *self, const char *raw_name)
{
  g_return_val_if_fail (SALLY_IS_DIRECTORY (self), NULL);

  return g_hash_table_lookup (self->by_name, raw_name);
}
