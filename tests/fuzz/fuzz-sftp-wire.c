/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every reader of what an SFTP server sends, over the same bytes. */
#include "config.h"

#include "base/error.h"
#include "engine/sftp-wire.h"
#include "tests/fuzz/fuzz.h"

static void
read_names (const uint8_t *data, size_t size)
{
  SallySftpReader reader;
  guint32 count;

  sally_sftp_reader_init (&reader, data, size);
  count = sally_sftp_reader_u32 (&reader);
  for (guint32 i = 0; i < count && !reader.failed; i++)
    {
      SallySftpAttributes attributes;
      gsize length;

      sally_sftp_reader_string (&reader, &length);
      sally_sftp_reader_string (&reader, &length);
      sally_sftp_reader_attributes (&reader, &attributes);
      g_assert_cmpuint (reader.offset, <=, size);
    }
}

static void
read_features (const uint8_t *data, size_t size)
{
  SallySftpFeatures features;

  sally_sftp_features_init (&features);
  sally_sftp_features_parse_version (&features, data, size);
  sally_sftp_features_parse_limits (&features, data, size);
  g_assert_cmpuint (features.names->len, <=, SALLY_SFTP_MAX_EXTENSIONS);
  g_assert_cmpuint (features.max_read, >=, 512);
  g_assert_cmpuint (features.max_read, <, SALLY_SFTP_MAX_PACKET);
  g_assert_cmpuint (features.max_write, >=, 512);
  g_assert_cmpuint (features.max_write, <, SALLY_SFTP_MAX_PACKET);
  sally_sftp_features_clear (&features);
}

static void
read_status (const uint8_t *data, size_t size)
{
  SallySftpReader reader;
  guint32 status;
  const guint8 *text;
  gsize length;
  g_autoptr (GError) error = NULL;

  sally_sftp_reader_init (&reader, data, size);
  status = sally_sftp_reader_u32 (&reader);
  text = sally_sftp_reader_string (&reader, &length);
  sally_sftp_status_to_error (status, (const char *) text, text != NULL ? length : 0, &error);
  g_assert_nonnull (error);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  read_names (data, size);
  read_features (data, size);
  read_status (data, size);
  return 0;
}
