/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/vault-file.h"

#include "backup/cipher.h"
#include "backup/wiped.h"
#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

/* Numbers are big-endian.
 *
 *   "Sallyport vault 1\n" (18) | 4 passes | 4 memory KiB | 4 lanes | salt 16 | nonce 12 |
 *   master key 32, sealed, and its tag 16 | SHA-256 of all before 32 |          the head
 *   nonce 12 | items, sealed, and their tag 16
 *
 * The passphrase's key seals the master key, and the master key the items; each with all that
 * stands before as associated data. The sum tells a damaged head from a wrong passphrase.
 *
 *   items: 4 how many | each: 1 kind | 2 length, id | 2 length, secret */
#define MAGIC        "Sallyport vault 1\n"
#define MAGIC_FAMILY "Sallyport vault "
#define MAGIC_BYTES  18
#define SALT_BYTES   16
#define NONCE_BYTES  12
#define SUM_BYTES    32
#define SEALED_KEY   (SALLY_CIPHER_KEY_BYTES + SALLY_CIPHER_TAG_BYTES)

#define PASSES_AT    MAGIC_BYTES
#define MEMORY_AT    (PASSES_AT + 4)
#define LANES_AT     (MEMORY_AT + 4)
#define SALT_AT      (LANES_AT + 4)
#define KEY_NONCE_AT (SALT_AT + SALT_BYTES)
#define KEY_AT       (KEY_NONCE_AT + NONCE_BYTES)
#define SUM_AT       (KEY_AT + SEALED_KEY)
#define HEAD_BYTES   (SUM_AT + SUM_BYTES)
#define ITEMS_AT     (HEAD_BYTES + NONCE_BYTES)

/* The second recommended choice of RFC 9106 section 4, for where memory is short. */
#define PASSES     3
#define MEMORY_KIB 65536
#define LANES      4

#define MAX_ID_BYTES 64

G_STATIC_ASSERT (SALLY_SECRET_MAX_BYTES <= G_MAXUINT16);

struct _SallyVaultKey
{
  gatomicrefcount references;
  GBytes *head;
  SallySecret *master;
};

SallyVaultItem *
sally_vault_item_new (SallyKeyringKind kind, const char *id, SallySecret *secret)
{
  SallyVaultItem *self = g_new0 (SallyVaultItem, 1);

  self->kind = kind;
  self->id = g_strdup (id);
  self->secret = sally_secret_ref (secret);
  return self;
}

void
sally_vault_item_free (SallyVaultItem *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  sally_secret_unref (self->secret);
  g_free (self);
}

static SallyVaultKey *
key_new (GBytes *head, SallySecret *master)
{
  SallyVaultKey *self = g_new0 (SallyVaultKey, 1);

  g_atomic_ref_count_init (&self->references);
  self->head = g_bytes_ref (head);
  self->master = sally_secret_ref (master);
  return self;
}

SallyVaultKey *
sally_vault_key_ref (SallyVaultKey *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
sally_vault_key_unref (SallyVaultKey *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_bytes_unref (self->head);
  sally_secret_unref (self->master);
  g_free (self);
}

static gboolean
set_damaged (GError **error)
{
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DAMAGED,
                       _ ("The vault is damaged: its file is not what was written there"));
  return FALSE;
}

static void
append_number (GByteArray *array, guint32 number)
{
  number = GUINT32_TO_BE (number);
  g_byte_array_append (array, (const guint8 *) &number, sizeof number);
}

static void
append_bytes (GByteArray *array, GBytes *bytes)
{
  g_byte_array_append (array, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
}

static guint32
read_number (GBytes *bytes, gsize offset)
{
  guint32 number;

  memcpy (&number, (const guint8 *) g_bytes_get_data (bytes, NULL) + offset, sizeof number);
  return GUINT32_FROM_BE (number);
}

static GBytes *
snapshot (GByteArray *array)
{
  return g_bytes_new (array->data, array->len);
}

SallyVaultKey *
sally_vault_key_new (SallySecret *passphrase, GError **error)
{
  g_autoptr (GBytes) salt = sally_cipher_random (SALT_BYTES);
  g_autoptr (GBytes) nonce = sally_cipher_random (NONCE_BYTES);
  g_autoptr (GBytes) plain = sally_cipher_random (SALLY_CIPHER_KEY_BYTES);
  g_autoptr (SallySecret) master = sally_wiped_to_secret (plain);
  g_autoptr (SallySecret) wrapping = NULL;
  g_autoptr (GByteArray) head = g_byte_array_new ();
  g_autoptr (GBytes) before_key = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) before_sum = NULL;
  g_autoptr (GBytes) sum = NULL;
  g_autoptr (GBytes) whole = NULL;

  g_return_val_if_fail (passphrase != NULL, NULL);

  wrapping = sally_cipher_argon2id (passphrase, salt, PASSES, MEMORY_KIB, LANES, error);
  if (wrapping == NULL)
    return NULL;
  g_byte_array_append (head, (const guint8 *) MAGIC, MAGIC_BYTES);
  append_number (head, PASSES);
  append_number (head, MEMORY_KIB);
  append_number (head, LANES);
  append_bytes (head, salt);
  append_bytes (head, nonce);
  before_key = snapshot (head);
  sealed = sally_cipher_seal_gcm (wrapping, nonce, before_key, plain);
  append_bytes (head, sealed);
  before_sum = snapshot (head);
  sum = sally_cipher_sha256_bytes (before_sum);
  append_bytes (head, sum);
  whole = snapshot (head);
  return key_new (whole, master);
}

/* The file's head, if it is one that was written like that. */
static GBytes *
take_head (GBytes *file, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (file, &length);
  g_autoptr (GBytes) before_sum = NULL;
  g_autoptr (GBytes) sum = NULL;

  if (length >= MAGIC_BYTES && memcmp (data, MAGIC, MAGIC_BYTES) != 0 &&
      memcmp (data, MAGIC_FAMILY, strlen (MAGIC_FAMILY)) == 0)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_KEYRING_FAILED,
                           _ ("The vault was written by a newer version of this program: update "
                              "it"));
      return NULL;
    }
  if (length < ITEMS_AT + SALLY_CIPHER_TAG_BYTES || length > SALLY_VAULT_MAX_FILE_BYTES ||
      memcmp (data, MAGIC, MAGIC_BYTES) != 0)
    return set_damaged (error), NULL;
  before_sum = g_bytes_new_from_bytes (file, 0, SUM_AT);
  sum = sally_cipher_sha256_bytes (before_sum);
  if (memcmp (g_bytes_get_data (sum, NULL), data + SUM_AT, SUM_BYTES) != 0)
    return set_damaged (error), NULL;
  return g_bytes_new (data, HEAD_BYTES);
}

static gboolean
check_cost (guint32 passes, guint32 memory_kib, guint32 lanes, GError **error)
{
  if (passes >= 1 && passes <= SALLY_VAULT_MAX_PASSES && lanes >= 1 &&
      lanes <= SALLY_VAULT_MAX_LANES && memory_kib >= SALLY_VAULT_MIN_MEMORY_KIB &&
      memory_kib <= SALLY_VAULT_MAX_MEMORY_KIB)
    return TRUE;
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DAMAGED,
                       _ ("The vault asks for work or memory that this program never asks for: "
                          "its file was made by somebody else"));
  return FALSE;
}

SallyVaultKey *
sally_vault_key_open (GBytes *file, SallySecret *passphrase, GError **error)
{
  g_autoptr (GBytes) head = NULL;
  g_autoptr (GBytes) salt = NULL;
  g_autoptr (GBytes) nonce = NULL;
  g_autoptr (GBytes) before_key = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SallySecret) wrapping = NULL;
  g_autoptr (SallySecret) master = NULL;
  guint32 passes;
  guint32 memory_kib;
  guint32 lanes;

  g_return_val_if_fail (file != NULL && passphrase != NULL, NULL);

  head = take_head (file, error);
  if (head == NULL)
    return NULL;
  passes = read_number (head, PASSES_AT);
  memory_kib = read_number (head, MEMORY_AT);
  lanes = read_number (head, LANES_AT);
  if (!check_cost (passes, memory_kib, lanes, error))
    return NULL;
  salt = g_bytes_new_from_bytes (head, SALT_AT, SALT_BYTES);
  nonce = g_bytes_new_from_bytes (head, KEY_NONCE_AT, NONCE_BYTES);
  before_key = g_bytes_new_from_bytes (head, 0, KEY_AT);
  sealed = g_bytes_new_from_bytes (head, KEY_AT, SEALED_KEY);
  wrapping = sally_cipher_argon2id (passphrase, salt, passes, memory_kib, lanes, error);
  if (wrapping == NULL)
    return NULL;
  plain = sally_cipher_open_gcm (wrapping, nonce, before_key, sealed, NULL);
  if (plain == NULL)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_KEYRING_PASSPHRASE,
                           _ ("This is not the passphrase of the vault"));
      return NULL;
    }
  master = sally_wiped_to_secret (plain);
  return key_new (head, master);
}

gboolean
sally_vault_key_fits (SallyVaultKey *self, GBytes *file, gboolean *fits, GError **error)
{
  g_autoptr (GBytes) head = NULL;

  g_return_val_if_fail (file != NULL && fits != NULL, FALSE);

  head = take_head (file, error);
  if (head == NULL)
    return FALSE;
  *fits = self != NULL && g_bytes_equal (head, self->head);
  return TRUE;
}

/* A cursor over the opened items, which are ours, and are checked all the same. */
typedef struct
{
  const guint8 *data;
  gsize left;
} Reader;

static gboolean
read_bytes (Reader *reader, gsize length, const guint8 **bytes)
{
  if (reader->left < length)
    return FALSE;
  *bytes = reader->data;
  reader->data += length;
  reader->left -= length;
  return TRUE;
}

static gboolean
read_sized (Reader *reader, const guint8 **bytes, gsize *length)
{
  const guint8 *size;

  if (!read_bytes (reader, 2, &size))
    return FALSE;
  *length = (gsize) size[0] << 8 | size[1];
  return read_bytes (reader, *length, bytes);
}

static SallyVaultItem *
read_item (Reader *reader)
{
  const guint8 *kind;
  const guint8 *id;
  const guint8 *bytes;
  gsize id_length;
  gsize length;
  g_autofree char *name = NULL;
  g_autoptr (SallySecret) secret = NULL;

  if (!read_bytes (reader, 1, &kind) || *kind >= SALLY_KEYRING_N_KINDS ||
      !read_sized (reader, &id, &id_length) || id_length == 0 || id_length > MAX_ID_BYTES ||
      !read_sized (reader, &bytes, &length) || length > SALLY_SECRET_MAX_BYTES)
    return NULL;
  name = g_strndup ((const char *) id, id_length);
  secret = sally_secret_new ((const char *) bytes, (gssize) length);
  return sally_vault_item_new ((SallyKeyringKind) *kind, name, secret);
}

static GPtrArray *
read_items (GBytes *plain)
{
  g_autoptr (GPtrArray) items =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_vault_item_free);
  Reader reader;
  guint32 n_items;

  reader.data = g_bytes_get_data (plain, &reader.left);
  if (reader.left < 4)
    return NULL;
  n_items = read_number (plain, 0);
  reader.data += 4;
  reader.left -= 4;
  if (n_items > SALLY_VAULT_MAX_ITEMS)
    return NULL;
  for (guint32 i = 0; i < n_items; i++)
    {
      SallyVaultItem *item = read_item (&reader);

      if (item == NULL)
        return NULL;
      g_ptr_array_add (items, item);
    }
  return reader.left == 0 ? g_steal_pointer (&items) : NULL;
}

GPtrArray *
sally_vault_file_open (GBytes *file, SallyVaultKey *key, GError **error)
{
  g_autoptr (GBytes) nonce = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) plain = NULL;
  GPtrArray *items = NULL;
  gboolean fits;

  g_return_val_if_fail (file != NULL && key != NULL, NULL);

  if (!sally_vault_key_fits (key, file, &fits, error))
    return NULL;
  if (fits)
    {
      nonce = g_bytes_new_from_bytes (file, HEAD_BYTES, NONCE_BYTES);
      sealed = g_bytes_new_from_bytes (file, ITEMS_AT, g_bytes_get_size (file) - ITEMS_AT);
      plain = sally_cipher_open_gcm (key->master, nonce, key->head, sealed, NULL);
    }
  if (plain != NULL)
    items = read_items (plain);
  if (items == NULL)
    set_damaged (error);
  return items;
}

/* Room for all of it at once: nothing is left behind in memory that grew. */
static GBytes *
write_items (GPtrArray *items)
{
  gsize length = 4;
  guint32 n_items = GUINT32_TO_BE (items->len);
  g_autoptr (GBytes) plain = NULL;
  guint8 *out;

  for (guint i = 0; i < items->len; i++)
    {
      SallyVaultItem *item = items->pdata[i];

      length += 1 + 2 + strlen (item->id) + 2 + sally_secret_get_length (item->secret);
    }
  plain = sally_wiped_new (length, &out);
  memcpy (out, &n_items, sizeof n_items);
  out += sizeof n_items;
  for (guint i = 0; i < items->len; i++)
    {
      SallyVaultItem *item = items->pdata[i];
      gsize id_length = strlen (item->id);
      gsize secret_length;
      const char *secret = sally_secret_peek (item->secret, &secret_length);

      *out++ = (guint8) item->kind;
      *out++ = (guint8) (id_length >> 8);
      *out++ = (guint8) id_length;
      memcpy (out, item->id, id_length);
      out += id_length;
      *out++ = (guint8) (secret_length >> 8);
      *out++ = (guint8) secret_length;
      memcpy (out, secret, secret_length);
      out += secret_length;
    }
  return g_steal_pointer (&plain);
}

/* Which nothing could read again. */
static gboolean
has_long_id (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    if (strlen (((SallyVaultItem *) items->pdata[i])->id) > MAX_ID_BYTES)
      return TRUE;
  return FALSE;
}

GBytes *
sally_vault_file_seal (SallyVaultKey *key, GPtrArray *items, GError **error)
{
  g_autoptr (GBytes) nonce = sally_cipher_random (NONCE_BYTES);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) sealed = NULL;

  g_return_val_if_fail (key != NULL && items != NULL, NULL);

  plain = write_items (items);
  if (items->len > SALLY_VAULT_MAX_ITEMS || has_long_id (items) ||
      g_bytes_get_size (plain) > SALLY_VAULT_MAX_FILE_BYTES - ITEMS_AT - SALLY_CIPHER_TAG_BYTES)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_KEYRING_FAILED,
                           _ ("The vault cannot hold that: nothing was saved"));
      return NULL;
    }
  sealed = sally_cipher_seal_gcm (key->master, nonce, key->head, plain);
  append_bytes (file, key->head);
  append_bytes (file, nonce);
  append_bytes (file, sealed);
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}
