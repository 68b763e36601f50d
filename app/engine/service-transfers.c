/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/service-private.h"

#include "base/error.h"

/* SCM_RIGHTS takes 253 descriptors a message. */
#define MAX_FILES_A_CALL     250
/* Transfers of all clients, each with an open descriptor; the soft limit is raised to hold them. */
#define MAX_JOBS             2000
#define PROGRESS_INTERVAL_MS 100

static void
add_progress (const SallyBulkProgress *progress, gpointer user_data)
{
  g_variant_builder_add (user_data, "(ttt)", progress->id, progress->bytes, progress->prefix);
}

static gboolean
report_progress_cb (gpointer user_data)
{
  SallyService *self = user_data;

  for (guint i = 0; i < self->clients->len; i++)
    {
      SallyClient *client = g_ptr_array_index (self->clients, i);
      g_autoptr (GVariant) moved = NULL;
      GVariantBuilder builder;

      g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ttt)"));
      sally_bulk_report_progress (self->bulk, client, add_progress, &builder);
      moved = g_variant_ref_sink (g_variant_builder_end (&builder));
      if (g_variant_n_children (moved) > 0)
        sally_wire_engine1_emit_transfer_progress (client->skeleton, moved);
    }
  if (sally_bulk_get_n_jobs (self->bulk) > 0)
    return G_SOURCE_CONTINUE;
  self->progress_id = 0;
  return G_SOURCE_REMOVE;
}

static void
emit_progress (SallyClient *client, const SallyBulkProgress *progress)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ttt)"));
  add_progress (progress, &builder);
  sally_wire_engine1_emit_transfer_progress (client->skeleton, g_variant_builder_end (&builder));
}

void
sally_service_transfer_finished (gpointer owner,
                                 const SallyBulkProgress *progress,
                                 const SallySftpAttributes *attributes,
                                 const GError *error,
                                 gpointer user_data)
{
  SallyService *self = user_data;
  SallyClient *client = owner;
  g_autofree char *name = NULL;

  /* The client may have left: its transfers were cancelled then. */
  if (g_ptr_array_find (self->clients, client, NULL))
    {
      emit_progress (client, progress);
      name = error != NULL ? g_dbus_error_encode_gerror (error) : g_strdup ("");
      sally_wire_engine1_emit_transfer_finished (client->skeleton, progress->id, progress->bytes,
                                                 sally_service_attributes_to_variant (attributes),
                                                 name, error != NULL ? error->message : "");
    }
  sally_client_unref (client);
}

static gboolean
check_room (SallyClient *client, GDBusMethodInvocation *invocation, GVariant *files)
{
  if (!sally_service_check_ready (client, invocation))
    return FALSE;
  if (g_variant_n_children (files) <= MAX_FILES_A_CALL &&
      sally_bulk_get_n_jobs (client->service->bulk) + g_variant_n_children (files) <= MAX_JOBS)
    return TRUE;
  g_dbus_method_invocation_return_error_literal (invocation, SALLY_ERROR, SALLY_ERROR_INVALID,
                                                 "Too many transfers at the same time");
  return FALSE;
}

static void
watch_progress (SallyService *self)
{
  if (self->progress_id == 0)
    self->progress_id = g_timeout_add (PROGRESS_INTERVAL_MS, report_progress_cb, self);
}

static gboolean
handle_download (SallyWireEngine1 *skeleton,
                 GDBusMethodInvocation *invocation,
                 GUnixFDList *descriptors,
                 GVariant *files,
                 SallyClient *client)
{
  GVariantIter iter;
  SallyBulkRequest request = { 0 };
  gint32 handle;

  if (!check_room (client, invocation, files))
    return TRUE;
  g_variant_iter_init (&iter, files);
  while (g_variant_iter_next (&iter, "(th^&aytttt)", &request.id, &handle, &request.path,
                              &request.offset, &request.size, &request.mtime, &request.limit))
    {
      GError *error = NULL;

      request.descriptor = sally_service_take_descriptor (descriptors, handle, &error);
      if (request.descriptor < 0)
        {
          g_dbus_method_invocation_take_error (invocation, error);
          return TRUE;
        }
      request.owner = sally_client_ref (client);
      sally_bulk_download (client->service->bulk, &request);
    }
  watch_progress (client->service);
  sally_wire_engine1_complete_download (skeleton, invocation, NULL);
  return TRUE;
}

static gboolean
handle_upload (SallyWireEngine1 *skeleton,
               GDBusMethodInvocation *invocation,
               GUnixFDList *descriptors,
               GVariant *files,
               SallyClient *client)
{
  GVariantIter iter;
  SallyBulkRequest request = { 0 };
  gint32 handle;
  guint32 mtime;

  if (!check_room (client, invocation, files))
    return TRUE;
  g_variant_iter_init (&iter, files);
  while (g_variant_iter_next (&iter, "(th^&aytuub&st)", &request.id, &handle, &request.path,
                              &request.size, &request.mode, &mtime, &request.replace,
                              &request.token, &request.offset))
    {
      GError *error = NULL;

      if (!sally_service_check_token (request.token, invocation))
        return TRUE;
      request.mtime = mtime;
      request.descriptor = sally_service_take_descriptor (descriptors, handle, &error);
      if (request.descriptor < 0)
        {
          g_dbus_method_invocation_take_error (invocation, error);
          return TRUE;
        }
      request.owner = sally_client_ref (client);
      sally_bulk_upload (client->service->bulk, &request);
    }
  watch_progress (client->service);
  sally_wire_engine1_complete_upload (skeleton, invocation, NULL);
  return TRUE;
}

static gboolean
handle_cancel_transfer (SallyWireEngine1 *skeleton,
                        GDBusMethodInvocation *invocation,
                        guint64 id,
                        gboolean keep,
                        SallyClient *client)
{
  if (!sally_service_check_ready (client, invocation))
    return TRUE;
  sally_bulk_cancel (client->service->bulk, client, id, keep);
  sally_wire_engine1_complete_cancel_transfer (skeleton, invocation);
  return TRUE;
}

static guint64
lower_limit (guint64 one, guint64 other)
{
  if (one == 0 || other == 0)
    return MAX (one, other);
  return MIN (one, other);
}

void
sally_service_update_limits (SallyService *self)
{
  guint64 download = 0, upload = 0;

  for (guint i = 0; i < self->clients->len; i++)
    {
      SallyClient *client = g_ptr_array_index (self->clients, i);

      download = lower_limit (download, client->download_limit);
      upload = lower_limit (upload, client->upload_limit);
    }
  if (self->bulk != NULL)
    sally_bulk_set_limits (self->bulk, download, upload);
}

static gboolean
handle_set_limits (SallyWireEngine1 *skeleton,
                   GDBusMethodInvocation *invocation,
                   guint64 download,
                   guint64 upload,
                   SallyClient *client)
{
  if (!sally_service_check_ready (client, invocation))
    return TRUE;
  client->download_limit = download;
  client->upload_limit = upload;
  sally_service_update_limits (client->service);
  sally_wire_engine1_complete_set_limits (skeleton, invocation);
  return TRUE;
}

void
sally_service_add_transfer_methods (SallyClient *client)
{
  g_signal_connect (client->skeleton, "handle-download", G_CALLBACK (handle_download), client);
  g_signal_connect (client->skeleton, "handle-upload", G_CALLBACK (handle_upload), client);
  g_signal_connect (client->skeleton, "handle-cancel-transfer", G_CALLBACK (handle_cancel_transfer),
                    client);
  g_signal_connect (client->skeleton, "handle-set-limits", G_CALLBACK (handle_set_limits), client);
}
