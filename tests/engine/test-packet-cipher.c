/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/packet-cipher.h"

#include <openssl/evp.h>
#include <openssl/provider.h>
#include <string.h>

#define AAD_BYTES  4
#define TAG_BYTES  16
#define IV_BYTES   12
#define STEP       16
#define MAX_PACKET 35000

static const struct
{
  const char *name;
  const char *by_getter; /* as EVP_aes_128_gcm() is fetched */
  gsize key_bytes;
} kinds[] = {
  { "AES-128-GCM", "id-aes128-GCM", 16 },
  { "AES-256-GCM", "id-aes256-GCM", 32 },
};

static guint8 key[32];
static guint8 iv[IV_BYTES];

static EVP_CIPHER_CTX *
new_context (guint kind, gboolean encrypts)
{
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();
  EVP_CIPHER *cipher = EVP_CIPHER_fetch (NULL, kinds[kind].by_getter, NULL);

  g_assert_cmpstr (OSSL_PROVIDER_get0_name (EVP_CIPHER_get0_provider (cipher)), ==, "sallyport");
  g_assert_true (EVP_CipherInit_ex2 (context, cipher, key, iv, encrypts, NULL));
  g_assert_true (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_IV_FIXED, -1, iv));
  EVP_CIPHER_free (cipher);
  return context;
}

/* A packet as libssh2 has it, in place: 16 bytes at a time, then the end. FALSE: the tag is not
 * right. */
static gboolean
run_in_steps (EVP_CIPHER_CTX *context, gboolean encrypts, guint8 *packet, gsize length, guint8 *tag)
{
  guint8 last;

  g_assert_true (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_GCM_IV_GEN, 1, &last));
  g_assert_cmpint (EVP_Cipher (context, NULL, packet, AAD_BYTES), >=, 0);
  for (gsize i = AAD_BYTES; i < length; i += STEP)
    {
      guint n = (guint) MIN (STEP, length - i);
      guint8 out[STEP];

      g_assert_cmpint (EVP_Cipher (context, out, packet + i, n), ==, (int) n);
      memcpy (packet + i, out, n);
    }
  if (!encrypts)
    g_assert_true (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag));
  if (EVP_Cipher (context, NULL, NULL, 0) < 0)
    return FALSE;
  if (encrypts)
    g_assert_true (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag));
  return TRUE;
}

/* What OpenSSL makes of the same. */
static void
encrypt_at_once (guint kind, const guint8 *nonce, guint8 *packet, gsize length, guint8 *tag)
{
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();
  EVP_CIPHER *cipher = EVP_CIPHER_fetch (NULL, kinds[kind].name, "provider=default");
  int n;

  g_assert_true (EVP_EncryptInit_ex2 (context, cipher, key, nonce, NULL));
  g_assert_true (EVP_EncryptUpdate (context, NULL, &n, packet, AAD_BYTES));
  g_assert_true (EVP_EncryptUpdate (context, packet + AAD_BYTES, &n, packet + AAD_BYTES,
                                    (int) (length - AAD_BYTES)));
  g_assert_true (EVP_EncryptFinal_ex (context, packet + length, &n));
  g_assert_true (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, tag));
  EVP_CIPHER_free (cipher);
  EVP_CIPHER_CTX_free (context);
}

static void
fill (guint8 *data, gsize length, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) g_rand_int (rand);
}

static void
count_up (guint8 *nonce)
{
  for (guint i = IV_BYTES; i-- > 4 && ++nonce[i] == 0;)
    ;
}

/* Packets of any length, one after the other, over the counter's end: OpenSSL makes the same of
 * them, and they come back as they were. */
static void
test_same_as_openssl (gconstpointer data)
{
  static const gsize lengths[] = { 4, 16, 20, 36, 4100, 4116, 8212, 32788, MAX_PACKET };
  guint kind = GPOINTER_TO_UINT (data);
  guint8 nonce[IV_BYTES];
  EVP_CIPHER_CTX *there, *back;

  fill (iv, sizeof iv, 7);
  memset (iv + 4, 0xff, IV_BYTES - 5);
  iv[IV_BYTES - 1] = 0xfc;
  memcpy (nonce, iv, sizeof nonce);
  there = new_context (kind, TRUE);
  back = new_context (kind, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree guint8 *plain = g_malloc (MAX_PACKET);
      g_autofree guint8 *ours = NULL, *theirs = NULL;
      guint8 our_tag[TAG_BYTES], their_tag[TAG_BYTES];

      fill (plain, lengths[i], i);
      ours = g_memdup2 (plain, MAX_PACKET);
      theirs = g_memdup2 (plain, MAX_PACKET);
      g_assert_true (run_in_steps (there, TRUE, ours, lengths[i], our_tag));
      encrypt_at_once (kind, nonce, theirs, lengths[i], their_tag);
      g_assert_cmpmem (ours, lengths[i], theirs, lengths[i]);
      g_assert_cmpmem (our_tag, TAG_BYTES, their_tag, TAG_BYTES);
      g_assert_true (run_in_steps (back, FALSE, ours, lengths[i], our_tag));
      g_assert_cmpmem (ours, lengths[i], plain, lengths[i]);
      count_up (nonce);
    }
  g_assert_cmpuint (nonce[IV_BYTES - 1], ==, G_N_ELEMENTS (lengths) - 4);
  EVP_CIPHER_CTX_free (there);
  EVP_CIPHER_CTX_free (back);
}

/* One bit anywhere, in length, data or tag, and the packet is refused. */
static void
test_changed_packet_is_refused (void)
{
  enum
  {
    LENGTH = 84
  };
  guint8 packet[LENGTH + TAG_BYTES];

  for (gsize bit = 0; bit <= sizeof packet * 8; bit++)
    {
      EVP_CIPHER_CTX *there = new_context (1, TRUE);
      EVP_CIPHER_CTX *back = new_context (1, FALSE);
      gboolean is_changed = bit < sizeof packet * 8;

      fill (packet, sizeof packet, 3);
      g_assert_true (run_in_steps (there, TRUE, packet, LENGTH, packet + LENGTH));
      if (is_changed)
        packet[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_cmpint (run_in_steps (back, FALSE, packet, LENGTH, packet + LENGTH), ==,
                       !is_changed);
      EVP_CIPHER_CTX_free (there);
      EVP_CIPHER_CTX_free (back);
    }
}

/* A packet that is longer than any, data before a packet has begun, an end without a tag. */
static void
test_misuse_is_refused (void)
{
  EVP_CIPHER_CTX *context = new_context (0, FALSE);
  g_autofree guint8 *block = g_malloc0 (1024);
  g_autofree guint8 *out = g_malloc (1024);
  gsize total = 0;
  guint8 last;

  g_assert_cmpint (EVP_Cipher (context, out, block, STEP), <, 0);
  g_assert_cmpint (EVP_Cipher (context, NULL, NULL, 0), <, 0);
  g_assert_true (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_GCM_IV_GEN, 1, &last));
  g_assert_cmpint (EVP_Cipher (context, out, block, STEP), ==, STEP);
  g_assert_cmpint (EVP_Cipher (context, NULL, NULL, 0), <, 0);
  g_assert_true (EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_GCM_IV_GEN, 1, &last));
  while (total <= SALLY_PACKET_CIPHER_MAX_BYTES && EVP_Cipher (context, out, block, 1024) > 0)
    total += 1024;
  g_assert_cmpuint (total, ==, SALLY_PACKET_CIPHER_MAX_BYTES);
  EVP_CIPHER_CTX_free (context);
}

static void
test_others_stay_openssl_s (void)
{
  EVP_CIPHER *ctr = EVP_CIPHER_fetch (NULL, "AES-128-CTR", NULL);
  EVP_MD *sha256 = EVP_MD_fetch (NULL, "SHA256", NULL);

  g_assert_cmpstr (OSSL_PROVIDER_get0_name (EVP_CIPHER_get0_provider (ctr)), ==, "default");
  g_assert_cmpstr (OSSL_PROVIDER_get0_name (EVP_MD_get0_provider (sha256)), ==, "default");
  EVP_CIPHER_free (ctr);
  EVP_MD_free (sha256);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  fill (key, sizeof key, 1);
  g_assert_true (sally_packet_cipher_register ());
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strconcat ("/packet-cipher/same-as-openssl/", kinds[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_same_as_openssl);
    }
  g_test_add_func ("/packet-cipher/changed-packet-is-refused", test_changed_packet_is_refused);
  g_test_add_func ("/packet-cipher/misuse-is-refused", test_misuse_is_refused);
  g_test_add_func ("/packet-cipher/others-stay-openssl-s", test_others_stay_openssl_s);
  result = g_test_run ();
  sally_packet_cipher_unregister ();
  return result;
}
