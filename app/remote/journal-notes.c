/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/journal-notes.h"

#include "remote/connection-private.h"
#include "remote/transfer-private.h"

static SallyJournalRecord *
record_new (SallyServer *server)
{
  SallyJournalRecord *record = sally_journal_record_new ();

  record->ended_us = g_get_real_time ();
  record->server_id = g_strdup (sally_server_get_id (server));
  record->server = g_strdup (sally_server_get_name (server));
  record->address = sally_server_dup_address (server);
  record->user = g_strdup (sally_server_get_user (server));
  return record;
}

void
sally_journal_note_sign_in (SallyJournal *journal,
                            SallyServer *server,
                            const SallySignInFacts *facts)
{
  g_autoptr (SallyJournalRecord) record = NULL;

  g_return_if_fail (SALLY_IS_JOURNAL (journal));
  g_return_if_fail (SALLY_IS_SERVER (server));
  g_return_if_fail (facts != NULL);

  if (facts->error != NULL && !facts->has_sent &&
      !g_error_matches (facts->error, SALLY_ERROR, SALLY_ERROR_HOST_KEY_CHANGED) &&
      !g_error_matches (facts->error, SALLY_ERROR, SALLY_ERROR_HOST_KEY_UNKNOWN))
    return;
  record = record_new (server);
  record->kind = SALLY_JOURNAL_SIGN_IN;
  record->begun_us = facts->begun_us;
  record->host_key = g_strdup (facts->host_key);
  if (facts->error == NULL)
    record->methods = g_strdup (facts->done);
  else
    {
      record->outcome = g_error_matches (facts->error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                            ? SALLY_JOURNAL_CANCELLED
                            : SALLY_JOURNAL_FAILED;
      record->methods = g_strdup (facts->refused);
      record->error = g_strdup (facts->error->message);
    }
  sally_journal_add (journal, record);
}

/* "TYPE SHA256:...", as the engine of the open connection has seen it. */
static char *
dup_host_key (SallyConnection *connection)
{
  g_autoptr (GVariant) info = sally_connection_dup_info (connection);
  const char *type = "";
  const char *fingerprint = "";

  if (info == NULL)
    return NULL;
  g_variant_lookup (info, "host-key-type", "&s", &type);
  g_variant_lookup (info, "host-key-fingerprint", "&s", &fingerprint);
  return g_strdup_printf ("%s %s", type, fingerprint);
}

static gboolean
judge (SallyTransfer *transfer, SallyJournalRecord *record)
{
  const GError *error = sally_transfer_get_error (transfer);

  switch (sally_transfer_get_state (transfer))
    {
    case SALLY_TRANSFER_FINISHED:
      record->outcome = SALLY_JOURNAL_DONE;
      record->bytes = sally_transfer_get_size (transfer);
      record->sha256 = g_strdup (sally_transfer_get_sha256 (transfer));
      record->methods = g_strdup (sally_transfer_get_proof (transfer));
      return TRUE;
    case SALLY_TRANSFER_FAILED:
      record->outcome = SALLY_JOURNAL_FAILED;
      break;
    case SALLY_TRANSFER_CANCELLED:
      record->outcome = SALLY_JOURNAL_CANCELLED;
      break;
    case SALLY_TRANSFER_QUEUED:
    case SALLY_TRANSFER_RUNNING:
    case SALLY_TRANSFER_WAITING:
    case SALLY_TRANSFER_PAUSED:
    case SALLY_TRANSFER_SKIPPED:
    default:
      return FALSE;
    }
  record->bytes = sally_transfer_get_done (transfer);
  record->error = g_strdup (error != NULL ? error->message : NULL);
  return record->outcome == SALLY_JOURNAL_FAILED || record->bytes > 0;
}

void
sally_journal_note_transfer (SallyTransfer *transfer)
{
  g_autoptr (SallyJournalRecord) record = NULL;
  SallyConnection *connection;
  SallyJournal *journal;

  g_return_if_fail (SALLY_IS_TRANSFER (transfer));

  connection = sally_transfer_get_connection (transfer);
  if (connection == NULL)
    return;
  record = record_new (sally_connection_get_server (connection));
  if (!judge (transfer, record))
    return;
  journal = sally_connection_services_get_journal (sally_connection_get_services (connection));
  record->kind =
      sally_transfer_get_is_upload (transfer) ? SALLY_JOURNAL_UPLOAD : SALLY_JOURNAL_DOWNLOAD;
  record->begun_us = sally_transfer_get_record (transfer)->created * G_USEC_PER_SEC;
  record->host_key = dup_host_key (connection);
  record->local_path = g_strdup (sally_transfer_get_local_path (transfer));
  record->remote_path = g_strdup (sally_transfer_get_remote_path (transfer));
  sally_journal_add (journal, record);
}
