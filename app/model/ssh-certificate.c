/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/ssh-certificate.h"

#include "base/text.h"

#include <string.h>

#define USER_CERTIFICATE 1

/* How many strings each kind has between the nonce and the serial number. */
static const struct
{
  const char *type;
  guint n_key_fields;
} kinds[] = {
  { "ssh-ed25519-cert-v01@openssh.com", 1 },
  { "ssh-rsa-cert-v01@openssh.com", 2 },
  { "ecdsa-sha2-nistp256-cert-v01@openssh.com", 2 },
  { "ecdsa-sha2-nistp384-cert-v01@openssh.com", 2 },
  { "ecdsa-sha2-nistp521-cert-v01@openssh.com", 2 },
  { "sk-ssh-ed25519-cert-v01@openssh.com", 2 },
  { "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", 3 },
};

/* Reading beyond the end leaves nothing, and is noticed. */
typedef struct
{
  const guint8 *bytes;
  gsize left;
  gboolean failed;
} Reader;

static const guint8 *
take (Reader *reader, gsize length)
{
  const guint8 *bytes = reader->bytes;

  if (length > reader->left)
    {
      reader->failed = TRUE;
      reader->left = 0;
      return NULL;
    }
  reader->bytes += length;
  reader->left -= length;
  return bytes;
}

static guint32
take_u32 (Reader *reader)
{
  const guint8 *bytes = take (reader, sizeof (guint32));
  guint32 value = 0;

  if (bytes != NULL)
    memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_BE (value);
}

static guint64
take_u64 (Reader *reader)
{
  guint64 high = take_u32 (reader);

  return high << 32 | take_u32 (reader);
}

static Reader
take_string (Reader *reader)
{
  gsize length = take_u32 (reader);
  const guint8 *bytes = take (reader, length);

  return (Reader) { bytes, bytes != NULL ? length : 0, bytes == NULL };
}

static char *
to_text (Reader string)
{
  return sally_text_from_server (string.left > 0 ? (const char *) string.bytes : "",
                                 (gssize) string.left, FALSE);
}

/* 0 if it is none of ours. */
static guint
count_key_fields (Reader type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (type.left == strlen (kinds[i].type) && memcmp (type.bytes, kinds[i].type, type.left) == 0)
      return kinds[i].n_key_fields;
  return 0;
}

static GStrv
take_principals (Reader *reader)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  Reader list = take_string (reader);

  for (guint i = 0; list.left > 0 && i < SALLY_SSH_CERTIFICATE_MAX_PRINCIPALS; i++)
    g_strv_builder_take (builder, to_text (take_string (&list)));
  reader->failed |= list.failed;
  return g_strv_builder_end (builder);
}

SallySshCertificate *
sally_ssh_certificate_parse (const guint8 *blob, gsize length)
{
  g_autoptr (SallySshCertificate) self = g_new0 (SallySshCertificate, 1);
  Reader reader = { blob, length, FALSE };
  guint n_key_fields = count_key_fields (take_string (&reader));
  guint32 type;

  if (n_key_fields == 0)
    return NULL;
  take_string (&reader); /* nonce */
  for (guint i = 0; i < n_key_fields; i++)
    take_string (&reader);
  take_u64 (&reader); /* serial number */
  type = take_u32 (&reader);
  self->id = to_text (take_string (&reader));
  self->principals = take_principals (&reader);
  self->valid_after = take_u64 (&reader);
  self->valid_before = take_u64 (&reader);
  if (reader.failed || type != USER_CERTIFICATE)
    return NULL;
  return g_steal_pointer (&self);
}

void
sally_ssh_certificate_free (SallySshCertificate *self)
{
  g_free (self->id);
  g_strfreev (self->principals);
  g_free (self);
}
