/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/vault-file.h"

#include "base/error.h"

#include <string.h>

#define PASSPHRASE "only a test"
#define SECRET     "otpauth://totp/ACME:alice?secret=GEZDGNBVGY3TQOJQ"
#define HEAD_BYTES 138 /* HACKING.md, "The vault" */

static SallySecret *passphrase;
static SallyVaultKey *key; /* computing one takes a while */

static GPtrArray *
make_items (void)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_vault_item_free);
  g_autoptr (SallySecret) account = sally_secret_new (SECRET, -1);
  g_autoptr (SallySecret) binary = sally_secret_new ("\0p\xc3\xa4ss\n\0", 8);
  g_autoptr (SallySecret) empty = sally_secret_new ("", 0);

  g_ptr_array_add (items, sally_vault_item_new (SALLY_KEYRING_ACCOUNT, "one", account));
  g_ptr_array_add (items, sally_vault_item_new (SALLY_KEYRING_PASSWORD, "one", binary));
  g_ptr_array_add (items, sally_vault_item_new (SALLY_KEYRING_CANARY, "two", empty));
  return items;
}

static GBytes *
make_file (void)
{
  g_autoptr (GPtrArray) items = make_items ();
  g_autoptr (GError) error = NULL;
  GBytes *file = sally_vault_file_seal (key, items, &error);

  g_assert_no_error (error);
  return file;
}

/* `file` with one byte changed, or cut there if `mask` is 0. */
static GBytes *
damage (GBytes *file, gsize at, guint8 mask)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (file, &length);
  g_autofree guint8 *copy = g_memdup2 (data, length);

  if (mask == 0)
    return g_bytes_new (copy, at);
  copy[at] ^= mask;
  return g_bytes_new (copy, length);
}

static void
assert_damaged (GBytes *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = sally_vault_file_open (file, key, &error);

  g_assert_null (items);
  g_assert_cmpint (error->domain, ==, SALLY_ERROR);
  if (error->code != SALLY_ERROR_KEYRING_FAILED) /* the version of another time */
    g_assert_cmpint (error->code, ==, SALLY_ERROR_KEYRING_DAMAGED);
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) file = make_file ();
  g_autoptr (GPtrArray) expected = make_items ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyVaultKey) opened = sally_vault_key_open (file, passphrase, &error);
  g_autoptr (GPtrArray) items = NULL;
  gsize length;
  const char *data = g_bytes_get_data (file, &length);

  g_assert_no_error (error);
  items = sally_vault_file_open (file, opened, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, expected->len);
  for (guint i = 0; i < items->len; i++)
    {
      SallyVaultItem *item = items->pdata[i];
      SallyVaultItem *meant = expected->pdata[i];

      g_assert_cmpint (item->kind, ==, meant->kind);
      g_assert_cmpstr (item->id, ==, meant->id);
      g_assert_true (sally_secret_equal (item->secret, meant->secret));
    }
  g_assert_null (g_strstr_len (data, (gssize) length, "GEZD"));
  g_assert_null (g_strstr_len (data, (gssize) length, "ACME"));
}

static void
test_each_save_has_a_nonce_of_its_own (void)
{
  g_autoptr (GBytes) one = make_file ();
  g_autoptr (GBytes) other = make_file ();

  g_assert_cmpmem (g_bytes_get_data (one, NULL), HEAD_BYTES, g_bytes_get_data (other, NULL),
                   HEAD_BYTES);
  g_assert_cmpint (memcmp ((const char *) g_bytes_get_data (one, NULL) + HEAD_BYTES,
                           (const char *) g_bytes_get_data (other, NULL) + HEAD_BYTES, 12),
                   !=, 0);
}

static void
test_wrong_passphrase (void)
{
  /* A NUL at the end, other cases, other blanks: every byte counts. */
  static const struct
  {
    const char *text;
    gssize length;
  } others[] = {
    { "only a tesT", -1 }, { PASSPHRASE "\0", 12 }, { " " PASSPHRASE, -1 }, { "", 0 }
  };
  g_autoptr (GBytes) file = make_file ();

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (SallySecret) other = sally_secret_new (others[i].text, others[i].length);
      g_autoptr (GError) error = NULL;

      g_assert_null (sally_vault_key_open (file, other, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_PASSPHRASE);
    }
}

static void
test_cut_at_each_byte (void)
{
  g_autoptr (GBytes) file = make_file ();

  for (gsize length = 0; length < g_bytes_get_size (file); length++)
    {
      g_autoptr (GBytes) cut = damage (file, length, 0);

      assert_damaged (cut);
    }
}

static void
test_each_bit_counts (void)
{
  g_autoptr (GBytes) file = make_file ();

  for (gsize at = 0; at < g_bytes_get_size (file); at++)
    for (guint bit = 0; bit < 8; bit++)
      {
        g_autoptr (GBytes) changed = damage (file, at, (guint8) (1 << bit));

        assert_damaged (changed);
      }
}

static void
test_longer_is_damaged (void)
{
  g_autoptr (GBytes) file = make_file ();
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (GBytes) longer = NULL;

  g_byte_array_append (array, g_bytes_get_data (file, NULL), (guint) g_bytes_get_size (file));
  g_byte_array_append (array, (const guint8 *) "", 1);
  longer = g_byte_array_free_to_bytes (g_steal_pointer (&array));
  assert_damaged (longer);
}

/* A damaged head is not taken for a wrong passphrase, and costs nothing. */
static void
test_damage_is_told_without_a_passphrase (void)
{
  g_autoptr (GBytes) file = make_file ();

  for (gsize at = 18; at < HEAD_BYTES; at++)
    {
      g_autoptr (GBytes) changed = damage (file, at, 1);
      g_autoptr (GError) error = NULL;

      g_assert_null (sally_vault_key_open (changed, passphrase, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DAMAGED);
    }
}

/* Somebody who can write the file can also make its sum right: the costs are bounded all the same,
 * and cheaper ones than ours are not ours. */
static void
test_hostile_costs (void)
{
  static const struct
  {
    guint32 passes;
    guint32 memory_kib;
    guint32 lanes;
  } costs[] = {
    { 0, 65536, 4 },
    { SALLY_VAULT_MAX_PASSES + 1, 65536, 4 },
    { G_MAXUINT32, 65536, 4 },
    { 3, 8, 1 },
    { 3, 0, 4 },
    { 3, SALLY_VAULT_MAX_MEMORY_KIB + 1, 4 },
    { 3, G_MAXUINT32, 4 },
    { 3, 65536, 0 },
    { 3, 65536, SALLY_VAULT_MAX_LANES + 1 },
  };
  g_autoptr (GBytes) file = make_file ();

  for (gsize i = 0; i < G_N_ELEMENTS (costs); i++)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (file, &length);
      g_autofree guint8 *copy = g_memdup2 (data, length);
      guint32 numbers[] = { GUINT32_TO_BE (costs[i].passes), GUINT32_TO_BE (costs[i].memory_kib),
                            GUINT32_TO_BE (costs[i].lanes) };
      g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
      gsize sum_length = 32;
      g_autoptr (GBytes) changed = NULL;
      g_autoptr (GError) error = NULL;

      memcpy (copy + 18, numbers, sizeof numbers);
      g_checksum_update (sum, copy, HEAD_BYTES - 32);
      g_checksum_get_digest (sum, copy + HEAD_BYTES - 32, &sum_length);
      changed = g_bytes_new (copy, length);
      g_assert_null (sally_vault_key_open (changed, passphrase, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DAMAGED);
    }
}

static void
test_newer_version_says_so (void)
{
  g_autoptr (GBytes) file = make_file ();
  g_autoptr (GBytes) newer = damage (file, 16, '1' ^ '2');
  g_autoptr (GError) error = NULL;

  g_assert_null (sally_vault_key_open (newer, passphrase, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_FAILED);
  g_assert_nonnull (strstr (error->message, "newer"));
}

/* The key of one vault does not fit another, not even of the same passphrase. */
static void
test_keys_are_of_one_vault (void)
{
  g_autoptr (GBytes) file = make_file ();
  g_autoptr (SallyVaultKey) other = sally_vault_key_new (passphrase, NULL);
  gboolean fits;

  g_assert_true (sally_vault_key_fits (key, file, &fits, NULL));
  g_assert_true (fits);
  g_assert_true (sally_vault_key_fits (other, file, &fits, NULL));
  g_assert_false (fits);
  g_assert_null (sally_vault_file_open (file, other, NULL));
}

static void
test_what_cannot_be_read_back_is_not_written (void)
{
  g_autoptr (GPtrArray) items = make_items ();
  g_autofree char *id = g_strnfill (65, 'x');
  g_autoptr (SallySecret) secret = sally_secret_new ("s", -1);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (items, sally_vault_item_new (SALLY_KEYRING_ACCOUNT, id, secret));
  g_assert_null (sally_vault_file_seal (key, items, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_FAILED);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  passphrase = sally_secret_new (PASSPHRASE, -1);
  key = sally_vault_key_new (passphrase, NULL);
  g_assert_nonnull (key);
  g_test_add_func ("/vault-file/round-trip", test_round_trip);
  g_test_add_func ("/vault-file/each-save-has-a-nonce-of-its-own",
                   test_each_save_has_a_nonce_of_its_own);
  g_test_add_func ("/vault-file/wrong-passphrase", test_wrong_passphrase);
  g_test_add_func ("/vault-file/cut-at-each-byte", test_cut_at_each_byte);
  g_test_add_func ("/vault-file/each-bit-counts", test_each_bit_counts);
  g_test_add_func ("/vault-file/longer-is-damaged", test_longer_is_damaged);
  g_test_add_func ("/vault-file/damage-is-told-without-a-passphrase",
                   test_damage_is_told_without_a_passphrase);
  g_test_add_func ("/vault-file/hostile-costs", test_hostile_costs);
  g_test_add_func ("/vault-file/newer-version-says-so", test_newer_version_says_so);
  g_test_add_func ("/vault-file/keys-are-of-one-vault", test_keys_are_of_one_vault);
  g_test_add_func ("/vault-file/what-cannot-be-read-back-is-not-written",
                   test_what_cannot_be_read_back_is_not_written);
  result = g_test_run ();
  sally_vault_key_unref (key);
  sally_secret_unref (passphrase);
  return result;
}
