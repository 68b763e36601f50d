/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/draft.h"

#include "backup/ente-values.h"
#include "base/error.h"
#include "base/text.h"
#include "otp/base32.h"

#include <glib/gi18n.h>
#include <string.h>

/* Notes longer than this are letters; an account has to fit into one keyring item. */
#define MAX_NOTE_BYTES 2000
#define MAX_TAGS       16

/* Words of other programs for what is known, and for what is not but has a name. */
static const struct
{
  const char *word;
  SallyOtpType type;
} type_words[] = {
  { "totp", SALLY_OTP_TOTP },       { "hotp", SALLY_OTP_HOTP },        { "steam", SALLY_OTP_STEAM },
  { "steamtotp", SALLY_OTP_STEAM }, { "steam_totp", SALLY_OTP_STEAM },
};

void
sally_backup_entry_free (SallyBackupEntry *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->uri, sally_otp_uri_free);
  g_free (self->reason);
  g_free (self->type);
  g_free (self->issuer);
  g_free (self->label);
  g_free (self);
}

/* One line of text: control characters become spaces, as in an address. */
static char *
clean (const char *text)
{
  char *line = g_utf8_make_valid (text != NULL ? text : "", -1);

  for (char *c = line; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return g_strstrip (line);
}

static SallyBackupEntry *
append (SallyBackup *self, const SallyBackupDraft *draft)
{
  SallyBackupEntry *entry;

  if (self->entries->len >= SALLY_BACKUP_MAX_ENTRIES)
    {
      self->is_too_large = TRUE;
      return NULL;
    }
  entry = g_new0 (SallyBackupEntry, 1);
  entry->type = g_ascii_strdown (draft->type != NULL ? draft->type : "totp", -1);
  entry->issuer = clean (draft->issuer);
  entry->label = clean (draft->label);
  g_ptr_array_add (self->entries, entry);
  return entry;
}

static void
set_unreadable (SallyBackup *self, SallyBackupEntry *entry, const char *reason)
{
  g_clear_pointer (&entry->uri, sally_otp_uri_free);
  g_set_str (&entry->reason, reason);
  self->n_unreadable++;
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID, message);
  return FALSE;
}

static gboolean
judge_type (const char *word, SallyOtpType *type, GError **error)
{
  g_autofree char *shown = NULL;

  if (word == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (type_words); i++)
    if (g_ascii_strcasecmp (word, type_words[i].word) == 0)
      {
        *type = type_words[i].type;
        return TRUE;
      }
  if (g_ascii_strcasecmp (word, "motp") == 0)
    return refuse (error, _ ("Mobile-OTP (motp) codes are not supported"));
  if (g_ascii_strcasecmp (word, "yandex") == 0 || g_ascii_strcasecmp (word, "yaotp") == 0)
    return refuse (error, _ ("Yandex codes are not supported"));
  shown = sally_text_from_server (word, -1, FALSE);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("Codes of type “%s” are not known"),
               shown);
  return FALSE;
}

static gboolean
judge_algorithm (const char *word, SallyOtpAlgorithm *algorithm, GError **error)
{
  g_autofree char *shown = NULL;

  if (word == NULL || *word == '\0' || sally_otp_algorithm_from_string (word, algorithm))
    return TRUE;
  shown = sally_text_from_server (word, -1, FALSE);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("The algorithm “%s” is not known: SHA1, SHA256 and SHA512 are"), shown);
  return FALSE;
}

static gboolean
judge_number (gint64 given, gint64 max, guint *number, const char *what, GError **error)
{
  if (given == SALLY_JSON_UNSET)
    return TRUE;
  if (given >= 0 && given <= max)
    {
      *number = (guint) given;
      return TRUE;
    }
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("The %s is not a possible number"),
               what);
  return FALSE;
}

static gboolean
judge_parameters (const SallyBackupDraft *draft, SallyOtpUri *uri, GError **error)
{
  SallyOtpParameters *parameters = &uri->parameters;

  if (!judge_type (draft->type, &parameters->type, error))
    return FALSE;
  if (parameters->type == SALLY_OTP_STEAM)
    {
      *parameters = (SallyOtpParameters) { SALLY_OTP_STEAM, SALLY_OTP_SHA1, 5, 30 };
      return TRUE;
    }
  if (!judge_algorithm (draft->algorithm, &parameters->algorithm, error) ||
      !judge_number (draft->digits, G_MAXINT, &parameters->digits, _ ("number of digits"), error))
    return FALSE;
  if (parameters->type == SALLY_OTP_TOTP)
    return judge_number (draft->period, G_MAXINT, &parameters->period_s, _ ("period"), error);
  if (draft->counter != SALLY_JSON_UNSET && draft->counter < 0)
    return refuse (error, _ ("The counter is not a possible number"));
  uri->counter = draft->counter != SALLY_JSON_UNSET ? (guint64) draft->counter : 0;
  return TRUE;
}

static gboolean
judge_key (const SallyBackupDraft *draft, SallyOtpUri *uri, GError **error)
{
  if (draft->key != NULL)
    uri->key = sally_secret_ref (draft->key);
  else if (draft->secret == NULL || *draft->secret == '\0')
    return refuse (error, _ ("The entry holds no key"));
  else
    uri->key = sally_base32_decode (draft->secret, -1, error);
  return uri->key != NULL;
}

static void
add_extras (const SallyBackupDraft *draft, SallyOtpUri *uri)
{
  for (guint i = 0; draft->tags != NULL && i < MIN (draft->tags->len, MAX_TAGS); i++)
    {
      g_ptr_array_add (uri->unknown, g_strdup (SALLY_BACKUP_TAG));
      g_ptr_array_add (uri->unknown, clean (draft->tags->pdata[i]));
    }
  if (draft->note != NULL && *draft->note != '\0' && strlen (draft->note) <= MAX_NOTE_BYTES)
    {
      g_ptr_array_add (uri->unknown, g_strdup (SALLY_BACKUP_NOTE));
      g_ptr_array_add (uri->unknown, clean (draft->note));
    }
}

/* Without what stands beside the code, should all together be too long to be kept. */
static gboolean
validate (SallyOtpUri *uri, GError **error)
{
  if (sally_otp_uri_validate (uri, NULL))
    return TRUE;
  g_ptr_array_set_size (uri->unknown, 0);
  return sally_otp_uri_validate (uri, error);
}

void
sally_backup_add (SallyBackup *self, const SallyBackupDraft *draft)
{
  SallyBackupEntry *entry = append (self, draft);
  g_autoptr (SallyOtpUri) uri = sally_otp_uri_new ();
  g_autoptr (GError) error = NULL;

  if (entry == NULL)
    return;
  g_free (uri->issuer);
  uri->issuer = clean (draft->kept_issuer != NULL ? draft->kept_issuer : draft->issuer);
  g_free (uri->label);
  uri->label = clean (draft->kept_label != NULL ? draft->kept_label : draft->label);
  add_extras (draft, uri);
  if (judge_parameters (draft, uri, &error) && judge_key (draft, uri, &error) &&
      validate (uri, &error))
    {
      g_set_str (&entry->type, sally_otp_type_to_string (uri->parameters.type));
      entry->uri = g_steal_pointer (&uri);
    }
  else
    set_unreadable (self, entry, error->message);
}

void
sally_backup_add_unreadable (SallyBackup *self, const SallyBackupDraft *draft, const char *reason)
{
  SallyBackupEntry *entry = append (self, draft);

  if (entry != NULL)
    set_unreadable (self, entry, reason);
}

/* What an address that does not parse says of itself; never anything behind its "?". */
static void
add_unreadable_uri (SallyBackup *self,
                    const char *text,
                    gsize length,
                    const SallyBackupDraft *names,
                    const GError *why)
{
  const SallyBackupDraft nothing = SALLY_BACKUP_DRAFT_INIT;
  SallyBackupDraft draft = names != NULL ? *names : nothing;
  g_autofree char *line = g_strndup (text, length);
  g_autofree char *type = NULL;
  g_autofree char *label = NULL;
  g_autoptr (GError) error = NULL;
  SallyOtpType known;
  char *rest = g_ascii_strncasecmp (line, "otpauth://", 10) == 0 ? line + 10 : NULL;
  char *end = rest != NULL ? strchr (rest, '?') : NULL;
  char *slash;

  if (end != NULL)
    {
      *end = '\0';
      slash = strchr (rest, '/');
      type = slash != NULL ? g_strndup (rest, (gsize) (slash - rest)) : g_strdup (rest);
      draft.type = type;
      label = g_uri_unescape_string (slash != NULL ? slash + 1 : "", NULL);
      if (label != NULL && *label != '\0')
        draft.label = label;
    }
  else if (g_str_has_prefix (line, "motp:"))
    draft.type = "motp";
  if (draft.type != NULL && !judge_type (draft.type, &known, &error))
    why = error;
  sally_backup_add_unreadable (self, &draft, why->message);
  sally_secret_wipe (line, length);
}

/* Whether a name of the file is to stand where the address has none. */
static void
fill_name (char **name, const char *better)
{
  if (**name != '\0' || better == NULL)
    return;
  g_free (*name);
  *name = clean (better);
}

void
sally_backup_add_uri (SallyBackup *self,
                      const char *text,
                      gssize length,
                      const SallyBackupDraft *names)
{
  gsize n_bytes = length < 0 ? strlen (text) : (gsize) length;
  g_autoptr (SallySecret) secret = NULL;
  g_autoptr (SallyOtpUri) uri = NULL;
  g_autoptr (GError) error = NULL;
  SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;
  SallyBackupEntry *entry;

  if (n_bytes > SALLY_OTP_URI_MAX_BYTES)
    refuse (&error, _ ("The address is too long for one account"));
  else
    {
      secret = sally_secret_new (text, (gssize) n_bytes);
      uri = sally_otp_uri_parse (secret, &error);
    }
  if (uri == NULL)
    {
      add_unreadable_uri (self, text, MIN (n_bytes, SALLY_OTP_URI_MAX_BYTES), names, error);
      return;
    }
  draft.type = sally_otp_type_to_string (uri->parameters.type);
  draft.issuer = uri->issuer;
  draft.label = uri->label;
  entry = append (self, &draft);
  if (entry == NULL)
    return;
  entry->is_trashed = !sally_ente_tidy (uri);
  if (names != NULL)
    {
      /* A nameless account could not be asked for. */
      if (*uri->label == '\0')
        fill_name (&uri->issuer, names->kept_issuer);
      fill_name (&uri->label, names->kept_label);
      add_extras (names, uri);
    }
  if (validate (uri, &error))
    entry->uri = g_steal_pointer (&uri);
  else
    set_unreadable (self, entry, error->message);
}

void
sally_backup_notice (SallyBackup *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (!g_ptr_array_find_with_equal_func (self->notices, text, g_str_equal, NULL))
    g_ptr_array_add (self->notices, g_steal_pointer (&text));
}

const char *
sally_backup_skip_issuer (const char *label, const char *issuer)
{
  gsize length;

  if (label == NULL || issuer == NULL || *issuer == '\0' || !g_str_has_prefix (label, issuer))
    return label;
  length = strlen (issuer);
  if (label[length] != ':')
    return label;
  label += length + 1;
  while (g_ascii_isspace (*label))
    label++;
  return label;
}

gboolean
sally_backup_need_password (GError **error)
{
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_NEEDED,
                       _ ("The file is encrypted: its password is needed"));
  return FALSE;
}

gboolean
sally_backup_set_damaged (GError **error)
{
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("The file is damaged, cut short, or of a version that is not known"));
  return FALSE;
}
