/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/service-private.h"

#include "base/error.h"
#include "engine/listing.h"
#include "engine/partial-name.h"
#include "engine/reply.h"

#include <string.h>

/* What check-file gives for SHA-256. */
#define SHA256_BYTES 32

/* Directories one client may read at the same time. */
#define MAX_LISTINGS 64

typedef struct _Call Call;

/* Turns the reply into the method's answer. */
typedef void (*CallFunc) (Call *call, const SallySftpReply *reply);

struct _Call
{
  SallyClient *client;
  SallyService *service;
  SallyWireEngine1 *skeleton;
  GDBusMethodInvocation *invocation;
  CallFunc func;
  char *source; /* Rename only */
  char *target;
  gboolean has_cleared;
};

static void
call_free (Call *call)
{
  g_object_unref (call->skeleton);
  sally_client_unref (call->client);
  g_free (call->source);
  g_free (call->target);
  g_free (call);
}

static SallyLane *
person_lane (SallyService *service)
{
  return sally_mux_get_person_lane (service->mux);
}

static void
call_replied (const SallySftpReply *reply, gpointer user_data)
{
  Call *call = user_data;

  call->func (call, reply);
}

static void
call_send (Call *call, CallFunc func)
{
  call->func = func;
  sally_lane_send (person_lane (call->service), call_replied, call);
  sally_mux_wake (call->service->mux);
}

/* NULL, with the invocation answered, if there is no connection. */
static Call *
call_new (SallyClient *client, GDBusMethodInvocation *invocation)
{
  Call *call;

  if (!sally_service_check_ready (client, invocation))
    return NULL;
  call = g_new0 (Call, 1);
  call->client = sally_client_ref (client);
  call->service = client->service;
  call->skeleton = g_object_ref (client->skeleton);
  call->invocation = invocation;
  return call;
}

static void
call_return_error (Call *call, GError *error)
{
  g_dbus_method_invocation_take_error (call->invocation, error);
  call_free (call);
}

static void
call_fail (Call *call, const SallySftpReply *reply)
{
  GError *error = NULL;

  sally_reply_set_error (reply, person_lane (call->service), &error);
  call_return_error (call, error);
}

/* All methods without a result have the same empty answer. */
static void
return_nothing (Call *call)
{
  g_dbus_method_invocation_return_value (call->invocation, NULL);
  call_free (call);
}

static void
return_status (Call *call, const SallySftpReply *reply)
{
  if (sally_reply_has_status (reply, SALLY_SFTP_OK))
    return_nothing (call);
  else
    call_fail (call, reply);
}

static void
return_attributes (Call *call, const SallySftpReply *reply)
{
  SallySftpAttributes attributes;
  GError *error = NULL;

  if (!sally_reply_get_attributes (reply, person_lane (call->service), &attributes, &error))
    {
      call_return_error (call, error);
      return;
    }
  sally_wire_engine1_complete_stat (call->skeleton, call->invocation,
                                    sally_service_attributes_to_variant (&attributes));
  call_free (call);
}

/* REALPATH and READLINK answer with one name. The methods' results have the same signature. */
static void
return_name (Call *call, const SallySftpReply *reply)
{
  SallySftpReader reader;
  const guint8 *name;
  gsize length;
  g_autofree char *path = NULL;

  if (reply == NULL || reply->type != SALLY_SFTP_NAME)
    {
      call_fail (call, reply);
      return;
    }
  sally_sftp_reader_init (&reader, reply->body, reply->length);
  if (sally_sftp_reader_u32 (&reader) < 1)
    reader.failed = TRUE;
  name = sally_sftp_reader_string (&reader, &length);
  if (reader.failed || length == 0 || memchr (name, '\0', length) != NULL)
    {
      call_fail (call, reply);
      return;
    }
  path = g_strndup ((const char *) name, length);
  sally_wire_engine1_complete_real_path (call->skeleton, call->invocation, path);
  call_free (call);
}

static gboolean
send_path (SallyClient *client,
           GDBusMethodInvocation *invocation,
           SallySftpType type,
           const char *path,
           CallFunc func)
{
  Call *call = call_new (client, invocation);

  if (call == NULL)
    return TRUE;
  sally_sftp_writer_path (sally_lane_begin (person_lane (call->service), type), path);
  call_send (call, func);
  return TRUE;
}

static gboolean
handle_real_path (SallyWireEngine1 *skeleton,
                  GDBusMethodInvocation *invocation,
                  const char *path,
                  SallyClient *client)
{
  return send_path (client, invocation, SALLY_SFTP_REALPATH, path, return_name);
}

static gboolean
handle_stat (SallyWireEngine1 *skeleton,
             GDBusMethodInvocation *invocation,
             const char *path,
             gboolean follow,
             SallyClient *client)
{
  return send_path (client, invocation, follow ? SALLY_SFTP_STAT : SALLY_SFTP_LSTAT, path,
                    return_attributes);
}

static gboolean
handle_read_link (SallyWireEngine1 *skeleton,
                  GDBusMethodInvocation *invocation,
                  const char *path,
                  SallyClient *client)
{
  return send_path (client, invocation, SALLY_SFTP_READLINK, path, return_name);
}

static gboolean
handle_remove_file (SallyWireEngine1 *skeleton,
                    GDBusMethodInvocation *invocation,
                    const char *path,
                    SallyClient *client)
{
  return send_path (client, invocation, SALLY_SFTP_REMOVE, path, return_status);
}

/* Nothing there is as good as removed. */
static void
return_discarded (Call *call, const SallySftpReply *reply)
{
  if (sally_reply_has_status (reply, SALLY_SFTP_NO_SUCH_FILE))
    return_nothing (call);
  else
    return_status (call, reply);
}

static gboolean
handle_discard_partial (SallyWireEngine1 *skeleton,
                        GDBusMethodInvocation *invocation,
                        const char *path,
                        const char *token,
                        SallyClient *client)
{
  g_autofree char *partial = NULL;

  if (!sally_service_check_token (token, invocation))
    return TRUE;
  partial = sally_partial_name_make (path, token);
  return send_path (client, invocation, SALLY_SFTP_REMOVE, partial, return_discarded);
}

static gboolean
handle_adopt_partial (SallyWireEngine1 *skeleton,
                      GDBusMethodInvocation *invocation,
                      const char *path,
                      const char *token,
                      SallyClient *client)
{
  g_autofree char *partial = NULL;
  SallySftpWriter *writer;
  Call *call;

  if (!sally_service_check_token (token, invocation))
    return TRUE;
  call = call_new (client, invocation);
  if (call == NULL)
    return TRUE;
  if (!client->service->dialect->temporary_name)
    {
      call_return_error (call, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_REMOTE_UNSUPPORTED,
                                                    "There are no temporary names here"));
      return TRUE;
    }
  partial = sally_partial_name_make (path, token);
  writer = sally_lane_begin (person_lane (call->service), SALLY_SFTP_RENAME);
  sally_sftp_writer_path (writer, path);
  sally_sftp_writer_path (writer, partial);
  call_send (call, return_status);
  return TRUE;
}

static gboolean
handle_remove_directory (SallyWireEngine1 *skeleton,
                         GDBusMethodInvocation *invocation,
                         const char *path,
                         SallyClient *client)
{
  return send_path (client, invocation, SALLY_SFTP_RMDIR, path, return_status);
}

static gboolean
handle_make_directory (SallyWireEngine1 *skeleton,
                       GDBusMethodInvocation *invocation,
                       const char *path,
                       guint mode,
                       SallyClient *client)
{
  Call *call = call_new (client, invocation);
  SallySftpAttributes attributes = { 0 };
  SallySftpWriter *writer;

  if (call == NULL)
    return TRUE;
  if (client->service->dialect->sets_attributes)
    {
      attributes.flags = SALLY_SFTP_ATTR_PERMISSIONS;
      attributes.permissions = mode & 0777;
    }
  writer = sally_lane_begin (person_lane (call->service), SALLY_SFTP_MKDIR);
  sally_sftp_writer_path (writer, path);
  sally_sftp_writer_attributes (writer, &attributes);
  call_send (call, return_status);
  return TRUE;
}

static gboolean
handle_set_attributes (SallyWireEngine1 *skeleton,
                       GDBusMethodInvocation *invocation,
                       const char *path,
                       GVariant *values,
                       SallyClient *client)
{
  Call *call = call_new (client, invocation);
  SallySftpAttributes a = { 0 };
  SallySftpWriter *writer;

  if (call == NULL)
    return TRUE;
  g_variant_get (values, "(utuuuuu)", &a.flags, &a.size, &a.uid, &a.gid, &a.permissions, &a.atime,
                 &a.mtime);
  writer = sally_lane_begin (person_lane (call->service), SALLY_SFTP_SETSTAT);
  sally_sftp_writer_path (writer, path);
  sally_sftp_writer_attributes (writer, &a);
  call_send (call, return_status);
  return TRUE;
}

/* Section 6.10 names the link first; OpenSSH's server has always read it second (PROTOCOL, section
 * 4.1), and the others followed it. */
static gboolean
handle_make_link (SallyWireEngine1 *skeleton,
                  GDBusMethodInvocation *invocation,
                  const char *path,
                  const char *target,
                  SallyClient *client)
{
  Call *call = call_new (client, invocation);
  SallySftpWriter *writer;

  if (call == NULL)
    return TRUE;
  writer = sally_lane_begin (person_lane (call->service), SALLY_SFTP_SYMLINK);
  sally_sftp_writer_path (writer, target);
  sally_sftp_writer_path (writer, path);
  call_send (call, return_status);
  return TRUE;
}

/* secsh-filexfer-extensions-00 section 3: the reply repeats the extension's name, which later
 * drafts and servers leave out, then comes the algorithm, then the digest without a length. */
static void
return_sha256 (Call *call, const SallySftpReply *reply)
{
  SallySftpReader reader;
  const guint8 *word;
  gsize length;

  if (reply == NULL || reply->type != SALLY_SFTP_EXTENDED_REPLY)
    {
      call_fail (call, reply);
      return;
    }
  sally_sftp_reader_init (&reader, reply->body, reply->length);
  word = sally_sftp_reader_string (&reader, &length);
  if (word != NULL && length == strlen ("check-file") && memcmp (word, "check-file", length) == 0)
    word = sally_sftp_reader_string (&reader, &length);
  if (reader.failed || length != strlen ("sha256") || memcmp (word, "sha256", length) != 0 ||
      reader.length - reader.offset != SHA256_BYTES)
    {
      call_return_error (call, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_REMOTE_UNSUPPORTED,
                                                    "It gives no SHA-256"));
      return;
    }
  sally_wire_engine1_complete_check_file (call->skeleton, call->invocation,
                                          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                                     reader.data + reader.offset,
                                                                     SHA256_BYTES, 1));
  call_free (call);
}

static gboolean
handle_check_file (SallyWireEngine1 *skeleton,
                   GDBusMethodInvocation *invocation,
                   const char *path,
                   SallyClient *client)
{
  Call *call = call_new (client, invocation);
  SallySftpWriter *writer;

  if (call == NULL)
    return TRUE;
  if (!sally_mux_get_features (call->service->mux)->has_check_file)
    {
      call_return_error (call, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_REMOTE_UNSUPPORTED,
                                                    "The server does not offer check-file"));
      return TRUE;
    }
  writer = sally_lane_begin (person_lane (call->service), SALLY_SFTP_EXTENDED);
  sally_sftp_writer_path (writer, "check-file-name");
  sally_sftp_writer_path (writer, path);
  sally_sftp_writer_path (writer, "sha256");
  sally_sftp_writer_u64 (writer, 0); /* from the beginning */
  sally_sftp_writer_u64 (writer, 0); /* to the end */
  sally_sftp_writer_u32 (writer, 0); /* in one block */
  call_send (call, return_sha256);
  return TRUE;
}

static void rename_replied (Call *call, const SallySftpReply *reply);

static void
send_rename (Call *call, gboolean posix)
{
  SallySftpWriter *writer = sally_lane_begin (person_lane (call->service),
                                              posix ? SALLY_SFTP_EXTENDED : SALLY_SFTP_RENAME);

  if (posix)
    sally_sftp_writer_path (writer, "posix-rename@openssh.com");
  sally_sftp_writer_path (writer, call->source);
  sally_sftp_writer_path (writer, call->target);
  call_send (call, rename_replied);
}

static void
target_removed (Call *call, const SallySftpReply *reply)
{
  if (sally_reply_has_status (reply, SALLY_SFTP_OK))
    send_rename (call, FALSE);
  else
    call_fail (call, reply);
}

/* Version 3's RENAME must not replace (section 6.5): where posix-rename is missing and the caller
 * wants it, the target goes first. */
static void
rename_replied (Call *call, const SallySftpReply *reply)
{
  SallyLane *lane = person_lane (call->service);

  if (sally_reply_has_status (reply, SALLY_SFTP_OK) || reply == NULL || call->has_cleared ||
      sally_mux_get_features (call->service->mux)->has_posix_rename)
    {
      return_status (call, reply);
      return;
    }
  call->has_cleared = TRUE;
  sally_sftp_writer_path (sally_lane_begin (lane, SALLY_SFTP_REMOVE), call->target);
  call_send (call, target_removed);
}

/* Servers say "failure" when the target is there, some replace it all the same: so we look first.
 */
static void
rename_looked (Call *call, const SallySftpReply *reply)
{
  if (reply == NULL)
    call_fail (call, reply);
  else if (reply->type == SALLY_SFTP_ATTRS)
    call_return_error (call, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_REMOTE_EXISTS,
                                                  "It exists already"));
  else
    {
      call->has_cleared = TRUE; /* nothing there to clear */
      send_rename (call, FALSE);
    }
}

static gboolean
handle_rename (SallyWireEngine1 *skeleton,
               GDBusMethodInvocation *invocation,
               const char *source,
               const char *target,
               gboolean replace,
               SallyClient *client)
{
  Call *call = call_new (client, invocation);

  if (call == NULL)
    return TRUE;
  call->source = g_strdup (source);
  call->target = g_strdup (target);
  if (replace)
    send_rename (call, sally_mux_get_features (call->service->mux)->has_posix_rename);
  else
    {
      sally_sftp_writer_path (sally_lane_begin (person_lane (call->service), SALLY_SFTP_LSTAT),
                              target);
      call_send (call, rename_looked);
    }
  return TRUE;
}

static void
listing_opened (SallyListing *listing, const GError *error, gpointer user_data)
{
  Call *call = user_data;
  guint id = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (call->invocation), "listing"));

  if (error != NULL)
    {
      if (call->client->listings != NULL)
        g_hash_table_remove (call->client->listings, GUINT_TO_POINTER (id));
      call_return_error (call, g_error_copy (error));
      return;
    }
  sally_wire_engine1_complete_open_listing (call->skeleton, call->invocation, id);
  call_free (call);
}

static gboolean
handle_open_listing (SallyWireEngine1 *skeleton,
                     GDBusMethodInvocation *invocation,
                     const char *path,
                     SallyClient *client)
{
  Call *call;
  guint id;

  if (g_hash_table_size (client->listings) >= MAX_LISTINGS)
    {
      g_dbus_method_invocation_return_error_literal (invocation, SALLY_ERROR, SALLY_ERROR_FAILED,
                                                     "Too many listings at the same time");
      return TRUE;
    }
  call = call_new (client, invocation);
  if (call == NULL)
    return TRUE;
  id = client->next_listing++;
  g_object_set_data (G_OBJECT (invocation), "listing", GUINT_TO_POINTER (id));
  g_hash_table_insert (client->listings, GUINT_TO_POINTER (id),
                       sally_listing_new (client->service->mux, path, listing_opened, call));
  return TRUE;
}

static void
page_read (GVariant *page, gboolean is_last, const GError *error, gpointer user_data)
{
  Call *call = user_data;
  g_autoptr (GBytes) bytes = NULL;

  if (error != NULL)
    {
      call_return_error (call, g_error_copy (error));
      return;
    }
  bytes = g_variant_get_data_as_bytes (page);
  sally_wire_engine1_complete_read_listing (call->skeleton, call->invocation,
                                            g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING,
                                                                      bytes, TRUE),
                                            is_last);
  call_free (call);
}

static gboolean
handle_read_listing (SallyWireEngine1 *skeleton,
                     GDBusMethodInvocation *invocation,
                     guint id,
                     SallyClient *client)
{
  SallyListing *listing = g_hash_table_lookup (client->listings, GUINT_TO_POINTER (id));
  Call *call;

  if (listing == NULL)
    {
      g_dbus_method_invocation_return_error_literal (invocation, SALLY_ERROR, SALLY_ERROR_INVALID,
                                                     "No such listing");
      return TRUE;
    }
  call = call_new (client, invocation);
  if (call != NULL && !sally_listing_read (listing, page_read, call))
    call_return_error (call, g_error_new_literal (SALLY_ERROR, SALLY_ERROR_INVALID,
                                                  "The listing is being read already"));
  return TRUE;
}

static gboolean
handle_close_listing (SallyWireEngine1 *skeleton,
                      GDBusMethodInvocation *invocation,
                      guint id,
                      SallyClient *client)
{
  g_hash_table_remove (client->listings, GUINT_TO_POINTER (id));
  sally_wire_engine1_complete_close_listing (skeleton, invocation);
  return TRUE;
}

void
sally_service_add_file_methods (SallyClient *client)
{
  const struct
  {
    const char *signal;
    GCallback handler;
  } methods[] = {
    { "handle-real-path", G_CALLBACK (handle_real_path) },
    { "handle-stat", G_CALLBACK (handle_stat) },
    { "handle-open-listing", G_CALLBACK (handle_open_listing) },
    { "handle-read-listing", G_CALLBACK (handle_read_listing) },
    { "handle-close-listing", G_CALLBACK (handle_close_listing) },
    { "handle-make-directory", G_CALLBACK (handle_make_directory) },
    { "handle-remove-file", G_CALLBACK (handle_remove_file) },
    { "handle-adopt-partial", G_CALLBACK (handle_adopt_partial) },
    { "handle-discard-partial", G_CALLBACK (handle_discard_partial) },
    { "handle-remove-directory", G_CALLBACK (handle_remove_directory) },
    { "handle-rename", G_CALLBACK (handle_rename) },
    { "handle-set-attributes", G_CALLBACK (handle_set_attributes) },
    { "handle-read-link", G_CALLBACK (handle_read_link) },
    { "handle-make-link", G_CALLBACK (handle_make_link) },
    { "handle-check-file", G_CALLBACK (handle_check_file) },
  };

  client->listings = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) sally_listing_close);
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    g_signal_connect (client->skeleton, methods[i].signal, methods[i].handler, client);
}

void
sally_service_close_listings (SallyClient *client)
{
  g_clear_pointer (&client->listings, g_hash_table_unref);
}
