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

/* When are two files the same? */
typedef enum
{
  SALLY_SYNC_BY_TIME,     /* size and time */
  SALLY_SYNC_BY_SIZE,     /* for servers that keep no times */
  SALLY_SYNC_BY_CONTENTS, /* size and digest */
} SallySyncCompare;

typedef struct
{
  gboolean deletes; /* what the source does not have goes */
  SallySyncCompare compare;
} SallySyncOptions;

/* (element-type SallySyncStep), in an order in which they can be done, and those of one kind and
 * depth at once: folders, the upper ones first; copies; deletions, the files and then the folders,
 * the lower ones first. Times are compared to the
 * second that SFTP version 3 knows; a digest that is not known is another one. What is in the way
 * of a folder keeps all below it from being done. */
GPtrArray *sally_sync_plan (GPtrArray *source,
                            GPtrArray *target,
                            const SallySyncOptions *options) G_GNUC_WARN_UNUSED_RESULT;

/* 0 for what is in the folder itself. */
guint sally_sync_step_get_depth (const SallySyncStep *self);

const char *sally_sync_kind_to_string (SallySyncKind kind);

G_END_DECLS
