/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/cipher.h"
#include "backup/formats.h"

/* Our own encrypted file (HACKING.md, "The backup file"):
 *
 *   "Sallyport backup 1\n" (19) | BE32 passes | BE32 memory KiB | BE32 lanes | salt 16 | nonce 12 |
 *   ciphertext | tag 16
 *
 * AES-256-GCM under Argon2id's key; all that stands before the ciphertext is authenticated with it.
 * Inside is one canonical otpauth address a line, which carries everything that is kept. */
#define MAGIC       "Sallyport backup 1\n"
#define MAGIC_BYTES 19
#define SALT_BYTES  16
#define NONCE_BYTES 12
#define HEAD_BYTES  (MAGIC_BYTES + 3 * 4 + SALT_BYTES + NONCE_BYTES)
/* The second recommended choice of RFC 9106 section 4, for where memory is short. */
#define PASSES      3
#define MEMORY_KIB  65536
#define LANES       4

gboolean
sally_sallyport_sniff (SallyBackupInput *input)
{
  return sally_backup_input_begins_with (input, MAGIC, MAGIC_BYTES);
}

gboolean
sally_sallyport_read (SallyBackupInput *input,
                      SallySecret *password,
                      SallyBackup *backup,
                      GError **error)
{
  g_autoptr (GBytes) head = sally_backup_input_slice (input, 0, HEAD_BYTES);
  g_autoptr (GBytes) salt = NULL;
  g_autoptr (GBytes) nonce = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SallySecret) key = NULL;

  if (head == NULL || input->length < HEAD_BYTES + SALLY_CIPHER_TAG_BYTES)
    return sally_backup_set_damaged (error);
  if (password == NULL)
    return sally_backup_need_password (error);
  salt = sally_backup_input_slice (input, MAGIC_BYTES + 12, SALT_BYTES);
  nonce = sally_backup_input_slice (input, MAGIC_BYTES + 12 + SALT_BYTES, NONCE_BYTES);
  sealed = sally_backup_input_slice (input, HEAD_BYTES, input->length - HEAD_BYTES);
  key = sally_cipher_argon2id (password, salt, sally_backup_input_number (input, MAGIC_BYTES),
                               sally_backup_input_number (input, MAGIC_BYTES + 4),
                               sally_backup_input_number (input, MAGIC_BYTES + 8), error);
  if (key == NULL)
    return FALSE;
  plain = sally_cipher_open_gcm (key, nonce, head, sealed, error);
  if (plain == NULL)
    return FALSE;
  return sally_uri_list_read_text (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), TRUE,
                                   backup, error);
}

static void
append_number (GByteArray *bytes, guint32 number)
{
  number = GUINT32_TO_BE (number);
  g_byte_array_append (bytes, (const guint8 *) &number, sizeof number);
}

static void
append_bytes (GByteArray *array, GBytes *bytes)
{
  g_byte_array_append (array, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
}

GBytes *
sally_sallyport_write (GPtrArray *uris, SallySecret *password, GPtrArray *losses, GError **error)
{
  g_autoptr (GBytes) plain = sally_uri_list_write (uris, NULL, losses, error);
  g_autoptr (GBytes) salt = sally_cipher_random (SALT_BYTES);
  g_autoptr (GBytes) nonce = sally_cipher_random (NONCE_BYTES);
  g_autoptr (SallySecret) key =
      sally_cipher_argon2id (password, salt, PASSES, MEMORY_KIB, LANES, error);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GBytes) head = NULL;
  g_autoptr (GBytes) sealed = NULL;

  if (key == NULL)
    return NULL;
  g_byte_array_append (file, (const guint8 *) MAGIC, MAGIC_BYTES);
  append_number (file, PASSES);
  append_number (file, MEMORY_KIB);
  append_number (file, LANES);
  append_bytes (file, salt);
  append_bytes (file, nonce);
  head = g_bytes_new (file->data, file->len);
  sealed = sally_cipher_seal_gcm (key, nonce, head, plain);
  append_bytes (file, sealed);
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}
