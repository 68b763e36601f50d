/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "[section]" and "key=value", as Windows' programs write them, in .ini files and in .reg files. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *name;         /* as it stands between the brackets; "" before the first */
  GHashTable *values; /* utf8 -> utf8; the last of a name counts */
} SallySection;

/* (element-type SallySection) in the order of the text; NULL if there are more than
 * SALLY_SECTIONS_MAX of them. Quoted names and values lose their quotes and escapes, "dword:"
 * becomes a decimal number. */
#define SALLY_SECTIONS_MAX 10000
GPtrArray *sally_sections_parse (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* NULL if it is not there. Borrowed. */
const char *sally_section_get (const SallySection *self, const char *key);

/* Not there, or empty, or 0. */
gboolean sally_section_is_unset (const SallySection *self, const char *key);

G_END_DECLS
