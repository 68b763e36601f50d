/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sheet to be printed and locked away: each account with its QR code and its setup key. */
#pragma once

#include "backup/backup.h"

G_BEGIN_DECLS

/* In points, 1/72 of an inch. */
typedef struct
{
  double width;
  double height;
} SallySheetPaper;

/* That of the locale (LC_PAPER): A4 or Letter. */
SallySheetPaper sally_sheet_get_default_paper (void);

/* The PDF of `uris` (element-type SallyOtpUri), at least one, as of `time_s` (unix seconds).
 * `paper` is at least as large as A5. What a QR code has no room for is said in `losses`
 * (element-type utf8). SALLY_ERROR_FAILED where there is no font.
 *
 * The bytes are wiped when they go; Cairo and Pango keep copies of their own in the text of a
 * layout and in the page that is made, which are freed and not wiped. Blocks, any thread. */
GBytes *sally_sheet_write (GPtrArray *uris,
                           const SallySheetPaper *paper,
                           gint64 time_s,
                           GPtrArray *losses,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same as a format among others, "pdf": on the paper of the locale, as of now. It cannot be
 * read. */
const SallyBackupFormat *sally_sheet_get_format (void);

G_END_DECLS
