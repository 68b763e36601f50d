/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "base/text.h"
#include "engine/sftp-wire.h"

#include <string.h>

static const SallySftpAttributes whole = {
  .flags = SALLY_SFTP_ATTR_SIZE | SALLY_SFTP_ATTR_UIDGID | SALLY_SFTP_ATTR_PERMISSIONS |
           SALLY_SFTP_ATTR_ACMODTIME,
  .size = 0x123456789abcdef0,
  .uid = 1000,
  .gid = G_MAXUINT32,
  .permissions = 0100644,
  .atime = 1,
  .mtime = 2000000000,
};

/* A body without length, type and id, as a reader gets it. */
static GByteArray *
begin (SallySftpWriter *writer)
{
  GByteArray *buffer = g_byte_array_new ();

  sally_sftp_writer_begin (writer, buffer, SALLY_SFTP_STATUS);
  return buffer;
}

static void
start (SallySftpReader *reader, GByteArray *buffer)
{
  sally_sftp_reader_init (reader, buffer->data + 9, buffer->len - 9);
}

static void
test_header (void)
{
  const guint8 expected[] = { 0, 0, 0, 10, SALLY_SFTP_STAT, 1, 2, 3, 4, 0, 0, 0, 1, '/' };
  g_autoptr (GByteArray) buffer = g_byte_array_new ();
  SallySftpWriter writer;

  sally_sftp_writer_begin (&writer, buffer, SALLY_SFTP_STAT);
  sally_sftp_writer_path (&writer, "/");
  sally_sftp_writer_finish (&writer, 0x01020304);
  g_assert_cmpmem (buffer->data, buffer->len, expected, sizeof expected);
}

static void
test_round_trip (void)
{
  SallySftpWriter writer;
  g_autoptr (GByteArray) buffer = begin (&writer);
  SallySftpReader reader;
  SallySftpAttributes read;
  const guint8 *bytes;
  gsize length;

  sally_sftp_writer_u32 (&writer, 0xfedcba98);
  sally_sftp_writer_u64 (&writer, G_MAXUINT64 - 1);
  sally_sftp_writer_string (&writer, "a\0b", 3);
  sally_sftp_writer_string (&writer, "", 0);
  sally_sftp_writer_attributes (&writer, &whole);

  start (&reader, buffer);
  g_assert_cmpuint (sally_sftp_reader_u32 (&reader), ==, 0xfedcba98);
  g_assert_cmpuint (sally_sftp_reader_u64 (&reader), ==, G_MAXUINT64 - 1);
  bytes = sally_sftp_reader_string (&reader, &length);
  g_assert_cmpmem (bytes, length, "a\0b", 3);
  g_assert_nonnull (sally_sftp_reader_string (&reader, &length));
  g_assert_cmpuint (length, ==, 0);
  sally_sftp_reader_attributes (&reader, &read);
  g_assert_false (reader.failed);
  g_assert_cmpuint (reader.offset, ==, reader.length);
  g_assert_cmpmem (&read, sizeof read, &whole, sizeof whole);
}

/* Cut anywhere, the reader fails and gives nothing beyond the cut. Each length lies in memory of
 * its own, so that a read beyond it is seen by the address sanitizer. */
static void
test_truncated (void)
{
  SallySftpWriter writer;
  g_autoptr (GByteArray) buffer = begin (&writer);

  sally_sftp_writer_string (&writer, "name", 4);
  sally_sftp_writer_attributes (&writer, &whole);
  for (gsize length = 0; length <= buffer->len - 9; length++)
    {
      g_autofree guint8 *copy = g_memdup2 (buffer->data + 9, length);
      SallySftpReader reader;
      SallySftpAttributes read;
      gsize name_length;

      sally_sftp_reader_init (&reader, copy, length);
      sally_sftp_reader_string (&reader, &name_length);
      sally_sftp_reader_attributes (&reader, &read);
      g_assert_cmpint (reader.failed, ==, length < buffer->len - 9);
      g_assert_cmpuint (reader.offset, <=, length);
    }
}

static void
test_string_beyond_packet (void)
{
  const guint32 lengths[] = { 5, 0x7fffffff, 0x80000000, 0xffffffff };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      SallySftpWriter writer;
      g_autoptr (GByteArray) buffer = begin (&writer);
      SallySftpReader reader;
      gsize length;

      sally_sftp_writer_u32 (&writer, lengths[i]);
      sally_sftp_writer_u32 (&writer, 0);
      start (&reader, buffer);
      g_assert_null (sally_sftp_reader_string (&reader, &length));
      g_assert_true (reader.failed);
      g_assert_cmpuint (sally_sftp_reader_u8 (&reader), ==, 0);
    }
}

static void
test_extended_attributes (void)
{
  SallySftpWriter writer;
  g_autoptr (GByteArray) buffer = begin (&writer);
  SallySftpReader reader;
  SallySftpAttributes read;

  sally_sftp_writer_u32 (&writer, SALLY_SFTP_ATTR_EXTENDED | SALLY_SFTP_ATTR_PERMISSIONS);
  sally_sftp_writer_u32 (&writer, 0644);
  sally_sftp_writer_u32 (&writer, 1);
  sally_sftp_writer_path (&writer, "name");
  sally_sftp_writer_path (&writer, "value");
  sally_sftp_writer_u32 (&writer, 77);
  start (&reader, buffer);
  sally_sftp_reader_attributes (&reader, &read);
  g_assert_false (reader.failed);
  g_assert_cmpuint (read.flags, ==, SALLY_SFTP_ATTR_PERMISSIONS);
  g_assert_cmpuint (sally_sftp_reader_u32 (&reader), ==, 77);
}

/* 2^32 - 1 pairs are promised, one is there. */
static void
test_extended_flood (void)
{
  SallySftpWriter writer;
  g_autoptr (GByteArray) buffer = begin (&writer);
  SallySftpReader reader;
  SallySftpAttributes read;

  sally_sftp_writer_u32 (&writer, SALLY_SFTP_ATTR_EXTENDED);
  sally_sftp_writer_u32 (&writer, G_MAXUINT32);
  sally_sftp_writer_path (&writer, "");
  sally_sftp_writer_path (&writer, "");
  start (&reader, buffer);
  sally_sftp_reader_attributes (&reader, &read);
  g_assert_true (reader.failed);
}

static void
test_version (void)
{
  SallySftpWriter writer;
  g_autoptr (GByteArray) buffer = begin (&writer);
  SallySftpFeatures features;

  sally_sftp_writer_u32 (&writer, 3);
  sally_sftp_writer_path (&writer, "posix-rename@openssh.com");
  sally_sftp_writer_path (&writer, "1");
  sally_sftp_writer_path (&writer, "limits@openssh.com");
  sally_sftp_writer_path (&writer, "1");
  sally_sftp_writer_path (&writer, "evil\x1b[2J\xe2\x80\xae");
  sally_sftp_writer_path (&writer, "");
  sally_sftp_features_init (&features);
  g_assert_true (sally_sftp_features_parse_version (&features, buffer->data + 9, buffer->len - 9));
  g_assert_cmpuint (features.version, ==, 3);
  g_assert_true (features.has_posix_rename);
  g_assert_true (features.has_limits);
  g_assert_false (features.has_fsync);
  g_assert_cmpuint (features.names->len, ==, 3);
  g_assert_null (strchr (g_ptr_array_index (features.names, 2), '\x1b'));
  sally_sftp_features_clear (&features);

  sally_sftp_features_init (&features);
  g_assert_false (sally_sftp_features_parse_version (&features, buffer->data + 9, 3));
  sally_sftp_features_clear (&features);
}

static void
test_version_flood (void)
{
  SallySftpWriter writer;
  g_autoptr (GByteArray) buffer = begin (&writer);
  SallySftpFeatures features;

  sally_sftp_writer_u32 (&writer, 3);
  for (guint i = 0; i < 10000; i++)
    {
      sally_sftp_writer_path (&writer, "x");
      sally_sftp_writer_path (&writer, "");
    }
  sally_sftp_features_init (&features);
  g_assert_true (sally_sftp_features_parse_version (&features, buffer->data + 9, buffer->len - 9));
  g_assert_cmpuint (features.names->len, ==, SALLY_SFTP_MAX_EXTENSIONS);
  sally_sftp_features_clear (&features);
}

/* Whatever a server says of itself, a request and its reply fit a packet. */
static void
test_limits (void)
{
  static const struct
  {
    guint64 packet, read, write, handles;
    guint32 max_read, max_write;
  } table[] = {
    { 262144, 261120, 261120, 1019, 261120, 261120 },
    { 0, 0, 0, 0, SALLY_SFTP_MAX_PACKET - 1024, SALLY_SFTP_MAX_PACKET - 1024 },
    { G_MAXUINT64, G_MAXUINT64, G_MAXUINT64, G_MAXUINT64, SALLY_SFTP_MAX_PACKET - 1024,
      SALLY_SFTP_MAX_PACKET - 1024 },
    { 1, 1, 1, 1, 512, 512 },
    { 34000, 32768, 65536, 100, 32768, 34000 - 1024 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      SallySftpWriter writer;
      g_autoptr (GByteArray) buffer = begin (&writer);
      SallySftpFeatures features;

      sally_sftp_writer_u64 (&writer, table[i].packet);
      sally_sftp_writer_u64 (&writer, table[i].read);
      sally_sftp_writer_u64 (&writer, table[i].write);
      sally_sftp_writer_u64 (&writer, table[i].handles);
      sally_sftp_features_init (&features);
      sally_sftp_features_parse_limits (&features, buffer->data + 9, buffer->len - 10);
      g_assert_cmpuint (features.max_read, ==, SALLY_SFTP_SAFE_PAYLOAD);
      sally_sftp_features_parse_limits (&features, buffer->data + 9, buffer->len - 9);
      g_assert_cmpuint (features.max_read, ==, table[i].max_read);
      g_assert_cmpuint (features.max_write, ==, table[i].max_write);
      g_assert_cmpuint (features.max_handles, ==, table[i].handles);
      sally_sftp_features_clear (&features);
    }
}

static void
test_status (void)
{
  static const struct
  {
    guint32 status;
    const char *text;
    SallyError code;
    const char *message;
  } table[] = {
    { SALLY_SFTP_NO_SUCH_FILE, "", SALLY_ERROR_REMOTE_NOT_FOUND, "no such file" },
    { SALLY_SFTP_NO_SUCH_FILE, "Gone", SALLY_ERROR_REMOTE_NOT_FOUND, "Gone" },
    { SALLY_SFTP_PERMISSION_DENIED, "", SALLY_ERROR_REMOTE_PERMISSION, "permission denied" },
    { SALLY_SFTP_FILE_ALREADY_EXISTS, "", SALLY_ERROR_REMOTE_EXISTS, "it exists already" },
    { SALLY_SFTP_OP_UNSUPPORTED, "", SALLY_ERROR_REMOTE_UNSUPPORTED, "not supported" },
    { SALLY_SFTP_FAILURE, "\x1b[31mred\x07", SALLY_ERROR_REMOTE_FAILED, "[31mred" },
    { 0xffffffff, "", SALLY_ERROR_REMOTE_FAILED, "failure" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      const int code = table[i].code;

      sally_sftp_status_to_error (table[i].status, table[i].text, strlen (table[i].text), &error);
      g_assert_error (error, SALLY_ERROR, code);
      g_assert_cmpstr (error->message, ==, table[i].message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sftp-wire/header", test_header);
  g_test_add_func ("/sftp-wire/round-trip", test_round_trip);
  g_test_add_func ("/sftp-wire/truncated-anywhere", test_truncated);
  g_test_add_func ("/sftp-wire/string-beyond-packet", test_string_beyond_packet);
  g_test_add_func ("/sftp-wire/extended-attributes/skipped", test_extended_attributes);
  g_test_add_func ("/sftp-wire/extended-attributes/flood", test_extended_flood);
  g_test_add_func ("/sftp-wire/version/features", test_version);
  g_test_add_func ("/sftp-wire/version/flood", test_version_flood);
  g_test_add_func ("/sftp-wire/limits", test_limits);
  g_test_add_func ("/sftp-wire/status", test_status);
  return g_test_run ();
}
