/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: what makes one tree like another? Two censuses -> steps. Pure. */
#pragma once

#include "remote/census.h"

G_BEGIN_DECLS

typedef enum
{
  SALLY_SYNC_MAKE_FOLDER,
  SALLY_SYNC_COPY,
  SALLY_SYNC_DELETE_FILE,
  SALLY_SYNC_DELETE_FOLDER,
  SALLY_SYNC_BLOCKED, /* something of another kind is in the way: left to a person */
} SallySyncKind;

typedef struct
{
  SallySyncKind kind;
  const SallyCensusEntry *entry; /* of the source, or what is deleted; borrowed from its census */
} SallySyncStep;

typedef struct
{
  gboolean deletes;   /* what the source does not have goes */
  gboolean size_only; /* for servers that keep no times */
} SallySyncOptions;

/* (element-type SallySyncStep), in an order in which they can be done: folders before what is in
 * them, copies, then deletions, what is in a folder before it. Files are the same if their sizes
 * are and their times, to the second that SFTP version 3 knows. What is in the way of a folder
 * keeps all below it from being done. */
GPtrArray *sally_sync_plan (GPtrArray *source,
                            GPtrArray *target,
                            const SallySyncOptions *options) G_GNUC_WARN_UNUSED_RESULT;

const char *sally_sync_kind_to_string (SallySyncKind kind);

G_END_DECLS
