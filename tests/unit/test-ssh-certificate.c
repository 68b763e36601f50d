/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/ssh-certificate.h"

#include <string.h>

static void
put_u32 (GByteArray *blob, guint32 value)
{
  guint32 big_endian = GUINT32_TO_BE (value);

  g_byte_array_append (blob, (const guint8 *) &big_endian, sizeof big_endian);
}

static void
put_u64 (GByteArray *blob, guint64 value)
{
  put_u32 (blob, (guint32) (value >> 32));
  put_u32 (blob, (guint32) value);
}

static void
put_string (GByteArray *blob, const void *bytes, gsize length)
{
  put_u32 (blob, (guint32) length);
  g_byte_array_append (blob, bytes, (guint) length);
}

/* PROTOCOL.certkeys: the fields up to the end of its time, then what nobody here reads. */
static GByteArray *
make (const char *type, guint n_key_fields, guint32 role, const char *const *principals)
{
  GByteArray *blob = g_byte_array_new ();
  g_autoptr (GByteArray) names = g_byte_array_new ();

  put_string (blob, type, strlen (type));
  put_string (blob, "nonce", 5);
  for (guint i = 0; i < n_key_fields; i++)
    put_string (blob, "key", 3);
  put_u64 (blob, 7);
  put_u32 (blob, role);
  put_string (blob, "vendor\n4711", 11);
  for (; *principals != NULL; principals++)
    put_string (names, *principals, strlen (*principals));
  put_string (blob, names->data, names->len);
  put_u64 (blob, 1700000000);
  put_u64 (blob, G_MAXUINT64);
  put_string (blob, "options", 7);
  return blob;
}

static const char *const two[] = { "vendor", "deploy", NULL };
static const char *const none[] = { NULL };

static void
test_kinds (void)
{
  static const struct
  {
    const char *type;
    guint n_key_fields;
  } table[] = {
    { "ssh-ed25519-cert-v01@openssh.com", 1 },
    { "ssh-rsa-cert-v01@openssh.com", 2 },
    { "ecdsa-sha2-nistp384-cert-v01@openssh.com", 2 },
    { "sk-ssh-ed25519-cert-v01@openssh.com", 2 },
    { "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", 3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GByteArray) blob = make (table[i].type, table[i].n_key_fields, 1, two);
      g_autoptr (SallySshCertificate) self = sally_ssh_certificate_parse (blob->data, blob->len);

      g_assert_nonnull (self);
      g_assert_cmpstr (self->id, ==, "vendor 4711");
      g_assert_true (g_strv_equal ((const char *const *) self->principals, two));
      g_assert_cmpuint (self->valid_after, ==, 1700000000);
      g_assert_cmpuint (self->valid_before, ==, G_MAXUINT64);
    }
}

static void
test_others_are_none (void)
{
  g_autoptr (GByteArray) of_host = make ("ssh-ed25519-cert-v01@openssh.com", 1, 2, two);
  g_autoptr (GByteArray) plain = make ("ssh-ed25519", 1, 1, two);
  g_autoptr (GByteArray) for_all = make ("ssh-ed25519-cert-v01@openssh.com", 1, 1, none);
  g_autoptr (SallySshCertificate) self = NULL;

  g_assert_null (sally_ssh_certificate_parse (of_host->data, of_host->len));
  g_assert_null (sally_ssh_certificate_parse (plain->data, plain->len));
  self = sally_ssh_certificate_parse (for_all->data, for_all->len);
  g_assert_nonnull (self);
  g_assert_cmpuint (g_strv_length (self->principals), ==, 0);
}

/* Cut anywhere before its time's end, or with any length field too large, it is none. */
static void
test_broken_are_none (void)
{
  g_autoptr (GByteArray) blob = make ("ssh-ed25519-cert-v01@openssh.com", 1, 1, two);
  gsize read = blob->len - 4 - strlen ("options");

  for (gsize length = 0; length < read; length++)
    {
      g_autofree guint8 *cut = g_memdup2 (blob->data, MAX (length, 1));

      g_assert_null (sally_ssh_certificate_parse (cut, length));
    }
  for (gsize i = 0; i + 4 <= read; i++)
    {
      g_autofree guint8 *changed = g_memdup2 (blob->data, blob->len);
      g_autoptr (SallySshCertificate) self = NULL;

      memset (changed + i, 0xff, 4);
      self = sally_ssh_certificate_parse (changed, blob->len);
      g_assert_true (self == NULL || self->id != NULL);
    }
}

static void
test_long_lists_are_bounded (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_null_terminated (1000, NULL, TRUE);
  g_autoptr (GByteArray) blob = NULL;
  g_autoptr (SallySshCertificate) self = NULL;

  for (guint i = 0; i < 1000; i++)
    g_ptr_array_add (names, (gpointer) "user");
  blob = make ("ssh-rsa-cert-v01@openssh.com", 2, 1, (const char *const *) names->pdata);
  self = sally_ssh_certificate_parse (blob->data, blob->len);
  g_assert_nonnull (self);
  g_assert_cmpuint (g_strv_length (self->principals), ==, SALLY_SSH_CERTIFICATE_MAX_PRINCIPALS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh-certificate/kinds", test_kinds);
  g_test_add_func ("/ssh-certificate/others-are-none", test_others_are_none);
  g_test_add_func ("/ssh-certificate/broken-are-none", test_broken_are_none);
  g_test_add_func ("/ssh-certificate/long-lists-are-bounded", test_long_lists_are_bounded);
  return g_test_run ();
}
