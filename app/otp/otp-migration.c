/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "otp/otp-migration.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

#define SCHEME "otpauth-migration://"
#define DATA   "data="

/* Google Authenticator puts ten accounts into a code; long keys and names make the code finer than
 * cameras like, before ten are reached. */
#define MAX_ACCOUNTS_IN_PART 10
#define MAX_BYTES_IN_PART    700
#define MAX_ACCOUNT_BYTES    1500

/* The message (MigrationPayload, OtpParameters) and its enumerations. */
enum
{
  PAYLOAD_ACCOUNT = 1,
  PAYLOAD_VERSION = 2,
  PAYLOAD_BATCH_SIZE = 3,
  PAYLOAD_BATCH_INDEX = 4,
  PAYLOAD_BATCH_ID = 5,
};

enum
{
  ACCOUNT_SECRET = 1,
  ACCOUNT_NAME = 2,
  ACCOUNT_ISSUER = 3,
  ACCOUNT_ALGORITHM = 4,
  ACCOUNT_DIGITS = 5,
  ACCOUNT_TYPE = 6,
  ACCOUNT_COUNTER = 7,
};

enum
{
  WIRE_VARINT = 0,
  WIRE_FIXED64 = 1,
  WIRE_BYTES = 2,
  WIRE_FIXED32 = 5,
};

#define VERSION          1
#define ALGORITHM_SHA1   1
#define ALGORITHM_SHA512 3
#define DIGITS_SIX       1
#define DIGITS_EIGHT     2
#define TYPE_HOTP        1
#define TYPE_TOTP        2
/* A varint of 64 bits. */
#define MAX_VARINT_BYTES 10

/* A field of a protobuf message: its number, and either a value or bytes within the message. */
typedef struct
{
  guint number;
  guint wire_type;
  guint64 value;
  const char *bytes;
  gsize length;
} Field;

typedef struct
{
  const char *at;
  const char *end;
} Reader;

static void
account_free (gpointer data)
{
  SallyOtpMigrationAccount *account = data;

  sally_otp_uri_free (account->uri);
  g_free (account->reason);
  g_free (account);
}

void
sally_otp_migration_free (SallyOtpMigration *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->accounts);
  g_free (self);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID, message);
  return FALSE;
}

static gboolean
read_varint (Reader *reader, guint64 *value)
{
  *value = 0;
  for (guint i = 0; i < MAX_VARINT_BYTES && reader->at < reader->end; i++)
    {
      guint8 byte = (guint8) *reader->at++;

      *value |= (guint64) (byte & 0x7F) << (7 * i);
      if ((byte & 0x80) == 0)
        return TRUE;
    }
  return FALSE;
}

/* FALSE if the message is cut short or of no known wire type. */
static gboolean
read_field (Reader *reader, Field *field)
{
  guint64 tag;
  guint64 length = 0;

  if (!read_varint (reader, &tag) || tag >> 3 == 0 || tag >> 3 > G_MAXUINT32)
    return FALSE;
  *field = (Field) { .number = (guint) (tag >> 3), .wire_type = (guint) (tag & 7) };
  switch (field->wire_type)
    {
    case WIRE_VARINT:
      return read_varint (reader, &field->value);
    case WIRE_BYTES:
      if (!read_varint (reader, &length))
        return FALSE;
      break;
    case WIRE_FIXED64:
      length = 8;
      break;
    case WIRE_FIXED32:
      length = 4;
      break;
    default:
      return FALSE;
    }
  if (length > (guint64) (reader->end - reader->at))
    return FALSE;
  field->bytes = reader->at;
  field->length = (gsize) length;
  reader->at += length;
  return TRUE;
}

static gboolean
is (const Field *field, guint number, guint wire_type)
{
  return field->number == number && field->wire_type == wire_type;
}

static char *
dup_text (const Field *field)
{
  char *text = g_utf8_make_valid (field->bytes, (gssize) field->length);

  for (char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return g_strstrip (text);
}

static void
set_reason (SallyOtpMigrationAccount *account, const char *reason)
{
  if (account->reason == NULL)
    account->reason = g_strdup (reason);
}

static void
read_value (SallyOtpMigrationAccount *account, const Field *field)
{
  SallyOtpParameters *parameters = &account->uri->parameters;

  switch (field->number)
    {
    case ACCOUNT_ALGORITHM:
      if (field->value <= ALGORITHM_SHA512)
        parameters->algorithm =
            (SallyOtpAlgorithm) (MAX (field->value, ALGORITHM_SHA1) - ALGORITHM_SHA1);
      else
        set_reason (account, _ ("The algorithm is not known: SHA1, SHA256 and SHA512 are"));
      break;
    case ACCOUNT_DIGITS:
      if (field->value <= DIGITS_EIGHT)
        parameters->digits = field->value == DIGITS_EIGHT ? 8 : 6;
      else
        set_reason (account, _ ("The number of digits is not known"));
      break;
    case ACCOUNT_TYPE:
      if (field->value <= TYPE_TOTP)
        parameters->type = field->value == TYPE_HOTP ? SALLY_OTP_HOTP : SALLY_OTP_TOTP;
      else
        set_reason (account, _ ("This type of one-time code is not known"));
      break;
    case ACCOUNT_COUNTER:
      if (field->value <= G_MAXINT64)
        account->uri->counter = field->value;
      else
        set_reason (account, _ ("The counter is not a possible number"));
      break;
    default:
      break;
    }
}

/* The name is usually "Issuer:account". Without an issuer a colon in it may be its own. */
static void
tidy_names (SallyOtpUri *uri)
{
  gsize length = strlen (uri->issuer);
  char *account;

  if (length == 0 || !g_str_has_prefix (uri->label, uri->issuer) || uri->label[length] != ':')
    return;
  account = g_strstrip (g_strdup (uri->label + length + 1));
  g_free (uri->label);
  uri->label = account;
}

static SallyOtpMigrationAccount *
read_account (const Field *message)
{
  SallyOtpMigrationAccount *account = g_new0 (SallyOtpMigrationAccount, 1);
  Reader reader = { message->bytes, message->bytes + message->length };
  g_autoptr (GError) error = NULL;
  Field field;

  account->uri = sally_otp_uri_new ();
  while (reader.at < reader.end)
    {
      if (!read_field (&reader, &field))
        {
          set_reason (account, _ ("The entry is damaged"));
          break;
        }
      if (is (&field, ACCOUNT_SECRET, WIRE_BYTES) && field.length <= SALLY_OTP_MAX_KEY_BYTES)
        {
          g_clear_pointer (&account->uri->key, sally_secret_unref);
          account->uri->key = sally_secret_new (field.bytes, (gssize) field.length);
        }
      else if (is (&field, ACCOUNT_NAME, WIRE_BYTES))
        {
          g_free (account->uri->label);
          account->uri->label = dup_text (&field);
        }
      else if (is (&field, ACCOUNT_ISSUER, WIRE_BYTES))
        {
          g_free (account->uri->issuer);
          account->uri->issuer = dup_text (&field);
        }
      else if (field.wire_type == WIRE_VARINT)
        read_value (account, &field);
    }
  tidy_names (account->uri);
  if (!sally_otp_uri_validate (account->uri, &error))
    set_reason (account, error->message);
  return account;
}

static SallyOtpMigration *
read_payload (SallySecret *payload, GError **error)
{
  g_autoptr (SallyOtpMigration) self = g_new0 (SallyOtpMigration, 1);
  gsize length;
  const char *bytes = sally_secret_peek (payload, &length);
  Reader reader = { bytes, bytes + length };
  Field field;

  self->accounts = g_ptr_array_new_with_free_func (account_free);
  self->batch_size = 1;
  while (reader.at < reader.end)
    {
      if (!read_field (&reader, &field))
        return refuse (error, _ ("The export of Google Authenticator is damaged or cut short")),
               NULL;
      if (is (&field, PAYLOAD_ACCOUNT, WIRE_BYTES))
        {
          if (self->accounts->len >= SALLY_OTP_MIGRATION_MAX_ACCOUNTS)
            return refuse (error, _ ("The export holds too many accounts for one code")), NULL;
          g_ptr_array_add (self->accounts, read_account (&field));
        }
      else if (is (&field, PAYLOAD_BATCH_SIZE, WIRE_VARINT))
        self->batch_size = (guint) CLAMP (field.value, 1, G_MAXUINT16);
      else if (is (&field, PAYLOAD_BATCH_INDEX, WIRE_VARINT))
        self->batch_index = (guint) MIN (field.value, G_MAXUINT16);
      else if (is (&field, PAYLOAD_BATCH_ID, WIRE_VARINT))
        self->batch_id = (gint32) field.value;
    }
  if (self->accounts->len == 0)
    return refuse (error, _ ("The export of Google Authenticator holds no account")), NULL;
  return g_steal_pointer (&self);
}

/* The value of data=, up to the next parameter. */
static gboolean
find_data (SallySecret *text, const char **start, const char **end, GError **error)
{
  gsize length;
  const char *bytes = sally_secret_peek (text, &length);
  const char *query;

  while (length > 0 && g_ascii_isspace (*bytes))
    {
      bytes++;
      length--;
    }
  *end = bytes + length;
  if (length < strlen (SCHEME) || g_ascii_strncasecmp (bytes, SCHEME, strlen (SCHEME)) != 0)
    return refuse (error, _ ("This is not an export of Google Authenticator: it has to begin with "
                             "“otpauth-migration://”"));
  query = memchr (bytes, '?', length);
  while (query != NULL && (gsize) (*end - query) > strlen (DATA))
    {
      query++;
      if (strncmp (query, DATA, strlen (DATA)) == 0)
        {
          const char *next;

          *start = query + strlen (DATA);
          next = memchr (*start, '&', (gsize) (*end - *start));
          if (next != NULL)
            *end = next;
          return TRUE;
        }
      query = memchr (query, '&', (gsize) (*end - query));
    }
  return refuse (error, _ ("The export of Google Authenticator holds no data"));
}

static int
base64_value (char c)
{
  if (g_ascii_isupper (c))
    return c - 'A';
  if (g_ascii_islower (c))
    return c - 'a' + 26;
  if (g_ascii_isdigit (c))
    return c - '0' + 52;
  if (c == '+' || c == '-')
    return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

/* Base64 inside of percent-encoding, or without it: a raw '+' is itself, never a space. */
static SallySecret *
decode (const char *start, const char *end, GError **error)
{
  SallySecret *payload;
  char *room;
  g_autoptr (SallySecret) whole = sally_secret_new_sized ((gsize) (end - start) / 4 * 3 + 3, &room);
  gsize written = 0;
  guint bits = 0;
  guint n_bits = 0;

  for (const char *c = start; c < end; c++)
    {
      char character = *c;
      int value;

      if (character == '%' && end - c > 2 && g_ascii_isxdigit (c[1]) && g_ascii_isxdigit (c[2]))
        {
          character = (char) (g_ascii_xdigit_value (c[1]) << 4 | g_ascii_xdigit_value (c[2]));
          c += 2;
        }
      if (character == '=' || g_ascii_isspace (character))
        continue;
      value = base64_value (character);
      if (value < 0)
        return refuse (error, _ ("The data of the export are not base64")), NULL;
      bits = bits << 6 | (guint) value;
      n_bits += 6;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          room[written++] = (char) (bits >> n_bits);
        }
    }
  payload = sally_secret_new (room, (gssize) written);
  sally_secret_wipe (&bits, sizeof bits);
  return payload;
}

SallyOtpMigration *
sally_otp_migration_parse (SallySecret *text, GError **error)
{
  g_autoptr (SallySecret) payload = NULL;
  const char *start;
  const char *end;

  g_return_val_if_fail (text != NULL, NULL);

  if (!find_data (text, &start, &end, error))
    return NULL;
  payload = decode (start, end, error);
  return payload != NULL ? read_payload (payload, error) : NULL;
}

/* Appends to `out`, or only counts if that is NULL. */
static gsize
put_bytes (char *out, gsize at, gconstpointer bytes, gsize length)
{
  if (out != NULL && length > 0)
    memcpy (out + at, bytes, length);
  return at + length;
}

static gsize
put_varint (char *out, gsize at, guint64 value)
{
  do
    {
      char byte = (char) ((value & 0x7F) | (value > 0x7F ? 0x80 : 0));

      at = put_bytes (out, at, &byte, 1);
      value >>= 7;
    }
  while (value > 0);
  return at;
}

static gsize
put_number (char *out, gsize at, guint number, guint64 value)
{
  return put_varint (out, put_varint (out, at, number << 3 | WIRE_VARINT), value);
}

static gsize
put_block (char *out, gsize at, guint number, gconstpointer bytes, gsize length)
{
  at = put_varint (out, at, number << 3 | WIRE_BYTES);
  return put_bytes (out, put_varint (out, at, length), bytes, length);
}

static gsize
put_account (char *out, gsize at, const SallyOtpUri *uri)
{
  const SallyOtpParameters *parameters = &uri->parameters;
  g_autofree char *name = *uri->issuer != '\0' ? g_strconcat (uri->issuer, ":", uri->label, NULL)
                                               : g_strdup (uri->label);
  gsize key_length;
  const char *key = sally_secret_peek (uri->key, &key_length);

  at = put_block (out, at, ACCOUNT_SECRET, key, key_length);
  at = put_block (out, at, ACCOUNT_NAME, name, strlen (name));
  at = put_block (out, at, ACCOUNT_ISSUER, uri->issuer, strlen (uri->issuer));
  at = put_number (out, at, ACCOUNT_ALGORITHM, (guint64) parameters->algorithm + ALGORITHM_SHA1);
  at = put_number (out, at, ACCOUNT_DIGITS, parameters->digits == 8 ? DIGITS_EIGHT : DIGITS_SIX);
  at = put_number (out, at, ACCOUNT_TYPE,
                   parameters->type == SALLY_OTP_HOTP ? TYPE_HOTP : TYPE_TOTP);
  if (parameters->type == SALLY_OTP_HOTP)
    at = put_number (out, at, ACCOUNT_COUNTER, uri->counter);
  return at;
}

gboolean
sally_otp_migration_can_carry (const SallyOtpUri *uri, GError **error)
{
  const SallyOtpParameters *parameters = &uri->parameters;

  if (parameters->type == SALLY_OTP_STEAM)
    return refuse (error, _ ("Google Authenticator has no Steam codes"));
  if (parameters->digits != 6 && parameters->digits != 8)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("Google Authenticator has no codes of %u digits"), parameters->digits);
      return FALSE;
    }
  if (parameters->type == SALLY_OTP_TOTP && parameters->period_s != 30)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("Google Authenticator has no codes of %u seconds"), parameters->period_s);
      return FALSE;
    }
  if (uri->counter > G_MAXINT64)
    return refuse (error, _ ("The counter is too large for Google Authenticator"));
  if (put_account (NULL, 0, uri) > MAX_ACCOUNT_BYTES)
    return refuse (error, _ ("The names and the key are too long for a QR code"));
  return TRUE;
}

static gsize
put_payload (char *out, GPtrArray *uris, guint first, guint n, guint index, guint size, gint32 id)
{
  gsize at = 0;

  for (guint i = first; i < first + n; i++)
    {
      at = put_varint (out, at, PAYLOAD_ACCOUNT << 3 | WIRE_BYTES);
      at = put_varint (out, at, put_account (NULL, 0, uris->pdata[i]));
      at = put_account (out, at, uris->pdata[i]);
    }
  at = put_number (out, at, PAYLOAD_VERSION, VERSION);
  at = put_number (out, at, PAYLOAD_BATCH_SIZE, size);
  at = put_number (out, at, PAYLOAD_BATCH_INDEX, index);
  /* A negative number takes ten bytes: protobuf extends its sign. */
  return put_number (out, at, PAYLOAD_BATCH_ID, (guint64) (gint64) id);
}

/* The base64 with its three special characters percent-encoded. */
static SallySecret *
encode (SallySecret *payload)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  gsize length;
  const guint8 *bytes = (const guint8 *) sally_secret_peek (payload, &length);
  char *room;
  g_autoptr (SallySecret) whole = sally_secret_new_sized ((length / 3 + 1) * 4 * 3, &room);
  gsize at = 0;

  for (gsize i = 0; i < length; i += 3)
    {
      guint group = (guint) bytes[i] << 16 | (i + 1 < length ? (guint) bytes[i + 1] << 8 : 0) |
                    (i + 2 < length ? bytes[i + 2] : 0);

      for (guint j = 0; j < 4; j++)
        {
          char c = i + j > length ? '=' : alphabet[group >> (18 - 6 * j) & 0x3F];

          if (c == '+' || c == '/' || c == '=')
            at += (gsize) g_snprintf (room + at, 4, "%%%02X", (guint) c);
          else
            room[at++] = c;
        }
    }
  return sally_secret_new (room, (gssize) at);
}

/* How many accounts from `first` go into one part. */
static guint
count_for_part (GPtrArray *uris, guint first)
{
  gsize n_bytes = 0;
  guint n = 0;

  while (first + n < uris->len && n < MAX_ACCOUNTS_IN_PART)
    {
      n_bytes += put_account (NULL, 0, uris->pdata[first + n]);
      if (n > 0 && n_bytes > MAX_BYTES_IN_PART)
        break;
      n++;
    }
  return n;
}

GPtrArray *
sally_otp_migration_build (GPtrArray *uris, gint32 batch_id)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);
  g_autoptr (SallySecret) head = sally_secret_new (SCHEME "offline?" DATA, -1);
  guint size = 0;

  g_return_val_if_fail (uris != NULL, parts);

  for (guint first = 0; first < uris->len; first += count_for_part (uris, first))
    size++;
  for (guint first = 0, index = 0; first < uris->len; index++)
    {
      guint n = count_for_part (uris, first);
      char *out;
      g_autoptr (SallySecret) payload =
          sally_secret_new_sized (put_payload (NULL, uris, first, n, index, size, batch_id), &out);
      g_autoptr (SallySecret) text = NULL;

      put_payload (out, uris, first, n, index, size, batch_id);
      text = encode (payload);
      g_ptr_array_add (parts, sally_secret_new_joined (head, text, NULL));
      first += n;
    }
  return parts;
}
