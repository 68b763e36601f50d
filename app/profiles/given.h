/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The servers that an administrator gives to everybody on a computer: connection files in
 * sallyport/connections below the system's configuration folders (XDG_CONFIG_DIRS). */
#pragma once

#include "profiles/profiles.h"

G_BEGIN_DECLS

/* More files than this are not read: each becomes a row of everybody's sidebar. */
#define SALLY_GIVEN_MAX_FILES 200

/* One host and the keys that alone are right for it. */
typedef struct
{
  char *host;
  guint port;
  char **fingerprints; /* canonical, NULL-terminated, at least one */
} SallyGivenPins;

typedef struct
{
  GPtrArray *servers; /* (element-type SallyServer) with given-by set; a jump is an id. The id comes
                         from the file's name, and stays as long as that does. The user may be "" */
  GPtrArray *pins;    /* (element-type SallyGivenPins) */
  GPtrArray *problems; /* (element-type utf8) a sentence for each file that was left out */
} SallyGiven;

/* Reads *.sallyport in each of `folders` (NULL-terminated; NULL: those of XDG_CONFIG_DIRS), by
 * name. Of several files of one name the first folder's counts, as everywhere below
 * XDG_CONFIG_DIRS. A file that cannot be read is left out and said so; there is no error. Blocks
 * for as long as it takes to read some small files: for the start of a program. */
SallyGiven *sally_given_load (const char *const *folders) G_GNUC_WARN_UNUSED_RESULT;
void sally_given_free (SallyGiven *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyGiven, sally_given_free)

G_END_DECLS
