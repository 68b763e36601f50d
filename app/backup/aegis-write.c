/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/aegis.h"
#include "backup/cipher.h"
#include "backup/formats.h"
#include "backup/wiped.h"
#include "otp/base32.h"

#include <glib/gi18n.h>

/* Groups by name, each with the UUID that stands for it in this file. */
typedef struct
{
  GPtrArray *names; /* (element-type utf8), borrowed */
  GPtrArray *uuids; /* (element-type utf8) */
} Groups;

static const char *
find_extra (const SallyOtpUri *uri, const char *name)
{
  for (guint i = 0; i + 1 < uri->unknown->len; i += 2)
    if (g_str_equal (uri->unknown->pdata[i], name))
      return uri->unknown->pdata[i + 1];
  return NULL;
}

static const char *
group_uuid (Groups *groups, const char *name)
{
  guint position;

  if (!g_ptr_array_find_with_equal_func (groups->names, name, g_str_equal, &position))
    {
      position = groups->names->len;
      g_ptr_array_add (groups->names, (gpointer) name);
      g_ptr_array_add (groups->uuids, g_uuid_string_random ());
    }
  return groups->uuids->pdata[position];
}

static void G_GNUC_PRINTF (2, 3) append (SallyWipedText *text, const char *format, ...)
{
  g_autofree char *piece = NULL;
  va_list arguments;

  va_start (arguments, format);
  piece = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  sally_wiped_text_append (text, piece, -1);
}

static void
append_groups_of (SallyWipedText *text, const SallyOtpUri *uri, Groups *groups)
{
  const char *separator = "";

  sally_wiped_text_append (text, ",\"groups\":[", -1);
  for (guint i = 0; i + 1 < uri->unknown->len; i += 2)
    if (g_str_equal (uri->unknown->pdata[i], SALLY_BACKUP_TAG))
      {
        append (text, "%s\"%s\"", separator, group_uuid (groups, uri->unknown->pdata[i + 1]));
        separator = ",";
      }
  sally_wiped_text_append (text, "]", -1);
}

static void
append_entry (SallyWipedText *text, const SallyOtpUri *uri, Groups *groups)
{
  const SallyOtpParameters *parameters = &uri->parameters;
  const char *note = find_extra (uri, SALLY_BACKUP_NOTE);
  g_autofree char *uuid = g_uuid_string_random ();
  g_autoptr (SallySecret) key = sally_base32_encode (uri->key);
  gboolean is_steam = parameters->type == SALLY_OTP_STEAM;

  append (text,
          "{\"type\":\"%s\",\"uuid\":\"%s\",\"name\":", sally_otp_type_to_string (parameters->type),
          uuid);
  sally_wiped_text_append_json (text, uri->label);
  sally_wiped_text_append (text, ",\"issuer\":", -1);
  sally_wiped_text_append_json (text, uri->issuer);
  sally_wiped_text_append (text, ",\"note\":", -1);
  sally_wiped_text_append_json (text, note != NULL ? note : "");
  sally_wiped_text_append (text, ",\"favorite\":false,\"icon\":null,\"info\":{\"secret\":\"", -1);
  sally_wiped_text_append_secret (text, key);
  append (text, "\",\"algo\":\"%s\",\"digits\":%u",
          sally_otp_algorithm_to_string (is_steam ? SALLY_OTP_SHA1 : parameters->algorithm),
          is_steam ? 5 : parameters->digits);
  if (parameters->type == SALLY_OTP_HOTP)
    append (text, ",\"counter\":%" G_GUINT64_FORMAT, uri->counter);
  else
    append (text, ",\"period\":%u", sally_otp_period_s (parameters));
  sally_wiped_text_append (text, "}", -1);
  append_groups_of (text, uri, groups);
  sally_wiped_text_append (text, "}", -1);
}

/* What is neither group nor note has no place in Aegis. */
static void
note_losses (const SallyOtpUri *uri, GPtrArray *losses)
{
  g_autofree char *name = sally_backup_name_uri (uri);
  gboolean has_note = FALSE;

  for (guint i = 0; i + 1 < uri->unknown->len; i += 2)
    {
      const char *extra = uri->unknown->pdata[i];

      if (g_str_equal (extra, SALLY_BACKUP_TAG))
        continue;
      if (g_str_equal (extra, SALLY_BACKUP_NOTE) && !has_note)
        has_note = TRUE;
      else
        g_ptr_array_add (losses,
                         g_strdup_printf (_ ("“%s”: its value “%s” is left out"), name, extra));
    }
}

static GBytes *
write_database (GPtrArray *uris, GPtrArray *losses)
{
  g_autoptr (SallyWipedText) text = sally_wiped_text_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) uuids = g_ptr_array_new_with_free_func (g_free);
  Groups groups = { names, uuids };

  append (text, "{\"version\":%d,\"entries\":[", SALLY_AEGIS_DATABASE_VERSION);
  for (guint i = 0; i < uris->len; i++)
    {
      if (i > 0)
        sally_wiped_text_append (text, ",", 1);
      append_entry (text, uris->pdata[i], &groups);
      note_losses (uris->pdata[i], losses);
    }
  sally_wiped_text_append (text, "],\"groups\":[", -1);
  for (guint i = 0; i < names->len; i++)
    {
      append (text, "%s{\"uuid\":\"%s\",\"name\":", i > 0 ? "," : "", (char *) uuids->pdata[i]);
      sally_wiped_text_append_json (text, names->pdata[i]);
      sally_wiped_text_append (text, "}", 1);
    }
  sally_wiped_text_append (text, "],\"icons_optimized\":true}", -1);
  return sally_wiped_text_steal (text);
}

GBytes *
sally_aegis_write (GPtrArray *uris, SallySecret *password, GPtrArray *losses, GError **error)
{
  g_autoptr (SallyWipedText) text = sally_wiped_text_new ();
  g_autoptr (GBytes) database = write_database (uris, losses);

  append (text, "{\"version\":%d,\"header\":{\"slots\":null,\"params\":null},\"db\":",
          SALLY_AEGIS_VERSION);
  sally_wiped_text_append (text, g_bytes_get_data (database, NULL),
                           (gssize) g_bytes_get_size (database));
  sally_wiped_text_append (text, "}\n", -1);
  return sally_wiped_text_steal (text);
}

static void
append_parameters (SallyWipedText *text, GBytes *nonce, const guint8 *tag)
{
  sally_wiped_text_append (text, "{\"nonce\":\"", -1);
  sally_wiped_text_append_hex (text, g_bytes_get_data (nonce, NULL), SALLY_AEGIS_NONCE_BYTES);
  sally_wiped_text_append (text, "\",\"tag\":\"", -1);
  sally_wiped_text_append_hex (text, tag, SALLY_CIPHER_TAG_BYTES);
  sally_wiped_text_append (text, "\"}", -1);
}

/* One slot: the master key under the password's. */
static void
append_slot (SallyWipedText *text, GBytes *master, SallySecret *key, GBytes *salt)
{
  g_autoptr (GBytes) nonce = sally_cipher_random (SALLY_AEGIS_NONCE_BYTES);
  g_autoptr (GBytes) wrapped = sally_cipher_seal_gcm (key, nonce, NULL, master);
  const guint8 *bytes = g_bytes_get_data (wrapped, NULL);
  g_autofree char *uuid = g_uuid_string_random ();

  append (text, "{\"type\":%d,\"uuid\":\"%s\",\"key\":\"", SALLY_AEGIS_PASSWORD_SLOT, uuid);
  sally_wiped_text_append_hex (text, bytes, SALLY_CIPHER_KEY_BYTES);
  sally_wiped_text_append (text, "\",\"key_params\":", -1);
  append_parameters (text, nonce, bytes + SALLY_CIPHER_KEY_BYTES);
  append (text, ",\"n\":%d,\"r\":%d,\"p\":%d,\"salt\":\"", SALLY_AEGIS_SCRYPT_N,
          SALLY_AEGIS_SCRYPT_R, SALLY_AEGIS_SCRYPT_P);
  sally_wiped_text_append_hex (text, g_bytes_get_data (salt, NULL), SALLY_AEGIS_SALT_BYTES);
  sally_wiped_text_append (text, "\",\"repaired\":true,\"is_backup\":false}", -1);
}

GBytes *
sally_aegis_encrypted_write (GPtrArray *uris,
                             SallySecret *password,
                             GPtrArray *losses,
                             GError **error)
{
  g_autoptr (SallyWipedText) text = sally_wiped_text_new ();
  g_autoptr (GBytes) database = write_database (uris, losses);
  g_autoptr (GBytes) master = sally_cipher_random (SALLY_CIPHER_KEY_BYTES);
  g_autoptr (SallySecret) master_key = sally_wiped_to_secret (master);
  g_autoptr (GBytes) salt = sally_cipher_random (SALLY_AEGIS_SALT_BYTES);
  g_autoptr (GBytes) nonce = sally_cipher_random (SALLY_AEGIS_NONCE_BYTES);
  g_autoptr (SallySecret) key =
      sally_cipher_scrypt (password, salt, SALLY_AEGIS_SCRYPT_N, SALLY_AEGIS_SCRYPT_R,
                           SALLY_AEGIS_SCRYPT_P, error);
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GBytes) ciphertext = NULL;
  gsize length;

  if (key == NULL)
    return NULL;
  sealed = sally_cipher_seal_gcm (master_key, nonce, NULL, database);
  length = g_bytes_get_size (sealed) - SALLY_CIPHER_TAG_BYTES;
  ciphertext = g_bytes_new_from_bytes (sealed, 0, length);

  append (text, "{\"version\":%d,\"header\":{\"slots\":[", SALLY_AEGIS_VERSION);
  append_slot (text, master, key, salt);
  sally_wiped_text_append (text, "],\"params\":", -1);
  append_parameters (text, nonce, (const guint8 *) g_bytes_get_data (sealed, NULL) + length);
  sally_wiped_text_append (text, "},\"db\":\"", -1);
  sally_wiped_text_append_base64 (text, ciphertext);
  sally_wiped_text_append (text, "\"}\n", -1);
  return sally_wiped_text_steal (text);
}
