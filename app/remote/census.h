/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that is in a folder and below it, there or here: for comparing two trees. */
#pragma once

#include "remote/connection.h"

G_BEGIN_DECLS

typedef enum
{
  SALLY_CENSUS_FILE,
  SALLY_CENSUS_FOLDER,
  SALLY_CENSUS_OTHER, /* a link, a device, a transfer's beginning: neither copied nor removed, and
                         nothing goes in its place */
} SallyCensusKind;

typedef struct
{
  char *path; /* below the folder, raw bytes, '/'-separated */
  SallyCensusKind kind;
  guint64 size;
  gint64 modified; /* unix s; 0 unknown */
  char *sha256;    /* hexadecimal, where it was wanted; a census itself leaves it NULL */
} SallyCensusEntry;

void sally_census_entry_free (SallyCensusEntry *self);

/* The remote folder's. Several listings are in flight. (element-type SallyCensusEntry), folders
 * before what is in them; `n_unsafe` names that may not touch a disk were left out. A folder that
 * is not there is SALLY_ERROR_REMOTE_NOT_FOUND. Limits are those of remote/tree.h. Main thread. */
void sally_census_remote_async (SallyConnection *connection,
                                const char *path,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/* The local one's; no link is followed. SALLY_ERROR_LOCAL_NOT_FOUND. */
void sally_census_local_async (const char *path,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* Ends both. */
GPtrArray *sally_census_finish (GAsyncResult *result,
                                guint *n_unsafe,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyCensusEntry, sally_census_entry_free)

G_END_DECLS
