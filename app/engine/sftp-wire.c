/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/sftp-wire.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

/* length (4), type (1), id (4) */
#define HEADER_BYTES 9

void
sally_sftp_writer_begin (SallySftpWriter *writer, GByteArray *buffer, SallySftpType type)
{
  const guint8 header[HEADER_BYTES] = { 0, 0, 0, 0, (guint8) type };

  writer->bytes = buffer;
  g_byte_array_set_size (buffer, 0);
  g_byte_array_append (buffer, header, sizeof header);
}

void
sally_sftp_writer_u32 (SallySftpWriter *writer, guint32 value)
{
  guint32 big_endian = GUINT32_TO_BE (value);

  g_byte_array_append (writer->bytes, (const guint8 *) &big_endian, sizeof big_endian);
}

void
sally_sftp_writer_u64 (SallySftpWriter *writer, guint64 value)
{
  guint64 big_endian = GUINT64_TO_BE (value);

  g_byte_array_append (writer->bytes, (const guint8 *) &big_endian, sizeof big_endian);
}

void
sally_sftp_writer_string (SallySftpWriter *writer, const void *bytes, gsize length)
{
  sally_sftp_writer_u32 (writer, (guint32) length);
  g_byte_array_append (writer->bytes, bytes, (guint) length);
}

guint8 *
sally_sftp_writer_reserve (SallySftpWriter *writer, gsize length)
{
  guint start;

  sally_sftp_writer_u32 (writer, (guint32) length);
  start = writer->bytes->len;
  g_byte_array_set_size (writer->bytes, start + (guint) length);
  return writer->bytes->data + start;
}

void
sally_sftp_writer_path (SallySftpWriter *writer, const char *path)
{
  sally_sftp_writer_string (writer, path, strlen (path));
}

void
sally_sftp_writer_attributes (SallySftpWriter *writer, const SallySftpAttributes *attributes)
{
  guint32 flags = attributes->flags & (SALLY_SFTP_ATTR_SIZE | SALLY_SFTP_ATTR_UIDGID |
                                       SALLY_SFTP_ATTR_PERMISSIONS | SALLY_SFTP_ATTR_ACMODTIME);

  sally_sftp_writer_u32 (writer, flags);
  if (flags & SALLY_SFTP_ATTR_SIZE)
    sally_sftp_writer_u64 (writer, attributes->size);
  if (flags & SALLY_SFTP_ATTR_UIDGID)
    {
      sally_sftp_writer_u32 (writer, attributes->uid);
      sally_sftp_writer_u32 (writer, attributes->gid);
    }
  if (flags & SALLY_SFTP_ATTR_PERMISSIONS)
    sally_sftp_writer_u32 (writer, attributes->permissions);
  if (flags & SALLY_SFTP_ATTR_ACMODTIME)
    {
      sally_sftp_writer_u32 (writer, attributes->atime);
      sally_sftp_writer_u32 (writer, attributes->mtime);
    }
}

void
sally_sftp_writer_finish (SallySftpWriter *writer, guint32 id)
{
  guint32 length = GUINT32_TO_BE (writer->bytes->len - 4);
  guint32 big_endian_id = GUINT32_TO_BE (id);

  memcpy (writer->bytes->data, &length, sizeof length);
  memcpy (writer->bytes->data + 5, &big_endian_id, sizeof big_endian_id);
}

void
sally_sftp_reader_init (SallySftpReader *reader, const guint8 *data, gsize length)
{
  *reader = (SallySftpReader) { .data = data, .length = length };
}

static const guint8 *
take (SallySftpReader *reader, gsize length)
{
  const guint8 *bytes;

  if (reader->failed || length > reader->length - reader->offset)
    {
      reader->failed = TRUE;
      return NULL;
    }
  bytes = reader->data + reader->offset;
  reader->offset += length;
  return bytes;
}

guint8
sally_sftp_reader_u8 (SallySftpReader *reader)
{
  const guint8 *bytes = take (reader, 1);

  return bytes != NULL ? bytes[0] : 0;
}

guint32
sally_sftp_reader_u32 (SallySftpReader *reader)
{
  const guint8 *bytes = take (reader, 4);
  guint32 value = 0;

  if (bytes != NULL)
    memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_BE (value);
}

guint64
sally_sftp_reader_u64 (SallySftpReader *reader)
{
  const guint8 *bytes = take (reader, 8);
  guint64 value = 0;

  if (bytes != NULL)
    memcpy (&value, bytes, sizeof value);
  return GUINT64_FROM_BE (value);
}

const guint8 *
sally_sftp_reader_string (SallySftpReader *reader, gsize *length)
{
  *length = sally_sftp_reader_u32 (reader);
  if (reader->failed)
    {
      *length = 0;
      return NULL;
    }
  return take (reader, *length);
}

void
sally_sftp_reader_attributes (SallySftpReader *reader, SallySftpAttributes *attributes)
{
  memset (attributes, 0, sizeof *attributes);
  attributes->flags = sally_sftp_reader_u32 (reader);
  if (attributes->flags & SALLY_SFTP_ATTR_SIZE)
    attributes->size = sally_sftp_reader_u64 (reader);
  if (attributes->flags & SALLY_SFTP_ATTR_UIDGID)
    {
      attributes->uid = sally_sftp_reader_u32 (reader);
      attributes->gid = sally_sftp_reader_u32 (reader);
    }
  if (attributes->flags & SALLY_SFTP_ATTR_PERMISSIONS)
    attributes->permissions = sally_sftp_reader_u32 (reader);
  if (attributes->flags & SALLY_SFTP_ATTR_ACMODTIME)
    {
      attributes->atime = sally_sftp_reader_u32 (reader);
      attributes->mtime = sally_sftp_reader_u32 (reader);
    }
  if (attributes->flags & SALLY_SFTP_ATTR_EXTENDED)
    {
      guint32 pairs = sally_sftp_reader_u32 (reader);
      gsize length;

      /* Each pair takes at least eight bytes: the packet's length ends the loop. */
      for (guint32 i = 0; i < pairs && !reader->failed; i++)
        {
          sally_sftp_reader_string (reader, &length);
          sally_sftp_reader_string (reader, &length);
        }
    }
  attributes->flags &= ~SALLY_SFTP_ATTR_EXTENDED;
}

void
sally_sftp_features_init (SallySftpFeatures *features)
{
  *features = (SallySftpFeatures) { .names = g_ptr_array_new_with_free_func (g_free),
                                    .max_read = SALLY_SFTP_SAFE_PAYLOAD,
                                    .max_write = SALLY_SFTP_SAFE_PAYLOAD };
}

void
sally_sftp_features_clear (SallySftpFeatures *features)
{
  g_clear_pointer (&features->names, g_ptr_array_unref);
}

gboolean
sally_sftp_features_parse_version (SallySftpFeatures *features, const guint8 *body, gsize length)
{
  SallySftpReader reader;

  sally_sftp_reader_init (&reader, body, length);
  features->version = sally_sftp_reader_u32 (&reader);
  if (reader.failed)
    return FALSE;

  while (reader.offset < reader.length && features->names->len < SALLY_SFTP_MAX_EXTENSIONS)
    {
      gsize name_length, data_length;
      const guint8 *name_bytes = sally_sftp_reader_string (&reader, &name_length);
      const guint8 *data = sally_sftp_reader_string (&reader, &data_length);
      g_autofree char *name = NULL;

      if (reader.failed)
        break;
      name = sally_text_from_server ((const char *) name_bytes, (gssize) name_length, FALSE);
      features->has_posix_rename |=
          g_str_equal (name, "posix-rename@openssh.com") && data_length == 1 && data[0] == '1';
      features->has_fsync |= g_str_equal (name, "fsync@openssh.com");
      features->has_limits |= g_str_equal (name, "limits@openssh.com");
      features->has_check_file |= g_str_equal (name, "check-file");
      g_ptr_array_add (features->names, g_steal_pointer (&name));
    }
  return TRUE;
}

/* A payload that fits a packet with its header, whatever the server claims: 0 means no limit. */
static guint32
clamp_payload (guint64 claimed)
{
  const guint64 largest = SALLY_SFTP_MAX_PACKET - 1024;

  if (claimed == 0 || claimed > largest)
    return (guint32) largest;
  return (guint32) MAX (claimed, 512);
}

void
sally_sftp_features_parse_limits (SallySftpFeatures *features, const guint8 *body, gsize length)
{
  SallySftpReader reader;
  guint64 packet, read, write, handles;

  sally_sftp_reader_init (&reader, body, length);
  packet = sally_sftp_reader_u64 (&reader);
  read = sally_sftp_reader_u64 (&reader);
  write = sally_sftp_reader_u64 (&reader);
  handles = sally_sftp_reader_u64 (&reader);
  if (reader.failed)
    return;

  features->max_read = clamp_payload (read);
  features->max_write = clamp_payload (write);
  if (packet != 0 && packet > 1024)
    features->max_write = MIN (features->max_write, clamp_payload (packet - 1024));
  features->max_handles = handles;
}

static SallyError
error_from_status (guint32 status)
{
  switch (status)
    {
    case SALLY_SFTP_NO_SUCH_FILE:
      return SALLY_ERROR_REMOTE_NOT_FOUND;
    case SALLY_SFTP_PERMISSION_DENIED:
    case SALLY_SFTP_WRITE_PROTECT:
      return SALLY_ERROR_REMOTE_PERMISSION;
    case SALLY_SFTP_FILE_ALREADY_EXISTS:
      return SALLY_ERROR_REMOTE_EXISTS;
    case SALLY_SFTP_OP_UNSUPPORTED:
      return SALLY_ERROR_REMOTE_UNSUPPORTED;
    case SALLY_SFTP_NO_CONNECTION:
    case SALLY_SFTP_CONNECTION_LOST:
      return SALLY_ERROR_CONNECTION_LOST;
    default:
      return SALLY_ERROR_REMOTE_FAILED;
    }
}

static const char *
word_for_status (guint32 status)
{
  switch (status)
    {
    case SALLY_SFTP_EOF:
      return "unexpected end of file";
    case SALLY_SFTP_NO_SUCH_FILE:
      return "no such file";
    case SALLY_SFTP_PERMISSION_DENIED:
      return "permission denied";
    case SALLY_SFTP_OP_UNSUPPORTED:
      return "not supported";
    case SALLY_SFTP_FILE_ALREADY_EXISTS:
      return "it exists already";
    case SALLY_SFTP_NO_SPACE:
    case SALLY_SFTP_QUOTA_EXCEEDED:
      return "no space is left there";
    default:
      return "failure";
    }
}

void
sally_sftp_status_to_error (guint32 status, const char *text, gsize length, GError **error)
{
  g_autofree char *words = sally_text_from_server (text, (gssize) length, FALSE);

  g_set_error_literal (error, SALLY_ERROR, error_from_status (status),
                       *words != '\0' ? words : word_for_status (status));
}
