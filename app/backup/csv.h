/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comma-separated values (RFC 4180) with a header line. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SallyCsv SallyCsv;

/* NULL if a quoted field does not end. Line ends may be CRLF or LF; rows may be shorter or longer
 * than the header. Wiped when it goes. */
SallyCsv *sally_csv_parse (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
void sally_csv_free (SallyCsv *self);

/* Without the header. */
guint sally_csv_get_n_rows (SallyCsv *self);

/* The column with that header, ignoring case; -1 if there is none. */
int sally_csv_find_column (SallyCsv *self, const char *name);

/* Borrowed; NULL if `column` is -1 or the row has fewer fields. */
const char *sally_csv_peek (SallyCsv *self, guint row, int column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyCsv, sally_csv_free)

G_END_DECLS
