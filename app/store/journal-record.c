/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/journal.h"

#include <string.h>

/* Part of what is hashed, so that a later format can be told from this one. */
#define FORMAT "1"

static const char *const kind_names[] = { "sign-in", "upload", "download" };
static const char *const outcome_names[] = { "done", "failed", "cancelled" };

SallyJournalRecord *
sally_journal_record_new (void)
{
  return g_new0 (SallyJournalRecord, 1);
}

SallyJournalRecord *
sally_journal_record_copy (const SallyJournalRecord *self)
{
  SallyJournalRecord *copy = g_new (SallyJournalRecord, 1);
  char **strings[] = {
    &copy->server_id, &copy->server,  &copy->address,    &copy->user,
    &copy->host_key,  &copy->methods, &copy->local_path, &copy->remote_path,
    &copy->sha256,    &copy->error,   &copy->previous,   &copy->hash,
  };

  *copy = *self;
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    *strings[i] = g_strdup (*strings[i] != NULL ? *strings[i] : "");
  return copy;
}

void
sally_journal_record_free (SallyJournalRecord *self)
{
  if (self == NULL)
    return;
  g_free (self->server_id);
  g_free (self->server);
  g_free (self->address);
  g_free (self->user);
  g_free (self->host_key);
  g_free (self->methods);
  g_free (self->local_path);
  g_free (self->remote_path);
  g_free (self->sha256);
  g_free (self->error);
  g_free (self->previous);
  g_free (self->hash);
  g_free (self);
}

const char *
sally_journal_kind_to_string (SallyJournalKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kind_names), "");

  return kind_names[kind];
}

const char *
sally_journal_outcome_to_string (SallyJournalOutcome outcome)
{
  g_return_val_if_fail ((guint) outcome < G_N_ELEMENTS (outcome_names), "");

  return outcome_names[outcome];
}

/* With its length, so that no field can pass for two. */
static void
add_text (GChecksum *checksum, const char *text)
{
  g_autofree char *length = NULL;

  if (text == NULL)
    text = "";
  length = g_strdup_printf ("%" G_GSIZE_FORMAT ":", strlen (text));
  g_checksum_update (checksum, (const guchar *) length, -1);
  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_update (checksum, (const guchar *) ",", 1);
}

static void
add_number (GChecksum *checksum, gint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  add_text (checksum, text);
}

char *
sally_journal_record_compute_hash (const SallyJournalRecord *self)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_return_val_if_fail (self != NULL, NULL);

  add_text (checksum, FORMAT);
  add_number (checksum, self->begun_us);
  add_number (checksum, self->ended_us);
  add_text (checksum, sally_journal_kind_to_string (self->kind));
  add_text (checksum, sally_journal_outcome_to_string (self->outcome));
  add_text (checksum, self->server_id);
  add_text (checksum, self->server);
  add_text (checksum, self->address);
  add_text (checksum, self->user);
  add_text (checksum, self->host_key);
  add_text (checksum, self->methods);
  add_text (checksum, self->local_path);
  add_text (checksum, self->remote_path);
  add_number (checksum, (gint64) self->bytes);
  add_text (checksum, self->sha256);
  add_text (checksum, self->error);
  add_text (checksum, self->previous);
  return g_strdup (g_checksum_get_string (checksum));
}
