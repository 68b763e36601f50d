/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/formats.h"
#include "backup/wiped.h"
#include "base/error.h"
#include "otp/otp-migration.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *const schemes[] = { "otpauth://", "steam://", "motp://" };

#define MIGRATION_SCHEME "otpauth-migration://"
/* Ente's own values of an address, JSON. */
#define ENTE_DISPLAY     "codeDisplay"

/* Parts of Google's exports that were met, to say which are missing. */
typedef struct
{
  gint32 batch_id;
  guint size;
  GHashTable *indices;
} Batch;

typedef struct
{
  SallyBackup *backup;
  GPtrArray *batches; /* (element-type Batch) */
  gboolean skips_trashed;
  guint n_foreign;
  guint n_bad_parts;
  GError *first_error; /* of a damaged part */
} Reading;

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_hash_table_unref (batch->indices);
  g_free (batch);
}

gboolean
sally_uri_list_sniff (SallyBackupInput *input)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (sally_backup_input_has_line (input, schemes[i]))
      return TRUE;
  return FALSE;
}

gboolean
sally_migration_sniff (SallyBackupInput *input)
{
  return sally_backup_input_has_line (input, MIGRATION_SCHEME);
}

/* FALSE if this part was here before. */
static gboolean
note_part (Reading *reading, SallyOtpMigration *part)
{
  Batch *batch = NULL;

  /* Parts of old versions bear no id, and may come from several exports: one that was here before
   * begins another. */
  for (guint i = 0; i < reading->batches->len; i++)
    {
      Batch *candidate = reading->batches->pdata[i];

      if (candidate->batch_id == part->batch_id && candidate->size == part->batch_size &&
          (part->batch_id != 0 ||
           !g_hash_table_contains (candidate->indices, GUINT_TO_POINTER (part->batch_index))))
        batch = candidate;
    }
  if (batch == NULL)
    {
      batch = g_new0 (Batch, 1);
      batch->batch_id = part->batch_id;
      batch->size = part->batch_size;
      batch->indices = g_hash_table_new (NULL, NULL);
      g_ptr_array_add (reading->batches, batch);
    }
  return g_hash_table_add (batch->indices, GUINT_TO_POINTER (part->batch_index));
}

static void
add_part (Reading *reading, const char *line, gsize length)
{
  g_autoptr (SallySecret) text = NULL;
  g_autoptr (SallyOtpMigration) part = NULL;
  g_autoptr (GError) error = NULL;

  if (length > SALLY_OTP_MIGRATION_MAX_BYTES)
    g_set_error_literal (&error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         _ ("The address is too long for an export of Google Authenticator"));
  else
    {
      text = sally_secret_new (line, (gssize) length);
      part = sally_otp_migration_parse (text, &error);
    }
  if (part == NULL)
    {
      const SallyBackupDraft nothing = SALLY_BACKUP_DRAFT_INIT;

      sally_backup_add_unreadable (reading->backup, &nothing, error->message);
      reading->n_bad_parts++;
      if (reading->first_error == NULL)
        reading->first_error = g_steal_pointer (&error);
      return;
    }
  if (!note_part (reading, part))
    return;
  for (guint i = 0; i < part->accounts->len; i++)
    {
      SallyOtpMigrationAccount *account = part->accounts->pdata[i];
      SallyBackupDraft draft = SALLY_BACKUP_DRAFT_INIT;

      draft.type = sally_otp_type_to_string (account->uri->parameters.type);
      draft.issuer = account->uri->issuer;
      draft.label = account->uri->label;
      draft.key = account->uri->key;
      draft.algorithm = sally_otp_algorithm_to_string (account->uri->parameters.algorithm);
      draft.digits = account->uri->parameters.digits;
      draft.counter = (gint64) account->uri->counter;
      if (account->reason != NULL)
        sally_backup_add_unreadable (reading->backup, &draft, account->reason);
      else
        sally_backup_add (reading->backup, &draft);
    }
}

static void
add_uri (Reading *reading, const char *line, gsize length)
{
  GPtrArray *entries = reading->backup->entries;
  guint n_before = entries->len;
  SallyBackupEntry *entry;

  sally_backup_add_uri (reading->backup, line, (gssize) length, NULL);
  if (entries->len == n_before)
    return;
  entry = entries->pdata[n_before];
  if (entry->is_trashed && reading->skips_trashed)
    {
      g_ptr_array_remove_index (entries, n_before);
      sally_backup_notice (reading->backup, _ ("What lies in Ente’s bin is not imported"));
    }
}

static void
read_line (Reading *reading, const char *line, gsize length)
{
  while (length > 0 && g_ascii_isspace (*line))
    {
      line++;
      length--;
    }
  while (length > 0 && g_ascii_isspace (line[length - 1]))
    length--;
  if (length == 0 || *line == '#')
    return;
  if (g_ascii_strncasecmp (line, MIGRATION_SCHEME, strlen (MIGRATION_SCHEME)) == 0)
    {
      add_part (reading, line, length);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (line, schemes[i], strlen (schemes[i])) == 0)
      {
        add_uri (reading, line, length);
        return;
      }
  reading->n_foreign++;
}

static void
report (Reading *reading)
{
  for (guint i = 0; i < reading->batches->len; i++)
    {
      Batch *batch = reading->batches->pdata[i];

      if (g_hash_table_size (batch->indices) >= batch->size)
        continue;
      for (guint index = 0; index < MIN (batch->size, 100); index++)
        if (!g_hash_table_contains (batch->indices, GUINT_TO_POINTER (index)))
          sally_backup_notice (reading->backup,
                               _ ("Part %u of %u of the export is missing: its accounts are not "
                                  "here"),
                               index + 1, batch->size);
    }
  if (reading->n_foreign > 0)
    sally_backup_notice (reading->backup,
                         ngettext ("%u line is no address of an account and was left out",
                                   "%u lines are no addresses of accounts and were left out",
                                   reading->n_foreign),
                         reading->n_foreign);
}

gboolean
sally_uri_list_read_text (
    const char *text, gsize length, gboolean keeps_all, SallyBackup *backup, GError **error)
{
  g_autoptr (GPtrArray) batches = g_ptr_array_new_with_free_func (batch_free);
  Reading reading = { .backup = backup, .batches = batches, .skips_trashed = !keeps_all };
  const char *end = text + length;
  const char *line = text;

  while (line < end && !backup->is_too_large)
    {
      const char *next = memchr (line, '\n', (gsize) (end - line));

      read_line (&reading, line, (gsize) ((next != NULL ? next : end) - line));
      line = next != NULL ? next + 1 : end;
    }
  report (&reading);
  /* A damaged part that stands alone is a damaged file. */
  if (reading.n_bad_parts > 0 && reading.n_bad_parts == backup->entries->len)
    {
      g_propagate_error (error, reading.first_error);
      return FALSE;
    }
  g_clear_error (&reading.first_error);
  return TRUE;
}

gboolean
sally_uri_list_read (SallyBackupInput *input,
                     SallySecret *password,
                     SallyBackup *backup,
                     GError **error)
{
  return sally_uri_list_read_text (input->data, input->length, FALSE, backup, error);
}

gboolean
sally_migration_read (SallyBackupInput *input,
                      SallySecret *password,
                      SallyBackup *backup,
                      GError **error)
{
  return sally_uri_list_read_text (input->data, input->length, FALSE, backup, error);
}

char *
sally_backup_name_uri (const SallyOtpUri *uri)
{
  if (*uri->issuer == '\0')
    return g_strdup (uri->label);
  if (*uri->label == '\0')
    return g_strdup (uri->issuer);
  return g_strconcat (uri->issuer, ":", uri->label, NULL);
}

GBytes *
sally_uri_list_write (GPtrArray *uris, SallySecret *password, GPtrArray *losses, GError **error)
{
  g_autoptr (SallyWipedText) text = sally_wiped_text_new ();

  for (guint i = 0; i < uris->len; i++)
    {
      g_autoptr (SallySecret) uri = sally_otp_uri_build (uris->pdata[i]);

      sally_wiped_text_append_secret (text, uri);
      sally_wiped_text_append (text, "\n", 1);
    }
  return sally_wiped_text_steal (text);
}

GBytes *
sally_migration_write (GPtrArray *uris, SallySecret *password, GPtrArray *losses, GError **error)
{
  g_autoptr (SallyWipedText) text = sally_wiped_text_new ();
  g_autoptr (GPtrArray) carried = g_ptr_array_new ();
  g_autoptr (GPtrArray) parts = NULL;

  for (guint i = 0; i < uris->len; i++)
    {
      SallyOtpUri *uri = uris->pdata[i];
      g_autofree char *name = sally_backup_name_uri (uri);
      g_autoptr (GError) why = NULL;

      if (!sally_otp_migration_can_carry (uri, &why))
        {
          g_ptr_array_add (losses,
                           g_strdup_printf (_ ("“%s” is left out: %s"), name, why->message));
          continue;
        }
      if (uri->unknown->len > 0)
        g_ptr_array_add (losses,
                         g_strdup_printf (_ ("“%s”: its tags and notes are left out"), name));
      g_ptr_array_add (carried, uri);
    }
  parts = sally_otp_migration_build (carried, (gint32) g_random_int ());
  for (guint i = 0; i < parts->len; i++)
    {
      sally_wiped_text_append_secret (text, parts->pdata[i]);
      sally_wiped_text_append (text, "\n", 1);
    }
  return sally_wiped_text_steal (text);
}
