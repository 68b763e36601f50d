/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/reply.h"

#include "base/error.h"

gboolean
sally_reply_has_status (const SallySftpReply *reply, SallySftpStatus status)
{
  SallySftpReader reader;

  if (reply == NULL || reply->type != SALLY_SFTP_STATUS)
    return FALSE;
  sally_sftp_reader_init (&reader, reply->body, reply->length);
  return sally_sftp_reader_u32 (&reader) == (guint32) status && !reader.failed;
}

GBytes *
sally_reply_dup_handle (const SallySftpReply *reply, SallyLane *lane, GError **error)
{
  SallySftpReader reader;
  const guint8 *handle;
  gsize length;

  if (reply == NULL || reply->type != SALLY_SFTP_HANDLE)
    {
      sally_reply_set_error (reply, lane, error);
      return NULL;
    }
  sally_sftp_reader_init (&reader, reply->body, reply->length);
  handle = sally_sftp_reader_string (&reader, &length);
  if (handle != NULL && length <= SALLY_SFTP_MAX_HANDLE)
    return g_bytes_new (handle, length);
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PROTOCOL, "The server sent a broken handle");
  return NULL;
}

gboolean
sally_reply_get_attributes (const SallySftpReply *reply,
                            SallyLane *lane,
                            SallySftpAttributes *attributes,
                            GError **error)
{
  SallySftpReader reader;

  if (reply == NULL || reply->type != SALLY_SFTP_ATTRS)
    {
      sally_reply_set_error (reply, lane, error);
      return FALSE;
    }
  sally_sftp_reader_init (&reader, reply->body, reply->length);
  sally_sftp_reader_attributes (&reader, attributes);
  if (!reader.failed)
    return TRUE;
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PROTOCOL,
                       "The server sent broken attributes");
  return FALSE;
}

void
sally_reply_set_error (const SallySftpReply *reply, SallyLane *lane, GError **error)
{
  const GError *reason = sally_lane_get_error (lane);
  SallySftpReader reader;
  guint32 status;
  gsize length;
  const guint8 *text;

  if (reply == NULL && reason != NULL)
    g_propagate_error (error, g_error_copy (reason));
  else if (reply == NULL)
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST,
                         "The connection is closed");
  else if (reply->type != SALLY_SFTP_STATUS)
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PROTOCOL,
                         "The server gave an answer of the wrong kind");
  else
    {
      sally_sftp_reader_init (&reader, reply->body, reply->length);
      status = sally_sftp_reader_u32 (&reader);
      text = sally_sftp_reader_string (&reader, &length);
      sally_sftp_status_to_error (status, (const char *) text, length, error);
    }
}
