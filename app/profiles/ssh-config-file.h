/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ssh_config(5) as lines of words, with what it includes in its place; nothing is evaluated. */
#pragma once

#include "profiles/input.h"

G_BEGIN_DECLS

/* As OpenSSH has it (READCONF_MAX_DEPTH). */
#define SALLY_SSH_CONFIG_MAX_DEPTH 16
/* In all files together: each host looks through all of them. */
#define SALLY_SSH_CONFIG_MAX_LINES 20000
#define SALLY_SSH_CONFIG_MAX_WORDS 50000
#define SALLY_SSH_CONFIG_MAX_FILES 200

typedef struct
{
  char *keyword;       /* lower case */
  GStrv words;         /* what stands behind it, at least one */
  guint number;        /* in its file, from 1 */
  GPtrArray *included; /* (element-type SallySshConfigFile) of "include"; else NULL */
} SallySshConfigLine;

typedef struct
{
  GPtrArray *lines; /* (element-type SallySshConfigLine) */
} SallySshConfigFile;

/* SALLY_ERROR_INVALID with the line that cannot be read, or for what is beyond the limits. What is
 * included and cannot be opened is passed over with a notice, as ssh passes it over. Blocks. */
SallySshConfigFile *sally_ssh_config_file_parse (SallyProfilesInput *input,
                                                 SallyProfiles *profiles,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sally_ssh_config_file_free (SallySshConfigFile *self);

/* Splits "keyword words" as OpenSSH does: blanks or one "=", quotes, "#". FALSE for a quote without
 * its end. `keyword` is NULL for an empty line. */
gboolean sally_ssh_config_split (const char *line, char **keyword, char ***words);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallySshConfigFile, sally_ssh_config_file_free)

G_END_DECLS
