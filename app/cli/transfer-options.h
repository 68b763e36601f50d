/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options that get, put and resume share. */
#pragma once

#include "cli/transfers.h"

G_BEGIN_DECLS

/* How often `sally` connects again without anything moved in between, unless --attempts says
 * otherwise: about a minute. */
#define SALLY_CLI_MAX_ATTEMPTS 7

typedef struct
{
  gboolean recursive;
  gboolean restarts;
  gboolean json;
  gboolean drops_permissions;
  gboolean drops_times;
  gboolean verifies;
  char *links_word;
  char *conflict_word;
  char *limit_word;
  char *attempts_word;
  SallyConflict conflict;
} SallyTransferOptions;

void sally_transfer_options_clear (SallyTransferOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SallyTransferOptions, sally_transfer_options_clear)

/* Rows of a command's option table; G_OPTION_ENTRY_NULL follows them. */
/* clang-format off */
#define SALLY_MOVING_OPTIONS(options)                                                              \
  { "limit", 0, 0, G_OPTION_ARG_FILENAME, &(options).limit_word,                                   \
    N_ ("At most so many bytes a second: 500K, 2M"), N_ ("RATE") },                                \
  { "attempts", 0, 0, G_OPTION_ARG_FILENAME, &(options).attempts_word,                             \
    N_ ("Connect again so often when the line is lost, at most (7)"), N_ ("N") },                  \
  { "json", 0, 0, G_OPTION_ARG_NONE, &(options).json,                                              \
    N_ ("Print a line of JSON for each file that is done"), NULL }
#define SALLY_KEEPING_OPTIONS(options)                                                             \
  { "links", 0, 0, G_OPTION_ARG_FILENAME, &(options).links_word,                                   \
    N_ ("Links in folders: safe (follow, but not out of a folder of ours), follow, skip or "       \
        "recreate"), N_ ("HOW") },                                                                 \
  { "no-permissions", 0, 0, G_OPTION_ARG_NONE, &(options).drops_permissions,                       \
    N_ ("Do not keep the permissions"), NULL },                                                    \
  { "no-times", 0, 0, G_OPTION_ARG_NONE, &(options).drops_times,                                   \
    N_ ("Do not keep the times"), NULL }
#define SALLY_TRANSFER_OPTIONS(options)                                                            \
  { "recursive", 'r', 0, G_OPTION_ARG_NONE, &(options).recursive,                                  \
    N_ ("Folders and all that is in them"), NULL },                                                \
  { "conflict", 0, 0, G_OPTION_ARG_FILENAME, &(options).conflict_word,                             \
    N_ ("Where the target exists: replace (the default), skip, newer, keep-both, resume, ask or "  \
        "fail"), N_ ("HOW") },                                                                     \
  { "restart", 0, 0, G_OPTION_ARG_NONE, &(options).restarts,                                       \
    N_ ("From the beginning, whatever an earlier attempt has left"), NULL },                       \
  SALLY_KEEPING_OPTIONS (options),                                                                 \
  SALLY_MOVING_OPTIONS (options)
/* clang-format on */

/* After the parsing: checks the values and applies them to the queue. SALLY_ERROR_INVALID. */
gboolean sally_transfer_options_apply (SallyTransferOptions *self, SallyCli *cli, GError **error);

G_END_DECLS
