/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal for others: JSON, CSV, and the delivery receipt. Pure. */
#pragma once

#include "store/journal.h"

G_BEGIN_DECLS

/* One line of JSON without its end. Times are unix seconds with fractions; a byte of a path that is
 * not UTF-8 is \xNN, and "path_bytes" has the whole path in base64 then. */
char *sally_journal_to_json (const SallyJournalRecord *record);

/* A line of CSV (RFC 4180) with its end; the first line of a file names the columns. Times are ISO
 * 8601 in UTC. A cell that a spreadsheet would take for a formula begins with an apostrophe. */
const char *sally_journal_csv_header (void);
char *sally_journal_to_csv (const SallyJournalRecord *record);

/* All of them as a file, the oldest first: `records` (element-type SallyJournalRecord) are newest
 * first, as the journal lists them. */
char *sally_journal_make_export (GPtrArray *records, gboolean is_csv);

/* What was delivered to, and fetched from, one server: files that arrived whole, with sizes,
 * SHA-256 and times, who and where, and the hash by which the journal can be held to it. Text for a
 * person, translated; the numbers and names in it are as they are everywhere. `records`
 * (element-type SallyJournalRecord) are one server's, in any order; NULL if no file arrived. */
char *sally_journal_make_receipt (GPtrArray *records);

G_END_DECLS
