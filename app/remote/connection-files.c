/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a connection does with files and folders: one call over the wall each, and the paged
 * listing. */
#include "config.h"

#include "remote/connection-private.h"

#include "base/error.h"
#include "base/text.h"
#include "model/remote-path.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A new folder as mkdir makes it; the server applies its own umask. */
#define DIRECTORY_MODE 0777

/* NULL, with the callback told, if there is no connection. */
static GTask *
begin (SallyConnection *self,
       gpointer tag,
       const char *path,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_object_set_data_full (G_OBJECT (task), "path", sally_text_from_name (path, strlen (path)),
                          g_free);
  if (sally_connection_get_engine (self) != NULL)
    return g_steal_pointer (&task);
  g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                                   _ ("The connection is not open"));
  return NULL;
}

/* "“/path”: what the server said". Takes the task and the error. */
static void
fail (GTask *task, GError *error)
{
  g_autoptr (GTask) ended = task;
  const char *path = g_object_get_data (G_OBJECT (task), "path");

  error = sally_connection_clean_error (error);
  if (error->domain == SALLY_ERROR && error->code != SALLY_ERROR_CONNECTION_LOST)
    g_prefix_error (&error, "“%s”: ", path);
  g_task_return_error (ended, error);
}

/* RealPath and ReadLink answer alike. */
static void
path_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  char *path = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (answer == NULL)
    {
      fail (task, error);
      return;
    }
  g_variant_get (answer, "(^ay)", &path);
  g_task_return_pointer (task, path, g_free);
  g_object_unref (task);
}

void
sally_connection_real_path_async (SallyConnection *self,
                                  const char *path,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  task = begin (self, sally_connection_real_path_async, path, cancellable, callback, user_data);
  if (task != NULL)
    sally_wire_engine1_call_real_path (sally_connection_get_engine (self), path, cancellable,
                                       path_called, task);
}

char *
sally_connection_real_path_finish (SallyConnection *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sally_connection_read_link_async (SallyConnection *self,
                                  const char *path,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  task = begin (self, sally_connection_read_link_async, path, cancellable, callback, user_data);
  if (task != NULL)
    sally_wire_engine1_call_read_link (sally_connection_get_engine (self), path, cancellable,
                                       path_called, task);
}

char *
sally_connection_read_link_finish (SallyConnection *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
stat_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GVariant) values = NULL;
  SallyRemoteAttributes *attributes;
  GError *error = NULL;

  if (!sally_wire_engine1_call_stat_finish (SALLY_WIRE_ENGINE1 (source), &values, result, &error))
    {
      fail (task, error);
      return;
    }
  attributes = g_new0 (SallyRemoteAttributes, 1);
  sally_remote_attributes_from_variant (values, attributes);
  g_task_return_pointer (task, attributes, g_free);
  g_object_unref (task);
}

void
sally_connection_stat_async (SallyConnection *self,
                             const char *path,
                             gboolean follow,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  task = begin (self, sally_connection_stat_async, path, cancellable, callback, user_data);
  if (task != NULL)
    sally_wire_engine1_call_stat (sally_connection_get_engine (self), path, follow, cancellable,
                                  stat_called, task);
}

gboolean
sally_connection_stat_finish (SallyConnection *self,
                              GAsyncResult *result,
                              SallyRemoteAttributes *attributes,
                              GError **error)
{
  g_autofree SallyRemoteAttributes *found = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  found = g_task_propagate_pointer (G_TASK (result), error);
  if (found == NULL)
    return FALSE;
  if (attributes != NULL)
    *attributes = *found;
  return TRUE;
}

typedef struct
{
  SallyConnectionPageFunc page_func;
  gpointer page_data;
  guint listing;
  guint n_unsafe;
} Listing;

static void read_page (GTask *task, SallyWireEngine1 *engine);

/* Names come as bytes without a terminator, so that a NUL inside one shows. NULL for a name that no
 * honest server sends. */
static SallyRemoteFile *
file_from_entry (GVariant *entry)
{
  g_autoptr (GVariant) name = g_variant_get_child_value (entry, 0);
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GVariant) leads = NULL;
  g_autofree char *raw = NULL;
  SallyRemoteAttributes attributes;
  gsize length;
  const char *bytes = g_variant_get_fixed_array (name, &length, 1);

  if (!sally_remote_name_is_safe (bytes, length))
    return NULL;
  raw = g_strndup (bytes, length);
  values = g_variant_get_child_value (entry, 1);
  leads = g_variant_get_child_value (entry, 2);
  sally_remote_attributes_from_variant (values, &attributes);
  return sally_remote_file_new (raw, &attributes, g_variant_get_boolean (leads));
}

/* What is no such page GVariant takes for an empty one, or for entries without a name. */
static GPtrArray *
files_from_page (GVariant *page, guint *n_unsafe)
{
  const GVariantType *type = G_VARIANT_TYPE ("a(ay" SALLY_REMOTE_ATTRIBUTES_TYPE "b)");
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (page);
  g_autoptr (GVariant) entries = g_variant_ref_sink (g_variant_new_from_bytes (type, bytes, FALSE));
  gsize n = g_variant_n_children (entries);
  GPtrArray *files = g_ptr_array_new_full ((guint) n, g_object_unref);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries, i);
      SallyRemoteFile *file = file_from_entry (entry);

      if (file != NULL)
        g_ptr_array_add (files, file);
      else
        (*n_unsafe)++;
    }
  return files;
}

static void
page_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  SallyWireEngine1 *engine = SALLY_WIRE_ENGINE1 (source);
  Listing *listing = g_task_get_task_data (task);
  g_autoptr (GVariant) page = NULL;
  g_autoptr (GPtrArray) files = NULL;
  gboolean is_last, goes_on;
  GError *error = NULL;

  if (!sally_wire_engine1_call_read_listing_finish (engine, &page, &is_last, result, &error))
    {
      sally_wire_engine1_call_close_listing (engine, listing->listing, NULL, NULL, NULL);
      fail (task, error);
      return;
    }
  goes_on = !is_last && !g_cancellable_is_cancelled (g_task_get_cancellable (task));
  /* The engine makes the next page while this one is unpacked here. */
  if (goes_on)
    read_page (task, engine);
  files = files_from_page (page, &listing->n_unsafe);
  if (listing->page_func != NULL && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    listing->page_func (files, listing->page_data);
  if (goes_on)
    return;
  sally_wire_engine1_call_close_listing (engine, listing->listing, NULL, NULL, NULL);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
read_page (GTask *task, SallyWireEngine1 *engine)
{
  Listing *listing = g_task_get_task_data (task);

  sally_wire_engine1_call_read_listing (engine, listing->listing, g_task_get_cancellable (task),
                                        page_read, task);
}

static void
listing_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Listing *listing = g_task_get_task_data (task);
  GError *error = NULL;

  if (sally_wire_engine1_call_open_listing_finish (SALLY_WIRE_ENGINE1 (source), &listing->listing,
                                                   result, &error))
    read_page (task, SALLY_WIRE_ENGINE1 (source));
  else
    fail (task, error);
}

void
sally_connection_list_async (SallyConnection *self,
                             const char *path,
                             SallyConnectionPageFunc page_func,
                             gpointer page_data,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task;
  Listing *listing;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  task = begin (self, sally_connection_list_async, path, cancellable, callback, user_data);
  if (task == NULL)
    return;
  listing = g_new0 (Listing, 1);
  listing->page_func = page_func;
  listing->page_data = page_data;
  g_task_set_task_data (task, listing, g_free);
  sally_wire_engine1_call_open_listing (sally_connection_get_engine (self), path, cancellable,
                                        listing_opened, task);
}

gboolean
sally_connection_list_finish (SallyConnection *self,
                              GAsyncResult *result,
                              guint *n_unsafe,
                              GError **error)
{
  Listing *listing;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  listing = g_task_get_task_data (G_TASK (result));
  if (n_unsafe != NULL)
    *n_unsafe = listing != NULL ? listing->n_unsafe : 0;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The generated _finish functions of all methods without a result do the same. */
static void
change_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) nothing = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (nothing == NULL)
    {
      fail (task, error);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
sally_connection_make_directory_async (SallyConnection *self,
                                       const char *path,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  task =
      begin (self, sally_connection_make_directory_async, path, cancellable, callback, user_data);
  if (task != NULL)
    sally_wire_engine1_call_make_directory (sally_connection_get_engine (self), path,
                                            DIRECTORY_MODE, cancellable, change_called, task);
}

void
sally_connection_remove_async (SallyConnection *self,
                               const char *path,
                               gboolean is_directory,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  SallyWireEngine1 *engine;
  GTask *task;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  task = begin (self, sally_connection_remove_async, path, cancellable, callback, user_data);
  if (task == NULL)
    return;
  engine = sally_connection_get_engine (self);
  if (is_directory)
    sally_wire_engine1_call_remove_directory (engine, path, cancellable, change_called, task);
  else
    sally_wire_engine1_call_remove_file (engine, path, cancellable, change_called, task);
}

void
sally_connection_rename_async (SallyConnection *self,
                               const char *source,
                               const char *target,
                               gboolean replace,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  task = begin (self, sally_connection_rename_async, replace ? source : target, cancellable,
                callback, user_data);
  if (task != NULL)
    sally_wire_engine1_call_rename (sally_connection_get_engine (self), source, target, replace,
                                    cancellable, change_called, task);
}

void
sally_connection_set_attributes_async (SallyConnection *self,
                                       const char *path,
                                       const SallyRemoteAttributes *attributes,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  task =
      begin (self, sally_connection_set_attributes_async, path, cancellable, callback, user_data);
  if (task != NULL)
    sally_wire_engine1_call_set_attributes (sally_connection_get_engine (self), path,
                                            sally_remote_attributes_to_variant (attributes),
                                            cancellable, change_called, task);
}

void
sally_connection_make_link_async (SallyConnection *self,
                                  const char *path,
                                  const char *target,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  task = begin (self, sally_connection_make_link_async, path, cancellable, callback, user_data);
  if (task != NULL)
    sally_wire_engine1_call_make_link (sally_connection_get_engine (self), path, target,
                                       cancellable, change_called, task);
}

gboolean
sally_connection_change_finish (SallyConnection *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sally_connection_set_limits (SallyConnection *self, guint64 download, guint64 upload)
{
  SallyWireEngine1 *engine;

  g_return_if_fail (SALLY_IS_CONNECTION (self));

  engine = sally_connection_get_engine (self);
  if (engine != NULL)
    sally_wire_engine1_call_set_limits (engine, download, upload, NULL, NULL, NULL);
}
