/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about a remote file in words. */
#pragma once

#include "model/remote-file.h"

G_BEGIN_DECLS

/* "12.3 MB"; "—" for what has no size of its own. */
char *sally_file_words_size (SallyRemoteFile *file);

/* The time for today, the day for this year, else the date; "—" if unknown. */
char *sally_file_words_modified (SallyRemoteFile *file);

/* "Folder", "Text document", "Link" ... Translated. */
char *sally_file_words_kind (SallyRemoteFile *file);

G_END_DECLS
