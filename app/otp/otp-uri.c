/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "otp/otp-uri.h"

#include "base/error.h"
#include "base/text.h"
#include "otp/base32.h"

#include <glib/gi18n.h>
#include <string.h>

/* More parameters than this is no URI of any authenticator: the longest known has about ten. */
#define MAX_PARAMETERS 64
/* Room that a stored account needs beside its URI (model/account.c). */
#define RESERVED_BYTES 192

#define STEAM_PARAMETERS { SALLY_OTP_STEAM, SALLY_OTP_SHA1, 5, 30 }

/* A piece of the URI, in the memory of the secret that holds it. */
typedef struct
{
  const char *start;
  const char *end;
} Slice;

/* What is said by the parameters and has to be weighed when all are read. */
typedef struct
{
  SallyOtpUri *uri;
  char *issuer; /* owned, NULL if there is no issuer= */
  gboolean is_steam;
} Reading;

SallyOtpUri *
sally_otp_uri_new (void)
{
  SallyOtpUri *self = g_new0 (SallyOtpUri, 1);

  self->issuer = g_strdup ("");
  self->label = g_strdup ("");
  self->parameters = (SallyOtpParameters) SALLY_OTP_PARAMETERS_DEFAULT;
  self->unknown = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sally_otp_uri_free (SallyOtpUri *self)
{
  if (self == NULL)
    return;
  g_free (self->issuer);
  g_free (self->label);
  g_clear_pointer (&self->key, sally_secret_unref);
  g_ptr_array_unref (self->unknown);
  g_free (self);
}

static void G_GNUC_PRINTF (2, 3) set_invalid (GError **error, const char *format, ...)
{
  va_list arguments;

  if (error == NULL)
    return;
  va_start (arguments, format);
  g_propagate_error (error,
                     g_error_new_valist (SALLY_ERROR, SALLY_ERROR_INVALID, format, arguments));
  va_end (arguments);
}

static gsize
slice_length (Slice slice)
{
  return (gsize) (slice.end - slice.start);
}

static gboolean
slice_equals (Slice slice, const char *word)
{
  return slice_length (slice) == strlen (word) &&
         g_ascii_strncasecmp (slice.start, word, slice_length (slice)) == 0;
}

/* Cuts `slice` at the first `separator`: returns what is before it and leaves what is behind it. */
static Slice
slice_cut (Slice *slice, char separator)
{
  const char *at = memchr (slice->start, separator, slice_length (*slice));
  Slice before = { slice->start, at != NULL ? at : slice->end };

  slice->start = at != NULL ? at + 1 : slice->end;
  return before;
}

/* Percent-decodes into `out`, which has room for the slice. '+' is a space only in the query, as
 * form encoding has it; in a label it is itself (a+b@example.org). */
static gboolean
percent_decode (Slice slice, gboolean in_query, char *out, gsize *length, GError **error)
{
  gsize written = 0;

  for (const char *c = slice.start; c < slice.end; c++)
    {
      char byte = *c;

      if (byte == '%')
        {
          int high = slice.end - c > 2 ? g_ascii_xdigit_value (c[1]) : -1;
          int low = slice.end - c > 2 ? g_ascii_xdigit_value (c[2]) : -1;

          if (high < 0 || low < 0)
            {
              set_invalid (error, _ ("The address has a “%%” that is not followed by two "
                                     "hexadecimal digits"));
              return FALSE;
            }
          byte = (char) (high << 4 | low);
          c += 2;
        }
      else if (byte == '+' && in_query)
        byte = ' ';
      if (byte == '\0')
        {
          set_invalid (error, _ ("The address holds a zero byte"));
          return FALSE;
        }
      out[written++] = byte;
    }
  *length = written;
  return TRUE;
}

/* For what is no secret: control characters become spaces, for these are shown in one line. */
static char *
decode_text (Slice slice, gboolean in_query, GError **error)
{
  g_autofree char *text = g_malloc0 (slice_length (slice) + 1);
  gsize length;

  if (!percent_decode (slice, in_query, text, &length, error))
    return NULL;
  if (!g_utf8_validate_len (text, length, NULL))
    {
      set_invalid (error, _ ("The address holds text that is not UTF-8"));
      return NULL;
    }
  for (char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (text);
  return g_steal_pointer (&text);
}

static SallySecret *
decode_key (Slice slice, GError **error)
{
  g_autoptr (SallySecret) text = NULL;
  char *bytes;
  gsize length;

  text = sally_secret_new_sized (slice_length (slice), &bytes);
  if (!percent_decode (slice, TRUE, bytes, &length, error))
    return NULL;
  return sally_base32_decode (bytes, (gssize) length, error);
}

static gboolean
read_number (const char *name, const char *text, guint64 limit, guint64 *number, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_ascii_string_to_unsigned (text, 10, 0, limit, number, NULL))
    return TRUE;
  /* The parameter is no secret, and a person must see what is wrong with it. */
  shown = sally_text_from_server (text, -1, FALSE);
  set_invalid (error, _ ("The address says “%s=%s”, which is not a possible number"), name, shown);
  return FALSE;
}

static gboolean
read_key (Reading *reading, Slice value, GError **error)
{
  g_autoptr (SallySecret) key = decode_key (value, error);

  if (key == NULL)
    return FALSE;
  if (reading->uri->key != NULL && !sally_secret_equal (reading->uri->key, key))
    {
      set_invalid (error, _ ("The address holds two different keys"));
      return FALSE;
    }
  g_clear_pointer (&reading->uri->key, sally_secret_unref);
  reading->uri->key = g_steal_pointer (&key);
  return TRUE;
}

static gboolean
read_parameter (Reading *reading, Slice name_slice, Slice value_slice, GError **error)
{
  SallyOtpUri *uri = reading->uri;
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  g_autofree char *shown = NULL;
  guint64 number;

  if (slice_equals (name_slice, "secret"))
    return read_key (reading, value_slice, error);

  name = decode_text (name_slice, TRUE, error);
  value = name != NULL ? decode_text (value_slice, TRUE, error) : NULL;
  if (value == NULL)
    return FALSE;

  if (g_ascii_strcasecmp (name, "issuer") == 0)
    {
      g_set_str (&reading->issuer, value);
      return TRUE;
    }
  if (g_ascii_strcasecmp (name, "steam") == 0 ||
      (g_ascii_strcasecmp (name, "encoder") == 0 && g_ascii_strcasecmp (value, "steam") == 0))
    {
      reading->is_steam = TRUE;
      return TRUE;
    }
  if (g_ascii_strcasecmp (name, "algorithm") == 0)
    {
      if (uri->parameters.type == SALLY_OTP_STEAM ||
          sally_otp_algorithm_from_string (value, &uri->parameters.algorithm))
        return TRUE;
      shown = sally_text_from_server (value, -1, FALSE);
      set_invalid (error, _ ("The algorithm “%s” is not known: SHA1, SHA256 and SHA512 are"),
                   shown);
      return FALSE;
    }
  if (g_ascii_strcasecmp (name, "digits") == 0)
    {
      if (uri->parameters.type == SALLY_OTP_STEAM)
        return TRUE;
      if (!read_number ("digits", value, G_MAXUINT, &number, error))
        return FALSE;
      uri->parameters.digits = (guint) number;
      return TRUE;
    }
  if (g_ascii_strcasecmp (name, "period") == 0)
    {
      if (uri->parameters.type == SALLY_OTP_STEAM)
        return TRUE;
      if (!read_number ("period", value, G_MAXUINT, &number, error))
        return FALSE;
      uri->parameters.period_s = (guint) number;
      return TRUE;
    }
  if (g_ascii_strcasecmp (name, "counter") == 0)
    return read_number ("counter", value, G_MAXUINT64, &uri->counter, error);

  g_ptr_array_add (uri->unknown, g_steal_pointer (&name));
  g_ptr_array_add (uri->unknown, g_steal_pointer (&value));
  return TRUE;
}

/* Whether a flag or "encoder=steam" stands in the query: it decides what the others mean. */
static gboolean
query_says_steam (Slice query)
{
  while (query.start < query.end)
    {
      Slice parameter = slice_cut (&query, '&');

      if (slice_equals (parameter, "steam") || slice_equals (parameter, "encoder=steam"))
        return TRUE;
    }
  return FALSE;
}

static gboolean
read_query (Reading *reading, Slice query, GError **error)
{
  guint n_parameters = 0;

  while (query.start < query.end)
    {
      Slice value = slice_cut (&query, '&');
      Slice name = slice_cut (&value, '=');

      if (slice_length (name) == 0)
        continue;
      if (++n_parameters > MAX_PARAMETERS)
        {
          set_invalid (error, _ ("The address has more than %d parameters"), MAX_PARAMETERS);
          return FALSE;
        }
      if (!read_parameter (reading, name, value, error))
        return FALSE;
    }
  return TRUE;
}

/* "Issuer:account", "Issuer: account", ":account", "account". With `issuer` known, an account that
 * has colons of its own is told from a prefix by comparing. */
static void
split_label (SallyOtpUri *uri, const char *label, const char *issuer)
{
  const char *colon = strchr (label, ':');
  const char *account = label;

  if (issuer != NULL && *issuer != '\0' && g_str_has_prefix (label, issuer) &&
      label[strlen (issuer)] == ':')
    colon = label + strlen (issuer);

  if (colon != NULL)
    {
      g_free (uri->issuer);
      uri->issuer = g_strstrip (g_strndup (label, (gsize) (colon - label)));
      account = colon + 1;
    }
  g_free (uri->label);
  uri->label = g_strstrip (g_strdup (account));
  if (issuer != NULL && *issuer != '\0')
    g_set_str (&uri->issuer, issuer);
}

/* What stands behind "otpauth://". */
static gboolean
read_otpauth (SallyOtpUri *uri, Slice rest, GError **error)
{
  Slice path = slice_cut (&rest, '?');
  Slice type_slice = slice_cut (&path, '/');
  g_autofree char *type = g_strndup (type_slice.start, slice_length (type_slice));
  g_autofree char *label = NULL;
  g_autofree char *issuer = NULL;
  Reading reading = { .uri = uri };
  gboolean ok;

  if (!sally_otp_type_from_string (type, &uri->parameters.type))
    {
      /* A malformed address can have its key here: the message must not hold it. */
      set_invalid (error, _ ("The address does not say whether its codes are of type totp, hotp or "
                             "steam"));
      return FALSE;
    }
  label = decode_text (path, FALSE, error);
  if (label == NULL)
    return FALSE;

  if (query_says_steam (rest))
    uri->parameters.type = SALLY_OTP_STEAM;
  ok = read_query (&reading, rest, error);
  issuer = reading.issuer;
  if (!ok)
    return FALSE;
  if (reading.is_steam || uri->parameters.type == SALLY_OTP_STEAM)
    uri->parameters = (SallyOtpParameters) STEAM_PARAMETERS;
  split_label (uri, label, issuer);
  if (uri->key == NULL)
    {
      set_invalid (error, _ ("The address holds no key (secret=)"));
      return FALSE;
    }
  return TRUE;
}

/* What stands behind "steam://". */
static gboolean
read_steam (SallyOtpUri *uri, Slice rest, GError **error)
{
  while (rest.end > rest.start && rest.end[-1] == '/')
    rest.end--;
  uri->parameters = (SallyOtpParameters) STEAM_PARAMETERS;
  g_set_str (&uri->issuer, "Steam");
  uri->key = decode_key (rest, error);
  return uri->key != NULL;
}

static gboolean
slice_skip_prefix (Slice *slice, const char *prefix)
{
  gsize length = strlen (prefix);

  if (slice_length (*slice) < length || g_ascii_strncasecmp (slice->start, prefix, length) != 0)
    return FALSE;
  slice->start += length;
  return TRUE;
}

static gboolean
read_any (SallyOtpUri *uri, Slice text, GError **error)
{
  if (slice_skip_prefix (&text, "otpauth://"))
    return read_otpauth (uri, text, error);
  if (slice_skip_prefix (&text, "steam://"))
    return read_steam (uri, text, error);

  if (slice_skip_prefix (&text, "otpauth-migration:"))
    set_invalid (error,
                 _ ("This is an export of Google Authenticator, which holds several accounts: "
                    "import it instead of adding it as one account"));
  else if (slice_skip_prefix (&text, "motp:"))
    set_invalid (error, _ ("Mobile-OTP (motp) codes are not supported"));
  else if (slice_skip_prefix (&text, "phonefactor:"))
    set_invalid (error,
                 _ ("This is a Microsoft push enrolment, which only Microsoft’s app can use: "
                    "ask the service for a code by authenticator app instead"));
  else if (slice_skip_prefix (&text, "fido:"))
    set_invalid (error, _ ("This is a passkey request, which holds no one-time codes"));
  else
    set_invalid (error, _ ("This is not the address of a one-time code: it has to begin with "
                           "“otpauth://”"));
  return FALSE;
}

SallyOtpUri *
sally_otp_uri_parse (SallySecret *text, GError **error)
{
  g_autoptr (SallyOtpUri) uri = sally_otp_uri_new ();
  Slice slice;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  slice.start = sally_secret_peek (text, &length);
  slice.end = slice.start + length;
  while (slice.start < slice.end && g_ascii_isspace (*slice.start))
    slice.start++;
  while (slice.start < slice.end && g_ascii_isspace (slice.end[-1]))
    slice.end--;

  if (!read_any (uri, slice, error) || !sally_otp_uri_validate (uri, error))
    return NULL;
  return g_steal_pointer (&uri);
}

static void
append_escaped (GString *text, const char *name, const char *value)
{
  g_autofree char *escaped = g_uri_escape_string (value, NULL, FALSE);

  g_string_append (text, name);
  g_string_append (text, escaped);
}

/* Up to the key. An issuer-less label that holds a colon gets an empty prefix, so that it is read
 * back as it was. */
static GString *
build_head (const SallyOtpUri *self)
{
  GString *text = g_string_new ("otpauth://");

  g_string_append (text, sally_otp_type_to_string (self->parameters.type));
  g_string_append_c (text, '/');
  if (*self->issuer != '\0' || strchr (self->label, ':') != NULL)
    {
      append_escaped (text, "", self->issuer);
      g_string_append_c (text, ':');
    }
  append_escaped (text, "", self->label);
  g_string_append (text, "?secret=");
  return text;
}

static GString *
build_tail (const SallyOtpUri *self)
{
  static const SallyOtpParameters defaults = SALLY_OTP_PARAMETERS_DEFAULT;
  const SallyOtpParameters *parameters = &self->parameters;
  GString *text = g_string_new (NULL);

  if (*self->issuer != '\0')
    append_escaped (text, "&issuer=", self->issuer);
  if (parameters->type != SALLY_OTP_STEAM)
    {
      if (parameters->algorithm != defaults.algorithm)
        g_string_append_printf (text, "&algorithm=%s",
                                sally_otp_algorithm_to_string (parameters->algorithm));
      if (parameters->digits != defaults.digits)
        g_string_append_printf (text, "&digits=%u", parameters->digits);
      if (parameters->type == SALLY_OTP_TOTP && parameters->period_s != defaults.period_s)
        g_string_append_printf (text, "&period=%u", parameters->period_s);
    }
  if (parameters->type == SALLY_OTP_HOTP)
    g_string_append_printf (text, "&counter=%" G_GUINT64_FORMAT, self->counter);
  for (guint i = 0; i + 1 < self->unknown->len; i += 2)
    {
      append_escaped (text, "&", g_ptr_array_index (self->unknown, i));
      append_escaped (text, "=", g_ptr_array_index (self->unknown, i + 1));
    }
  return text;
}

gboolean
sally_otp_uri_validate (const SallyOtpUri *self, GError **error)
{
  g_autoptr (GString) head = NULL;
  g_autoptr (GString) tail = NULL;
  gsize key_length;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!sally_otp_parameters_validate (&self->parameters, error))
    return FALSE;
  key_length = self->key != NULL ? sally_secret_get_length (self->key) : 0;
  if (key_length == 0 || key_length > SALLY_OTP_MAX_KEY_BYTES)
    {
      set_invalid (error, _ ("A key cannot have %u bytes: 1 to %d are possible"),
                   (guint) key_length, SALLY_OTP_MAX_KEY_BYTES);
      return FALSE;
    }
  if (!g_utf8_validate (self->issuer, -1, NULL) || !g_utf8_validate (self->label, -1, NULL))
    {
      set_invalid (error, _ ("The issuer or the label is not valid UTF-8"));
      return FALSE;
    }
  head = build_head (self);
  tail = build_tail (self);
  if (head->len + (key_length * 8 + 4) / 5 + tail->len > SALLY_OTP_URI_MAX_BYTES - RESERVED_BYTES)
    {
      set_invalid (error, _ ("The account’s names and values are too long to be stored"));
      return FALSE;
    }
  return TRUE;
}

SallySecret *
sally_otp_uri_build (const SallyOtpUri *self)
{
  g_autoptr (GString) head = NULL;
  g_autoptr (GString) tail = NULL;
  g_autoptr (SallySecret) head_text = NULL;
  g_autoptr (SallySecret) key_text = NULL;
  g_autoptr (SallySecret) tail_text = NULL;

  g_return_val_if_fail (self != NULL && self->key != NULL, NULL);

  head = build_head (self);
  tail = build_tail (self);
  head_text = sally_secret_new (head->str, (gssize) head->len);
  key_text = sally_base32_encode (self->key);
  tail_text = sally_secret_new (tail->str, (gssize) tail->len);
  return sally_secret_new_joined (head_text, key_text, tail_text, NULL);
}
