/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of servers under examination: its text, and where it is from. */
#pragma once

#include "profiles/profiles.h"

G_BEGIN_DECLS

struct _SallyProfilesInput
{
  const char *text; /* UTF-8, ends with a NUL; empty if the file is no text */
  gsize length;
  char *buffer;     /* holds `text` */
  gboolean is_text; /* not a picture, an archive, a database ... */

  char *name;   /* the file's, without its folder, UTF-8; "" if it is not known */
  char *folder; /* NULL if it is not known */

  const char *home; /* the person's, for "~" */
  const char *user; /* whom programs take if a file names nobody */
};

/* UTF-16 with a byte order mark is converted; what is neither that nor UTF-8 is taken as Latin-1,
 * which old programs wrote. Never NULL. */
SallyProfilesInput *
sally_profiles_input_new (GBytes *bytes, const char *path) G_GNUC_WARN_UNUSED_RESULT;
void sally_profiles_input_free (SallyProfilesInput *self);

/* Whether a line of the text begins with `prefix`, ignoring case and blanks before it. */
gboolean sally_profiles_input_has_line (SallyProfilesInput *self, const char *prefix);

/* Reads a regular file (or, if `any_kind`, a pipe), at most SALLY_PROFILES_MAX_FILE_BYTES. LOCAL_*
 * errors, SALLY_ERROR_INVALID for what is too large. Blocks. */
GBytes *sally_profiles_input_load (const char *path,
                                   gboolean any_kind,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyProfilesInput, sally_profiles_input_free)

G_END_DECLS
