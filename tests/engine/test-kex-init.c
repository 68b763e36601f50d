/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/kex-init.h"

#include <string.h>

static void
add_u32 (GByteArray *bytes, guint32 value)
{
  guint32 big_endian = GUINT32_TO_BE (value);

  g_byte_array_append (bytes, (const guint8 *) &big_endian, sizeof big_endian);
}

static void
add_list (GByteArray *bytes, const char *list)
{
  add_u32 (bytes, (guint32) strlen (list));
  g_byte_array_append (bytes, (const guint8 *) list, (guint) strlen (list));
}

/* What a server opens with: `lines`, then a KEXINIT whose key exchanges are `key_exchanges`. */
static GByteArray *
make_opening (const char *lines, const char *key_exchanges)
{
  GByteArray *bytes = g_byte_array_new ();
  const guint8 head[2] = { 4, 20 };
  const guint8 cookie[16] = { 0 };

  g_byte_array_append (bytes, (const guint8 *) lines, (guint) strlen (lines));
  add_u32 (bytes, 1000);
  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, cookie, sizeof cookie);
  add_list (bytes, key_exchanges);
  add_list (bytes, "ssh-ed25519,rsa-sha2-512");
  add_list (bytes, "aes256-ctr");
  add_list (bytes, "other-way");
  add_list (bytes, "hmac-sha2-256");
  add_list (bytes, "other-way");
  return bytes;
}

static void
test_lists (void)
{
  g_autoptr (GByteArray) bytes =
      make_opening ("welcome\r\nSSH-2.0-Test_1.0 comment\r\n", "curve25519-sha256,kex-strict-s");
  g_auto (SallyKexInit) init = { NULL };

  sally_kex_init_parse (bytes->data, bytes->len, &init);
  g_assert_cmpstr (init.ident, ==, "SSH-2.0-Test_1.0 comment");
  g_assert_cmpstr (init.key_exchanges, ==, "curve25519-sha256,kex-strict-s");
  g_assert_cmpstr (init.host_keys, ==, "ssh-ed25519,rsa-sha2-512");
  g_assert_cmpstr (init.ciphers, ==, "aes256-ctr");
  g_assert_cmpstr (init.macs, ==, "hmac-sha2-256");
}

/* Cut anywhere, it gives what came whole, and reads nothing beyond: each piece is a block of its
 * own. */
static void
test_cut_short (void)
{
  g_autoptr (GByteArray) bytes = make_opening ("SSH-2.0-T\n", "k");

  for (guint length = 0; length < bytes->len; length++)
    {
      g_autofree guint8 *piece = g_memdup2 (bytes->data, length);
      g_auto (SallyKexInit) init = { NULL };

      sally_kex_init_parse (piece, length, &init);
      g_assert_cmpint (init.ident != NULL, ==, length >= strlen ("SSH-2.0-T\n"));
      if (init.macs != NULL)
        g_assert_cmpstr (init.macs, ==, "hmac-sha2-256");
    }
}

static void
test_no_ssh (void)
{
  static const char *const openings[] = { "", "220 ftp.example.org FTP server\r\n",
                                          "HTTP/1.1 400 Bad Request\r\n\r\n",
                                          "SSH-2.0-unfinished" };

  for (gsize i = 0; i < G_N_ELEMENTS (openings); i++)
    {
      g_auto (SallyKexInit) init = { NULL };

      sally_kex_init_parse ((const guint8 *) openings[i], strlen (openings[i]), &init);
      g_assert_null (init.ident);
      g_assert_null (init.key_exchanges);
    }
}

static void
test_hostile_words (void)
{
  g_autoptr (GByteArray) bytes = make_opening ("SSH-2.0-\x1b[2J\xff\n", "a b");
  g_auto (SallyKexInit) init = { NULL };

  sally_kex_init_parse (bytes->data, bytes->len, &init);
  g_assert_true (g_utf8_validate (init.ident, -1, NULL));
  g_assert_null (strchr (init.ident, '\x1b'));
  g_assert_null (init.key_exchanges);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kex-init/lists", test_lists);
  g_test_add_func ("/kex-init/cut-short", test_cut_short);
  g_test_add_func ("/kex-init/no-ssh", test_no_ssh);
  g_test_add_func ("/kex-init/hostile-words", test_hostile_words);
  return g_test_run ();
}
