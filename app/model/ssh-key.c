/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/ssh-key.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define KEY_TYPE      "ssh-ed25519"
#define MAGIC         "openssh-key-v1"
#define BEGIN_LINE    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define END_LINE      "-----END OPENSSH PRIVATE KEY-----\n"
#define KEY_BYTES     32
/* What an unencrypted private part is padded to (PROTOCOL.key). */
#define BLOCK_BYTES   8
/* Twice what the longest name (of four-byte characters) makes of it. */
#define MAX_KEY_BYTES 1536
/* The base64 of that, with line ends. */
#define MAX_PEM_BYTES 2400

struct _SallySshKey
{
  GObject parent_instance;

  char *id;
  char *name;
  char *public_line;
  SallySecret *private_key;
};

enum
{
  PROP_NAME = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (SallySshKey, sally_ssh_key, G_TYPE_OBJECT)

/* A growing SSH string in memory of the caller's. */
typedef struct
{
  guint8 *bytes;
  gsize length;
} Writer;

static void
sally_ssh_key_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  if (property == PROP_NAME)
    g_value_set_string (value, SALLY_SSH_KEY (object)->name);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
sally_ssh_key_finalize (GObject *object)
{
  SallySshKey *self = SALLY_SSH_KEY (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->public_line);
  g_clear_pointer (&self->private_key, sally_secret_unref);
  G_OBJECT_CLASS (sally_ssh_key_parent_class)->finalize (object);
}

static void
sally_ssh_key_class_init (SallySshKeyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sally_ssh_key_get_property;
  object_class->finalize = sally_ssh_key_finalize;
  properties[PROP_NAME] =
      g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sally_ssh_key_init (SallySshKey *self)
{
}

gboolean
sally_ssh_key_validate_name (const char *name, GError **error)
{
  gboolean is_clean;

  g_return_val_if_fail (name != NULL, FALSE);

  is_clean = g_utf8_validate (name, -1, NULL) && *name != '-' && *name != ' ' && *name != '\0' &&
             !g_str_has_suffix (name, " ") && g_utf8_strlen (name, -1) <= SALLY_SSH_KEY_MAX_NAME;
  for (const char *c = name; is_clean && *c != '\0'; c = g_utf8_next_char (c))
    is_clean = g_unichar_isprint (g_utf8_get_char (c));
  if (!is_clean)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                 _ ("A key’s name has 1 to %d characters, all of them visible, and begins neither "
                    "with “-” nor with a space"),
                 SALLY_SSH_KEY_MAX_NAME);
  return is_clean;
}

static void
put (Writer *writer, const void *bytes, gsize length)
{
  g_assert (writer->length + length <= MAX_KEY_BYTES);
  memcpy (writer->bytes + writer->length, bytes, length);
  writer->length += length;
}

static void
put_u32 (Writer *writer, guint32 value)
{
  guint32 big_endian = GUINT32_TO_BE (value);

  put (writer, &big_endian, sizeof big_endian);
}

static void
put_string (Writer *writer, const void *bytes, gsize length)
{
  put_u32 (writer, (guint32) length);
  put (writer, bytes, length);
}

/* RFC 8709 section 4. */
static void
put_public (Writer *writer, const guint8 *public_key)
{
  put_string (writer, KEY_TYPE, strlen (KEY_TYPE));
  put_string (writer, public_key, KEY_BYTES);
}

/* The part that a passphrase would encrypt; it tells a wrong one by two equal numbers. */
static gboolean
put_private (Writer *writer, const guint8 *seed, const guint8 *public_key, const char *comment)
{
  gsize begin = writer->length;
  guint32 check;

  if (RAND_bytes ((guint8 *) &check, sizeof check) != 1)
    return FALSE;
  put_u32 (writer, check);
  put_u32 (writer, check);
  put_public (writer, public_key);
  put_u32 (writer, 2 * KEY_BYTES);
  put (writer, seed, KEY_BYTES);
  put (writer, public_key, KEY_BYTES);
  put_string (writer, comment, strlen (comment));
  for (guint8 pad = 1; (writer->length - begin) % BLOCK_BYTES != 0; pad++)
    put (writer, &pad, 1);
  return TRUE;
}

/* The text of the file that ssh-keygen would write, in locked memory from the first byte on. */
static SallySecret *
armour (const guint8 *bytes, gsize length)
{
  g_autoptr (SallySecret) room = NULL;
  char *text;
  gsize used = strlen (BEGIN_LINE);
  int state = 0, save = 0;

  room = sally_secret_new_sized (MAX_PEM_BYTES, &text);
  memcpy (text, BEGIN_LINE, used);
  used += g_base64_encode_step (bytes, length, TRUE, text + used, &state, &save);
  used += g_base64_encode_close (TRUE, text + used, &state, &save);
  g_assert (used + strlen (END_LINE) <= MAX_PEM_BYTES);
  memcpy (text + used, END_LINE, strlen (END_LINE));
  return sally_secret_new (text, (gssize) (used + strlen (END_LINE)));
}

static SallySecret *
write_private (const guint8 *seed, const guint8 *public_key, const char *comment)
{
  g_autoptr (SallySecret) room = NULL;
  g_autoptr (SallySecret) inner_room = NULL;
  Writer writer = { NULL, 0 };
  Writer inner = { NULL, 0 };
  guint8 blob[MAX_KEY_BYTES];
  Writer public_writer = { blob, 0 };
  char *bytes, *inner_bytes;

  room = sally_secret_new_sized (MAX_KEY_BYTES, &bytes);
  inner_room = sally_secret_new_sized (MAX_KEY_BYTES, &inner_bytes);
  writer.bytes = (guint8 *) bytes;
  inner.bytes = (guint8 *) inner_bytes;
  if (!put_private (&inner, seed, public_key, comment))
    return NULL;
  put_public (&public_writer, public_key);

  put (&writer, MAGIC, sizeof MAGIC); /* with its NUL */
  put_string (&writer, "none", 4);    /* cipher */
  put_string (&writer, "none", 4);    /* key derivation */
  put_string (&writer, "", 0);
  put_u32 (&writer, 1);
  put_string (&writer, blob, public_writer.length);
  put_string (&writer, inner.bytes, inner.length);
  return armour (writer.bytes, writer.length);
}

static char *
write_public (const guint8 *public_key, const char *comment)
{
  guint8 blob[MAX_KEY_BYTES];
  Writer writer = { blob, 0 };
  g_autofree char *base64 = NULL;

  put_public (&writer, public_key);
  base64 = g_base64_encode (blob, writer.length);
  return g_strdup_printf (KEY_TYPE " %s %s", base64, comment);
}

SallySshKey *
sally_ssh_key_generate (const char *name, GError **error)
{
  g_autoptr (SallySshKey) self = NULL;
  EVP_PKEY *pair;
  guint8 seed[KEY_BYTES], public_key[KEY_BYTES];
  gsize seed_length = sizeof seed, public_length = sizeof public_key;
  gboolean ok;

  g_return_val_if_fail (name != NULL, NULL);

  if (!sally_ssh_key_validate_name (name, error))
    return NULL;
  self = g_object_new (SALLY_TYPE_SSH_KEY, NULL);
  self->id = g_uuid_string_random ();
  self->name = g_strdup (name);
  pair = EVP_PKEY_Q_keygen (NULL, NULL, "ED25519");
  ok = pair != NULL && EVP_PKEY_get_raw_private_key (pair, seed, &seed_length) == 1 &&
       EVP_PKEY_get_raw_public_key (pair, public_key, &public_length) == 1;
  if (ok)
    {
      self->private_key = write_private (seed, public_key, name);
      self->public_line = write_public (public_key, name);
    }
  sally_secret_wipe (seed, sizeof seed);
  EVP_PKEY_free (pair); /* which wipes it */
  if (!ok || self->private_key == NULL)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_FAILED,
                           _ ("This system’s OpenSSL cannot make an Ed25519 key"));
      return NULL;
    }
  return g_steal_pointer (&self);
}

SallySecret *
sally_ssh_key_to_stored (SallySshKey *self)
{
  g_autoptr (SallySecret) head = NULL;
  g_autofree char *lines = NULL;

  g_return_val_if_fail (SALLY_IS_SSH_KEY (self), NULL);

  lines = g_strdup_printf ("%s\n%s\n", self->name, self->public_line);
  head = sally_secret_new (lines, -1);
  return sally_secret_new_joined (head, self->private_key, NULL);
}

SallySshKey *
sally_ssh_key_new_from_stored (const char *id, SallySecret *stored)
{
  g_autoptr (SallySshKey) self = NULL;
  const char *text, *public_line, *private_key;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (stored != NULL, NULL);

  text = sally_secret_peek (stored, NULL);
  public_line = strchr (text, '\n');
  private_key = public_line != NULL ? strchr (public_line + 1, '\n') : NULL;
  if (private_key == NULL || !g_str_has_prefix (public_line + 1, KEY_TYPE " ") ||
      !g_str_has_prefix (private_key + 1, BEGIN_LINE))
    return NULL;
  self = g_object_new (SALLY_TYPE_SSH_KEY, NULL);
  self->id = g_strdup (id);
  self->name = g_strndup (text, (gsize) (public_line - text));
  self->public_line = g_strndup (public_line + 1, (gsize) (private_key - public_line - 1));
  if (!sally_ssh_key_validate_name (self->name, NULL) ||
      !g_utf8_validate (self->public_line, -1, NULL))
    return NULL;
  self->private_key = sally_secret_new (private_key + 1, -1);
  return g_steal_pointer (&self);
}

const char *
sally_ssh_key_get_id (SallySshKey *self)
{
  g_return_val_if_fail (SALLY_IS_SSH_KEY (self), NULL);

  return self->id;
}

const char *
sally_ssh_key_get_name (SallySshKey *self)
{
  g_return_val_if_fail (SALLY_IS_SSH_KEY (self), NULL);

  return self->name;
}

const char *
sally_ssh_key_get_public_line (SallySshKey *self)
{
  g_return_val_if_fail (SALLY_IS_SSH_KEY (self), NULL);

  return self->public_line;
}

char *
sally_ssh_key_dup_fingerprint (SallySshKey *self)
{
  g_auto (GStrv) words = NULL;
  g_autofree guchar *blob = NULL;
  g_autofree char *base64 = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length, digest_length = sizeof digest;

  g_return_val_if_fail (SALLY_IS_SSH_KEY (self), NULL);

  words = g_strsplit (self->public_line, " ", 3);
  blob = g_base64_decode (words[1], &length);
  g_checksum_update (checksum, blob, (gssize) length);
  g_checksum_get_digest (checksum, digest, &digest_length);
  base64 = g_base64_encode (digest, digest_length);
  /* OpenSSH shows no padding. */
  *strchr (base64, '=') = '\0';
  return g_strconcat ("SHA256:", base64, NULL);
}

SallySecret *
sally_ssh_key_get_private (SallySshKey *self)
{
  g_return_val_if_fail (SALLY_IS_SSH_KEY (self), NULL);

  return self->private_key;
}
