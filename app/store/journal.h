/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every sign-in and every transfer, for good: records that are only added, each with the hash of
 * the one before. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_JOURNAL_SIGN_IN,
  SALLY_JOURNAL_UPLOAD,
  SALLY_JOURNAL_DOWNLOAD,
} SallyJournalKind;

typedef enum
{
  SALLY_JOURNAL_DONE,
  SALLY_JOURNAL_FAILED,
  SALLY_JOURNAL_CANCELLED,
} SallyJournalOutcome;

/* Strings are owned and never NULL in a record that was read; in one to be added NULL is "". No
 * secret is among them. */
typedef struct
{
  gint64 id;       /* ascending, set by the journal */
  gint64 begun_us; /* as g_get_real_time() counts, as is the next */
  gint64 ended_us;
  SallyJournalKind kind;
  SallyJournalOutcome outcome;
  char *server_id;
  char *server;  /* its name then */
  char *address; /* host and port */
  char *user;
  char *host_key;   /* type and fingerprint */
  char *methods;    /* sign-ins: how it let us in, or what was refused; uploads: how what arrived
                       was compared ("check-file", "read-back"), if it was */
  char *local_path; /* transfers: raw bytes, as is the next */
  char *remote_path;
  guint64 bytes;
  char *sha256;   /* of a whole file, hexadecimal */
  char *error;    /* a sentence */
  char *previous; /* the hash of the record before; 64 zeros in the first */
  char *hash;     /* of all of this but the id (sally_journal_record_compute_hash) */
} SallyJournalRecord;

SallyJournalRecord *sally_journal_record_new (void) G_GNUC_WARN_UNUSED_RESULT;
SallyJournalRecord *
sally_journal_record_copy (const SallyJournalRecord *self) G_GNUC_WARN_UNUSED_RESULT;
void sally_journal_record_free (SallyJournalRecord *self);

/* "sign-in", "upload", "download"; "done", "failed", "cancelled". */
const char *sally_journal_kind_to_string (SallyJournalKind kind);
const char *sally_journal_outcome_to_string (SallyJournalOutcome outcome);

/* SHA-256, hexadecimal, over all fields but id and hash in the order of the structure, each as a
 * netstring ("5:words,"), numbers and names of enums as text. Pure. */
char *sally_journal_record_compute_hash (const SallyJournalRecord *self);

/* $XDG_DATA_HOME/sallyport/journal.sqlite, or `path`; written by all programs. Main thread. Signal
 * "changed" when a record of this program was added: a list that is asked for then has it. */
#define SALLY_TYPE_JOURNAL (sally_journal_get_type ())
G_DECLARE_FINAL_TYPE (SallyJournal, sally_journal, SALLY, JOURNAL, GObject)

SallyJournal *sally_journal_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* Copies the record, and chains it to the last one when it is written, in the order of the calls.
 * What cannot be written is logged: the work itself is done. */
void sally_journal_add (SallyJournal *self, const SallyJournalRecord *record);

/* Which records. */
typedef struct
{
  const char *server_id; /* NULL: of all servers */
  gint64 since_us;       /* ended then or later; 0: from the first */
  gint64 until_us;       /* ended before; 0: to the last */
  guint limit;           /* at most so many, the newest; 0: all */
} SallyJournalFilter;

/* (element-type SallyJournalRecord), newest first. */
void sally_journal_list_async (SallyJournal *self,
                               const SallyJournalFilter *filter,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GPtrArray *sally_journal_list_finish (SallyJournal *self,
                                      GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Goes along the whole chain. */
void
sally_journal_verify_async (SallyJournal *self, GAsyncReadyCallback callback, gpointer user_data);
/* How many records it has, and the id of the first that was changed, or that does not follow the
 * one before; 0 if none. That the last ones were cut off can be seen only from a receipt that names
 * a later hash. FALSE with `error` if the file cannot be read. */
gboolean sally_journal_verify_finish (SallyJournal *self,
                                      GAsyncResult *result,
                                      guint64 *n_records,
                                      gint64 *first_broken,
                                      GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyJournalRecord, sally_journal_record_free)

G_END_DECLS
